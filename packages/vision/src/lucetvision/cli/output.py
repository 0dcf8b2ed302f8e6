"""Standard output as the commands write it: where that fails, the command is refused in one line."""

from typing import Any

from .refusal import Refused


class Output:
    """A text stream that turns the errors of writing into a refusal; a closed pipe stays a BrokenPipeError."""

    def __init__(self, stream: Any) -> None:
        self.failed = stream is None
        self._stream = stream
        if stream is None:
            raise Refused("cannot write the output: standard output is closed")

    def write(self, text: str) -> int:
        """Write `text` as the stream does."""
        return self._do(self._stream.write, text)

    def flush(self) -> None:
        """Flush the stream."""
        self._do(self._stream.flush)

    def _do(self, act: Any, *text: str) -> Any:
        try:
            return act(*text)
        except BrokenPipeError:
            self.failed = True
            raise
        except OSError as cause:
            self.failed = True
            raise Refused(f"cannot write the output: {cause.strerror or cause}") from cause

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
