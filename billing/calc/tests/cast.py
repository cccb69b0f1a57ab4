"""Builders of assembly inputs: a small transcription service billed in euro."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.calc.assembly import assemble
from billing.calc.charges import in_advance
from billing.calc.checks import faults
from billing.calc.content import InvoiceContent
from billing.calc.currencies import NO_RATES, Rates
from billing.calc.inputs import (
    METERED,
    UNADJUSTED,
    Adjustments,
    ChargeModel,
    InvoiceInputs,
    PricedItem,
    PricedRule,
    ScheduleInputs,
)
from billing.calc.schedule import Active, Cadence, period_at
from billing.calc.tax import TaxCategory, TaxDecision
from billing.calc.totals import AmountType
from catalog.rating.parsing import config
from catalog.rating.types import Config
from catalog.rating.usage import Usage

VAT_21 = TaxDecision("VAT", TaxCategory.STANDARD, Decimal(21), (), "NL")


@dataclass(frozen=True)
class Summed:
    """Usage of a SUM, given as one number (or amount) for each property key."""

    rows: tuple[tuple[Mapping[str, str], Decimal], ...] = ()
    currency: str | None = None

    @property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [key for key, _ in self.rows]

    def over(self, positions: Sequence[int]) -> Usage:
        return Usage.of_events((self.rows[position][1] for position in positions), currency=self.currency)


def used(quantity: str, **properties: str) -> Summed:
    return Summed(((properties, Decimal(quantity)),))


def money(quantity: str, currency: str = "EUR") -> dict[str, str]:
    return {"quantity": quantity, "currency": currency}


def flat(price: str, *, currency: str = "EUR", **extra: Any) -> Config:
    return config.parse({"pricing_type": "FLAT", "bands": [{"amount": money(price, currency)}], **extra})


def fixed(price: str, *, currency: str = "EUR") -> Config:
    return config.parse({"pricing_type": "FIXED", "bands": [{"amount": money(price, currency)}]})


def tiered(*bands: tuple[str | None, str], currency: str = "EUR") -> Config:
    parsed = [
        {"amount": money(price, currency)} | ({"tier_top_bound": {"number": top}} if top else {})
        for top, price in bands
    ]
    return config.parse({"pricing_type": "TIERED", "bands": parsed})


def where(reference: str, value: str) -> dict[str, Any]:
    condition = {"reference": reference, "value": value, "comparator": "EQUALS"}
    return {"meter_properties": [condition]}


def item(
    *configs: Config,
    usage: Summed | None = None,
    model: ChargeModel = ChargeModel.USAGE_BASED,
    advance: bool = False,
    tax: TaxDecision = VAT_21,
    name: str = "Minutes",
    quantity: str = "1",
    rule: Mapping[str, Any] | None = None,
    **fields: Any,
) -> PricedItem:
    """`rule` holds more fields of each rule, `fields` of the item."""
    metered = model in METERED
    return PricedItem(
        pricing_id="pric_main",
        pricing_name="Transcription",
        pricing_item_id=f"prii_{name.lower()}",
        product_item_ids=(f"proi_{name.lower()}",),
        description=name,
        model=model,
        rules=tuple(
            PricedRule(f"pric_{name.lower()}_{position}", each, advance, **(rule or {}))
            for position, each in enumerate(configs)
        ),
        tax=tax,
        usage=(usage or Summed()) if metered else None,
        meter_value_reference="minutes" if metered else None,
        unit="minute" if metered else None,
        quantity=Decimal(quantity),
        **fields,
    )


def invoice(
    grid: Cadence,
    *items: PricedItem,
    index: int = 0,
    active: Active | None = None,
    currency: str = "EUR",
    quoted: AmountType = AmountType.EXCLUDING_TAX,
    adjustments: Adjustments = UNADJUSTED,
    rates: Rates = NO_RATES,
) -> InvoiceContent:
    """The invoice of one period of a subscription with one schedule."""
    active = active or Active(grid.anchor)
    current = period_at(grid, max(grid.boundary(index), active.start), active=active)
    ahead = in_advance(grid, current, active)
    schedule = ScheduleInputs("ppsu_1", "ppsc_1", current, ahead, items, grid, adjustments)
    content = assemble(InvoiceInputs(currency, quoted, grid.period, (schedule,), rates=rates))
    assert faults(content) == []
    return content


def amounts(content: InvoiceContent) -> list[str]:
    return [str(line.charge.amount) for line in content.lines]
