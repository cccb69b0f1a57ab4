"""What the commands of `config` tell whoever started them."""

import sys


def say(line: str) -> None:
    """Progress goes to stderr at once, so that it also shows through a pipe."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
