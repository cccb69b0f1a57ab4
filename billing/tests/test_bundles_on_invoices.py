"""Bundles whose rest serves the next period, from the events to the final invoices."""

from __future__ import annotations

import pytest

from billing.tests.calculated import require_same
from billing.tests.selling import Selling, euros, lines, told

JUNE = "2026-06-05T00:00:00Z"


@pytest.fixture
def shop(api):
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"}, items=("jobs",))
    return shop


def bundles(*, rollover):
    band = {"amount": euros("8"), "block_size": {"number": "10"}}
    return {"pricing_type": "FLAT_TOP_UP", "bands": [band], "top_up": {"rollover": rollover}}


def june(shop):
    """The running draft of June."""
    shop.api.post("/v1/test-clock/advance", {"to": JUNE}).ok()
    return next(each for each in shop.invoices() if each["start_at"].startswith("2026-06"))


@pytest.mark.parametrize(("rollover", "amount"), [(True, "0.00"), (False, "8.00")])
def test_what_is_left_of_a_bundle_serves_the_next_month_if_it_rolls_over(shop, rollover, amount):
    shop.sell(shop.plan([bundles(rollover=rollover)]))
    shop.send("12", region="eu")
    assert shop.final() == [("12", "16.00")]
    shop.api.post("/v1/test-clock/advance", {"to": JUNE}).ok()
    shop.send("8", at="2026-06-04T00:00:00Z", region="eu")
    running = june(shop)
    assert told(running) == [("8", amount)]
    carried = [step["carried"] for step in lines(running)[0]["steps"] if step["type"] == "ROLLOVER"]
    assert carried == (["8"] if rollover else [])
    (line,) = lines(running)
    left = {"left": {"bundles": "8"}} if rollover else {}
    require_same(
        shop.api, [line], pricing_item_id=line["pricing_item_id"], meter_value={"number": "8"}, **left
    )


def test_late_usage_takes_from_the_bundles_that_were_left(shop):
    shop.sell(shop.plan([bundles(rollover=True)]))
    shop.send("12", region="eu")
    shop.final()
    shop.api.post("/v1/test-clock/advance", {"to": JUNE}).ok()
    shop.send("5", at="2026-06-04T00:00:00Z", region="eu")
    shop.send("6", at="2026-05-20T00:00:00Z", region="eu")
    # 18 in May leave 2 of two bundles: of the 5 in June 3 start another one.
    assert ("5", "8.00") in told(june(shop))
