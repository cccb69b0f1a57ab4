"""What an empty list teaches: what it is for, one action, the same as an API call."""

from __future__ import annotations

from dataclasses import dataclass

from desk.components.actions import Action
from desk.components.curl import Call


@dataclass(frozen=True, slots=True)
class Start:
    """An example to begin with: its button, and what it does."""

    action: Action
    text: str


@dataclass(frozen=True, slots=True)
class Empty:
    """``title`` starts with the verb; ``action`` is the one primary action, ``second`` an example.

    ``starts`` are several examples, each with its text.
    """

    title: str
    text: str
    action: Action | None = None
    second: Action | None = None
    call: Call | None = None
    starts: tuple[Start, ...] = ()
