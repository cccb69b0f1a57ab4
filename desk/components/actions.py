"""A button that knows whether its reader may press it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from desk.operators import Operator
from desk.shell import ask_for


@dataclass(frozen=True, slots=True)
class Action:
    """``url`` is a page; with ``opens`` (``dialog`` or ``drawer``) it opens there when scripts run.

    A refused action is shown, disabled, with the reason. ``posts`` makes it a form of its own; ``copies``
    puts its cURL beside it, where the API has it.
    """

    label: str
    url: str = ""
    permission: str = ""
    style: str = ""  # primary, ghost, bad
    opens: str = ""
    posts: bool = False
    copies: bool = False
    key: str = ""  # single-key shortcut: n on lists, e on details
    icon: str = ""
    refused: str = ""

    def for_(self, operator: Operator) -> Action:
        """The same action as this operator may use it."""
        if self.refused or operator.can(self.permission):
            return self
        return replace(self, refused=ask_for(self.permission))

    def __html__(self) -> SafeString:
        return self.within(None)

    def within(self, token: object) -> SafeString:
        """In a page with this CSRF token, which an action that posts needs."""
        context = {"action": self, "csrf_token": token}
        return SafeString(render_to_string("desk/ui/action.html", context))


def offered(actions: list[Action], operator: Operator) -> list[Action]:
    """The actions as the operator may use them."""
    return [action.for_(operator) for action in actions]
