"""What ingestion answers: the events as just stored, without reading them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kit.api import errors
from kit.period import format_instant
from metering import ports
from metering.api import cost_prediction
from metering.api.event_shape import Shown, details, public_id, render
from metering.ports import Fate, FateKind
from metering.services import forecast
from metering.services.ingest import Outcome, Result
from metering.services.reading import Item


def with_fates(result: Result, *, predicted: bool) -> list[dict[str, Any]]:
    """Every event with its fate."""
    stored = [outcome for outcome in result.outcomes if outcome.original is None]
    events = [forecast.occurrence(outcome) for outcome in stored]
    told = ports.matcher().fates(result.configuration.platform, events) if events else []
    fates = dict(zip((outcome.number for outcome in stored), told, strict=True))
    shown = [
        render(_shown(outcome), fates.get(outcome.number, Fate(FateKind.DUPLICATE)))
        for outcome in result.outcomes
    ]
    if predicted:
        met = [fates.get(outcome.number, Fate(FateKind.DUPLICATE)) for outcome in result.outcomes]
        costs = cost_prediction.of_fates(result.configuration.platform, met)
        for each, cost in zip(shown, costs, strict=True):
            each["cost_prediction"] = cost
    return shown


def calculation(result: Result) -> dict[str, Any]:
    """An event that is not kept, and what it would meet and cost."""
    shown = with_fates(result, predicted=True)[0]
    return {**shown, "type": "CALCULATION", "id": None, "created_at": None}


def per_item(result: Result, documents: Sequence[Any]) -> list[dict[str, Any]]:
    """One result per document, each with its status and, where it was refused, the error.

    What was sent is not repeated, and the fate of a stored event is left open: both are told when the
    event is read.
    """
    stored_at = next((outcome.stored_at for outcome in result.outcomes if outcome.stored_at), None)
    created_at = format_instant(stored_at) if stored_at else ""
    return [
        _stored(outcome, created_at) if outcome.error is None else _refused(outcome, document)
        for outcome, document in zip(result.outcomes, documents, strict=True)
    ]


def _stored(outcome: Outcome, created_at: str) -> dict[str, Any]:
    item, at, first = _item(outcome), outcome.stored_at, outcome.original
    assert at is not None
    original = public_id(*first) if first else None
    return {
        "object_type": "METER_DATA",
        "id": public_id(outcome.number, at),
        "reference": item.reference,
        "created_at": created_at,
        "processed_details": details(Fate(FateKind.DUPLICATE) if first else None, original),
        "status": 201,
        "error": None,
    }


def _refused(outcome: Outcome, document: Any) -> dict[str, Any]:
    assert outcome.error is not None
    reference = document.get("reference") if isinstance(document, dict) else None
    return {
        "object_type": "METER_DATA",
        "id": None,
        "reference": reference if isinstance(reference, str) else None,
        "status": outcome.error.status,
        "error": errors.body(outcome.error),
    }


def _shown(outcome: Outcome) -> Shown:
    item = _item(outcome)
    at, original = outcome.stored_at, outcome.original
    return Shown(
        public_id=None if at is None else public_id(outcome.number, at),
        reference=item.reference,
        customer=(item.customer.public_id, item.customer.reference),
        meter=(item.meter.public_id, item.meter.reference),
        subscription=(item.subscription.public_id, item.subscription.reference)
        if item.subscription
        else (None, None),
        timestamp=item.timestamp,
        stored_at=at,
        values=[
            (each.value.public_id, each.value.reference, each.number, each.currency, each.count)
            for each in item.values
        ],
        properties=[(known.public_id, known.reference, text) for known, text in item.properties],
        original=public_id(*original) if original else None,
    )


def _item(outcome: Outcome) -> Item:
    assert outcome.item is not None
    return outcome.item
