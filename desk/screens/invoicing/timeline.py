"""What happened to an invoice and what comes next: its dates, people's changes, webhooks; newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import AuditEntry
from billing.models import Invoice, InvoiceStatus
from desk.components import audit
from desk.screens.invoicing import names
from webhooks.models import Delivery

PINS = {"SUCCEEDED": "ok", "FAILED": "bad", "PENDING": "next"}
MOST = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """``pin`` is the look of its dot; ``code`` stands before the words, in type for names."""

    at: datetime
    words: str
    icon: str
    pin: str = ""
    note: str = ""
    code: str = ""


def moments(
    invoice: Invoice, entries: list[AuditEntry], deliveries: list[Delivery], at: datetime
) -> list[Moment]:
    """The next thing on top, then the past."""
    past = [
        *_dates(invoice, at),
        *filter(None, map(_entry, entries)),
        *map(_delivery, deliveries),
    ]
    past.sort(key=lambda moment: moment.at, reverse=True)
    return [*_next(invoice, at), *past[:MOST]]


def _next(invoice: Invoice, at: datetime) -> list[Moment]:
    if invoice.status != InvoiceStatus.DRAFT or invoice.on_hold:
        return []
    found = [
        Moment(invoice.finalize_at, "Becomes final by itself", "lock", "next", names.final_in(invoice, at))
    ]
    if invoice.period_end > at:
        found.append(Moment(invoice.period_end, "Period closes", "doc", "next"))
    return found


def _dates(invoice: Invoice, at: datetime) -> list[Moment]:
    found = []
    ended = invoice.period_end <= at and invoice.period_start != invoice.period_end
    if ended and (invoice.finalized_at is None or invoice.period_end <= invoice.finalized_at):
        found.append(Moment(invoice.period_end, "Period closed, grace period started", "doc"))
    return found


def _entry(entry: AuditEntry) -> Moment | None:
    by = "by schedule" if entry.actor_type == "SYSTEM" else f"by {audit.who(entry)}"
    changes: dict[str, Any] = entry.changes or {}
    if entry.action == "CREATED":
        return Moment(entry.at, "Draft opened", "plus", note=by)
    new = {name: pair[1] for name, pair in changes.items()}
    if new.get("status") == InvoiceStatus.FINAL:
        number = new.get("invoice_number")
        return Moment(entry.at, f"Finalized {by}", "lock", "ink", note=f"Number {number}" if number else "")
    if "on_hold" in new:
        return Moment(entry.at, f"{'Put on hold' if new['on_hold'] else 'Released'} {by}", "pause")
    if new.get("paid"):
        return Moment(entry.at, f"Paid, recorded {by}", "check", "ok")
    return Moment(entry.at, f"Changed {by}", "pencil", note=", ".join(audit.field_names(entry)[:3]))


def _delivery(delivery: Delivery) -> Moment:
    at = delivery.finished_at or delivery.last_attempted_at or delivery.event.created_at
    said = {"SUCCEEDED": "delivered", "FAILED": "not delivered"}.get(delivery.status, "waiting")
    took = f" in {delivery.duration_ms:,} ms" if delivery.duration_ms is not None else ""
    answer = f"{delivery.response_status}{took}" if delivery.response_status else ""
    note = f"{answer}, {delivery.webhook.name}" if answer else f"to {delivery.webhook.name}"
    return Moment(at, said, "hook", PINS[delivery.status], note, code=delivery.event.type)
