"""Dated tax rates, passed in as rows: the shipped `billing/data/tax_rates.json` and a platform's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kit.errors import InvalidOperation

STANDARD = "STANDARD"


@dataclass(frozen=True, slots=True)
class RateRow:
    """`percentage` of `rate_name` in `country` from `valid_from` to `valid_to`, both days included.

    `tax_name` is what the tax is called there (VAT, GST), `source` where the figure comes from. An `own`
    rate was added by the issuer and goes before a shipped one of the same day.
    """

    country: str
    rate_name: str
    tax_name: str
    percentage: Decimal
    valid_from: date
    valid_to: date | None
    source: str
    own: bool = False

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on this local day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @classmethod
    def from_dict(cls, row: Mapping[str, str | None]) -> "RateRow":
        """Read one row of the JSON table; dates are ISO days, `valid_to` null while the rate holds."""
        valid_to = row["valid_to"]
        return cls(
            country=str(row["country"]),
            rate_name=str(row["rate_name"]),
            tax_name=str(row["tax_name"]),
            percentage=Decimal(str(row["percentage"])),
            valid_from=date.fromisoformat(str(row["valid_from"])),
            valid_to=None if valid_to is None else date.fromisoformat(valid_to),
            source=str(row["source"]),
        )


def standard_rate(rates: Iterable[RateRow], *, country: str, on: date) -> RateRow:
    """The standard rate of a country on a day: the issuer's own before a shipped one, then the latest.

    Raises InvalidOperation when the table has none: a wrong rate must not reach an invoice.
    """
    candidates = [
        row for row in rates if row.country == country and row.rate_name == STANDARD and row.holds_on(on)
    ]
    if not candidates:
        raise InvalidOperation(
            f"no tax rate is known for {country} on {on.isoformat()}: "
            "add it to the tax rates, or set sales_tax_percentage on the subscription",
            field="sales_tax_percentage",
        )
    return max(candidates, key=lambda row: (row.own, row.valid_from))
