"""What stands on an invoice: periods, groups, lines and sub lines, each with its totals.

Everything is a value; `to_dict` gives plain data (decimal strings, ISO instants) in the names of
the API, with keys in a fixed order, so that the same inputs give the same bytes.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.calc import printed_totals, sub_lines
from billing.calc.adjusting import Adjustment
from billing.calc.charge import Charge, Unpriced
from billing.calc.currencies import Exchange, used_in
from billing.calc.discounts import CouponUse
from billing.calc.printing import (
    adjustment_dict,
    late_usage,
    line_charges,
    line_details,
    line_steps,
    meter_value,
)
from billing.calc.totals import TaxedAmount, Totals
from kit.money import plain, total
from kit.period import Period, Span, format_instant


@dataclass(frozen=True, slots=True)
class Line:
    """One charge with its order in the group and its tax."""

    order: int
    charge: Charge
    taxed: TaxedAmount

    def to_dict(self, currency: str) -> dict[str, Any]:
        charge, item = self.charge, self.charge.item
        unit_amount, steps = charge.rated.unit_amount, line_steps(charge, currency)
        details = line_charges(charge)
        return {
            "line_order": self.order,
            "type": "REVENUE",
            "pricing_type": charge.rule.config.pricing_type.value,
            "description": item.description,
            "pricing_item_id": item.pricing_item_id,
            "pricing_item_config_id": charge.rule.config_id,
            "product_item_ids": list(item.product_item_ids),
            "start_at": format_instant(charge.span.start),
            "end_at": format_instant(charge.span.end),
            "meter_value": meter_value(charge),
            "quantity": plain(charge.quantity),
            "unit": item.unit,
            "unit_amount": None if unit_amount is None else plain(unit_amount),
            "amount_excluding_tax": printed_totals.amount(self.taxed.excluding_tax, currency),
            "amount_including_tax": printed_totals.amount(self.taxed.including_tax, currency),
            "tax_categories": [printed_totals.category_dict(printed_totals.of_line(self.taxed), currency)],
            "details": line_details(charge, details, currency),
            "steps": steps,
            "sub_lines": sub_lines.of(charge, details, steps, currency),
            "late_usage": late_usage(charge, currency),
        }


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """A discount or a commitment with its order in the group, after the charges, and its tax."""

    order: int
    adjustment: Adjustment
    taxed: TaxedAmount

    def to_dict(self, currency: str) -> dict[str, Any]:
        return adjustment_dict(self.order, self.adjustment, currency) | {
            "amount_excluding_tax": printed_totals.amount(self.taxed.excluding_tax, currency),
            "amount_including_tax": printed_totals.amount(self.taxed.including_tax, currency),
            "tax_categories": [printed_totals.category_dict(printed_totals.of_line(self.taxed), currency)],
        }


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one pricing of one schedule in one period."""

    order: int
    subscription_id: str
    schedule_id: str
    pricing_id: str
    pricing_name: str
    span: Span
    lines: tuple[Line, ...]
    totals: Totals
    adjustments: tuple[AdjustmentLine, ...] = ()

    @property
    def everything(self) -> list[Line | AdjustmentLine]:
        """All lines in printed order: the charges, then what changes them."""
        return [*self.lines, *self.adjustments]

    @property
    def taxed(self) -> list[TaxedAmount]:
        """What every line of the group bears."""
        return [line.taxed for line in self.everything]

    def to_dict(self, currency: str) -> dict[str, Any]:
        return {
            "group_order": self.order,
            "type": "PRICING",
            "pricing_plan_subscription_id": self.subscription_id,
            "pricing_plan_schedule_id": self.schedule_id,
            "pricing": {"id": self.pricing_id, "name": self.pricing_name},
            "description": self.pricing_name,
            **printed_totals.span_dict(self.span),
            **printed_totals.totals_dict(self.totals, currency),
            "lines": [line.to_dict(currency) for line in self.everything],
        }


@dataclass(frozen=True, slots=True)
class InvoicePeriod:
    """What is billed for one span of time: usage and fees in arrears, or fees in advance."""

    order: int
    span: Span
    groups: tuple[Group, ...]
    totals: Totals

    def to_dict(self, currency: str) -> dict[str, Any]:
        return {
            "period_order": self.order,
            **printed_totals.span_dict(self.span),
            **printed_totals.totals_dict(self.totals, currency),
            "groups": [group.to_dict(currency) for group in self.groups],
        }


@dataclass(frozen=True, slots=True)
class InvoiceContent:
    """A whole invoice, apart from who sends it to whom and its dates."""

    currency: str
    amount_type: str
    billing_period: Period
    periods: tuple[InvoicePeriod, ...]
    totals: Totals
    unpriced: tuple[Unpriced, ...]

    @property
    def lines(self) -> list[Line]:
        """All charges in printed order."""
        return [line for period in self.periods for group in period.groups for line in group.lines]

    @property
    def everything(self) -> list[Line | AdjustmentLine]:
        """All lines in printed order."""
        return [line for period in self.periods for group in period.groups for line in group.everything]

    @property
    def exchanges(self) -> list[Exchange]:
        """The ways between currencies that its charges took."""
        return [line.charge.exchange for line in self.lines if line.charge.exchange]

    @property
    def adjustments(self) -> list[AdjustmentLine]:
        """All discounts and commitments in printed order; in each group they follow the charges."""
        return [line for period in self.periods for group in period.groups for line in group.adjustments]

    @property
    def adjusted(self) -> list[tuple[str, Decimal]]:
        """What each discount and commitment comes to without tax, its parts beside several groups in one."""
        found: dict[tuple[str, str, str], list[AdjustmentLine]] = {}
        for line in self.adjustments:
            one = line.adjustment
            found.setdefault((one.type.value, one.name, one.description), []).append(line)
        return [
            (words, total(line.taxed.excluding_tax for line in lines))
            for (_, _, words), lines in found.items()
        ]

    @property
    def coupons(self) -> list[CouponUse]:
        """The coupons that take something off what this invoice bills for the first time, each once."""
        found = [line.adjustment for line in self.adjustments if line.adjustment.late is None]
        return list(dict.fromkeys(each.coupon for each in found if each.coupon is not None))

    @property
    def taxed(self) -> list[TaxedAmount]:
        """What every line of the invoice bears."""
        return [each for period in self.periods for group in period.groups for each in group.taxed]

    def to_dict(self) -> dict[str, Any]:
        return {
            "billing_currency": self.currency,
            "pricing_amount_type": self.amount_type,
            "billing_period": {"type": self.billing_period.type.value, "value": self.billing_period.value},
            "rounding": "HALF_UP",
            **printed_totals.totals_dict(self.totals, self.currency),
            "tax_summary": printed_totals.tax_summary(self.totals, self.currency),
            "used_exchange_rates": used_in(self.exchanges),
            "coupons": [{"coupon_id": each.coupon_id, "coupon_name": each.name} for each in self.coupons],
            "promotion_codes": [_code_dict(each) for each in self.coupons if each.promotion_code_id],
            "periods": [period.to_dict(self.currency) for period in self.periods],
            "unpriced_usage": [each.to_dict() for each in self.unpriced],
        }


def _code_dict(use: CouponUse) -> dict[str, Any]:
    """InvoicePromotionCode."""
    return {
        "promotion_code_details": {"promotion_code_id": use.promotion_code_id, "code": use.code},
        "coupon_id": use.coupon_id,
    }
