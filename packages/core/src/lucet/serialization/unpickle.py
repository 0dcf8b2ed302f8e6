"""A pickle reader that builds tensors, numbers, strings and containers; it imports nothing and runs no code of a file.

Opcodes of protocols 2 to 5 are walked one at a time over an explicit stack. A name in the file is looked up in a closed
list (`_names.py`), never imported; a call goes to a builder below that checks its arguments. Sizes are compared with
what is left of the file before memory is asked for, and keys are bounded before they are hashed.
"""

import struct
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any, BinaryIO

from lucet._errors import LoadError
from lucet.serialization import _names, _rebuild, _tensors
from lucet.serialization._faults import cut_off, damaged, refused

LONGEST_NAME = 1024  # bytes of a module's or class's name
LARGEST_KEY = 4096  # parts of a nested tuple that is used as a key: hashing shared parts again and again takes 2**depth
MOST_ODD_KEYS = 10_000  # keys of one container that a file can make collide: tuples, and integers beyond 60 bits

_MARK = object()
_PLAIN_KEYS = (str, bytes, bool, float, complex, type(None))


class Walker:
    """Reads one pickle from `file`, which holds `size` bytes up to its end.

    `persistent_load` turns a persistent id (a tuple) into a storage; `label` and `part` name the file and the piece of
    it in errors.
    """

    def __init__(
        self,
        file: BinaryIO,
        persistent_load: Callable[[tuple], Any],
        *,
        size: int,
        label: str,
        part: str,
        encoding: str = "utf-8",
    ):
        self.file = file
        self.read_bytes = file.read
        self.persistent_load = persistent_load
        self.size = size
        self.label = label
        self.part = part
        self.encoding = encoding
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.odd_keys: dict[int, int] = {}
        self.outside: Exception | None = None
        self.closed = _names.closed_list()
        self.added = _names.users_list()
        self.builders = {id(self.closed[name]): builder for name, builder in _BUILDERS.items()}
        self.user_things = {id(thing) for thing in self.added.values()}

    def load(self) -> Any:
        """The object that the pickle describes."""
        read, actions = self.read_bytes, _ACTIONS
        try:
            while True:
                opcode = read(1)
                if opcode == b".":
                    return self.pop()
                action = actions.get(opcode)
                if action is None:
                    raise self.unknown(opcode)
                action(self)
        except Exception as problem:
            explained = self.explained(problem)
            raise explained from (None if explained is problem else problem)

    # --- what errors say ---

    def where(self) -> str:
        """The place reached, for errors."""
        return f"{self.label}, {self.part}, byte {self.file.tell()}"

    def explained(self, problem: Exception) -> Exception:
        """What to raise for `problem`: itself if it comes from the caller's own code, else an error about the file."""
        if problem is self.outside or isinstance(problem, ImportError):
            return problem
        if isinstance(problem, LoadError):
            problem.at = problem.at or self.where()
            return problem
        if isinstance(problem, MemoryError):
            return damaged(f"load: {self.label} asks for more memory than there is", at=self.where())
        fact = f"{type(problem).__name__}: {problem}".split("\n")[0][:200]
        return damaged(f"load: {self.label} holds a pickle that makes no sense", facts=[fact], at=self.where())

    def outsiders(self, function: Callable, *arguments: Any, **named: Any) -> Any:
        """Call something of the caller's (an allowed class, map_location) and let its errors through as they are."""
        try:
            return function(*arguments, **named)
        except Exception as problem:
            self.outside = problem
            raise

    def unknown(self, opcode: bytes) -> LoadError:
        """The error for an opcode that has no action, or for none at all."""
        if not opcode:
            return cut_off(f"load: {self.label} ends in the middle of a pickle", at=self.where())
        return refused(f"load: {self.label} uses pickle opcode {opcode!r}, which is not read here", at=self.where())

    # --- reading ---

    def take(self, count: int) -> bytes:
        """The next `count` bytes; compared with what is left first when they are many."""
        if count > 4096 and count > self.size - self.file.tell():
            raise cut_off(
                f"load: {self.label} ends before the {count} bytes that its pickle announces", at=self.where()
            )
        data = self.read_bytes(count)
        if len(data) != count:
            raise cut_off(f"load: {self.label} ends in the middle of a pickle", at=self.where())
        return data

    def number(self, format: str) -> Any:
        """The next number, in a format of the struct module."""
        return struct.unpack(format, self.take(struct.calcsize(format)))[0]

    def line(self) -> str:
        """The next line, without its end."""
        line = self.file.readline(LONGEST_NAME)
        if not line.endswith(b"\n"):
            raise cut_off(f"load: {self.label} holds a name without an end", at=self.where())
        return line[:-1].decode()

    # --- the stack ---

    def push(self, value: Any) -> None:
        """Put `value` on the stack."""
        self.stack.append(value)

    def pop(self) -> Any:
        """Take the top of the stack, which must be a value."""
        value = self.stack.pop()
        if value is _MARK:
            raise ValueError("a mark where a value is expected")
        return value

    def pop_to_mark(self) -> list[Any]:
        """Take everything above the last mark, and the mark."""
        stack = self.stack
        for at in range(len(stack) - 1, -1, -1):
            if stack[at] is _MARK:
                items = stack[at + 1 :]
                del stack[at:]
                return items
        raise ValueError("no mark on the stack")

    def top(self, *kinds: type) -> Any:
        """The top of the stack, which must be exactly of one of `kinds`."""
        value = self.stack[-1]
        if type(value) not in kinds:
            raise TypeError(f"{type(value).__name__} where {' or '.join(kind.__name__ for kind in kinds)} is expected")
        return value

    # --- keys ---

    def check_key(self, key: Any, container: Any) -> None:
        """Refuse a key that would take forever to hash or compare."""
        kind = type(key)
        if kind in _PLAIN_KEYS or (kind is int and -(1 << 60) < key < 1 << 60):
            return
        self.odd_keys[id(container)] = count = self.odd_keys.get(id(container), 0) + 1
        if count > MOST_ODD_KEYS or parts_of(key) > LARGEST_KEY:
            raise refused(f"load: {self.label} has keys that would take very long to hash", at=self.where())

    def check_keys(self, keys: Any) -> None:
        """The same for all keys of a container that is about to be made."""
        for key in keys:
            self.check_key(key, keys)
        self.odd_keys.pop(id(keys), None)

    # --- names and calls ---

    def find(self, module: str, name: str) -> Any:
        """The object that a name in the file stands for."""
        full = _names.canonical(module, name)
        if module in _names.BLOCKED_MODULES or full.partition(".")[0] in _names.BLOCKED_MODULES:
            raise refused(
                f"load: {self.label} asks for {full}, which acts on the machine and is never allowed",
                facts=["nothing of the file has been run"],
                at=self.where(),
            )
        if full == _names.PARAMETER:
            kind = _names.known(full)
            self.builders[id(kind)] = _build_parameter
            return kind
        if full in self.closed:
            return self.closed[full]
        for name in (full, _names.ours(full)):
            if name in self.added:
                return self.added[name]
        raise self.not_allowed(full)

    def not_allowed(self, full: str) -> LoadError:
        """The error for a name that is on no list."""
        if full in _names.UNSUPPORTED:
            return refused(
                f"load: {self.label} holds {_names.UNSUPPORTED[full]}, which lucet does not have", at=self.where()
            )
        return refused(
            f"load: {self.label} asks for {full}, which is not on the list of safe names",
            facts=["weights_only=True builds tensors, numbers, strings and plain containers; nothing has been run"],
            at=self.where(),
            fix=f"with lucet.serialization.safe_globals([{full.rpartition('.')[2]}]): ..., if you trust that class",
        )

    def call(self, function: Any, arguments: Any) -> Any:
        """Build an object: by a builder that checks the arguments, or as the user allowed."""
        if type(arguments) is not tuple:
            raise TypeError(f"arguments are {type(arguments).__name__}, expected a tuple")
        builder = self.builders.get(id(function))
        if builder is not None:
            return builder(self, *arguments)
        if id(function) in self.user_things:
            return self.outsiders(function, *arguments)
        raise refused(f"load: {self.label} calls {_shown(function)}, which is not on the list of safe names")

    def make(self, kind: Any, arguments: Any, named: dict | None = None) -> Any:
        """A new object of class `kind`, before its state is set."""
        if id(kind) in self.user_things and isinstance(kind, type):
            return self.outsiders(kind.__new__, kind, *arguments, **(named or {}))
        if named:
            raise refused(f"load: {self.label} makes {_shown(kind)} with named arguments")
        return self.call(kind, arguments)

    def set_state(self, thing: Any, state: Any) -> None:
        """Give `thing` the state that follows it in the file."""
        if type(thing) is OrderedDict:
            if type(state) is not dict or not all(type(name) is str for name in state):
                raise TypeError("the state of an OrderedDict is not a dict of attributes")
            thing.__dict__.update(state)
        elif id(type(thing)) in self.user_things:
            self.outsiders(_set_users_state, thing, state)
        else:
            raise refused(f"load: {self.label} sets the state of {type(thing).__name__}, which is not on the safe list")


