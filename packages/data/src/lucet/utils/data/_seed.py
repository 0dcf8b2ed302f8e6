"""Seeds of the streams inside a loader, derived from (base seed, epoch, position). No generator is made here."""

ITEM, BATCH, COLLATE = 0, 1, 2  # what draws: one item, a `__getitems__` call, a collate function

_MASK32, _MASK64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


def mix64(x: int) -> int:
    """A bijection of 64 bits in which every input bit moves every output bit.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (SplitMix64's finalizer).
    """
    x = (x + 0x9E3779B97F4A7C15) & _MASK64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK64
    return x ^ (x >> 31)


def mix32(x: int) -> int:
    """The same for 32 bits (MurmurHash3's finalizer)."""
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & _MASK32
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & _MASK32
    return x ^ (x >> 16)


def stream_key(base_seed: int, epoch: int, kind: int = ITEM, worker: int = 0) -> int:
    """What all streams of one kind in one epoch share; `worker` is 0 unless each worker counts its own items."""
    key = mix64(base_seed & _MASK64)
    for part in (epoch, kind, worker):
        key = mix64(key ^ part)
    return key


def stream_seed(key: int, position: int) -> int:
    """The seed of the stream at `position`, below 2^63.

    A generator is seeded with the low 32 bits alone, so these come from a bijection of the position: no two items of an
    epoch below 2^32 share a stream.
    """
    low = mix32(mix32((position ^ key) & _MASK32) ^ (key >> 32))
    return (mix64(key ^ position) & 0x7FFFFFFF) << 32 | low
