"""What an invoice prints: its data as words, in the customer's locale and the issuer's time zone.

Pure formatting. Amounts are printed as they stand in the content; nothing is added up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale

from billing.services.invoices.document_lines import Lines
from kit import formats
from kit.period import parse_instant

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice as data: the frozen snapshot of a final one, or the same made for a draft.

    ``parties`` is ``{"seller", "buyer"}`` of ``selectors.parties``; ``content`` is the tree of
    ``billing.calc.content``; dates are instants in UTC.
    """

    is_draft: bool
    is_void: bool
    number: str | None
    invoice_date: datetime
    due_date: datetime | None
    period_start: datetime
    period_end: datetime
    purchase_order_number: str | None
    parties: Json
    content: Json


class Page:
    """The words of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.content = document.content
        self.currency: str = document.content["billing_currency"]
        self.locale: Locale = formats.locale_of(document.parties["buyer"].get("locale"))
        self.zone = ZoneInfo(document.parties["seller"].get("timezone") or "UTC")
        self.total = Decimal(document.content["tax_summary"]["total_amount"]["quantity"])
        gross = document.content["pricing_amount_type"] == "INCLUDING_TAX"
        quoted = "amount_including_tax" if gross else "amount_excluding_tax"
        self.lines = Lines(self.currency, self.locale, quoted)

    def context(self) -> dict[str, Any]:
        """Everything the template names."""
        document, summary = self.document, self.content["tax_summary"]
        seller, buyer = self.party(document.parties["seller"]), self.party(document.parties["buyer"])
        heading = "Draft invoice" if document.is_draft else "Invoice"
        return {
            "title": f"{heading} {document.number or ''}".strip(),
            "heading": heading,
            "number": document.number,
            "is_draft": document.is_draft,
            "mark": self.mark(),
            "seller": seller | {"initial": seller["name"][:1].upper()},
            "buyer": buyer,
            "issuer_line": " · ".join([seller["name"], *seller["address"], *seller["tax_ids"]]),
            "facts": self.facts(),
            "due_text": self.due_text(),
            "currency": "" if formats.symbol(self.currency, self.locale) == self.currency else self.currency,
            "total": self.lines.amount(summary["total_amount"]),
            "subtotal": self.lines.amount(summary["base_amount"]),
            "taxes": [self.tax(category) for category in self.content["tax_categories"]],
            "periods": [self.period(period) for period in self.content["periods"]],
            "tax_notes": summary["notes"],
            "payment_notes": self.payment_notes(),
        }

    def party(self, party: Json) -> dict[str, Any]:
        address = party.get("address") or {}
        town = " ".join(filter(None, [address.get("postal_code"), address.get("city")]))
        country = address.get("country")
        parts = [address.get("line1"), address.get("line2"), town, address.get("state")]
        name = self.locale.territories.get(country, country) if country else None
        tax_ids = [f"Tax ID {number}" for number in party.get("tax_ids") or []]
        if party.get("registration_number"):
            tax_ids.append(f"Registration {party['registration_number']}")
        attention = [party["contact"]] if party.get("contact") else []
        return {
            "name": party["name"],
            "address": [*attention, *(part for part in [*parts, name] if part)],
            "tax_ids": tax_ids,
        }

    def mark(self) -> str:
        """What is printed across every page."""
        if self.document.is_void:
            return "Void"
        return "Draft" if self.document.is_draft else ""

    def facts(self) -> list[dict[str, str]]:
        document = self.document
        rows = [
            ("Invoice date", self.day(document.invoice_date)),
            ("Due date", self.day(document.due_date) if document.due_date else None),
            ("Period", self.span(document.period_start, document.period_end)),
            ("Purchase order", document.purchase_order_number),
            ("Customer", document.parties["buyer"].get("reference")),
        ]
        return [{"label": label, "value": value} for label, value in rows if value]

    def due_text(self) -> str:
        if self.document.is_draft:
            return "Total so far"
        if self.total <= 0:
            return "In your favor" if self.total < 0 else "Nothing is due"
        due = self.document.due_date
        return f"Amount due by {self.day(due)}" if due else "Amount due"

    def payment_notes(self) -> list[str]:
        document = self.document
        if document.is_draft:
            return ["Usage may still be added until this draft becomes final. Nothing is to be paid yet."]
        if self.total <= 0:
            return [
                "Nothing is to be paid: this amount is in your favor."
                if self.total
                else "Nothing is to be paid."
            ]
        if document.due_date is None or document.due_date <= document.invoice_date:
            return [f"Due at once. Please state {document.number} with your payment."]
        return [f"Due by {self.day(document.due_date)}. Please state {document.number} with your payment."]

    def tax(self, category: Json) -> dict[str, str]:
        base = self.lines.amount(category["base_amount"])
        rate = formats.percent(Decimal(category["percentage"]), self.locale)
        return {
            "label": f"{category['name']} {rate} on {base}",
            "amount": self.lines.amount(category["tax_amount"]),
        }

    def period(self, period: Json) -> dict[str, Any]:
        start, end = parse_instant(period["start_at"]), parse_instant(period["end_at"])
        return {
            "label": self.span(start, end),
            "groups": [self.group(group) for group in period["groups"] or []],
        }

    def group(self, group: Json) -> dict[str, Any]:
        category = group.get("product_category") or {}
        names = dict.fromkeys(filter(None, [category.get("name"), group.get("description")]))
        return {"name": " · ".join(names), "lines": [self.lines.line(line) for line in group["lines"]]}

    def day(self, instant: datetime) -> str:
        return formats.day(instant, self.zone, self.locale)

    def span(self, start: datetime, end: datetime) -> str:
        """The first and the last local day of a half-open span."""
        last = max(start, end - timedelta(microseconds=1))
        first_day, last_day = (each.astimezone(self.zone).date() for each in (start, last))
        if first_day == last_day:
            return formats.written_day(first_day, self.locale)
        return formats.days(first_day, last_day, self.locale)