def parts_of(key: Any) -> int:
    """How many objects hashing `key` visits, counting shared ones each time; stops a little above LARGEST_KEY."""
    waiting, seen = [key], 0
    while waiting and seen <= LARGEST_KEY:
        part = waiting.pop()
        seen += 1
        if isinstance(part, (tuple, frozenset)):
            if len(part) > LARGEST_KEY:
                return LARGEST_KEY + 1
            waiting.extend(part)
    return seen


def _shown(thing: Any) -> str:
    name = getattr(thing, "__qualname__", None) or type(thing).__name__
    return str(name)[:100]


def _set_users_state(thing: Any, state: Any) -> None:
    # as pickle does: a method of its own, else attributes, with slots as the second of a pair
    if hasattr(thing, "__setstate__"):
        thing.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if attributes:
        thing.__dict__.update(attributes)
    for name, value in (slots or {}).items():
        setattr(thing, name, value)


# --- builders: what may be called, with which arguments -------------------------------------------------------------


def _build_ordered_dict(walker: Walker, pairs: Any = ()) -> OrderedDict:
    if type(pairs) not in (tuple, list) or not all(type(pair) in (tuple, list) and len(pair) == 2 for pair in pairs):
        raise TypeError("OrderedDict takes a list of pairs here")
    walker.check_keys([key for key, _ in pairs])
    return OrderedDict(pairs)


