"""Entry point of `lucetvision` and `python -m lucetvision`; the commands live in cli/."""

import signal
import sys

_INTERRUPTED = 130


def main() -> int:
    """Run the command line of this process, which then ends, and return its exit code."""
    try:
        from .cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while importing, or once more while the command was ending
        return _INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is to end with that code


if __name__ == "__main__":
    sys.exit(main())
