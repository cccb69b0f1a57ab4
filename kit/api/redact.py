"""What of a request may be kept: JSON without secrets, and short.

Pure: standard library only. Secrets are known by the name of their field, card numbers by their check digit.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

HIDDEN = "[hidden]"
LARGEST = 64 * 1024  # bytes that are looked at; of a larger body only the size is kept
MOST_ITEMS, LONGEST_TEXT, DEEPEST = 20, 2000, 20
SECRET = re.compile(
    r"pass(word|wd|phrase)|secret|token($|_)|api_?key|authori[sz]ation|credential|private_?key|cookie"
    r"|signature|iban|account_?number|routing_?number|sort_?code|card_?number|social_?security|national_?id"
    r"|passport|date_?of_?birth|birth_?date|(^|_)(otp|pin|cvc2?|cvv2?|csc|pan|ssn)($|_)",
    re.IGNORECASE,
)
PLAIN = re.compile(r"(^|_)(id|reference)$", re.IGNORECASE)  # keys that are ours or the integrator's
CARD = re.compile(r"(?:\d[ -]?){12,18}\d")
FORM = "application/x-www-form-urlencoded"


def body(raw: bytes, *, content_type: str) -> Any:
    """What is kept of a body: JSON or form fields without their secrets, or None for anything else."""
    if not raw or len(raw) > LARGEST:
        return None
    try:
        if content_type == FORM:
            return tidy(dict(parse_qsl(raw.decode(), keep_blank_values=True)))
        return tidy(json.loads(raw)) if content_type == "application/json" else None
    except (ValueError, RecursionError):
        return None


def query(text: str) -> str:
    """A query string without secrets, at most ``LONGEST_TEXT`` characters."""
    if not text:
        return ""
    pairs = [(name, _value(name, value, 0)) for name, value in parse_qsl(text, keep_blank_values=True)]
    return urlencode(pairs, safe="[]:,@/")[:LONGEST_TEXT]


def tidy(value: Any, *, name: str = "", depth: int = 0) -> Any:
    """The value without secrets; long lists and texts are cut, and say by how much."""
    if depth > DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {clean(str(key)): _value(str(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        kept = [tidy(item, name=name, depth=depth + 1) for item in value[:MOST_ITEMS]]
        left = len(value) - len(kept)
        return [*kept, f"… and {left:,} more"] if left else kept
    return _text(value, name) if isinstance(value, str) else value


def _value(name: str, value: Any, depth: int) -> Any:
    if SECRET.search(name) and value not in (None, "", [], {}):
        return HIDDEN
    return tidy(value, name=name, depth=depth)


def _text(value: str, name: str) -> str:
    text = value if PLAIN.search(name) else CARD.sub(_card, value)
    cut = clean(text[:LONGEST_TEXT])
    left = len(text) - LONGEST_TEXT
    return f"{cut}… and {left:,} more characters" if left > 0 else cut


def clean(text: str) -> str:
    """Text that can be stored: PostgreSQL keeps neither the null character nor half a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _card(match: re.Match[str]) -> str:
    digits = [int(digit) for digit in match[0] if digit.isdigit()]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[-2::-2]]
    return HIDDEN if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else match[0]