def _build_counter(walker: Walker, counts: Any = None) -> Counter:
    if counts is not None and type(counts) is not dict:
        raise TypeError("Counter takes a dict here")
    return Counter(counts)


def _build_set(walker: Walker, items: Any = ()) -> set:
    if type(items) not in (tuple, list, set):
        raise TypeError("set takes a list here")
    walker.check_keys(items)
    return set(items)


def _build_frozenset(walker: Walker, items: Any = ()) -> frozenset:
    return frozenset(_build_set(walker, items))


def _build_complex(walker: Walker, real: Any = 0, imag: Any = 0) -> complex:
    if not all(type(part) in (int, float) for part in (real, imag)):
        raise TypeError("complex takes two numbers here")
    return complex(real, imag)


def _build_encoded(walker: Walker, text: Any, encoding: Any = "latin1") -> bytes:
    # how protocol 2 writes bytes
    if type(text) is not str or encoding not in ("latin1", "latin-1", "ascii", "utf-8"):
        raise TypeError("bytes are written as text in latin1, ascii or utf-8")
    return text.encode(encoding)


def _build_bytes(walker: Walker, content: Any = b"") -> bytes:
    if type(content) is not bytes:  # a number would ask for that much memory
        raise TypeError("bytes takes bytes here")
    return content


def _build_bytearray(walker: Walker, content: Any = b"", encoding: Any = None) -> bytearray:
    return bytearray(_build_encoded(walker, content, encoding) if encoding else _build_bytes(walker, content))


def _build_size(walker: Walker, sizes: Any = ()) -> Any:
    if type(sizes) not in (tuple, list) or not all(type(n) is int for n in sizes):
        raise TypeError("Size takes a tuple of integers here")
    return _tensors.Size(sizes)


def _build_device(walker: Walker, kind: Any, index: Any = None) -> Any:
    if type(kind) is not str or type(index) not in (int, type(None)):
        raise TypeError("device takes a string and a number here")
    return _tensors.device(kind) if index is None else _tensors.device(kind, index)


def _build_parameter(walker: Walker, data: Any = None, requires_grad: Any = True) -> Any:
    if data is None or not isinstance(data, _tensors.Tensor):
        raise TypeError("Parameter takes a tensor here")
    return _rebuild._rebuild_parameter(data, bool(requires_grad), None)


