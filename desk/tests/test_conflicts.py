"""Two people have one form open: the slower one is told what the other changed, and keeps what was typed."""

from __future__ import annotations

import html
import re

from billing.models import Customer
from billing.tests.world import World, at, fee, per_minute
from catalog.models import Feature, PricingPlan, PricingPlanVersion, Product, ProductItem
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
