"""What decides the tiers of a rule where that is not what it bills: another calculation, usage of a kind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from catalog.models import ProductItem
from catalog.rating.comparisons import Operator
from catalog.rating.parsing import config_conditions
from catalog.rating.parsing.reading import Fields
from desk.editors.pricing import conditions
from desk.editors.products import calculation_words

Json = Mapping[str, Any]
NAME = "tiering_conditions"
INSTEAD = "INSTEAD"


def words(body: Json, item: ProductItem) -> str:
    """``COUNT of calls``, ``usage where region is eu``, or both; nothing where it is what is billed."""
    calculation, where = item.tiering_meter_value_calculation, usage(body)
    known = calculation_words(calculation) if calculation else ""
    if known and where:
        return f"{known} of {where}"
    return known or where


def usage(body: Json) -> str:
    """``usage where region is eu``; nothing where all usage counts."""
    tests = config_conditions.read(Fields(dict(body), ""), NAME, frozenset())
    return f"usage where {conditions.told(tests)}" if tests else ""


def kept(body: Json | None, price: Json) -> dict[str, Any]:
    """``price`` with the tiering conditions of the rule that it is for."""
    stated = (body or {}).get(NAME)
    return {**price, NAME: stated} if stated else dict(price)


def asked(stored: Json | None, test: Json, how: str) -> dict[str, Any]:
    """The stored conditions with one more comparison, or that alone; as one expression, as the API has it."""
    mine, body = {"meter_property": test}, {"conditions": stored}
    if how == INSTEAD or not conditions.of(body):
        return _all_of([mine])
    if how != Operator.AND:
        return conditions.joined(body, test, how)
    return _all_of([*conditions.operands(stored or {}), mine])


def stamp(key: str, body: Json, item: ProductItem) -> str:
    """Changes with what decides the tiers of the rule ``key``: two editors of it find out by it."""
    text = json.dumps(body.get(NAME), sort_keys=True)
    return f"{key}-{item.tiering_meter_value_calculation_id}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def _all_of(operands: list[Any]) -> dict[str, Any]:
    return {"expression": {"operator": Operator.AND.value, "operands": operands}}
