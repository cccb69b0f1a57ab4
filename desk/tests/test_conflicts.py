"""Two people have one form open: the slower one is told what the other changed, and keeps what was typed."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils.html import strip_tags

from accounts.models import Platform, User
from billing.models import Customer, PricingPlanSubscription
from billing.tests.coupons import FOREVER, coupon, percent
from billing.tests.world import Price, World, at, fee, flat, money, per_minute, usage
from catalog.models import (
    Feature,
    PricingItemConfig,
    PricingPlan,
    PricingPlanVersion,
    Product,
    ProductItem,
)
from catalog.tests import cast
from desk.editors.pricing import book
from metering.models import Meter

CATALOG, PLANS = "/desk/products-plans/product-catalog/", "/desk/products-plans/pricing-plans/"
CARRIED = ("seen_version", "seen_values")
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
    running = world.subscribe(world.plan(fee("9")), start=at("2026-01-01"))
    customer = f"/desk/customers/{world.customer.public_id}/"
    edited = [
        (f"/desk/usage-metering/meters/{world.meter.public_id}/edit/", Meter, world.meter, "name"),
        (f"{CATALOG}{product.public_id}/edit/", Product, product, "name"),
        (f"{CATALOG}items/{item.public_id}/edit/", ProductItem, item, "name"),
        (f"/desk/products-plans/features/{feature.public_id}/edit/", Feature, feature, "name"),
        (f"{PLANS}{plan.public_id}/versions/1/plan/", PricingPlan, plan, "name"),
        (f"{PLANS}{plan.public_id}/versions/1/billing/", PricingPlanVersion, version, "every"),
        (f"{customer}edit/", Customer, world.customer, "legal_name"),
        (f"{customer}subscriptions/{running.public_id}/steps/edit/", type(running), running, "name"),
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


@dataclass
class Sections:
    """A draft of two phases that two have open, and a field of each section of its editor."""

    base: str
    plain: dict[str, str]
    fields: dict[str, tuple[str, str, str, str]]  # theirs, mine, and both as they are read
    silver: str

    def side(self, number: int) -> dict[str, str]:
        """What one of the two types; an empty box is not sent."""
        return {name: each[number] for name, each in self.fields.items() if each[number] or name != "on_hold"}


@pytest.fixture
def sections(api, platform) -> Sections:
    Platform.objects.filter(pk=platform.pk).update(test_now=at("2026-04-01T12:00"))
    platform.refresh_from_db()
    world = World(platform)
    seat = {"pricing_type": "FLAT", "bands": [{"amount": money("10")}], "billing_in_advance": False}
    volume = usage(flat("1", default_included_volume={"number": "10"}), name="Calls")
    version = world.drafted(fee("49"), volume, Price("Seats", "PER_SEAT", (seat,)))
    gold, silver = (world.addon(version, fee("20", name=name)).public_id for name in ("Gold", "Silver"))
    world.activated(version)
    for name in ("hers", "mine"):
        coupon(api, name, percent("10"), FOREVER)
    sold = "pricing_item__product_item_links__product_item__name"
    rules = PricingItemConfig.objects.filter(pricing_item__version=version)
    rule = dict(rules.values_list(sold, "public_id"))
    plain = {
        "version": version.public_id,
        "billing_entity": world.entity.public_id,
        "start": "2026-04-14",
        "billing_time": "EXACT",
        "period": "MONTH-1",
        "currency": "EUR",
        "term": "PERIOD_AFTER_INVOICE_DATE:DAY-30",
        "commitment_unit": "AMOUNT",
        "discounts": "2",
        "discounts_0_unit": "PERCENT",
        "discounts_1_phase": "2",
        "markups": "1",
        "markups_0_on": f"pricing_item_configs:{rule['Calls']}",
        "count": "2",
        "phases_1_start": "2026-07-14",
        "phases_1_version": version.public_id,
        f"on_{gold}": "on",
    }
    fields = {
        "name": ("Hers", "Mine", "Hers", "Mine"),
        "term": ("", "PERIOD_AFTER_INVOICE_DATE:DAY-14", "At once", "Net 14"),
        "on_hold": ("on", "", "Yes", "No"),
        "end": ("2027-04-13", "2028-04-13", "13 Apr 2027", "13 Apr 2028"),
        "phases_1_start": ("2026-08-14", "2026-09-14", "14 Aug 2026", "14 Sep 2026"),
        "discounts_1_value": ("15", "25", "15", "25"),
        f"price_{rule['Platform fee']}_0_amount": ("48", "47", "48", "47"),
        f"volume_{rule['Calls']}": ("20", "30", "20", "30"),
        f"seats_{rule['Seats']}": ("5", "6", "5", "6"),
        f"until_{gold}": ("2026-05-01", "2026-05-31", "1 May 2026", "31 May 2026"),
        "coupon": ("hers", "mine", "hers", "mine"),
        "discounts_0_value": ("5", "7.5", "5", "7.5"),
        "markups_0_value": ("5", "2.5", "5", "2.5"),
        "commitment": ("100", "200", "100", "200"),
    }
    return Sections(f"/desk/customers/{world.customer.public_id}/subscriptions/", plain, fields, silver)


def test_two_in_the_subscription_editor_see_both_values_of_every_section_and_bring_them_together(
    desk, sections
):
    live, preview = {"HX-Request": "true"}, f"{sections.base}preview/"
    made = desk.post(preview, sections.plain, headers=live).content.decode()
    draft = PricingPlanSubscription.objects.get()
    edit, sent = f"{sections.base}{draft.public_id}/edit/", sections.plain | {"draft": draft.public_id}
    theirs = sections.side(0) | {"discounts_0_unit": "AMOUNT", "purchase_order_number": "Only hers"}
    assert desk.post(preview, sent | theirs, headers=live).status_code == 200
    mine = sent | sections.side(1) | {f"on_{sections.silver}": "on"} | carried(made)
    del mine["discounts_1_value"], mine["discounts_1_phase"]  # of a phase that is taken out here
    mine |= {"count": "1", "discounts": "1", "reference": "only-mine"}
    beside = desk.post(preview, mine, headers=live)
    page = desk.post(edit, mine | {"submit": "draft"})
    left_alone = {"phases_1_start", "discounts_1_value", "on_hold"}
    for answer in (beside, page):
        assert answer.status_code == 409
        shown = rows(answer)
        for name in sections.fields.keys() - left_alone:
            assert sections.fields[name][3:1:-1] in shown.values(), name
    assert rows(page)["Its invoices begin on hold"] == ("No", "Yes")
    assert rows(page)["PO number"] == ("Empty", "Only hers")
    assert carried(beside) == {name: mine[name] for name in CARRIED}
    draft.refresh_from_db()
    assert (draft.name, draft.reference) == ("Hers", None)
    assert rows(page)["Discounts"] == ("1", "2") and rows(page)["Discount 2"] == ("Empty", "15")
    both = mine | carried(page) | {"purchase_order_number": "Only hers"}
    take = {"take": "discounts_0_value", "clashed": ["discounts_0_value", "name"]}
    again = desk.post(edit, both | take)
    assert again.status_code == 200 and rows(again)["Name"] == ("Mine", "Hers")
    taken = again.content.decode()
    assert 'name="discounts_0_value" value="5"' in taken and "Discount 1" not in rows(again)
    # rows came, so theirs is the whole list; of a phase that is gone here it is not one of every phase
    assert 'name="discounts_1_value" value="15"' in taken and 'name="discounts_1_phase"' in taken
    assert desk.post(preview, both, headers=live).status_code == 200
    draft.refresh_from_db()
    assert (draft.name, draft.reference, draft.schedules.count()) == ("Mine", "only-mine", 1)
    draft.schedules.update(markup={"totals": [{"percentage": "5"}]})  # what only the API says counts as well
    assert desk.post(preview, both, headers=live).status_code == 409


def rows(answer: Any) -> dict[str, tuple[str, str]]:
    """Field -> (mine, theirs) of the panel."""
    panel = answer.content.decode().split('id="conflict"')[1].split("</table>")[0]
    found = {}
    for row in panel.split("<tr>")[2:]:
        label, *values = (html.unescape(strip_tags(each)) for each in re.split("<td>", row)[:3])
        found[label] = (values[0], values[1])
    return found


def carried(answer: Any) -> dict[str, str]:
    """What a form carries so that a change by someone else is noticed."""
    body = answer if isinstance(answer, str) else answer.content.decode()
    return {name: html.unescape(body.split(f'name="{name}" value="')[1].split('"')[0]) for name in CARRIED}


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
    landed = desk.post(here, {"seen": f"{a} {b} {c}", "down": a}, follow=True).content.decode()
    assert order() == [b, a, c] and 'aria-label="Move Calls down" data-focus' in landed
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
