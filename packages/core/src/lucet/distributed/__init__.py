"""`distributed` of one process: scripts that initialise a group of world size 1 run as they are, its collectives give back what they got.

A group of more processes is refused with a plain error. Nothing here opens a connection.
"""

import os
from collections.abc import Iterable
from datetime import timedelta
from enum import Enum
from typing import Any, NoReturn

from lucet import _rooms
from lucet._tensor import Tensor
from lucet.distributed._stores import FileStore as FileStore
from lucet.distributed._stores import HashStore as HashStore
from lucet.distributed._stores import PrefixStore as PrefixStore
from lucet.distributed._stores import Store as Store
from lucet.distributed._stores import TCPStore as TCPStore

default_pg_timeout = timedelta(minutes=30)


class ReduceOp:
    """How tensors are put together; of one, each leaves it as it is."""

    class RedOpType(Enum):
        """The ways."""

        SUM = 0
        AVG = 1
        PRODUCT = 2
        MIN = 3
        MAX = 4
        BAND = 5
        BOR = 6
        BXOR = 7
        PREMUL_SUM = 8

    SUM, AVG, PRODUCT, MIN, MAX = RedOpType.SUM, RedOpType.AVG, RedOpType.PRODUCT, RedOpType.MIN, RedOpType.MAX
    BAND, BOR, BXOR, PREMUL_SUM = RedOpType.BAND, RedOpType.BOR, RedOpType.BXOR, RedOpType.PREMUL_SUM


reduce_op = ReduceOp


class Backend(str):
    """The name of a way to communicate, in lower case."""

    UNDEFINED, GLOO, NCCL, UCC, MPI, XCCL, FAKE = "undefined", "gloo", "nccl", "ucc", "mpi", "xccl", "fake"
    backend_list = [UNDEFINED, GLOO, NCCL, XCCL, UCC, MPI, FAKE]

    def __new__(cls, name: str) -> "Backend":
        if not isinstance(name, str):
            raise ValueError("Backend constructor parameter must be string-ish")
        return super().__new__(cls, name.lower())


class DistError(RuntimeError):
    """Base of the errors of groups."""


class DistBackendError(DistError):
    """A way to communicate that failed: never raised here."""


class DistNetworkError(DistError):
    """A connection that failed: never raised here."""


class DistStoreError(DistError):
    """A store that failed, such as a key that did not come."""


class Work:
    """A collective under way; of one process it is done when it begins."""

    def is_completed(self) -> bool:
        """True."""
        return True

    def is_success(self) -> bool:
        """True."""
        return True

    def wait(self, timeout: Any = None) -> bool:
        """Returns at once."""
        return True


class ProcessGroup:
    """A group of this process alone."""

    def __init__(self, backend: str):
        self._backend = Backend(backend)

    def rank(self) -> int:
        """0."""
        return 0

    def size(self) -> int:
        """1."""
        return 1

    def name(self) -> str:
        """The name of the backend that was asked for."""
        return self._backend


class _GroupMeta(type):
    @property
    def WORLD(cls) -> ProcessGroup | None:
        """The group of all processes, None before `init_process_group`."""
        return _world["group"]


class group(metaclass=_GroupMeta):
    """`group.WORLD`."""


class GroupMember(metaclass=_GroupMeta):
    """`GroupMember.WORLD`, and what stands for a group that this process is not in."""

    NON_GROUP_MEMBER = -100


_world: dict[str, ProcessGroup | None] = {"group": None}  # of the process


def _more_than_one(what: str) -> NoReturn:
    raise RuntimeError(
        f"{what}, expected one process: lucet.distributed is of one process (docs/differences.md); its threads use all cores of the machine"
    )


def is_available() -> bool:
    """True: a group of one process can be made.

    >>> import lucet
    >>> lucet.distributed.is_available(), lucet.distributed.is_initialized()
    (True, False)
    """
    return True


def is_initialized() -> bool:
    """Whether `init_process_group` was called."""
    return _world["group"] is not None


def is_nccl_available() -> bool:
    """False."""
    return False


def is_mpi_available() -> bool:
    """False."""
    return False


def is_ucc_available() -> bool:
    """False."""
    return False


