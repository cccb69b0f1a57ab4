"""Request bodies as exact values: decimals stay decimals, and nothing unprintable gets in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser

from kit.errors import BadRequest, InvalidField

MAX_DEPTH = 64
# C0 controls but tab, line feed and carriage return; DEL; and lone surrogates, which no database stores.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class ExactJSONParser(BaseParser):
    """JSON objects with numbers as Decimal; NaN, Infinity and control characters are refused by field."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        return parse_object(stream.read())


class JSONOnlyNegotiation(DefaultContentNegotiation):
    """Answers are JSON whatever the Accept header asks for."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in ``raw``, checked for depth and characters. An empty body is an empty object."""
    if not raw.strip():
        return {}
    value = load(raw)
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    check_text(value)
    return value


def load(raw: bytes) -> Any:
    """Parse JSON with exact decimals; NaN and Infinity come out as ``NotANumber``, for ``check_text``.

    Raises BadRequest for anything malformed: encoding, syntax, nesting, endless numbers.
    """
    try:
        return json.loads(raw.decode(), parse_float=Decimal, parse_constant=NotANumber)
    except UnicodeDecodeError:
        raise BadRequest("The body must be UTF-8.") from None
    except RecursionError:
        raise BadRequest("The body is nested too deeply.") from None
    except (ValueError, ArithmeticError) as error:
        raise BadRequest(f"The body is not valid JSON: {error}") from None


@dataclass(frozen=True, slots=True)
class NotANumber:
    """One of the words that some writers of JSON put where a number should be."""

    name: str


def check_text(value: Any, path: str = "", depth: int = 0) -> None:
    """Refuse unprintable characters, words for numbers and absurd nesting, naming the field."""
    if depth > MAX_DEPTH:
        raise BadRequest("The body is nested too deeply.")
    if isinstance(value, NotANumber):
        raise InvalidField(f"must be a finite number, not {value.name}", field=path or None)
    if isinstance(value, str):
        if UNPRINTABLE.search(value):
            raise InvalidField("must not contain control characters", field=path or None)
    elif isinstance(value, dict):
        for key, item in value.items():
            if UNPRINTABLE.search(key):
                raise BadRequest("A field name contains control characters.")
            check_text(item, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_text(item, f"{path}.{index}" if path else str(index), depth + 1)
