"""What is said of a row that fails by itself, so that those behind it are served.

Whoever works rows off counts each attempt before it begins (``attempts``), in a transaction of its own: so a
row that takes the connection, or the whole worker, along with it has its attempts counted too.
"""

from __future__ import annotations

from kit.errors import TallydeskError

MOST_ATTEMPTS = 3


def reason(error: Exception) -> str:
    """Why it failed: what one of our own errors says, else the kind of error, which the log tells more of."""
    if isinstance(error, TallydeskError):
        return error.message
    return f"something unforeseen happened ({type(error).__name__}); the log of the server tells what"


def worn_out() -> str:
    """Why a row is given up that was begun ``MOST_ATTEMPTS`` times."""
    return (
        f"it was begun {MOST_ATTEMPTS} times, and each time the database or the worker broke off; "
        "the log of the server tells more"
    )