def is_xccl_available() -> bool:
    """False."""
    return False


def is_gloo_available() -> bool:
    """True: a group of one process needs none of Gloo's connections."""
    return True


def is_backend_available(backend: str) -> bool:
    """Whether a group may be made with it."""
    return backend.lower() == "gloo"


def is_torchelastic_launched() -> bool:
    """Whether a launcher started this process."""
    return os.environ.get("TORCHELASTIC_RUN_ID") is not None


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: timedelta | None = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
    _ranks: list[int] | None = None,
) -> None:
    """Make the group of this process. `world_size` and `rank` come from the arguments, from `init_method`, or from WORLD_SIZE and RANK.

    Raises: RuntimeError for more than one process; ValueError where the size is not said, and for a second call.
    """
    if is_initialized():
        raise ValueError("trying to initialize the default process group twice!")
    name = backend or "gloo"
    if name.lower() not in Backend.backend_list and ":" not in name:
        raise ValueError(f"init_process_group: unknown backend {backend!r}, expected gloo")
    if name.lower() in ("nccl", "xccl"):
        raise RuntimeError(f"init_process_group: {name} needs GPUs, and lucet computes on the CPU; pass backend='gloo'")
    size = world_size if world_size >= 0 else _said("WORLD_SIZE", init_method, "world_size")
    place = rank if rank >= 0 else _said("RANK", init_method, "rank") if size != 1 or "RANK" in os.environ else 0
    if size != 1:
        _more_than_one(f"init_process_group: a world of {size} processes, this one of rank {place}")
    if place != 0:
        raise ValueError(f"init_process_group: rank {place} in a world of 1")
    _world["group"] = ProcessGroup(name)


def _said(variable: str, init_method: str | None, key: str) -> int:
    """A number from the address (`...?world_size=1`) or the environment."""
    for part in (init_method or "").partition("?")[2].split("&"):
        if part.startswith(f"{key}="):
            return int(part.partition("=")[2])
    if variable in os.environ:
        return int(os.environ[variable])
    raise ValueError(
        f"Error initializing lucet.distributed using env:// rendezvous: environment variable {variable} expected, but not set"
    )


def destroy_process_group(group: ProcessGroup | None = None) -> None:
    """Take the group back."""
    if not is_initialized():
        raise AssertionError("destroy_process_group: there is no process group")
    if group is None or group is _world["group"]:
        _world["group"] = None


def _of(group: Any) -> bool:
    """Whether this process is in the group; ValueError before `init_process_group`."""
    if not is_initialized():
        raise ValueError(
            "Default process group has not been initialized, please make sure to call init_process_group."
        )
    return group != GroupMember.NON_GROUP_MEMBER


def _rank_0(rank: int | None, name: str, call: str) -> None:
    if rank not in (None, 0):
        raise ValueError(f"{call}: {name} is {rank}, expected 0: the group has one process")


def _tensor(x: Any, name: str, call: str) -> Tensor:
    if not isinstance(x, Tensor):
        raise TypeError(f"Invalid function argument. Expected parameter `{name}` of type lucet.Tensor, got {type(x)} ({call})")
    return x


def _one(parts: Any, name: str, call: str) -> Any:
    if len(parts) != 1:
        raise ValueError(f"{call}: {name} has {len(parts)} entries, expected one for each process of the group: 1")
    return parts[0]


def _done(async_op: bool) -> Work | None:
    return Work() if async_op else None


def get_rank(group: Any = None) -> int:
    """0."""
    return 0 if _of(group) else -1


def get_world_size(group: Any = None) -> int:
    """1."""
    return 1 if _of(group) else -1


def get_backend(group: Any = None) -> Backend:
    """The backend that `init_process_group` was given."""
    _of(group)
    found: Any = group or _world["group"]
    return found._backend  # type: ignore[no-any-return]


def get_node_local_rank(fallback_rank: int | None = None) -> int:
    """LOCAL_RANK of the environment, else `fallback_rank`. RuntimeError where there is neither."""
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is None:
        raise RuntimeError("LOCAL_RANK is not in the environment. Consider passing fallback_rank to allow `get_node_local_rank` to work")
    return int(fallback_rank)


