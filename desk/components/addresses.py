"""Links to screens that may not exist on this installation yet."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def to(name: str, *args: str) -> str:
    """Where ``desk:<name>`` is, or nothing while there is no such screen."""
    try:
        return reverse(f"desk:{name}", args=args)
    except NoReverseMatch:
        return ""