def _build_from_type(walker: Walker, function: Any, kind: Any, arguments: Any, state: Any) -> Any:
    plain = kind is _tensors.Tensor or walker.builders.get(id(kind)) is _build_parameter
    if not plain and id(kind) not in walker.user_things:
        raise refused(f"load: {walker.label} makes a tensor of class {_shown(kind)}, which is not on the safe list")
    if not getattr(function, "__name__", "").startswith("_rebuild_") or id(function) not in walker.builders:
        raise refused(f"load: {walker.label} makes a tensor by {_shown(function)}, which is not on the safe list")
    tensor = walker.call(function, arguments)
    if not isinstance(tensor, _tensors.Tensor):
        raise TypeError("a tensor with attributes is not a tensor")
    return _rebuild._rebuild_from_type_v2(lambda: tensor, kind, (), state)


def _plain(function: Callable) -> Callable:
    """A builder for a function that checks its arguments itself."""
    return lambda walker, *arguments: function(*arguments)


_BUILDERS: dict[str, Callable] = {
    "_codecs.encode": _build_encoded,
    "builtins.bytearray": _build_bytearray,
    "builtins.bytes": _build_bytes,
    "builtins.complex": _build_complex,
    "builtins.frozenset": _build_frozenset,
    "builtins.set": _build_set,
    "collections.Counter": _build_counter,
    "collections.OrderedDict": _build_ordered_dict,
    "torch.Size": _build_size,
    "torch._tensor._rebuild_from_type_v2": _build_from_type,
    "torch.device": _build_device,
    "torch.serialization._get_layout": _plain(_rebuild._get_layout),
    **{f"torch._utils.{name}": _plain(getattr(_rebuild, name)) for name in _names._REBUILDERS},
}


# --- actions: what each opcode does ---------------------------------------------------------------------------------


def _value(value: Any) -> Callable:
    return lambda walker: walker.push(value)


def _number(format: str) -> Callable:
    return lambda walker: walker.push(walker.number(format))


def _made(kind: type) -> Callable:
    return lambda walker: walker.push(kind())


def _long(format: str) -> Callable:
    return lambda walker: walker.push(int.from_bytes(walker.take(walker.number(format)), "little", signed=True))


def _text(format: str) -> Callable:
    return lambda walker: walker.push(str(walker.take(walker.number(format)), "utf-8", "surrogatepass"))


def _raw(format: str) -> Callable:
    return lambda walker: walker.push(walker.take(walker.number(format)))


def _byte_array(walker: Walker) -> None:
    walker.push(bytearray(walker.take(walker.number("<Q"))))


def _old_string(format: str) -> Callable:
    def action(walker: Walker) -> None:
        raw = walker.take(walker.number(format))
        walker.push(raw if walker.encoding == "bytes" else raw.decode(walker.encoding, "strict"))

    return action


def _tuple_of(count: int) -> Callable:
    def action(walker: Walker) -> None:
        items = [walker.pop() for _ in range(count)]
        walker.push(tuple(reversed(items)))

    return action


def _mark(walker: Walker) -> None:
    walker.stack.append(_MARK)


def _tuple(walker: Walker) -> None:
    walker.push(tuple(walker.pop_to_mark()))


def _list(walker: Walker) -> None:
    walker.push(walker.pop_to_mark())


def _dict(walker: Walker) -> None:
    items = walker.pop_to_mark()
    made: dict = {}
    _set_pairs(walker, made, items)
    walker.push(made)


def _frozen_set(walker: Walker) -> None:
    walker.push(_build_frozenset(walker, walker.pop_to_mark()))


def _append(walker: Walker) -> None:
    item = walker.pop()
    walker.top(list).append(item)


def _appends(walker: Walker) -> None:
    items = walker.pop_to_mark()
    walker.top(list).extend(items)


def _set_item(walker: Walker) -> None:
    value, key = walker.pop(), walker.pop()
    _set_pairs(walker, walker.top(dict, OrderedDict, Counter), [key, value])


def _set_items(walker: Walker) -> None:
    items = walker.pop_to_mark()
    _set_pairs(walker, walker.top(dict, OrderedDict, Counter), items)


def _set_pairs(walker: Walker, target: dict, items: list[Any]) -> None:
    if len(items) % 2:
        raise ValueError("a key without a value")
    for at in range(0, len(items), 2):
        walker.check_key(items[at], target)
        target[items[at]] = items[at + 1]


