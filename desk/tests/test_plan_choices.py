"""Add-ons and groups of alternatives: made in the items step, told on every page, tried, compared, billed."""

from __future__ import annotations

import html
import re
from typing import Any

from accounts.models import Role
from catalog.models import Pricing, PricingGroup, PricingPlanVersion
from catalog.tests import cast
from desk.editors.pricing import book
from desk.tests.plans import PLANS, draft, live  # noqa: F401


def words(response: Any) -> str:
    """The text of a page as it is read."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r" (?=[,.:])", "", " ".join(html.unescape(text).split()))


def test_items_become_add_ons_and_alternatives_and_every_page_says_so(
    desk,
    draft,  # noqa: F811
    api,
    member,
    django_assert_max_num_queries,
):
    base = draft.partition("pricing/")[0]
    calls, steps = draft.split("/")[-2], f"{base}items/"
    assert "Nothing to choose yet Every subscription has all of these items." in words(desk.get(steps))
    live(desk, draft, model="FLAT", price="0.01")
    gold, silver, phone = (
        cast.item(api, each, name=each.capitalize(), model_type="RECURRING")["id"]
        for each in ("gold", "silver", "phone")
    )
    desk.post(steps, {"item": [gold, silver, phone]})
    for key, price in ((gold, "99"), (phone, "25")):
        live(desk, f"{base}pricing/{key}/", model="FIXED", price=price, advance="1")
    rules = {each["id"]: each for each in _configs(api)}

    def sold(key: str, **sent: Any) -> Any:
        return desk.post(f"{base}items/{key}/sold/", sent)

    # All four stand in one pricing: one leaves it, and is called by its own name.
    asked = words(desk.get(f"{base}items/{gold}/sold/"))
    assert "How Gold is sold" in asked and "All of them Transcription" not in asked
    same = {"sold": "DEFAULT", "name": "Transcription", "covers": "ALONE"}
    assert sold(gold, **same).status_code == 303 and list(_sold()) == [calls, gold, silver, phone]
    for key in (gold, silver, phone):
        assert sold(key, sold="ADDON", name="Transcription", covers="ALONE").status_code == 303
    assert _sold() == {calls: "", gold: "add-on", silver: "add-on", phone: "add-on"}
    pricings = {row.name: row.public_id for row in Pricing.objects.all()}
    assert set(pricings) == {"Transcription", "Gold", "Silver", "Phone"}
    assert {each["id"] for each in _configs(api)} == set(rules), "rules keep their ids"

    made = f"{base}groups/new/"
    refused = desk.post(made, {"name": "", "demand": "EXACTLY_ONE"})
    assert refused.status_code == 422
    beside = [f'id="id_{field}_error"' in refused.content.decode() for field in ("name", "members")]
    assert beside == [True, True] and "Tick what a subscription chooses from" in words(refused)
    support = {
        "name": "Support",
        "demand": "EXACTLY_ONE",
        "members": [pricings["Gold"], pricings["Silver"]],
    }
    assert member(Role.READ_ONLY).post(made, support).status_code == 403
    assert desk.post(made, support).status_code == 303
    assert "is called so" in words(desk.post(made, support))
    with django_assert_max_num_queries(12):
        page = words(desk.get(steps))
    assert (
        "Support Choose exactly one Gold, Silver" in page
        and "Add-ons Choose any of them, or none Phone" in page
    )
    assert _sold() == {calls: "", phone: "add-on", gold: "in Support", silver: "in Support"}

    refused = desk.get(f"{base}review/").content.decode()
    assert f'pricing/{silver}/">Silver: Enter its price' in refused, "also where it is in a group"
    live(desk, f"{base}pricing/{silver}/", model="FIXED", price="49", advance="1")

    # The order is the invoice's: alternatives stay together after what stands in no group.
    desk.post(steps, {"up": silver})
    assert list(_sold()) == [calls, phone, silver, gold]
    desk.post(steps, {"to": silver, "place": "1"})
    assert list(_sold()) == [calls, phone, silver, gold]

    group = PricingGroup.objects.get()
    edit = f"{base}groups/{group.public_id}/edit/"
    seen = re.search(r'name="seen_version" value="([^"]*)"', desk.get(edit).content.decode())
    assert seen is not None and pricings["Gold"] in html.unescape(seen[1])
    changed = {**support, "demand": "AT_MOST_ONE", "optional": "on", "seen_version": html.unescape(seen[1])}
    assert desk.post(edit, changed).status_code == 303
    late = desk.post(edit, changed | {"name": "Help"})
    assert late.status_code == 409 and 'value="Help"' in late.content.decode()
    assert desk.post(edit, {**support, "optional": "on"}).status_code == 303

    # Reviewed and tried: at first without what may be left out, then with what is ticked.
    review = words(desk.get(f"{base}review/"))
    assert "Gold, in Support" in review and "Choose exactly one, or leave it out Silver, Gold" in review
    first = review.partition("What is chosen")[2]
    assert first.startswith(" Phone Add-on Silver In Support Gold In Support") and "€49.00" not in first
    tried = desk.post(f"{base}review/try/", {"choices": "1", f"on_{pricings['Silver']}": "1", "count": "1"})
    bills = words(tried).partition("What is chosen")[2]
    assert "€49.00" in bills and "€25.00" not in bills
    assert "€25.00" in words(desk.get(f"{base}pricing/{phone}/")), "its own calendar has what is chosen"

    version = PricingPlanVersion.objects.get()
    desk.post(f"{base}activate/")
    plan = f"{PLANS}{version.pricing_plan.public_id}/"
    shown = words(desk.get(f"{plan}?version=1&item={gold}"))
    assert "What a subscription chooses Support Choose exactly one, or leave it out Silver, Gold" in shown
    desk.post(f"{plan}clone/")
    base = base.replace("/versions/1/", "/versions/2/")
    group = PricingGroup.objects.get(version__version=2)
    apart = f"{base}groups/{group.public_id}/apart/"
    assert "Silver and Gold become add-ons" in words(desk.get(apart))
    pasted = desk.post(apart, {"as_curl": "1"}).content.decode()
    assert pasted.count("-X PATCH") == 2 and "-X DELETE" in pasted and group.public_id in pasted
    desk.post(apart)
    assert sold(phone, sold="DEFAULT", name="").status_code == 303
    compared = words(desk.get(f"{plan}compare/?a=1&b=2"))
    assert "Phone, sold was add-on to every subscription" in compared
    assert "Gold, sold was in Support add-on" in compared
    assert (
        "Support, what a subscription chooses was Choose exactly one, or leave it out: Silver, Gold"
        in compared
    )
    assert Pricing.objects.filter(version__version=2, name="Phone").count() == 0, (
        "it joined its product again"
    )


def _sold() -> dict[str, str]:
    version = PricingPlanVersion.objects.order_by("-version")[0]
    return {each.key: each.sold for each in book.read(version, default_currency="EUR").items}


def _configs(api: Any) -> list[dict[str, Any]]:
    version = PricingPlanVersion.objects.get()
    tree = api.get(f"/v1/pricing-plan-versions/{version.public_id}").ok()["pricing_categories"]
    alone = [pricing for category in tree for pricing in category["pricings"]]
    return [config for each in alone for item in each["items"] for config in item["configs"]]
