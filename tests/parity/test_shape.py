"""View ops, reshapes, joins and borders beside torch: values, types, shapes, strides, error classes, gradients of two orders."""

import pytest

VALUES = """
x.view(6,4)|x.view(-1)|x.view(2,-1,2)|x.view(-2,3)|x.view(-1,-1)|x.view(5,-1)|x.view(5,5)|e.view(0,-1)|m.t().view(12)|x.view()|s.view(())
x.view(2.,12)|m.view(True,12)|m.view(T.tensor(12))|m.view(np.int64(12))|m.view(size=(12,))|m.reshape(shape=(12,))|m.t().reshape(-1)
m.t().reshape(3,2,2)|x.transpose(0,2).view(4,3,2,1)|x.transpose(0,2).view(4,6)|x[:,:,::2].view(6,2)|x[:,:,:3].view(6,3)|x[:,:,:3].view(2,9)
x.permute(0,1)|x.permute(0,1,1)|x.permute(0,1,5)|x.permute(2,0,-2)|m.permute(dims=(1,0))|T.permute(x,(2,1,0))|x.transpose(0,3)|s.transpose(0,-1)
x.transpose(-1,0)|x.swapaxes(0,1)|m.t()|m[0].t()|x.t()|m.T|x.T|s.T|x.mT|m[0].mT|m.H|x.H|x.mH|x.adjoint()
x.unsqueeze(4)|x.unsqueeze(-1)|x.unsqueeze(1)|x.unsqueeze(1.0)|m.t().unsqueeze(1)|T.zeros(1,2,1).squeeze((0,0))|T.zeros(1,2,1).squeeze(())
T.zeros(1,2,1).squeeze((0,1))|T.zeros(1,2,1).squeeze(-1)|T.zeros(1,2,1).squeeze()|s.squeeze(0)|s.squeeze(1)
x.select(0,5)|s.select(0,0)|x.select(-1,-1)|x.narrow(0,3,0)|x.narrow(0,2,0)|x.narrow(0,1,2)|x.narrow(0,0,-1)|s.narrow(0,0,1)|x.narrow(0,T.tensor(-1),1)
x.diagonal(0,0,0)|x.diagonal(7)|x.diagonal(-7)|x.diagonal(1,1,2)|x.diagonal(-1,0,2)|m.diagonal(offset=1)
x.unfold(0,3,1)|x.unfold(0,1,0)|x.unfold(0,-1,1)|s.unfold(0,1,1)|s.unfold(0,0,1)|x.unfold(2,0,3)|x.unfold(2,2,1)|x.unfold(-1,2,10**12)
m.expand(4)|m.expand(5,4)|m.expand(-1,3,4)|m.expand(2,-1,4)|m.expand(1,1,-1,4)|s.expand(1,1)|s.expand(2,1)|m.expand(-2,3,4)|T.zeros(1).expand(-5)
T.zeros(1).expand(0)|T.zeros(0).expand(3,0)|m.expand_as(x)|T.broadcast_to(m,(2,3,4))|m.broadcast_to(2,3,4)|s.expand(size=(12,))
m.as_strided((2,),(20,))|m.as_strided((2,),(-1,))|m.as_strided((2,3),(1,))|m.as_strided((2,),(1,),-1)|m.as_strided((-2,),(1,))
m.as_strided((2,3),(1,2),3)|m[1].as_strided((2,2),(1,1))|m.as_strided((2**40,2**40),(2**40,1))
x.flatten(2,1)|s.flatten()|x.flatten(0,3)|x.flatten(1)|x.flatten(0,1)|m.t().flatten()|x.unflatten(2,(3,2))|x.unflatten(2,(-1,2))|x.unflatten(2,())
x.unflatten(2,2)|x.movedim((0,1),(1,0))|x.movedim((0,1),(0,))|x.movedim((0,0),(0,1))|s.movedim(0,0)|x.movedim(0,2)|x.moveaxis((0,2),(2,0))
m.view(T.float32)|m[:,:3].float().view(T.float64)|m.t().view(T.int16)|s.view(T.float32)|s.view(T.int64)|m.view(T.int64)
m.unsqueeze_(0)|m.unsqueeze_(-1)|x.transpose_(0,2)|m.t_()|x.t_()|r=x[:1];r.squeeze_()|m.as_strided_((2,2),(1,1))|m.swapaxes_(0,1)
T.cat([])|T.cat([s,s])|T.cat([m,m[:,:2]])|T.cat([m,x])|T.cat([T.zeros(0),m])|T.cat([T.zeros(0,dtype=T.float64),m.float()])|T.cat([m,1])|T.cat(m)
T.cat([m,m],5)|T.cat([m,m,m.t().t()],-1)|T.cat([m,l])|T.cat([l,m>0])|T.cat([l.to(T.uint8),l.to(T.int8)])|T.cat([m.half(),m.bfloat16()])
T.cat([m,m],out=T.zeros(0,dtype=T.float64))|T.cat([m,m],out=T.zeros(6,4,dtype=T.int64))|z=T.zeros(6,4);r=T.cat([z[:3],z[3:]],out=z)|T.cat([T.zeros(1,0),m])
T.cat((x,x.permute(0,2,1).reshape(2,3,4)),1)|T.cat([x.transpose(0,1)]*2,2)|T.cat([T.zeros(2,3,4,5).permute(0,3,1,2)]*2,1)
T.stack([])|T.stack([m,m.t()])|T.stack([m,l],1)|T.stack([m,m],3)|T.stack([s,s])|T.stack([m,p],-1)|T.hstack([s,s])|T.vstack([s,s])|T.dstack([m,m])
T.column_stack([m[0],m[0]])|T.hstack([m,m])|T.atleast_1d(s)|T.atleast_2d(m[0])|T.atleast_3d(m)|T.atleast_3d(m[0])|T.atleast_1d(s,m)
m.repeat(2)|m.repeat(2,2)|m.repeat((2,1,3))|m.repeat(2,-1)|m.repeat(2,1,0)|s.repeat(())|s.repeat(3)|m.t().repeat(2,1)|m.tile(2)|m.tile(())|m.tile((2,1,1))
m.flip(0,0)|m.flip()|m.flip(())|m.flip(0,1)|x.flip(0,2)|m.t().flip(1)|s.flip(0)|m.flip(2)|T.flip(m,[0])|e.flip(0)|m.fliplr()|m.flipud()
m.roll((1,2))|m.roll((1,2),0)|m.roll(1,(0,1))|m.roll((),())|s.roll(1)|s.roll(1,0)|m.roll((1,1),(0,0))|m.roll(5)|m.roll(-1,1)|m.t().roll((1,-2),(0,1))|e.roll(1,0)
m.rot90(1,(0,0))|m.rot90(1,(0,))|m[0].rot90()|m.rot90()|m.rot90(2)|m.rot90(-1)|m.rot90(4)|x.rot90(1,(1,2))
m.repeat_interleave(2)|m.repeat_interleave(2,0)|m.repeat_interleave(-1,0)|m.repeat_interleave(tt([1,2]))|m.repeat_interleave(tt([1,0,2]),0)
T.repeat_interleave(tt([1,2]))|m.repeat_interleave(2,0,output_size=5)|T.repeat_interleave(tt([1,2],dtype=T.int32))|m.repeat_interleave(tt([1,-2,1]),0)
T.meshgrid(m[0],m[:,0],indexing='xy')|T.meshgrid(m,indexing='ij')|T.meshgrid([],indexing='ij')|T.meshgrid(s,m[0],indexing='ij')
T.meshgrid(m[0],l[0],indexing='ij')|T.meshgrid(m[0],indexing='zz')|T.meshgrid([m[0],m[0]])|T.meshgrid(m[0],m[1],m[:,0],indexing='xy')
T.broadcast_tensors(m,x)|T.broadcast_tensors(m,m[:2])|T.broadcast_tensors()
m[0].tril()|x.tril(-1)|x.triu(1)|m.t().triu()|(m>0).tril()|m.tril(100)|m.triu(-100)|e.tril()|m.tril_()|r=m.t();r.triu_()
x.diag()|m[0].diag(2)|s.diag()|m.diag()|m.diag(-1)|m.diag(9)|m.diag_embed(1,0,2)|s.diag_embed()|m.diag_embed(0,1,1)|m.diagflat()
s.unbind()|x.unbind(1)|x.split(0)|x.split(-1)|x.split([1,2])|x.split([-1,3])|x.split([1,1])|x.split(2,2)|x.split(split_size=3,dim=2)|T.split(x,2,1)
e.split(0)|e.split(3)|s.split(1)|x.split(1.5)|x.chunk(0)|e.chunk(3)|s.chunk(3)|x.chunk(3,1)|x.chunk(3,2)|x.tensor_split(0)|s.tensor_split(1)
v.tensor_split(3)|v.tensor_split((5,2,-1,100))|v.tensor_split(tt(3))|v.tensor_split(tt([3,5]))|m.tensor_split(indices=(1,),dim=1)
m.hsplit(2)|m[0].hsplit(2)|m[0].vsplit(2)|m.vsplit(2)|x.dsplit(2)|m.dsplit(2)|m.hsplit([1,2])|list(m)|iter(s)|5 in m|'a' in m
F.pad(m,(1,2))|F.pad(m,(1,2,3,4),value=7)|F.pad(m,(-1,1))|F.pad(m,(-1,-1,1,-1))|F.pad(m,(-5,1))|F.pad(m,(1,))|F.pad(m,(1,1,1,1,1,1))|F.pad(s,(1,1))|F.pad(s,())
F.pad(m,(1,2),mode='reflect')|F.pad(m,(4,2),mode='reflect')|F.pad(m,(4,2),mode='replicate')|F.pad(m,(4,2),mode='circular')|F.pad(m,(5,2),mode='circular')
F.pad(x,(1,2,2,0),mode='reflect')|F.pad(x,(1,2,2,0),mode='replicate')|F.pad(x,(1,2,2,0),mode='circular')|F.pad(x[None],(1,2,2,0,1,1),mode='replicate')
F.pad(x[None],(1,2,2,0,1,1),mode='reflect')|F.pad(m[0],(1,2),mode='reflect')|F.pad(m,(1,2),mode='zz')|F.pad(m,(1,2),mode='reflect',value=1)
F.pad(m,(-1,-1),mode='replicate')|F.pad(m,(-1,2),mode='reflect')|F.pad(m,(-1,2),mode='circular')|F.pad(l,(1,2))|F.pad(m>0,(1,2),value=True)
F.pad(T.zeros(2,3,4,5).permute(0,3,1,2),(1,1))|F.pad(m.t(),(1,1))|F.pad(e,(1,1))|F.pad(m,(0,0),mode='reflect')|F.pad(T.zeros(2,0),(1,1),mode='replicate')
T.alias_copy(m.t())|T.detach_copy(m.t())|T.select_copy(x,1,-1)|T.select_copy(x,0,5)|T.select_copy(s,0,0)|T.slice_copy(x,2,1,-1,2)|T.slice_copy(x,-1,-2)
T.slice_copy(x)|T.slice_copy(x,0,5)|T.slice_copy(s)|T.slice_copy(x,0,0,2,0)|T.slice_copy(x,5)|T.split_copy(x,2,2)|T.split_copy(x,[1,1])|T.split_copy(x,-1)
T.split_with_sizes_copy(x,[1,2],1)|T.split_with_sizes_copy(x,[1,1],1)|T.split_copy(x,1.5)|T.view_as_complex_copy(m.float().reshape(2,3,2))|T.view_as_complex_copy(l)
T.view_as_real_copy(m)|T.view_as_real_copy(m.to(T.complex64).t())|T.view_copy(m.t(),(12,))|T.view_copy(m,(5,))|T.view_copy(m,T.int32)|T.view_copy(m)
T.expand_copy(m,(2,-1,4))|T.expand_copy(m,(4,))|T.permute_copy(x,(2,0,1))|T.permute_copy(x,(0,1))|T.t_copy(x)|T.unbind_copy(s)|T.squeeze_copy(x,7)
T.t_copy(m,out=T.zeros(4,3,dtype=T.int8))
m.unsafe_split(2)|m.unsafe_split(3,1)|m.unsafe_split(-1)|m.unsafe_split([1,2])|s.unsafe_split(1)|m.unsafe_chunk(2,1)|m.unsafe_chunk(0)|e.unsafe_chunk(2)
m.unsafe_split_with_sizes([1,2])|m.unsafe_split_with_sizes([1,1])|m.unsafe_split(1)[0]._is_view()|z=m.clone();u=z.unsafe_split(1);u[0].mul_(2);r=[z,u[1]._version,z._version]
T.is_conj(m)|T.is_neg(m)|T.is_signed(m)|T.is_signed(T.zeros(1,dtype=T.uint8))|T.is_distributed(m)|T.get_device(m)|T.is_same_size(m,m)|T.is_same_size(m,x)
T.is_conj(3)|T.is_same_size(m,3)|T.detach(m)|T.detach_(m*1)|T.get_device()|T.ger(m[0].float(),m[1].float())|T.ger(m,m[0])|m[0].ger(m[1])
T.nonzero_static(m>2,size=3)|m.nonzero_static(size=20,fill_value=7)|T.nonzero_static(m,size=-1)|T.nonzero_static(m,size=1.5)|T.nonzero_static(s,size=2)|T.nonzero_static(m,2)
T.empty_permuted((2,3,4),(0,2,1)).stride()|T.empty_permuted((2,0,4),(2,0,1)).stride()|T.empty_permuted((2,3),(0,))|T.empty_permuted((2,3),(0,0))
T.empty_permuted((2,3),(0,2))|T.empty_permuted((2,3),(0,-1))|T.empty_permuted(2,(0,))|T.empty_permuted((-1,),(0,))|T.empty_permuted((2,),(0,),requires_grad=True).requires_grad
T.slice_inverse(m[1:],m,0,1)|T.slice_inverse(m[:,1:3],m,1,1,3)|T.slice_inverse(m[:1].clone(),m)|T.slice_inverse(m,m[:1])
x.dim_order()|m.t().dim_order()|s.dim_order()|x[:,:1].dim_order()|x[:,:1].dim_order(ambiguity_check=True)|m[0].expand(3,4).dim_order(ambiguity_check=True)
T.empty_strided((2,3,4),(1,20,3)).dim_order()|T.empty_strided((2,1,3),(1,100,2)).dim_order()|T.empty_strided((2,3,4),(4,4,1)).dim_order()|T.empty_strided((4,3,2),(4,4,1)).dim_order()
T.empty_strided((2,3,4),(0,1,3)).dim_order()|T.empty_strided((2,3,4,2),(3,0,6,6)).dim_order()|T.zeros(2,3,4,5).contiguous(memory_format=T.channels_last).dim_order()
T.zeros(2,1,4,5).dim_order(ambiguity_check=[T.contiguous_format,T.channels_last])|T.zeros(2,3,4,5).dim_order(ambiguity_check=[T.contiguous_format])
m.dim_order(ambiguity_check='a')|m.dim_order(ambiguity_check=['a'])|T.zeros(0,3).dim_order()|x.permute(2,0,1).dim_order(ambiguity_check=True)
m.resize(4,3)|m.t().resize(3,4)|m.resize(7)|m.resize((4,3))|m.resize_as(m.t())|m.resize_as(x)|m.to_dense()|m.to_dense() is m|m.to_dense(T.float64)
m.to_dense(dtype=T.int32,masked_grad=False)|m.new(2,3).shape|m.new([1,2])|m.new()|m.new(m)|m.new(2.5)|m.new((2,3))|m.new(T.zeros(2).size()).shape|l.new([1,2])
m.clone().apply_(lambda v:v+1)|l.clone().apply_(lambda v:v+1.7)|(m>2).apply_(lambda v:not v)|m.clone().apply_(3)|m.clone().t().apply_(lambda v:v*2)|m.clone().apply_(lambda v:'a')
m.clone().map_(m,lambda a,b:a*b)|m.clone().map_(m[0],lambda a,b:a-b)|m.clone().map_(T.zeros(5,dtype=m.dtype),max)|m.clone().map_(m.to(T.int8),max)|m.clone().map_(3,max)
m[0].clone().map_(m,max)|m.clone().map2_(m,m[0],lambda a,b,c:a*b+c)|m.clone().map2_(m,m.to(T.int8),max)
T.frobenius_norm(m,1).float()|T.frobenius_norm(m,(0,1),True).float()|T.frobenius_norm(m,()).float()|T.frobenius_norm(l,1)|T.frobenius_norm(x,(0,1,2))
T.nuclear_norm(m).float()|T.nuclear_norm(m,True).float()|T.nuclear_norm(x,(0,2)).float()|T.nuclear_norm(m,1)|T.nuclear_norm(m[0])|T.nuclear_norm(l)
T.norm_except_dim(m).flatten().float()|T.norm_except_dim(x,2,1).shape|T.norm_except_dim(x,1,2).flatten().float()|T.norm_except_dim(x,2,-1).float()
T.norm_except_dim(x,2,-2).flatten().float()|T.norm_except_dim(m[0],2,0)|T.norm_except_dim(s,2,0)|T.norm_except_dim(m,2,5)|T.norm_except_dim(m,2.5)
T.linalg.matmul(m,m.t()).float()
"""

