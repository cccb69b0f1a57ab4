"""Random rules on real invoices: what the matcher says of each event is what the invoice bills (B30)."""

from __future__ import annotations

from random import Random

import pytest

from billing.tests.selling import Selling, compare, expression, flat, lines, when

REGIONS = ("eu", "us")
SIZES = ("1", "5", "9")
EVENTS = 10


def a_test(random):
    """One comparison that some of the events meet."""
    if random.random() < 0.5:
        return compare("region", random.choice(("EQUALS", "NOT_EQUALS")), random.choice(REGIONS))
    name = random.choice(("GREATER_THAN", "LESS_THAN_OR_EQUALS", "EQUALS"))
    return compare("size", name, random.choice(SIZES))


def a_rule(random, order):
    several = [a_test(random) for _ in range(random.randint(1, 3))]
    asked = when(*several) if random.random() < 0.5 else expression(random.choice(("OR", "XOR")), *several)
    return flat("1", conditions=asked, order=order)


@pytest.mark.parametrize("seed", range(4))
def test_b30_each_event_is_billed_by_the_one_rule_that_matches_it_or_listed_as_unpriced(api, seed):
    random = Random(seed)
    shop = Selling(api)
    shop.open(properties={"region": "ENUM", "size": "NUMBER"}, items=("jobs",))
    rules = [a_rule(random, order) for order in random.sample(range(9), 3)]
    default = [flat("1")] if seed % 2 else []
    shop.sell(shop.plan(rules + default))
    matched = unmatched = 0
    for number in range(EVENTS):
        fate = shop.send(str(1 << number), region=random.choice(REGIONS), size=random.choice(SIZES))
        if fate["type"] == "DEFAULT":
            matched += 1 << number
        else:
            unmatched += 1 << number
    draft = shop.draft()
    assert draft == shop.final()
    invoice = shop.invoices()[0]
    billed = [int(line["quantity"]) for line in lines(invoice)]
    unpriced = [int(each["quantity"]) for each in invoice["unpriced_usage"]]
    # Powers of two: sums that agree hold each event exactly once.
    assert (sum(billed), sum(unpriced)) == (matched, unmatched)
    assert matched + unmatched == (1 << EVENTS) - 1
    assert not (default and unmatched)