def get_process_group_ranks(group: Any) -> list[int]:
    """[0]."""
    _of(group)
    return [0]


def get_group_rank(group: Any, global_rank: int) -> int:
    """0."""
    _rank_0(global_rank, "global_rank", "get_group_rank")
    return 0


def get_global_rank(group: Any, group_rank: int) -> int:
    """0."""
    _rank_0(group_rank, "group_rank", "get_global_rank")
    return 0


def get_pg_count() -> int:
    """How many groups there are."""
    return int(is_initialized())


def new_group(
    ranks: Iterable[int] | None = None,
    timeout: Any = None,
    backend: str | None = None,
    pg_options: Any = None,
    use_local_synchronization: bool = False,
    group_desc: str | None = None,
    device_id: Any = None,
    sort_ranks: bool = True,
) -> Any:
    """A group of some processes: of this one, or one that it is not in."""
    _of(None)
    wanted = [0] if ranks is None else list(ranks)
    if any(rank != 0 for rank in wanted):
        raise ValueError("the new group's rank should be within the world_size set by init_process_group")
    return ProcessGroup(backend or get_backend()) if wanted else GroupMember.NON_GROUP_MEMBER


def new_subgroups(
    group_size: int | None = None, group: Any = None, timeout: Any = None, backend: str | None = None, pg_options: Any = None, group_desc: str | None = None
) -> tuple[Any, list[Any]]:
    """Groups of `group_size` processes: the one of this process, and the list of all. ValueError for a size other than 1."""
    _of(group)
    if group_size is not None and group_size <= 0:
        raise ValueError(f"The arg 'group_size' ({group_size}) must be positive")
    if group_size is not None and group_size > 1:
        raise ValueError(f"The arg 'group_size' ({group_size}) must not exceed the world size (1)")
    made = new_group([0], timeout, backend, pg_options, group_desc=group_desc)
    return made, [made]


def new_subgroups_by_enumeration(
    ranks_per_subgroup_list: list[list[int]], timeout: Any = None, backend: str | None = None, pg_options: Any = None, group_desc: str | None = None
) -> tuple[Any, list[Any]]:
    """A group for each list of ranks: the one of this process (None where it is in none), and the list of all."""
    if not ranks_per_subgroup_list:
        raise ValueError("The arg 'ranks_per_subgroup_list' cannot be empty")
    made = [new_group(ranks, timeout, backend, pg_options, group_desc=group_desc) for ranks in ranks_per_subgroup_list]
    mine = [each for each, ranks in zip(made, ranks_per_subgroup_list, strict=True) if 0 in ranks]
    if len(mine) > 1:
        raise ValueError("Rank 0 has appeared in more than one subgroup")
    return (mine[0] if mine else None), made


def split_group(
    parent_pg: Any = None, split_ranks: list[list[int]] | None = None, timeout: Any = None, pg_options: Any = None, group_desc: str | None = None, backend: Any = None
) -> Any:
    """The part of a group that this process is in. ValueError without parts."""
    if not split_ranks:
        raise ValueError("split_ranks cannot be None or empty")
    return new_subgroups_by_enumeration(split_ranks, timeout, backend, pg_options, group_desc)[0]


class DebugLevel(Enum):
    """How much a group says of its collectives; here it says nothing."""

    OFF, INFO, DETAIL = 0, 1, 2


_debug_level = [DebugLevel.OFF]


def get_debug_level() -> DebugLevel:
    """The level that was set, OFF at first."""
    return _debug_level[0]


def set_debug_level(level: DebugLevel) -> None:
    """Set the level; nothing depends on it."""
    _debug_level[0] = level


def set_debug_level_from_env() -> None:
    """Set the level that the environment's TORCH_DISTRIBUTED_DEBUG names. RuntimeError for another word."""
    word = os.environ.get("TORCH_DISTRIBUTED_DEBUG", "OFF").upper()
    if word not in DebugLevel.__members__:
        raise RuntimeError("The value of TORCH_DISTRIBUTED_DEBUG must be OFF, INFO, or DETAIL.")
    _debug_level[0] = DebugLevel[word]


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None, timeout: timedelta | None = None) -> Work | None:
    """Returns at once: nobody else is to be waited for."""
    return _done(async_op) if _of(group) else None


