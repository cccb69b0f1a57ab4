# ruff: noqa
import pytest
from django.test import Client

from catalog.models import PricingPlan
from catalog.tests import cast
from desk.tests.test_plan_editor import HTMX, PLANS, T


@pytest.fixture
def owner(transactional_db, opened):
    client = Client()
    client.force_login(opened.owner)
    return client


def build(owner, api):
    cat = cast.category(api, "platform", name="Platform")
    prod = cast.product(api, "api", name="API", category_id=cat["id"], status="ACTIVE")
    fee_p = cast.product(api, "fees", name="Fees", category_id=cat["id"], status="ACTIVE")
    calls = cast.item(
        api,
        "api_calls",
        name="API calls",
        product_id=prod["id"],
        unit_name={"singular": "call", "plural": "calls"},
    )
    data = cast.item(
        api, "egress", name="Data egress", product_id=prod["id"], unit_name={"singular": "GB", "plural": "GB"}
    )
    tok = cast.item(
        api,
        "tokens",
        name="Model tokens",
        product_id=prod["id"],
        unit_name={"singular": "token", "plural": "tokens"},
    )
    fee = cast.item(api, "platform_fee", name="Platform fee", model_type="RECURRING", product_id=fee_p["id"])
    once = cast.item(api, "onboarding", name="Onboarding", model_type="ONE_OFF", product_id=fee_p["id"])
    owner.post(
        f"{PLANS}new/",
        {"name": "API Platform Growth", "reference": "api-platform-growth", "amount_type": "EXCLUDING_TAX"},
    )
    plan = PricingPlan.objects.get()
    base = f"{PLANS}{plan.public_id}/versions/1/"
    owner.post(f"{base}items/", {"item": [calls["id"], data["id"], fee["id"], once["id"]]})

    def live(path, **d):
        r = owner.post(f"{path}validate/", d, headers=HTMX)
        assert r.status_code == 200, r.content

    old = {
        "up_to": ["1,000", "10,000", ""],
        "tier_price": ["0.0000", "0.0140", "0.0100"],
        "tier_fee": ["0.00"] * 3,
    }
    live(f"{base}pricing/{calls['id']}/", model="TIERED", **old)
    live(f"{base}pricing/{data['id']}/", model="PACKAGE", size="100", price="8.00")
    live(f"{base}pricing/{fee['id']}/", model="FIXED", price="499.00", advance="1")
    live(f"{base}pricing/{once['id']}/", model="FIXED", price="1200.00")
    owner.post(f"{base}activate/")
    owner.post(f"{PLANS}{plan.public_id}/clone/")
    base = base.replace("/versions/1/", "/versions/2/")
    owner.post(f"{base}items/", {"item": [tok["id"]]})
    item = f"{base}pricing/{calls['id']}/"
    live(
        item,
        model="TIERED",
        **{**T, "tier_price": ["0.0000", "0.0120", "0.0090", "0.0060"], "tier_fee": ["0.00"] * 4},
    )
    r = owner.post(
        f"{item}rules/new/", {"property": "sum-number-model", "comparator": "IN", "values": "quick, accurate"}
    )
    assert r.status_code == 303, r.content
    live(item, model="FLAT", price="0.0100", rule="1")
    return plan, base, item, prod["id"]


import os


def test_shots(visit, owner, api, violations):
    plan, base, item, prod = build(owner, api)
    pages = {
        "editor": item,
        "catalog": "/desk/products-plans/product-catalog/",
        "product": f"/desk/products-plans/product-catalog/{prod}/",
        "new": "/desk/products-plans/product-catalog/new/",
        "plans": PLANS,
        "plan": f"{PLANS}{plan.public_id}/",
        "versions": f"{PLANS}{plan.public_id}/versions/",
        "billing": f"{base}billing/",
        "items": f"{base}items/",
        "review": f"{base}review/",
        "compare": f"{PLANS}{plan.public_id}/compare/?a=1&b=2",
        "newplan": f"{PLANS}new/",
    }
    only = os.environ.get("SHOTS", "")
    for name, path in pages.items():
        if only and name not in only.split(","):
            continue
        for theme, width in (("light", 1440), ("dark", 1440), ("light", 390)):
            page = visit(owner, path, theme=theme, width=width)
            page.screenshot(path=f"/tmp/shots/{name}-{theme}-{width}.png", full_page=width == 390)
            if width == 390:
                over = page.evaluate("document.documentElement.scrollWidth")
                if over > 390:
                    print("OVERFLOW", name, over)
            bad = violations(page)
            if bad:
                print(name, theme, width, bad)
            page.context.close()
