"""The one place where checkpoints touch tensors and storages; everything else here works on bytes and names."""

from collections.abc import Iterable

from lucet._device import META_DEVICE, device, strided, usable
from lucet._dtype import DTYPES, dtype
from lucet._size import Size
from lucet._storage import Storage
from lucet._tensor import Tensor, set_conj, tensor_from_storage

__all__ = ["DTYPES", "META_DEVICE", "Size", "Storage", "Tensor", "device", "dtype", "strided", "usable"]


def _numpy():
    import numpy  # for files of another byte order or with lazy negation only: `import lucet` stays without it

    return numpy


def new_storage(nbytes: int, *, meta: bool = False) -> Storage:
    """A storage of `nbytes` bytes that the caller fills (on the meta device: that has no bytes)."""
    return Storage(nbytes, device="meta") if meta else Storage().resize_(nbytes)


def mapped_storage(view: memoryview) -> Storage:
    """A storage over the bytes of `view`, which stays alive as long as it does."""
    return Storage.from_buffer(view)


def bytes_of(storage: Storage) -> memoryview:
    """The bytes of `storage` as a flat view, writable where the storage is."""
    return memoryview(storage).cast("B")


def swap_bytes(storage: Storage, item: dtype) -> None:
    """Turn the elements of `storage` from the other byte order into this machine's, in place."""
    width = item.itemsize // 2 if item.is_complex else item.itemsize
    whole = storage.nbytes() // width * width
    if width > 1:
        np = _numpy()
        np.frombuffer(bytes_of(storage)[:whole], dtype=f"u{width}").byteswap(inplace=True)


def hold_truths(storage: Storage) -> bool:
    """Whether every byte is 0 or 1, as those of bools have to be."""
    return not bytes(bytes_of(storage)).translate(None, b"\0\1")


def make_truths(storage: Storage) -> None:
    """Make every other byte 1: what any language but this file's writer takes for true."""
    view = bytes_of(storage)
    view[:] = bytes(view).translate(b"\0" + b"\1" * 255)


def tensor_over(
    storage: Storage, item: dtype, offset: int, size: Iterable[int], stride: Iterable[int], requires_grad: bool
) -> Tensor:
    """A tensor over part of `storage`; raises RuntimeError where it would reach outside."""
    return tensor_from_storage(storage, item, offset, tuple(size), tuple(stride), requires_grad)


def is_meta(tensor: Tensor) -> bool:
    """Whether the tensor has a shape but no elements."""
    return tensor.device.type == "meta"


def conjugate(tensor: Tensor) -> Tensor:
    """A complex `tensor` that was just made, as the conjugates of what its storage holds."""
    return set_conj(tensor, True)


def negated(tensor: Tensor) -> Tensor:
    """A new tensor with the elements of a floating or complex `tensor` negated."""
    np = _numpy()
    flat = np.frombuffer(bytes_of(tensor.untyped_storage()), dtype=str(tensor.dtype).rpartition(".")[2])
    steps = [step * flat.itemsize for step in tensor.stride()]
    array = np.lib.stride_tricks.as_strided(flat[tensor.storage_offset() :], tuple(tensor.shape), steps)
    array = -np.ascontiguousarray(array)
    storage = new_storage(array.nbytes)
    bytes_of(storage)[:] = array.tobytes()
    strides = [step // array.itemsize for step in array.strides]
    return tensor_over(storage, tensor.dtype, 0, tensor.shape, strides, tensor.requires_grad)
