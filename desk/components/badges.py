"""Status badges: the API's word in sentence case, with a look of its own (never color alone)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

EDITABLE, IN_FORCE, LOCKED, WAITING, AMBER, PROBLEM, ENDED = (
    ("draft", ""),
    ("ok", "check"),
    ("ink", "lock"),
    ("note", "clock"),
    ("warn", "clock"),
    ("bad", "warn"),
    ("", ""),
)
LOOKS: dict[str, tuple[str, str]] = {
    "DRAFT": EDITABLE,
    **dict.fromkeys(
        ("ACTIVE", "PAID", "SUCCEEDED", "VALID", "MATCHED", "HEALTHY", "DEFAULT", "APPLIED"), IN_FORCE
    ),
    "FINAL": LOCKED,
    **dict.fromkeys(
        ("IN_GRACE", "PARTIALLY_PAID", "OVERPAID", "SCHEDULED", "LATE", "INVITED", "CORRECTED"), WAITING
    ),
    **dict.fromkeys(("ON_HOLD", "PAUSED", "RETRYING"), AMBER),
    "DEPRECATED": ("warn", "warn"),
    "2XX": ("ok", "check"),
    "3XX": ("", ""),
    "4XX": ("warn", "warn"),
    "5XX": ("bad", "x"),
    "UNPAID": ("", "clock"),
    "PENDING": ("", "clock"),
    **dict.fromkeys(("OVERDUE", "NOT_MATCHED", "PARKED"), PROBLEM),
    **dict.fromkeys(("DECLINED", "FAILED", "BLOCKED"), ("bad", "x")),
    **dict.fromkeys(("ARCHIVED", "CANCELED", "CANCELLED", "VOID", "DELETED", "DUPLICATE", "REVOKED"), ENDED),
    **dict.fromkeys(("EXPIRED", "DEACTIVATED", "REVERTED"), ENDED),
}
WORDS = {
    "API_KEY": "API key",
    "NOT_MATCHED": "Unmatched",
    "ONE_OFF": "One-off",
    "ONE_OFF_CREDIT": "One-off credit",
    "USER": "Person",
    "IN_GRACE": "Grace period",
    "PARTIALLY_PAID": "Part paid",
    "PREVIEWED": "Ready",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """``status`` decides the look; ``label`` overrides the word."""

    status: str
    label: str = ""

    def __html__(self) -> SafeString:
        look, icon = LOOKS.get(self.status, ENDED)
        label = self.label or word(self.status)
        style = f" badge--{look}" if look else ""
        return format_html('<span class="badge{}">{}{}</span>', style, svg(icon), label)

    def __str__(self) -> str:
        return self.__html__()


def word(status: str) -> str:
    """The status in sentence case: ``ON_HOLD`` is ``On hold``."""
    return WORDS.get(status, status.replace("_", " ").capitalize())


def svg(icon: str, *, size: str = "") -> SafeString:
    """One icon of the sprite, or nothing."""
    if not icon:
        return SafeString("")
    extra = f" i--{size}" if size else ""
    return format_html('<svg class="i{}" aria-hidden="true"><use href="#i-{}"/></svg>', extra, icon)
