"""Subscripts, index ops and masks beside torch: values, types, shapes, strides, error classes, gradients of two orders."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

VALUES = """
x[5]|x[0]|x[-1]|s[0]|x[0,0,0,0]|x[1.0]|x[::-1]|x[::0]|x[1.:]|x[0:1]|x[:,1]|x[...,1]|x[:,None,0]|x[None]|x[None,None,1:]|x[1:,::2,1:3]|x[()]|x[...]|x[:]|x[:,:]
x[0,...]|x[...,None]|x[...,0,...]|s[...]|s[None]|s[()]|s[:]|x[5:]|x[0,7]|x[:,:,-9]|x[::10**15]|x[10**30:]|x[10**30]
x[i[:2]]|x[j]|m[i]|m[:,i]|q[i,:,i]|q[:,i]|q[:,i,i]|q[i,None,i]|q[1,:,i]|q[:,:,i]|q[i,:,1]|q[T.tensor(1),:,i]|q[i,1:3,i]
q.permute(2,0,1)[:,j]|q.permute(2,1,0)[j]|q.permute(2,1,0)[:,j]|q.permute(1,2,0)[:,:,j]|q.permute(1,2,0)[j,:,j]|m.t()[j]|m.t()[:,j]
m.t()[tt([[0,1],[1,0]]).t()]|m.t()[tt([[0,1],[1,0]]).t(),1:]|m[m>0]|x[x>0]|x[:,x[0]>0]|x[x[:,:,0]>0]|x[:,m[:,0]>0]|x[m[:2,0]>0]
m[b]|m[b,:2]|m[:,tt([True,False,True,False])]|q[b,:,tt([True,False,True,False,False])]|m[b,tt([1,0])]|m[T.ones(3,3,dtype=T.bool)]|m[T.ones(3,4,1,dtype=T.bool)]
m[T.ones(2)]|m[i.int()]|m[i.to(T.int16)]|m[T.ones(3,dtype=T.uint8)]|m[tt([0,5])]|m[:,tt([0,-5])]|m[tt([0,1]),tt([0,1,2])]|m[tt([[0],[1]]),tt([0,1,2])]
m[[0,1]]|m[[[0,1],[1,2]]]|m[[True,False,True]]|m[[]]|m[True]|m[False]|m[True,0]|m[0,True]|m[[slice(0,1),0]]|m[tt(1)]|m[tt(True)]|m[tt(False)]|m[:,tt(1)]
m[tt(1),i]|m[1,i]|m[range(2)]|m[np.array([0,1])]|m[np.int64(1)]|m[np.array([True,False,True])]|m[np.array([0.,1])]|m[[0.,1.]]|m[np.array([[0,1]])]|m[(0,1),]
m[0,'a']|m['a']|m[object()]|m[{1}]|m[...,...]|s[True]|s[tt(True)]|s[i]|m[tt(1):]|e[i]|e[:,i[:1]]|e[T.zeros(0,dtype=T.long)]|m[T.zeros(2,0,dtype=T.long)]
m[:,T.zeros(0,2,dtype=T.long)]|m[T.zeros(0,4,dtype=T.bool)]|l[i]|(m>0)[i]|m[0,T.zeros(0,dtype=T.long)]|m.expand(2,3,4)[j]|m.expand(2,3,4)[:,j]
r=m;r[0]=5|r=m;r[0]=T.ones(4)|r=m;r[0]=T.ones(1,1,4)|r=m;r[0]=T.ones(3,4)|r=m;r[:,1]=T.ones(3)|r=m;r[...]=2|r=m;r[:]=p[0]|r=m;r[j]=p[0]|r=m;r[j]=T.ones(4)
r=m;r[j]=tt(1.)|r=m;r[j]=p[None,None,:2]|r=m;r[j]=p|r=m;r[i]=3|r=m;r[j,1:3]=p[:2,:2]|r=m;r[1:,i]=7.|r=m;r[1:,i]=p[0]|r=m;r[1:,i]=p[:2,:1]|r=m;r[m>0]=0
r=m;r[mask]=v[:1]|r=m;r[mask]=v|r=m;r[mask]=T.ones(6,dtype=T.float64)|r=m;r[mask]=tt(1)|r=m;r[b]=p[0]|r=m;r[b]=1|r=m;r[b,1:]=p[:2,1:]|r=m;r[:,tt([True,False,True,False])]=9
r=m;r[[0,2]]=5|r=m;r[0,i]=p[1]|r=m;r[True]=1.|r=m;r[False]=1.|r=m;r[None]=1.|r=m;r[0]='a'|r=m;r[0]=[1,2,3,4]|r=m;r[0]=np.ones(4)|r=m;r[0]=1j
r=l.to(T.uint8);r[0]=300|r=l;r[0]=1.5|r=l;r[i]=1.5|r=m;r[5]=1|r=m;r[0]=True|r=m.t();r[i]=p.t()|r=m.t();r[:,j]=p.t()[:,:2]|r=m.t();r[r>0]=0
r=q.permute(2,0,1);r[:,j,i[:2]]=T.arange(10.).view(5,2)|r=q;r[j,:,j]=T.arange(8.).view(2,4)|r=q;r[j,:,j]=3|r=T.zeros(3).expand(2,3);r[j]=1.
r=m;r[:,:2]=m[:,2:]|r=m;r[tt([0,1])]=m[1:]|r=m;r[tt([0,0])]=p[:2]|r=m;r[0][1]=99|r=s;r[()]=3|r=s;r[...]=3|r=s;r[tt(True)]=7
r=m;r[mask]=tt([2])|r=m;r[mask]=tt([[2.]])|r=m;r[m>0]=tt([2,3])|r=l;r[l>3]=tt([2.5])|r=m;r[:,tt([True,False,True,False])]=tt([9])|r=m;r[b,1]=tt([9])|r=m;r[0,m[0]>0]=tt([9])
r=m;r[b,tt([True,False,False,False])]=tt([9])|r=m;r[j]=tt([9])|r=m;r[m>9]=tt([9])|r=m;r[m>9]=tt([])|r=m;r[None,mask]=tt([9])|r=l.to(T.uint8);r[r>3]=tt([300])
r=l.to(T.uint8);r[r>3]=tt([-1])|r=l.to(T.uint8);r[r>3]=tt([-1.])|m.index_put((mask,),tt([2]))|m.index_put((mask,),tt([2]),accumulate=True)|l.to(T.uint8).masked_fill(l>0,tt(-1.))
l.to(T.uint8).masked_fill(l>0,tt(300))|l.to(T.uint8).index_fill(0,j,tt(300))|m.float().masked_fill(mask,tt(1e39))|m.float().masked_fill(mask,1e39)
r=T.zeros(1,3).expand(2,3);r[:]=2|r=T.zeros(1,3).expand(2,3);r[:,0]=2|r=T.zeros(1,3).expand(2,3);r[0]=2|r=T.zeros(1,3).expand(2,3);r[:]=T.ones(2,3)|r=T.zeros(1,3).expand(2,3);r[r==0]=2
r=T.zeros(1,3).expand(2,3);r[tt([[True,False,True],[False]*3])]=2|r=T.zeros(1,3).expand(2,3);r[r==0]=T.arange(6.)|r=T.zeros(1,3).expand(2,3);r[j]=tt(2.)|r=T.zeros(1,3).expand(2,3);r[:,j]=2
T.zeros(1,3).expand(2,3).masked_fill_(tt([[True,False,True],[False]*3]),2)|T.zeros(1,3).expand(2,3).masked_scatter_(T.ones(2,3)>0,T.ones(6))|T.zeros(1,3).expand(2,3).index_fill_(1,j,2)
T.zeros(1,3).expand(2,3).zero_()|T.zeros(1,3).expand(2,3).fill_(2)|T.zeros(1,3).expand(2,3).fill_(tt(2.))|T.zeros(1,3).expand(2,3).index_put_((j,),tt(2.))|T.zeros(1,3).expand(2,3).index_copy_(0,j,T.ones(2,3))
l.masked_fill(l>0,1.5)|l.masked_fill(l>0,1j)|l.masked_fill(l>0,tt(1.5))|l.masked_fill(l>0,tt([1.5]))|l.masked_fill(l,1)|v.masked_fill(T.ones(2,5,dtype=T.bool),1)
v.masked_fill_(T.ones(2,5,dtype=T.bool),1)|l.to(T.uint8).masked_fill(l>0,300)|l.masked_fill(l>0,float('-inf'))|m.t().masked_fill(m.t()>0,0)|m.masked_fill_(m[0]>0,-1)
m.masked_select(m[:,:1]>0)|m.masked_select(m)|T.masked_select(m,m>0,out=T.zeros(0,dtype=T.float64))|s.masked_select(s>-1)|m.masked_scatter(mask,T.ones(2,dtype=T.float64))
m.masked_scatter(mask,p)|m.masked_scatter(mask,p.float())|m.masked_scatter_(mask,p)
m.index_select(0,tt([5]))|m.index_select(0,tt([-1]))|m.index_select(0,v)|m.index_select(0,i[None])|m.index_select(0,tt(1))|s.index_select(0,tt([0,0]))|s.index_select(0,tt([0]))
m.index_select(0,i.to(T.int16))|m.index_select(0,i.int())|m.index_select(1,i)|m.t().index_select(0,i)|q.index_select(1,i)|T.index_select(q,-1,i,out=T.zeros(0))
m.gather(0,i)|m.gather(0,tt([[5]]))|m.gather(0,tt([[-1]]))|m.gather(0,T.zeros(2,5,dtype=T.long))|m.gather(1,T.zeros(2,9,dtype=T.long))|m.gather(0,T.zeros(2,2))
m.gather(0,T.zeros(2,2).int())|s.gather(0,tt([0,0]))|s.gather(0,tt(0))|m.gather(0,T.zeros(0,dtype=T.long))|m.gather(1,tt([[0,1,3],[3,2,1]]))|m.t().gather(0,tt([[0,1,2],[1,2,1]]))
q.gather(1,T.arange(60).view(3,4,5)%4)|q.gather(2,T.arange(60).view(3,4,5)%5)|q.permute(2,0,1).gather(0,(T.arange(60)%5).view(5,3,4))
m.scatter(0,tt([[1]]),5)|m.scatter(0,tt([[1,1]]),p[:1,:1])|m.scatter(0,tt([[1,1]]),T.ones(1,2))|m.scatter(0,tt([[1,1]]),p[:1,:2],reduce='add')|m.scatter(0,tt([[1,1]]),2.,reduce='multiply')
m.scatter(0,tt([[1,1]]),2.,reduce='x')|m.scatter(0,tt([[3]]),5)|m.scatter(0,tt([[1]]),tt(5.))|m.scatter(1,tt([[0,1],[2,3],[1,0]]),p)|m.scatter(dim=0,index=tt([[0,1],[2,0]]),value=3)
m.t().scatter(1,tt([[0,1],[2,0],[1,0]]),p.t())|m.scatter_add(0,k,p)|m.scatter_add(0,k,p.float())|m.scatter_add_(1,k,p)|l.scatter_add(1,k,l)
m.index_add(0,j,p[:2],alpha=2)|m.index_add(0,j,p)|m.index_add(0,j,p[:2,:3])|m.index_add(0,j,p[:2].float())|m.index_add(0,j+2,p[:2])|m.index_add(0,-j-1,p[:2])
m.index_add(0,tt(1),p[0])|m.index_add(0,tt(1),p[:1])|s.index_add(0,tt([0]),v[:1])|l.index_add(0,j,l[:2],alpha=1.5)|m.index_add(1,i,p)|m.t().index_add(1,j,p.t()[:,:2])|q.index_add(1,i,q)
m.index_copy(0,j,p)|m.index_copy(0,j,p[:2].float())|m.index_copy(0,j,p[:2,:3])|m.index_copy(0,j+2,p[:2])|m.index_copy(0,-j-1,p[:2])|m.index_copy(0,tt(1),p[0])|m.index_copy(1,j,p[:,:2])
m.index_fill(0,j,tt(3.))|m.index_fill(0,j,tt([3.]))|m.index_fill(0,-j-1,3)|m.index_fill(0,j+2,3)|m.index_fill(0,j.int(),3)|m.index_fill(0,j,3j)|l.index_fill(0,j,1.5)|m.t().index_fill(1,j,1.5)
m.take(tt([[-1,100]]))|m.take(tt([[-1,1]]))|m.take(tt([1.]))|m.take(tt([1]).int())|m.t().take(tt([1,5]))|T.take_along_dim(m,tt([[1],[0],[2]]),1)|T.take_along_dim(m,tt([1,2]))
T.take_along_dim(m,tt([[-1]]),1)|T.take_along_dim(m,tt([[1.]]),1)|T.take_along_dim(m,tt([1]),1)|T.take_along_dim(m,tt([[1],[7],[2]]),1)
F.one_hot(tt([0,2]))|F.one_hot(tt([0,2]),2)|F.one_hot(tt([0,-1]))|F.one_hot(tt([0.,1]))|F.one_hot(tt([],dtype=T.long))|F.one_hot(tt([],dtype=T.long),3)|F.one_hot(tt([1]),0)|F.one_hot(tt(1),3)
m.index_put((j,),p[0,0])|m.index_put((None,j),p[0,0])|m.index_put((tt([0,0]),),p[0,0],accumulate=True)|m.index_put([j],1.)|m.index_put(j,p[0,0])|m.index_put((mask,),p[0,0])
m.index_put((b,tt([0,1])),p[0,:2])|m.index_put_((j,i[:2]),p[0,:2])|m.t().index_put((j,),p[0,0])
F.embedding(tt([5]),m)|F.embedding(tt([-1]),m)|F.embedding(tt([1.]),m)|F.embedding(tt([1]),m[0])|F.embedding(tt([1]),m,padding_idx=7)|F.embedding(tt([[1,0],[2,2]]),m)
F.embedding(tt([1,1,2]),m,max_norm=.3)
"""

GRADIENTS = """
m.masked_fill(mask,2.)|m.masked_fill(mask,s)|m[:,:1].masked_fill(mask,s)|m.masked_select(mask)|m[:1].masked_select(mask)|m.masked_scatter(mask,p)
m.index_select(0,i)|m.index_select(1,i)|x.index_select(1,j)|s.index_select(0,tt([0]))|m.gather(0,k)|m.gather(1,k)|s.gather(0,tt([0,0]))
m.scatter(0,k,p[:2])|m.scatter(1,k,2.)|m.scatter_add(0,k,p[:2])|m.scatter_add(1,k,p[:2])|m.index_add(0,i,p.repeat(2,1)[:4])|m.index_add(1,i,p,alpha=2)
m.index_copy(0,j,p[:2])|m.index_copy(1,j,p[:,:2])|m.index_fill(0,j,2.)|m.index_fill(1,j,s)|m.index_put((j,),p[:2])|m.index_put((i,),p[0],accumulate=True)
m.index_put((mask,),p[0,0])|m.index_put((tt([0,0]),tt([1,1])),p[0,:2],accumulate=True)|m.take(tt([[1,-1],[1,5]]))|T.take_along_dim(m,tt([[1],[0],[3]]),1)
m[i]|m[:,i]|x[:,j,i[:2]]|x[j,:,i[:2]]|m[mask]|m[b]|m[b,1:]|x[:,mask]|m[[0,2]]|m[True]|m[0,i]|F.embedding(i,m)|F.embedding(i,m,padding_idx=1)
r=m*1;r[i]=p[0];|r=m*1;r[j]=p[:2];|r=m*1;r[:,j]=p[:,:2];|r=m*1;r[1:,j]=p[:2,:2];|r=m*1;r[mask]=s;|r=m*1;r[mask]=2.;|r=m*1;r[mask]=p[mask];|r=m*1;r[0,j]=p[1,:2];
r=m*1;r.masked_fill_(mask,s);|r=m*1;r.index_fill_(0,j,s);|r=m*1;r.scatter_(0,k,p[:2]);|r=m*1;r.scatter_add_(0,k,p[:2]);|r=m*1;r.index_add_(0,j,p[:2]);
r=m*1;r[0].index_fill_(0,j,s);|r=m*1;v=r[1:];v[mask[1:]]=p[1:][mask[1:]];|m[0]=1;r=m;
"""


def texts(block):
    return [text for line in block.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", texts(VALUES))
def test_results_are_torchs(text, same):
    same(text)


@pytest.mark.parametrize("text", texts(GRADIENTS))
def test_gradients_are_torchs(text, same_gradients):
    same_gradients(text)


ITEMS = st.one_of(
    st.integers(-4, 4).map(str),
    st.builds(
        lambda a, b, c: f"{a}:{b}:{c}",
        *[st.sampled_from(["", "-3", "-1", "0", "1", "2", "7"])] * 2,
        st.sampled_from(["", "1", "2", "3"]),
    ),
    st.sampled_from(
        [
            "None",
            "...",
            "j",
            "i",
            "tt([[0],[1]])",
            "tt([[-1,0]])",
            "tt(1)",
            "True",
            "b",
            "tt([True,False,True,False])",
            "mask",
            "[0,1]",
            "[]",
        ]
    ),
)
SUBSCRIPTS = st.lists(ITEMS, max_size=4).filter(lambda items: items.count("...") < 2)
BASES = st.sampled_from(["q", "q.permute(2,0,1)", "q.transpose(0,1)", "q[:,:,::2]", "q.expand(3,3,4,5)", "m.t()"])


@given(BASES, SUBSCRIPTS)
@settings(deadline=None, max_examples=1500)
def test_any_subscript_reads_what_torch_reads(same, base, items):
    same(f"{base}[{','.join(items) or '()'}]")


@given(
    BASES.filter(lambda base: "expand" not in base),
    SUBSCRIPTS,
    st.sampled_from(["2.", "tt(3.,dtype=r.dtype)", "T.arange(4.).to(r.dtype)"]),
)
@settings(deadline=None, max_examples=1000)
def test_any_subscript_writes_what_torch_writes(same, base, items, value):
    same(f"r={base};r[{','.join(items) or '()'}]={value}")
