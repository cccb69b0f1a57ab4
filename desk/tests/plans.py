"""A draft of a plan with one item in it, and short ways to type into its pricing step."""

from __future__ import annotations

import re

import pytest

from catalog.models import PricingPlan
from catalog.tests import cast

PLANS = "/desk/products-plans/pricing-plans/"
HTMX = {"HX-Request": "true"}
T = {
    "up_to": ["1,000", "10,000", "50,000", ""],
    "tier_price": ["0", "0.0120", "0.0090", "0.0060"],
    "tier_fee": ["", "", "", ""],
}
STAIRS = {**T, "tier_price": ["0", "99", "399", "999"]}


@pytest.fixture
def draft(desk, api):
    """A draft with the item Calls in it: the path of its pricing step."""
    item = cast.item(api, name="Calls", reference="calls", unit_name={"singular": "call", "plural": "calls"})
    desk.post(f"{PLANS}new/", {"name": "Growth", "reference": "growth", "amount_type": "EXCLUDING_TAX"})
    plan = PricingPlan.objects.get(reference="growth")
    base = f"{PLANS}{plan.public_id}/versions/1/"
    desk.post(f"{base}items/", {"item": item["id"]})
    return f"{base}pricing/{item['id']}/"


def live(desk, path, verb="validate", **data):
    return desk.post(f"{path}{verb}/", data, headers=HTMX)


def total(response):
    found = re.search(r"<output[^>]*>([^<]*)</output>", response.content.decode())
    return found.group(1) if found else None
