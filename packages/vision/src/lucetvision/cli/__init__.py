"""The `lucetvision` command: arguments and exit codes. Each verb has a module of its own, imported on demand."""

import importlib
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from .arguments import parse
from .output import Output
from .refusal import Refused, one_line

EXIT_REFUSED = 2
EXIT_INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code: 0, 2 for bad input (one line on stderr), 130 after Ctrl-C."""
    if sys.stderr is None:  # closed by the caller: messages go nowhere, never to the output
        sys.stderr = open(os.devnull, "w")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names need not be text
    verb = ""
    before = sys.stdout

    told = set()

    def show(message: Any, *where: Any, **more: Any) -> None:
        line = f"lucetvision{verb}: {' '.join(str(message).split())}"
        if line not in told:  # again, it would cut the bar
            print(line, file=sys.stderr)
        told.add(line)

    try:
        sys.stdout = Output(before)
        try:
            options = parse(arguments)
        finally:
            sys.stdout.flush()  # the help, which ends the program
        verb = f" {options.verb}"
        with warnings.catch_warnings():
            warnings.showwarning = show  # a line for users of the command, not one of its source
            code = importlib.import_module(f".{options.verb}", __package__).run(options)
        sys.stdout.flush()
        return code
    except Refused as refusal:
        print(f"lucetvision{refusal.verb or verb}: {one_line(refusal)}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        print(f"lucetvision{verb}: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        return 0
    finally:
        # a stream that could not be written would be flushed again at exit, and complain
        sys.stdout = None if isinstance(sys.stdout, Output) and sys.stdout.failed else before
