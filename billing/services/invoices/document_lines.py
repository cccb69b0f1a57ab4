"""The lines of a printed invoice: quantities, prices, tiers and remarks as the customer reads them.

Pure formatting. Amounts are printed as they stand in the content; nothing is added up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import Locale

from catalog.rating.details import DetailKind
from catalog.rating.types import IN_BANDS
from kit import formats

Json = Mapping[str, Any]
LONG_LINE = 12
CHARGED = frozenset(kind.value for kind in DetailKind)


def charged(line: Json) -> list[Json]:
    """The sub lines that charge something; what changed their sum is on the line itself."""
    return [sub for sub in line["sub_lines"] if sub["details"]["type"] in CHARGED]


@dataclass(frozen=True, slots=True)
class Lines:
    """How one invoice writes its lines; ``quoted`` names the amount that they show, with or without tax."""

    currency: str
    locale: Locale
    quoted: str

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
