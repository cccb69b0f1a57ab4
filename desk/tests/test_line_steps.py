"""The rows under a line of an invoice: what stands in the column adds up to the line."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalog.rating import rate
from catalog.rating.explaining import steps
from catalog.rating.parsing import config as rating_config
from catalog.rating.usage import Usage
from desk.screens.invoicing import line_steps
from kit.money import round_half_up

BANDS = [
    {"amount": {"quantity": "0.75", "currency": "JPY"}, "tier_top_bound": {"number": "2500"}},
    {"amount": {"quantity": "0.5", "currency": "JPY"}},
]


def amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[^0-9.-]", "", text.replace("\N{MINUS SIGN}", "-")) or "0")


@given(st.decimals(min_value=0, max_value=10**6, places=2), st.booleans())
def test_tiers_and_rounding_add_up_to_the_line(quantity, is_deducted):
    rated = rate.rate(
        rating_config.parse({"pricing_type": "TIERED", "bands": BANDS}), Usage.one_event(quantity)
    )
    known, billed = steps.of(rated), round_half_up(rated.amount, "JPY")
    if is_deducted:
        billed = -billed
        turned = {"type": "DEDUCTION", "description": "Deducted", "amount": str(-rated.amount)}
        rounded = {"type": "ROUNDING", "description": "Rounded: ", "amount": str(billed)}
        known = [each for each in known if each["type"] != "ROUNDING"]
        known += [turned, rounded | {"unrounded_amount": str(-rated.amount)}]
    line = {"type": "CHARGE", "steps": known}
    charges = [step for step in known if step["type"] == "CHARGE"]
    rows = list(line_steps.of(line, charges, "JPY"))
    assert sum(amount(row.amount) for row in rows) == billed
    assert all(amount(row.amount) <= 0 for row in rows[:-1]) or not is_deducted


def test_a_fraction_that_does_not_end_is_cut_to_what_can_be_read_and_told_in_full_beside_it():
    third, small = f"€0.{'3' * 24}", f"€0.{'0' * 9}{'6' * 15}"
    rows = [line_steps.Step("Charge", f"7 × {small}", third), line_steps.Step("Fee", "", "€0.123456789012")]
    (long, short), _ = line_steps.lined_up(rows, "€0.46")
    assert (long.how, long.amount) == (f"7 × €0.{'0' * 9}666666…", "€0.333333…")
    assert long.exact == f"7 × {small} = {third}"
    assert (short.amount, short.exact) == ("€0.123456789012", "")
