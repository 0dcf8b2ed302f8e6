"""Storage: one block of memory that tensors share, from the block cache or from somebody else's buffer. Knows no shape."""

cimport cython
from cpython.buffer cimport (
    PyObject_GetBuffer, PyBuffer_Release, PyBuffer_FillInfo, PyBUF_SIMPLE, PyBUF_WRITABLE,
)
from cpython.mem cimport PyMem_Malloc, PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject
from libc.string cimport memcpy, memset

from lucet._kernels.dispatch cimport K
from lucet._threads cimport parallel_for, unlocked

import os

from lucet._errors import OutOfMemory, DeviceError, error

cdef extern from "block.h":
    ctypedef struct Cache "lucet_cache":
        size_t cached, cached_cap, live, live_peak, reserved, reserved_peak
        unsigned long long hits, misses, allocations
        int debug
    Cache cache "lucet_the_cache"
    Block* block_new "lucet_block_new"(size_t)
    Block* block_foreign "lucet_block_foreign"(char*, size_t, int, void*, void (*)(void*) noexcept)
    void block_incref "lucet_block_incref"(Block*) noexcept
    void block_decref "lucet_block_decref"(Block*) noexcept
    void cache_trim "lucet_cache_trim"(size_t) noexcept
    size_t memory_left "lucet_memory_left"() noexcept
    void drop_pages "lucet_drop_pages"(char*, size_t) noexcept
    void permute_in_place "lucet_turn_in_place"(char*, size_t, size_t, size_t) noexcept

cdef extern from "dealloc.h":
    ctypedef void (*Dealloc "destructor")(PyObject*) noexcept
    Dealloc set_dealloc "lucet_set_dealloc"(PyObject*, Dealloc) noexcept

cache.debug = os.environ.get("LUCET_DEBUG_ALLOC", "0") not in ("", "0")
cache.cached_cap = 1 << 30


# Blocks that were taken from under their storage while kernels ran without the lock: kept until none does.
cdef Block* retired = NULL


cdef void _retire(Block* b) noexcept:
    global retired
    b.next = retired
    retired = b
    if not unlocked:
        _free_retired()


cdef void _free_retired() noexcept:
    global retired
    cdef Block* b
    while retired != NULL:
        b = retired
        retired = b.next
        block_decref(b)


cdef Block* _take(Py_ssize_t nbytes) except NULL:
    cdef Block* b
    if retired != NULL and not unlocked:
        _free_retired()
    if nbytes < 0:
        raise error(OutOfMemory, f"storage: a size of {nbytes} bytes is negative")
    b = block_new(nbytes)
    if b == NULL:
        left = memory_left()
        raise error(
            OutOfMemory,
            f"storage: {nbytes} bytes asked for, more than the machine can give",
            facts=[f"about {left} bytes are left"] if left < <size_t>-1 else [],
            fix="a smaller batch or model, or no_grad() where no gradient is needed",
        )
    return b


