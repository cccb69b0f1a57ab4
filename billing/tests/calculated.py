"""The price calculator beside an invoice: what it answers must be what the invoice bills."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from billing.tests.agreements import lines
from kit.testing import ApiClient

Json = dict[str, Any]
PATH = "/v1/pricings/calculate"


def calculated(api: ApiClient, **asked: Any) -> Json:
    """What the calculator answers."""
    found: Json = api.post(PATH, asked).ok()
    return found


def charged(found: Json) -> list[tuple[Json, list[Json]]]:
    """Amount and steps of each charge: of rules, of changes of seats, or of the one line there is."""
    several = [each for each in found["rules"] if each["has_line"]] or found["lines"] or [found]
    return [(each["amount"], each["steps"]) for each in several]


def require_same(api: ApiClient, billed: Sequence[Json], **asked: Any) -> Json:
    """Ask the calculator and compare it with these lines of an invoice, to the last step; the answer."""
    found = calculated(api, **asked)
    own = [line for line in billed if line["type"] == "REVENUE"]
    beside = [line for line in billed if line["type"] != "REVENUE"]
    assert charged(found) == [(line["details"]["amount"], line["steps"]) for line in own]
    told = [(each["type"], each["amount"], each["steps"]) for each in found["adjustments"]]
    assert told == [(line["type"], line["details"]["amount"], nameless(line["steps"])) for line in beside]
    net = sum((Decimal(line["details"]["amount"]["quantity"]) for line in billed), Decimal(0))
    assert Decimal(found["amount"]["quantity"]) == net
    return found


def nameless(steps: Sequence[Json]) -> list[Json]:
    """The steps of an adjustment as the calculator tells them, which knows no names of items."""
    found = []
    for step in steps:
        names = ", ".join(step.get("items", ()))
        own = {key: value for key, value in step.items() if key != "items"}
        found.append(own | {"description": step["description"].removesuffix(f" for {names}")})
    return found


def of_item(body: Json, item: str) -> list[Json]:
    """The lines of an invoice that belong to this pricing item."""
    return [line for line in lines(body) if line["pricing_item_id"] == item]


def under(number: str, **properties: str) -> Json:
    """A quantity under property values."""
    named = [{"reference": name, "value": value} for name, value in properties.items()]
    return {"number": number, "meter_properties": named}
