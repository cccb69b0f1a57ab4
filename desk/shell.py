"""The frame around every screen: menu, environment, clock, breadcrumb, title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest

from desk import navigation
from desk.models import Theme
from desk.navigation import FOOT, MENU, SETTINGS, Entry
from desk.operators import Operator


@dataclass(frozen=True, slots=True)
class Crumb:
    label: str
    url: str = ""


def document_title(title: str) -> str:
    """``<Thing>: <name> · Desk``."""
    return f"{title} · Desk" if title else "Desk"


def ask_for(permission: str) -> str:
    """Why an action is refused, and what to do about it."""
    return f"Ask an administrator for {permission}."


def context(request: HttpRequest, operator: Operator, *, menu: str) -> dict[str, Any]:
    """What ``desk/base.html`` reads."""
    preference = operator.preference
    return {
        "operator": operator,
        "menu": navigation.visible(MENU, operator.can, operator.waiting),
        "foot": navigation.visible(FOOT, operator.can),
        "current": menu,
        "is_settings": any(entry.name == menu for entry in SETTINGS),
        "open_folders": preference.open_folders,
        "theme": "" if preference.theme == Theme.SYSTEM else preference.theme.lower(),
        "density": preference.density.lower(),
        "shortcuts": preference.shortcuts.lower(),
        "can_move_clock": operator.can("TEST_CLOCK.UPDATE"),
        "toasts": list(get_messages(request)),
    }


def crumbs_of(name: str) -> list[Crumb]:
    """The folders above the menu entry ``name``."""
    if any(entry.name == name for entry in SETTINGS):
        return [Crumb("Settings", navigation.address("settings"))]
    folder = next((top for top in MENU if any(child.name == name for child in top.children)), None)
    return [Crumb(folder.label)] if folder else []


def list_crumb(name: str) -> list[Crumb]:
    """The menu entry ``name`` itself, above a page of one of its records."""
    entry = entry_of(name)
    url = navigation.address(name) if entry else ""
    return [Crumb(entry.label, url)] if entry and url else []


def entry_of(name: str) -> Entry | None:
    """The menu entry ``name``, wherever it is."""
    below = [child for top in MENU for child in top.children]
    return next((entry for entry in (*MENU, *below, *FOOT, *SETTINGS) if entry.name == name), None)
