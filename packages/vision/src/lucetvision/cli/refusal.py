"""The one exception that a command ends with on bad input, and the one line that it prints."""

from lucet._errors import LucetError


class Refused(Exception):
    """Bad input or surroundings; the message says what was found and what to do. `verb` is " train" and so on."""

    def __init__(self, message: str, verb: str = "") -> None:
        super().__init__(message)
        self.verb = verb


def one_line(exception: BaseException) -> str:
    """What `exception` says, on one line: for lucet's own errors the first line and the advice."""
    if isinstance(exception, LucetError):
        text = f"{exception.headline} ({exception.fix})" if exception.fix else exception.headline
    elif isinstance(exception, OSError) and exception.strerror:
        text = f"{exception.filename}: {exception.strerror}" if exception.filename else exception.strerror
    else:
        text = str(exception) or type(exception).__name__
    return " ".join(text.split())
