"""Entry point of `lucetvision` and `python -m lucetvision`; the commands live in cli/."""

import sys


def main() -> int:
    """Run the command line of this process and return its exit code."""
    from .cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
