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

from catalog.rating.details import DetailKind
from catalog.rating.types import IN_BANDS
from kit import formats
from kit.period import parse_instant

Json = Mapping[str, Any]
LONG_LINE = 12
CHARGED = frozenset(kind.value for kind in DetailKind)


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


def charged(line: Json) -> list[Json]:
    """The sub lines that charge something; what changed their sum is on the line itself."""
    return [sub for sub in line["sub_lines"] if sub["details"]["type"] in CHARGED]


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
        self.quoted = "amount_including_tax" if gross else "amount_excluding_tax"

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
            "total": self.amount(summary["total_amount"]),
            "subtotal": self.amount(summary["base_amount"]),
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
        base = self.amount(category["base_amount"])
        rate = formats.percent(Decimal(category["percentage"]), self.locale)
        return {
            "label": f"{category['name']} {rate} on {base}",
            "amount": self.amount(category["tax_amount"]),
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
        return {"name": " · ".join(names), "lines": [self.line(line) for line in group["lines"]]}

    def line(self, line: Json) -> dict[str, Any]:
        bands = charged(line)
        subs = [self.sub_line(sub) for sub in bands] if len(bands) > 1 else []
        return {
            "name": line["description"],
            "remark": self.remark(line),
            "quantity": self.quantity(line),
            "unit_price": self.unit_price(line),
            "tax": ", ".join(
                formats.percent(Decimal(tax["percentage"]), self.locale) for tax in line["tax_categories"]
            ),
            "amount": self.amount(line[self.quoted]),
            "subs": subs,
            "is_long": len(subs) > LONG_LINE,
        }

    def remark(self, line: Json) -> str:
        remarks = []
        late = line.get("late_usage")
        if late:
            what = "Usage received after" if line["meter_value"] else "Change of"
            remarks.append(
                f"{what} {late['invoice_number']}: {self.amount(late['total_amount'])} in all, "
                f"{self.amount(late['billed_amount'])} billed before"
            )
        proration = line["details"].get("proration")
        if proration and proration["days"] != proration["of_days"]:
            remarks.append(f"{proration['days']} of {proration['of_days']} days")
        if line["pricing_type"] == "FIXED":
            remarks.append("Fixed price")
        free = (line["details"].get("included_volume_details") or {}).get("included_volume") or {}
        if free.get("number"):
            words = filter(None, [formats.number(Decimal(free["number"]), self.locale), line.get("unit")])
            remarks.append(f"{' '.join(words)} included")
        return " · ".join(remarks)

    def quantity(self, line: Json) -> str:
        if line["quantity"] is None:
            return ""
        quantity = Decimal(line["quantity"])
        value = line["meter_value"]
        if value and value["type"] == "AMOUNT":
            return formats.price(quantity, self.currency, self.locale)
        return " ".join(filter(None, [formats.number(quantity, self.locale), line.get("unit")]))

    def unit_price(self, line: Json) -> str:
        bands = charged(line)
        if len(bands) > 1:
            kinds = "tiers" if line["pricing_type"] in IN_BANDS else "parts"
            return f"{len(bands)} {kinds}"
        details = line["details"]
        band = details.get("band") or {}
        if band.get("percentage"):
            return formats.percent(Decimal(band["percentage"]), self.locale)
        price = band.get("fixed_amount") or band.get("amount")
        if price is None:
            return self.price(line["unit_amount"])
        block = (band.get("block_size") or {}).get("number")
        per = f" / {formats.number(Decimal(block), self.locale)}" if block else ""
        return self.price(price["quantity"], price.get("currency")) + per

    def sub_line(self, sub: Json) -> dict[str, str]:
        details = sub["details"]
        times = details.get("times") or details.get("quantity")
        percentage = details.get("percentage")
        rate = formats.percent(Decimal(percentage), self.locale) if percentage else ""
        return {
            "name": self.band(details.get("band")) or sub["description"],
            "quantity": formats.number(Decimal(times), self.locale) if times else "",
            "unit_price": rate or self.price(details.get("unit_price"), details.get("pricing_currency")),
            "amount": self.price(details["amount"]["quantity"]),
        }

    def band(self, band: Json | None) -> str:
        """``1,000 to 5,000``: above the lower bound, up to and including the upper."""
        if band is None:
            return ""
        lower, top = self.bound(band.get("tier_lower_bound")), self.bound(band.get("tier_top_bound"))
        fee = ", fixed amount" if band.get("fixed_amount") and band.get("amount") is None else ""
        if top is None:
            return (f"Above {lower}" if lower not in (None, "0") else "All") + fee
        return (f"Above {lower} up to {top}" if lower not in (None, "0") else f"Up to {top}") + fee

    def bound(self, value: Json | None) -> str | None:
        if value is None:
            return None
        if value.get("amount"):
            quantity = Decimal(value["amount"]["quantity"])
            return formats.price(quantity, self.currency, self.locale) if quantity else "0"
        return formats.number(Decimal(value["number"]), self.locale)

    def amount(self, amount: Json) -> str:
        return formats.money(Decimal(amount["quantity"]), amount["currency"], self.locale)

    def price(self, quantity: str | None, currency: str | None = None) -> str:
        """In the currency of the invoice unless another is named."""
        return (
            ""
            if quantity is None
            else formats.price(Decimal(quantity), currency or self.currency, self.locale)
        )

    def day(self, instant: datetime) -> str:
        return formats.day(instant, self.zone, self.locale)

    def span(self, start: datetime, end: datetime) -> str:
        """The first and the last local day of a half-open span."""
        last = max(start, end - timedelta(microseconds=1))
        first_day, last_day = (each.astimezone(self.zone).date() for each in (start, last))
        if first_day == last_day:
            return formats.written_day(first_day, self.locale)
        return formats.days(first_day, last_day, self.locale)