def _add_items(walker: Walker) -> None:
    items = walker.pop_to_mark()
    target = walker.top(set)
    for item in items:
        walker.check_key(item, target)
        target.add(item)


def _pop(walker: Walker) -> None:
    walker.stack.pop()


def _pop_mark(walker: Walker) -> None:
    walker.pop_to_mark()


def _duplicate(walker: Walker) -> None:
    value = walker.pop()
    walker.stack += [value, value]


def _put(format: str) -> Callable:
    def action(walker: Walker) -> None:
        at = walker.number(format)
        value = walker.pop()
        walker.push(value)
        walker.memo[at] = value

    return action


def _memoize(walker: Walker) -> None:
    value = walker.pop()
    walker.push(value)
    walker.memo[len(walker.memo)] = value


def _get(format: str) -> Callable:
    return lambda walker: walker.push(walker.memo[walker.number(format)])


def _protocol(walker: Walker) -> None:
    protocol = walker.number("<B")
    if not 2 <= protocol <= 5:
        raise refused(f"load: {walker.label} holds a pickle of protocol {protocol}, expected 2 to 5")


def _frame(walker: Walker) -> None:
    walker.number("<Q")  # a hint for reading ahead


def _global(walker: Walker) -> None:
    walker.push(walker.find(walker.line(), walker.line()))


def _stack_global(walker: Walker) -> None:
    name, module = walker.pop(), walker.pop()
    if type(name) is not str or type(module) is not str:
        raise TypeError("a name that is not text")
    walker.push(walker.find(module[:LONGEST_NAME], name[:LONGEST_NAME]))


def _reduce(walker: Walker) -> None:
    arguments, function = walker.pop(), walker.pop()
    walker.push(walker.call(function, arguments))


def _new(walker: Walker) -> None:
    arguments, kind = walker.pop(), walker.pop()
    walker.push(walker.make(kind, arguments))


def _new_named(walker: Walker) -> None:
    named, arguments, kind = walker.pop(), walker.pop(), walker.pop()
    walker.push(walker.make(kind, arguments, named))


def _build(walker: Walker) -> None:
    state, thing = walker.pop(), walker.pop()
    walker.set_state(thing, state)
    walker.push(thing)


def _persistent(walker: Walker) -> None:
    key = walker.pop()
    if type(key) is not tuple or not key or key[0] not in ("storage", b"storage"):
        raise refused(f"load: {walker.label} refers to something outside the pickle that is not a storage")
    walker.push(walker.outsiders(walker.persistent_load, key))


_ACTIONS: dict[bytes, Callable[[Walker], None]] = {
    b"\x80": _protocol,
    b"\x95": _frame,
    b"N": _value(None),
    b"\x88": _value(True),
    b"\x89": _value(False),
    b"J": _number("<i"),
    b"K": _number("<B"),
    b"M": _number("<H"),
    b"G": _number(">d"),
    b"\x8a": _long("<B"),
    b"\x8b": _long("<I"),
    b"X": _text("<I"),
    b"\x8c": _text("<B"),
    b"\x8d": _text("<Q"),
    b"B": _raw("<I"),
    b"C": _raw("<B"),
    b"\x8e": _raw("<Q"),
    b"\x96": _byte_array,
    b"T": _old_string("<I"),
    b"U": _old_string("<B"),
    b")": _made(tuple),
    b"]": _made(list),
    b"}": _made(dict),
    b"\x8f": _made(set),
    b"\x85": _tuple_of(1),
    b"\x86": _tuple_of(2),
    b"\x87": _tuple_of(3),
    b"(": _mark,
    b"t": _tuple,
    b"l": _list,
    b"d": _dict,
    b"\x91": _frozen_set,
    b"a": _append,
    b"e": _appends,
    b"s": _set_item,
    b"u": _set_items,
    b"\x90": _add_items,
    b"0": _pop,
    b"1": _pop_mark,
    b"2": _duplicate,
    b"q": _put("<B"),
    b"r": _put("<I"),
    b"\x94": _memoize,
    b"h": _get("<B"),
    b"j": _get("<I"),
    b"c": _global,
    b"\x93": _stack_global,
    b"R": _reduce,
    b"\x81": _new,
    b"\x92": _new_named,
    b"b": _build,
    b"Q": _persistent,
}
