"""Where a calculator stands on a page: several may stand on one, each with ids and names of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ASKED = ("quantity", "events", "view", "span", "preset", "deciding")


@dataclass(frozen=True, slots=True)
class Frame:
    """``live`` is the address that answers, ``form`` the form it is sent with, ``prefix`` before its names.

    ``now`` and ``was`` say in words whose prices are compared, ``was_short`` the latter behind a per cent.
    """

    live: str
    now: str
    was: str
    was_short: str
    form: str = "price-form"
    prefix: str = ""

    def asked(self, post: Mapping[str, Any]) -> dict[str, str]:
        """What is asked of this calculator, by the names that ``Question.of`` reads."""
        return {name: str(post.get(f"{self.prefix}{name}", "")) for name in ASKED}