@cython.binding(False)                       # methods that check their self, as written in C
@cython.embedsignature(True)
@cython.embedsignature.format("clinic")
@cython.final
@cython.freelist(512)
@cython.no_gc
cdef class Storage:
    """A run of bytes that one or more tensors view (torch's `UntypedStorage`). `Storage(nbytes)` makes one, zero-filled.

    >>> import lucet
    >>> lucet.zeros(3).untyped_storage().nbytes()
    12
    """

    def __init__(self, Py_ssize_t nbytes=0, *, str device="cpu"):
        if device not in ("cpu", "meta"):
            raise error(DeviceError, f"Storage: device {device!r} is not available", fix='"cpu" or "meta"')
        if nbytes < 0:
            raise ValueError(f"Storage: nbytes must not be negative, got {nbytes}")
        if self.block != NULL:
            raise RuntimeError("Storage: __init__ called twice")
        self.device = META if device == "meta" else CPU
        self.used = self.reach = nbytes
        self.can_resize = True
        self.guarded = self.device == META
        if self.device == CPU:
            self.block = _take(nbytes)
            memset(self.block.data, 0, nbytes)

    @staticmethod
    def from_buffer(source, *, readonly=None):
        """A storage over the bytes of an object with the buffer protocol; nothing is copied.

        `readonly=None` follows the object. Raises BufferError for an object whose bytes are not contiguous.
        """
        cdef bint writable = False
        if readonly is None:
            writable = not memoryview(source).readonly
        else:
            writable = not readonly
        return storage_from_object(source, writable)

    def nbytes(self):
        """Size in bytes."""
        return self.used

    def size(self):
        """Size in bytes, as `nbytes`."""
        return self.used

    def __len__(self):
        return self.used

    def element_size(self):
        """Bytes of an element: 1, since a storage has no type."""
        return 1

    def data_ptr(self):
        """Address of the first byte; 0 on the meta device."""
        return <size_t>storage_data(self)

    @property
    def device(self):
        """The device the bytes live on."""
        from lucet._device import device
        return device("meta" if self.device == META else "cpu")

    @property
    def is_cuda(self):
        """False: no storage is on a GPU."""
        return False

    @property
    def is_readonly(self):
        """True over memory that must not be written, such as a bytes object or a read-only map."""
        return self.block != NULL and self.block.readonly != 0

    def resizable(self):
        """Whether `resize_` may change the size: false over memory of another owner."""
        return self.can_resize

    def resize_(self, Py_ssize_t nbytes):
        """Change the size in place, keeping the first bytes. Raises RuntimeError over memory of another owner.

        Memory beyond a smaller size goes back to the system. Tensors that reach beyond it can be used again after it has grown back.
        """
        storage_resize(self, nbytes)
        return self

    def _span(self, index):
        if not isinstance(index, int):
            raise TypeError(f"Storage: index must be an int, got {type(index).__name__}")
        at = index + self.used if index < 0 else index
        if not 0 <= at < self.used:
            raise IndexError(f"Storage: index {index} is out of range for {self.used} bytes")
        if self.block == NULL:
            raise error(DeviceError, "Storage: a meta storage has no bytes to read")
        return at

    def __getitem__(self, index):
        cdef Py_ssize_t at = self._span(index)
        return <unsigned char>storage_data(self)[at]

    def __setitem__(self, index, int value):
        cdef Py_ssize_t at = self._span(index)
        if self.block.readonly:
            raise RuntimeError("Storage: the memory is read-only")
        storage_data(self)[at] = <char><unsigned char>value

    def tolist(self):
        """The bytes as a list of int."""
        return list(memoryview(self)) if self.used else []

    def clone(self):
        """A copy with a block of its own."""
        cdef Storage s = new_storage(self.used, self.device)
        if self.block != NULL:
            memcpy(storage_data(s), storage_data(self), self.used)
        return s

    def copy_(self, Storage source not None):
        """Copy the bytes of `source`, of the same size, into this storage."""
        if source.used != self.used:
            raise RuntimeError(f"Storage.copy_: sizes differ, {source.used} bytes into {self.used}")
        if self.block != NULL and source.block != NULL:
            if self.block.readonly:
                raise RuntimeError("Storage.copy_: the memory is read-only")
            memcpy(storage_data(self), storage_data(source), self.used)
        return self

    def fill_(self, int value):
        """Set each byte to `value`."""
        if self.block != NULL:
            if self.block.readonly:
                raise RuntimeError("Storage.fill_: the memory is read-only")
            memset(storage_data(self), value, self.used)
        return self

    def is_shared(self):
        """Whether other processes see the memory: never, in this release."""
        return False

    def __copy__(self):
        return self.clone()

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        made = self.clone()
        memo[id(self)] = made
        return made

    def __reduce__(self):
        return _rebuild_storage, (bytes(memoryview(self)) if self.block != NULL else self.used, "meta" if self.device == META else "cpu")

    def __repr__(self):
        where = "meta" if self.device == META else "cpu"
        content = "\n".join([f" {byte}" for byte in self.tolist()]) if self.block != NULL and self.used <= 1000 else "..."
        return f"{content}\n[lucet.storage.UntypedStorage(device={where}) of size {self.used}]"

    def __getbuffer__(self, Py_buffer* view, int flags):
        if self.block == NULL:
            raise BufferError("a meta storage has no bytes")
        if self.channels:
            settle(self)
        if flags & PyBUF_WRITABLE and self.block.readonly:
            raise BufferError("the memory of this storage is read-only")
        # The view keeps the block, not just the storage, so a later resize_ cannot pull the bytes away.
        cdef BlockRef ref = BlockRef.__new__(BlockRef)
        ref.block = self.block
        block_incref(self.block)
        PyBuffer_FillInfo(view, ref, storage_data(self), self.used, self.block.readonly, flags)

    def __releasebuffer__(self, Py_buffer* view):
        # Never called, for views belong to a BlockRef. NumPy asks whether it is there: only then does it keep the view and not
        # just this object, whose block a resize_ replaces.
        pass


def _rebuild_storage(content, str device):
    if device == "meta":
        return Storage(content, device="meta")
    cdef Storage s = new_storage(len(content), CPU)
    cdef const unsigned char[::1] source = content if len(content) else b"\0"
    memcpy(storage_data(s), &source[0], len(content))
    return s