GRADIENTS = """
x.view(6,4)|x.reshape(4,6)|x.permute(2,0,1)|x.permute(2,0,1).reshape(-1)|x.transpose(0,2)|m.t()|m.T|x.mT|x.unsqueeze(1)|x.squeeze()|x[:1].squeeze(0)
x.select(1,2)|x.narrow(2,1,2)|x[0]|x[:,1]|x[...,1:3]|x[:,None,0,::2]|x[1:,...,None]|x[::2]|m.diagonal(1)|x.diagonal(-1,0,2)|x.unfold(2,3,1)
m.unfold(0,2,1).unfold(1,2,2)|m.as_strided((2,3),(1,2))|m.as_strided((3,3),(1,1),2)|m.t().as_strided((3,3),(1,1),2)|m.t().t().as_strided((2,2),(4,1))
(m*1).t().contiguous().t().as_strided((2,2),(4,1))|m[1:].as_strided((3,3),(1,1),1)|s.expand(3)|m[:,None].expand(3,2,4)|m.expand(2,3,4)
m.broadcast_to(2,3,4).permute(1,0,2)[0]|x.flatten(1)|x.unflatten(2,(2,2))|x.movedim(0,2)|x.unbind(1)|x.split(1,1)|x.split([1,3],2)|x.chunk(3,2)|x.tensor_split(3,2)
T.cat([m,p])|T.cat([m,p*2,m.t().t()],1)|T.cat([m.t(),p.t()],1)|T.cat([m,p.float()])|T.stack([m,p],1)|T.stack([m,p,m],-1)|T.hstack([m,p])|T.vstack([m[0],p[0]])
m.repeat(2,3)|m.repeat(2,1,2)|s.repeat(3)|m.tile(2)|m.flip(0)|x.flip(0,2)|m.t().flip(1)|m.roll(1)|m.roll((1,-1),(0,1))|m.rot90()|m.rot90(2)|m.rot90(3)
m.repeat_interleave(2)|m.repeat_interleave(2,0)|m.repeat_interleave(tt([1,0,3]),0)|T.meshgrid(m[0],p[:,0],indexing='xy')|T.broadcast_tensors(m,x[:,:1])
m.tril()|m.triu(1)|m.t().tril(-1)|m[0].diag()|m.diag(1)|m.diag_embed(1)|F.pad(m,(1,2))|F.pad(m,(1,-2,-1,1),value=3.)|F.pad(m,(1,2),mode='reflect')
F.pad(m[None,None],(1,2,1,2),mode='reflect')|F.pad(x,(1,2,1,0),mode='replicate')|F.pad(x,(1,2,1,0),mode='circular')
T.select_copy(x,1,2)|T.slice_copy(x,2,0,3,2)|T.split_copy(x,1,1)|T.view_copy(m.t(),(12,))|T.unfold_copy(x,2,3,1)|T.as_strided_copy(m,(3,3),(1,1))
m.unsafe_split(2)|u=m.unsafe_chunk(2,1);r=u[1]*2|u=(m*1).unsafe_split(1);u[0].mul_(u[1]);r=u[0]*u[2]|m.resize(12)|m.t().resize_as(m)|q=p*1;r=T.slice_inverse(q[1:],q,0,1)
T.norm_except_dim(x,2,1)|T.norm_except_dim(m,1,0)|T.frobenius_norm(m,1)|T.nuclear_norm(m[:2])|T.ger(m[0],p[0])|m.to_dense(T.float32)
r=m*1;r[0]=2.;|r=m*1;r[0]=p[0];|r=m*1;r[:,1]=p[:,0]*2;|r=m*1;r[1:,::2]=p[:2,:2];|r=m*1;v=r[0];v.mul_(2);|r=m*1;v=r[0];w=r[:,1];v.mul_(2);w.mul_(p[:,0]);
r=m*1;v=r.t();v[1]=p[:,0];v.add_(1);|r=m*1;v=r.view(2,6);w=v[0,2:];w.mul_(s);r=r+v.sum();|r=m*1;v=r.view(2,6);r.mul_(p);r=v*2;
r=(m*1).t();v=r[1];v.mul_(p[:,0]);|r=(m.t()*1);v=r[1];v.mul_(p[:,0]);|r=(m.t()*1);v=r[1:,1:];v.mul_(2);w=r.t();w[0]=1.;r=r*w.t();
r=(m.t()*1);v=r.diagonal();v.mul_(2);|r=m*1;v=r.unsqueeze(0);v[:,1]*=2;|r=m*1;r.t_();r=r*2;|r=m*1;r.unsqueeze_(0);r.squeeze_(0);r.transpose_(0,1);
r=m*1;r.tril_();|r=m*1;r.as_strided_((2,2),(1,2));|r=m*1;v=r.expand(2,3,4);r.mul_(2);r=v*1;|r=m[0].mul_(2);|v=m[0];v[0]=1;r=m;|u=(m*1).unbind(0);u[0].mul_(2);r=m;
u=(m*1).tensor_split(3);u[0].mul_(2);r=m;|u=(m*1).split(1);u[0][0]=2;r=m;|r=m*m;q=r[0];q[0]=5.;r=q*r|q=m.detach();q[0]=1.;r=m*m
"""


def texts(block):
    return [text for line in block.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", texts(VALUES))
def test_results_are_torchs(text, same):
    same(text)


@pytest.mark.parametrize("text", texts(GRADIENTS))
def test_gradients_are_torchs(text, same_gradients):
    same_gradients(text)