def monitored_barrier(group: Any = None, timeout: Any = None, wait_all_ranks: bool = False) -> None:
    """Returns at once."""
    _of(group)


def all_reduce(tensor: Tensor, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Leaves the tensor as it is: the sum over one process."""
    _tensor(tensor, "tensor", "all_reduce")
    return _done(async_op) if _of(group) else None


def reduce(
    tensor: Tensor, dst: int | None = None, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False, group_dst: int | None = None
) -> Work | None:
    """Leaves the tensor as it is."""
    _rank_0(dst, "dst", "reduce")
    return all_reduce(tensor, op, group, async_op)


def broadcast(
    tensor: Tensor, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """Leaves the tensor as it is."""
    _rank_0(src, "src", "broadcast")
    _tensor(tensor, "tensor", "broadcast")
    return _done(async_op) if _of(group) else None


def all_gather(tensor_list: list[Tensor], tensor: Tensor, group: Any = None, async_op: bool = False) -> Work | None:
    """Copies the tensor into the one entry of the list."""
    if not _of(group):
        return None
    _one(tensor_list, "tensor_list", "all_gather").copy_(_tensor(tensor, "tensor", "all_gather").detach())
    return _done(async_op)


def all_gather_into_tensor(output_tensor: Tensor, input_tensor: Tensor, group: Any = None, async_op: bool = False) -> Work | None:
    """Copies one into the other, which may have a leading dimension of 1."""
    if not _of(group):
        return None
    output_tensor.copy_(input_tensor.detach().reshape(output_tensor.shape))
    return _done(async_op)


def all_reduce_coalesced(tensors: list[Tensor], op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Leaves the tensors as they are."""
    for tensor in [tensors] if isinstance(tensors, Tensor) else tensors:
        all_reduce(tensor, op, group)
    return _done(async_op)


def all_gather_coalesced(
    output_tensor_lists: list[list[Tensor]], input_tensor_list: list[Tensor], group: Any = None, async_op: bool = False
) -> Work | None:
    """Copies each tensor into that of the one list."""
    if _of(group):
        for output, input in zip(_one(output_tensor_lists, "output_tensor_lists", "all_gather_coalesced"), input_tensor_list, strict=True):
            output.copy_(input)
    return _done(async_op)


def gather(
    tensor: Tensor, gather_list: list[Tensor] | None = None, dst: int | None = None, group: Any = None, async_op: bool = False, group_dst: int | None = None
) -> Work | None:
    """Copies the tensor into the one entry of the list."""
    _rank_0(dst, "dst", "gather")
    if gather_list is None:
        raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
    return all_gather(gather_list, tensor, group, async_op)


def scatter(
    tensor: Tensor, scatter_list: list[Tensor] | None = None, src: int | None = None, group: Any = None, async_op: bool = False, group_src: int | None = None
) -> Work | None:
    """Copies the one entry of the list into the tensor."""
    _rank_0(src, "src", "scatter")
    if not _of(group):
        return None
    if scatter_list is None:
        raise ValueError("Argument ``scatter_list`` must be specified on source rank.")
    tensor.copy_(_one(scatter_list, "scatter_list", "scatter").detach())
    return _done(async_op)


def reduce_scatter(output: Tensor, input_list: list[Tensor], op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Copies the one entry of the list into the tensor."""
    return scatter(output, input_list, None, group, async_op)


def reduce_scatter_tensor(output: Tensor, input: Tensor, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """Copies one into the other."""
    return all_gather_into_tensor(output, input, group, async_op)


def all_to_all(output_tensor_list: list[Tensor], input_tensor_list: list[Tensor], group: Any = None, async_op: bool = False) -> Work | None:
    """Copies the one entry of a list into that of the other."""
    return all_gather(output_tensor_list, _one(input_tensor_list, "input_tensor_list", "all_to_all"), group, async_op)


def all_to_all_single(
    output: Tensor, input: Tensor, output_split_sizes: Any = None, input_split_sizes: Any = None, group: Any = None, async_op: bool = False
) -> Work | None:
    """Copies one into the other."""
    return all_gather_into_tensor(output, input, group, async_op)


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Puts the object into the one entry of the list."""
    if _of(group):
        _one(object_list, "object_list", "all_gather_object")
        object_list[0] = obj


def gather_object(obj: Any, object_gather_list: list[Any] | None = None, dst: int | None = None, group: Any = None, group_dst: int | None = None) -> None:
    """Puts the object into the one entry of the list."""
    _rank_0(dst, "dst", "gather_object")
    if object_gather_list is None:
        raise ValueError("Argument ``object_gather_list`` must be specified on destination rank.")
    all_gather_object(object_gather_list, obj, group)


def scatter_object_list(
    scatter_object_output_list: list[Any], scatter_object_input_list: list[Any] | None = None, src: int | None = None, group: Any = None, group_src: int | None = None
) -> None:
    """Puts the one object of a list into the first entry of the other."""
    _rank_0(src, "src", "scatter_object_list")
    if _of(group):
        scatter_object_output_list[0] = _one(scatter_object_input_list or [], "scatter_object_input_list", "scatter_object_list")


def broadcast_object_list(object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None, group_src: int | None = None) -> None:
    """Leaves the objects as they are."""
    _rank_0(src, "src", "broadcast_object_list")
    _of(group)


def _nobody(call: str) -> NoReturn:
    _of(None)
    _more_than_one(f"{call}: there is no other process")


def send(tensor: Tensor, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> None:
    """Raises RuntimeError: there is no other process."""
    _nobody("send")


def recv(tensor: Tensor, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> int:
    """Raises RuntimeError: there is no other process."""
    _nobody("recv")


def isend(tensor: Tensor, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: int | None = None) -> Work | None:
    """Raises RuntimeError: there is no other process."""
    _nobody("isend")


def irecv(tensor: Tensor, src: int | None = None, group: Any = None, tag: int = 0, group_src: int | None = None) -> Work | None:
    """Raises RuntimeError: there is no other process."""
    _nobody("irecv")


def send_object_list(
    object_list: list[Any], dst: int | None = None, group: Any = None, device: Any = None, group_dst: int | None = None, use_batch: bool = False
) -> None:
    """Raises RuntimeError: there is no other process."""
    _nobody("send_object_list")


def recv_object_list(
    object_list: list[Any], src: int | None = None, group: Any = None, device: Any = None, group_src: int | None = None, use_batch: bool = False
) -> int:
    """Raises RuntimeError: there is no other process."""
    _nobody("recv_object_list")


class P2POp:
    """`P2POp(isend or irecv, tensor, peer)`: a message for `batch_isend_irecv`. ValueError for another op, RuntimeError for this process."""

    def __init__(self, op: Any, tensor: Tensor, peer: int | None = None, group: Any = None, tag: int = 0, group_peer: int | None = None):
        if op not in (isend, irecv):
            raise ValueError("Invalid ``op``. Expected ``op`` to be of type ``lucet.distributed.isend`` or ``lucet.distributed.irecv``.")
        self.op, self.tensor, self.group, self.tag = op, _tensor(tensor, "tensor", "P2POp"), group, tag
        self.peer = group_peer if peer is None else peer


def batch_isend_irecv(p2p_op_list: list[P2POp]) -> list[Work]:
    """Raises RuntimeError: there is no other process. ValueError for what is no list of P2POp."""
    if not isinstance(p2p_op_list, list) or not p2p_op_list or not all(isinstance(each, P2POp) for each in p2p_op_list):
        raise ValueError("Invalid ``p2p_op_list``. Each op is expected to to be of type ``lucet.distributed.P2POp``.")
    _nobody("batch_isend_irecv")


def __getattr__(name: str) -> Any:
    if name in ("DeviceMesh", "init_device_mesh"):
        from lucet.distributed import device_mesh

        return getattr(device_mesh, name)
    return _rooms.missing_attribute(name, __name__)


def supports_complex(reduceOp: Any) -> bool:
    """Whether complex tensors may be put together so."""
    return reduceOp not in (ReduceOp.MAX, ReduceOp.MIN, ReduceOp.PRODUCT, ReduceOp.BAND, ReduceOp.BOR, ReduceOp.BXOR)