@cython.final
cdef class BlockRef:
    """Keeps one block alive for a buffer view."""
    cdef Block* block

    def __dealloc__(self):
        if self.block != NULL:
            block_decref(self.block)

    def __getbuffer__(self, Py_buffer* view, int flags):
        PyBuffer_FillInfo(view, self, self.block.data, self.block.size, self.block.readonly, flags)


cdef Dealloc _dealloc_rest


cdef void _dealloc_storage(PyObject* o) noexcept:
    """What a storage owns goes, then the object: `__dealloc__` without what Cython puts around it (see dealloc.h)."""
    if (<Storage>o).deferred is not None:
        (<Storage>o).deferred.target = NULL
    if (<Storage>o).block != NULL:
        block_decref((<Storage>o).block)
    _dealloc_rest(o)


_dealloc_rest = set_dealloc(<PyObject*>Storage, _dealloc_storage)


cdef Storage new_storage(Py_ssize_t nbytes, int device):
    """An uninitialised storage."""
    cdef Storage s = Storage.__new__(Storage)
    s.used = nbytes
    s.reach = nbytes
    s.device = device
    s.can_resize = True
    if device == CPU:
        s.block = _take(nbytes)
    else:
        s.guarded = True
    return s


cdef void _release_buffer(void* owner) noexcept:
    PyBuffer_Release(<Py_buffer*>owner)
    PyMem_Free(owner)


cdef Storage storage_from_object(object source, bint writable):
    """A storage over the contiguous bytes of `source`, which is kept alive (and exported) as long as a block refers to it."""
    cdef Py_buffer* view = <Py_buffer*>PyMem_Malloc(sizeof(Py_buffer))
    if view == NULL:
        raise MemoryError
    try:
        PyObject_GetBuffer(source, view, PyBUF_SIMPLE | (PyBUF_WRITABLE if writable else 0))
    except BaseException:
        PyMem_Free(view)
        raise
    return storage_of_view(view, <char*>view.buf, view.len, not writable)


cdef Storage storage_of_view(void* view, char* data, Py_ssize_t nbytes, bint readonly):
    """A storage over memory exported by a PyMem-allocated Py_buffer, which it takes over (and releases with the last block)."""
    return storage_of_foreign(view, _release_buffer, data, nbytes, readonly)


cdef Storage storage_of_foreign(void* owner, void (*release)(void*) noexcept, char* data, Py_ssize_t nbytes, bint readonly):
    """A storage over memory of another library; `release(owner)` is called once, with the last block, or at once where this fails."""
    cdef Storage s = Storage.__new__(Storage)
    s.used = nbytes
    s.reach = nbytes
    s.can_resize = False
    s.block = block_foreign(data, nbytes, readonly, owner, release)
    if s.block == NULL:
        release(owner)
        raise MemoryError
    return s


cdef void hold_block(Block* b) noexcept:
    block_incref(b)


cdef void release_block(Block* b) noexcept:
    block_decref(b)


cdef int storage_resize(Storage s, Py_ssize_t nbytes) except -1:
    """Change the size. A smaller storage keeps its block: tensors made before still point there, and must never read elsewhere."""
    cdef Block* fresh
    if nbytes < 0:
        raise ValueError(f"Storage.resize_: size must not be negative, got {nbytes}")
    if not s.can_resize:
        raise RuntimeError("Storage.resize_: the memory belongs to another owner and cannot be resized")
    if s.channels:
        settle(s)
    if s.device == CPU and nbytes > s.reach:
        fresh = _take(nbytes)
        memcpy(fresh.data, s.block.data, s.used)
        _retire(s.block)
        s.block = fresh
    elif s.device == CPU and nbytes < s.used and s.block.refs == 1:
        drop_pages(s.block.data + nbytes, s.used - nbytes)
    s.used = nbytes
    s.reach = max(s.reach, nbytes)
    s.guarded = nbytes < s.reach or s.device == META
    return 0


# --- the hidden layout ------------------------------------------------------------------------------------------------

cdef struct Turn:
    const char* source
    char* target
    Py_ssize_t rows, cols, row_block, blocks, item


cdef void _turn_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Turn* t = <Turn*>context
    cdef Py_ssize_t image = task // t.blocks * t.rows * t.cols * t.item, first = task % t.blocks * t.row_block
    cdef Py_ssize_t rows = t.row_block if first + t.row_block < t.rows else t.rows - first
    K.turn[t.item == 8](t.source + image + first * t.cols * t.item, t.target + image + first * t.item, rows, t.cols, t.cols, t.rows)


