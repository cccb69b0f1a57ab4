"""Two people have one form open: the slower one is told what the other changed, and keeps what was typed."""

from __future__ import annotations

import html
import re

from accounts.models import User
from billing.models import Customer
from billing.tests.world import World, at, fee, per_minute
from catalog.models import Feature, PricingPlan, PricingPlanVersion, Product, ProductItem
from catalog.tests import cast
from desk.editors.pricing import book
from metering.models import Meter

CATALOG, PLANS = "/desk/products-plans/product-catalog/", "/desk/products-plans/pricing-plans/"
SEEN = re.compile(r'name="seen_version" value="([^"]+)"')
MINE = "Typed by me"
LATER = at("2030-01-01")


def test_no_editor_overwrites_what_someone_else_changed_meanwhile(desk, platform):
    world = World(platform)
    world.plan(per_minute("0.10"))
    feature = world.make(Feature, reference="sso", name="SSO", type="SWITCH")
    version = world.drafted(fee("7"))
    product = Product.objects.earliest("pk")
    item, plan = product.items.latest("pk"), version.pricing_plan
    edited = [
        (f"/desk/usage-metering/meters/{world.meter.public_id}/edit/", Meter, world.meter, "name"),
        (f"{CATALOG}{product.public_id}/edit/", Product, product, "name"),
        (f"{CATALOG}items/{item.public_id}/edit/", ProductItem, item, "name"),
        (f"/desk/products-plans/features/{feature.public_id}/edit/", Feature, feature, "name"),
        (f"{PLANS}{plan.public_id}/versions/1/plan/", PricingPlan, plan, "name"),
        (f"{PLANS}{plan.public_id}/versions/1/billing/", PricingPlanVersion, version, "every"),
        (f"/desk/customers/{world.customer.public_id}/edit/", Customer, world.customer, "legal_name"),
    ]
    for path, model, row, field in edited:
        seen = html.unescape(SEEN.search(desk.get(path).content.decode())[1])
        model.objects.filter(pk=row.pk).update(updated_at=LATER)
        conflict = desk.post(path, {"seen_version": seen, field: MINE})
        body = conflict.content.decode()
        assert (conflict.status_code, MINE in body) == (409, True), path
        assert SEEN.search(body)[1] != seen, path
        row.refresh_from_db()
        assert MINE not in str(vars(row)), path


def test_items_added_moved_and_taken_out_by_two_are_asked_about_and_nothing_is_lost(desk, api, platform):
    calls, seats, setup = (
        cast.item(api, name=name, reference=name.lower())["id"] for name in ("Calls", "Seats", "Setup")
    )
    desk.post(f"{PLANS}new/", {"name": "Growth", "reference": "growth", "amount_type": "EXCLUDING_TAX"})
    version = PricingPlanVersion.objects.get(pricing_plan__reference="growth")
    base = f"{PLANS}{version.pricing_plan.public_id}/versions/1/"
    here = f"{base}items/"

    def order() -> list[str]:
        return book.read(version, default_currency="EUR").order

    desk.post(here, {"seen": "", "item": calls})
    late = desk.post(here, {"seen": "", "item": [calls, seats]})
    body = late.content.decode()
    owner = User.objects.get().email
    assert late.status_code == 409 and f"{owner} changed the items" in body and "Added: Calls" in body
    assert "You wanted to add Seats" in body and f'value="{seats}" checked' in body
    assert order() == [calls]
    desk.post(here, {"seen": calls, "item": [seats, setup]})
    a, b, c = order()
    desk.post(here, {"seen": f"{a} {b} {c}", "down": a})
    assert order() == [b, a, c]
    late = desk.post(here, {"seen": f"{a} {b} {c}", "remove": c})
    body = late.content.decode()
    assert late.status_code == 409 and "The order is another one" in body and "take Setup out" in body
    assert f'name="remove" value="{c}">Do it all the same' in body and order() == [b, a, c]
    sheet = {"model": "FLAT", "price": "0.37", "seen": ""}
    assert desk.post(here, {"seen": f"{b} {a} {c}", "remove": c}).status_code == 303
    gone = desk.post(f"{base}pricing/{c}/validate/", sheet, headers={"HX-Request": "true"})
    assert gone.status_code == 409 and b"took this item out" in gone.content
    assert b"Taken out: Setup" in desk.post(here, {"seen": f"{b} {a} {c}", "up": c}).content
    desk.post(here, {"seen": f"{b} {a}", "item": c})
    assert b'value="0.37"' in desk.get(f"{base}pricing/{c}/").content
