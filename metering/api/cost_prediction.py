"""``cost_prediction``: what the invoices that an event is part of come to, the event included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import Platform
from metering import ports
from metering.ports import Fate


def of_fates(platform: Platform, fates: Sequence[Fate]) -> list[dict[str, Any]]:
    """The contract's CostPrediction for each fate, all invoices read together.

    An event that meets no price changes no invoice: its prediction is OK and lists none.
    """
    named = [list(dict.fromkeys(link.invoice_id for link in fate.links if link.invoice_id)) for fate in fates]
    wanted = {each for invoice_ids in named for each in invoice_ids}
    costs = ports.forecaster().costs(platform, wanted) if wanted else {}
    return [_prediction([costs[each] for each in invoice_ids if each in costs]) for invoice_ids in named]


def _prediction(details: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    drawn_up = [each for each in details if each is not None]
    return {
        "response": "OK" if len(drawn_up) == len(details) else "FAILED",
        "details": drawn_up,
        "used_change_rates": [],
    }