cdef void turn_planes(const char* source, char* target, Py_ssize_t images, Py_ssize_t rows, Py_ssize_t cols, int itemsize) noexcept:
    """Each image of `rows` by `cols` elements of 4 or 8 bytes to `cols` by `rows`."""
    cdef Turn t
    t.source, t.target, t.rows, t.cols, t.item = source, target, rows, cols, itemsize
    t.row_block = (16384 // cols + 64) & ~63           # about 20 us of copying
    t.blocks = (rows + t.row_block - 1) // t.row_block
    parallel_for(images * t.blocks, _turn_task, &t)


cdef void settle(Storage s) noexcept:
    """Turn the bytes to the plain layout, in a new block that takes the old one's place. No version moves: no element changed."""
    cdef Py_ssize_t plane = s.channels * s.pixels * s.itemsize
    cdef Block* fresh
    if s.deferred is not None:
        finish(s)
    finish_readers(s)
    fresh = block_new(s.used)
    if fresh == NULL:                                  # without memory for a second block: element by element where it lies
        for i in range(s.used // plane):
            permute_in_place(s.block.data + i * plane, s.pixels, s.channels, s.itemsize)
    else:
        turn_planes(s.block.data, fresh.data, s.used // plane, s.pixels, s.channels, s.itemsize)
        _retire(s.block)
        s.block = fresh
    s.channels = 0


# --- work put off -----------------------------------------------------------------------------------------------------
# Everything here runs under the interpreter lock, filling included, so nobody sees a block half filled.

cdef PyObject** _waiting = NULL         # every Deferred that has a target, or had one; borrowed
cdef Py_ssize_t _num_waiting = 0, _waiting_room = 0


@cython.no_gc
cdef class Deferred:
    def __dealloc__(self):
        global _num_waiting
        cdef Py_ssize_t i
        if self.source is not None:
            self.source.readers -= 1
        if self.other is not None:
            self.other.readers -= 1
        for i in range(_num_waiting):
            if _waiting[i] == <PyObject*>self:
                _num_waiting -= 1
                _waiting[i] = _waiting[_num_waiting]
                break

    cdef void fill(self, char* to) noexcept:
        pass


cdef void defer(Storage s, Deferred work, Storage source, Storage other) noexcept:
    """Let `work` fill the block of `s` when somebody asks for its bytes, instead of what was to fill it so far."""
    global _waiting, _num_waiting, _waiting_room
    cdef PyObject** grown
    raw_data(source)                    # what it reads must be there
    work.source = source
    source.readers += 1
    if other is not None:
        raw_data(other)
        work.other = other
        other.readers += 1
    if s.deferred is not None:
        s.deferred.target = NULL
    s.deferred = work
    work.target = <PyObject*>s
    if _num_waiting == _waiting_room:
        grown = <PyObject**>PyMem_Realloc(_waiting, (2 * _waiting_room + 16) * sizeof(PyObject*))
        if grown == NULL:
            finish(s)
            return
        _waiting = grown
        _waiting_room = 2 * _waiting_room + 16
    _waiting[_num_waiting] = <PyObject*>work
    _num_waiting += 1


def _num_deferred() -> int:
    """How many blocks are still to be filled."""
    return sum(1 for i in range(_num_waiting) if (<Deferred>_waiting[i]).target != NULL)


cdef void finish(Storage s) noexcept:
    cdef Deferred work = s.deferred
    s.deferred = None
    work.target = NULL
    work.fill(s.block.data)


cdef void finish_readers(Storage s) noexcept:
    cdef Py_ssize_t i = 0
    cdef Deferred work
    while s.readers and i < _num_waiting:
        work = <Deferred>_waiting[i]
        if work.target != NULL and (work.source is s or work.other is s):
            finish(<Storage>work.target)
            work = None
            i = 0                       # the list has changed
        else:
            i += 1


def memory_stats() -> dict:
    """What the block cache holds, in bytes and counts.

    Returns a dict: `live_bytes` handed out now and at most, `cached_bytes` on the free lists (and their cap), `reserved_bytes`
    taken from the system now and at most, `allocations`, and how many of them the cache answered (`hits`) or not (`misses`).

    >>> import lucet
    >>> sorted(lucet.memory_stats())[:3]
    ['allocations', 'cached_bytes', 'cached_bytes_cap']
    """
    return {
        "live_bytes": cache.live, "live_bytes_peak": cache.live_peak,
        "cached_bytes": cache.cached, "cached_bytes_cap": cache.cached_cap,
        "reserved_bytes": cache.reserved, "reserved_bytes_peak": cache.reserved_peak,
        "allocations": cache.allocations, "hits": cache.hits, "misses": cache.misses,
    }


def empty_cache() -> None:
    """Give the memory of all cached blocks back to the system.

    >>> import lucet
    >>> lucet.empty_cache(); lucet.memory_stats()["cached_bytes"]
    0
    """
    cache_trim(0)
