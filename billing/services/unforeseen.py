"""What is said of a row that fails by itself, so that those behind it are served."""

from __future__ import annotations

from kit.errors import TallydeskError


def reason(error: Exception) -> str:
    """Why it failed: what one of our own errors says, else the kind of error, which the log tells more of."""
    if isinstance(error, TallydeskError):
        return error.message
    return f"something unforeseen happened ({type(error).__name__}); the log of the server tells what"
