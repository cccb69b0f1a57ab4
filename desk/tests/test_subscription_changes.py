"""Add-ons, included volumes and own prices in the subscription editor, kept, previewed, shown and billed."""

from __future__ import annotations

import pytest
from django.db.models import F

from accounts.models import Platform
from billing.models import Invoice, PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import subscriptions as selectors
from billing.tests.world import Price, at, fee, flat, money, per_minute, tiers, usage
from catalog.models import (
    Pricing,
    PricingGroup,
    PricingItem,
    PricingItemConfig,
    PricingPlanVersion,
    ProductItem,
)
from desk.editors.subscription import SubscriptionForm
from desk.editors.subscription_draft import values_of
from desk.editors.subscription_preview import Assumption
from desk.editors.subscription_stored import own_prices
from desk.tests.test_curl import Case, copied
from desk.tests.test_subscriptions import LIVE, base, filled, hidden, world

__all__ = ["base", "filled", "world"]


@pytest.fixture
def gold(world) -> Pricing:
    """The plan of the world with an add-on beside it."""
    version = world.drafted(per_minute("0.10"), fee("49"))
    made = world.addon(version, fee("20", name="Gold support"))
    world.version = world.activated(version)
    return made


def rule(version: PricingPlanVersion, name: str) -> str:
    item = PricingItem.objects.get(version=version, product_item_links__product_item__name=name)
    return PricingItemConfig.objects.get(pricing_item=item).public_id


def preview(desk, base, sent) -> str:
    return desk.post(base + "preview/", sent, headers=LIVE).content.decode()


def assumed(**more) -> dict[str, str]:
    return {f"assume_{ProductItem.objects.get(name='Minutes').public_id}": "1000", **more}


def test_an_add_on_is_offered_with_its_price_and_billed_once_it_is_chosen(desk, base, filled, gold):
    body = preview(desk, base, filled())
    assert "Gold support <span" in body and "€20.00 a month" in body and "€59.29" in body
    draft = PricingPlanSubscription.objects.get()
    on = {f"on_{gold.public_id}": "on"}
    body = preview(desk, base, filled(draft=draft.public_id, **on))
    # 49 and 20, with 21 % of tax
    assert "€83.49" in body and "Unlike the plan" in body and "1 change<" in body
    (row,) = draft.schedules.all()
    assert row.enabled_pricings == [{"pricing_id": gold.public_id}]
    page = desk.get(f"{base}{draft.public_id}/edit/").content.decode()
    assert f'name="on_{gold.public_id}" id="id_on_{gold.public_id}" checked' in page
    assert "Gold support" in desk.get(f"{base}{draft.public_id}/").content.decode()
    preview(desk, base, filled(draft=draft.public_id))
    row.refresh_from_db()
    assert row.enabled_pricings == []


def test_an_assumption_does_not_say_its_unit_twice():
    assert Assumption("item", "Megatokens", "megatokens", "", None).label == "Megatokens"
    assert Assumption("item", "Calls", "requests", "", None).label == "Calls, requests"


def test_a_group_says_what_it_demands_at_its_boxes_and_nothing_is_saved_meanwhile(desk, base, filled, world):
    version = world.drafted(fee("1"))
    group = world.make(
        PricingGroup, version=version, position=1, name="Support", selection_constraint="EXACTLY_ONE"
    )
    within = {"group": group, "product_type": "DEFAULT"}
    one = world.addon(version, fee("20", name="Gold"), **within)
    two = world.addon(version, fee("10", name="Silver"), **within)
    world.activated(version)
    asked = filled(version=version.public_id)
    words = "Support: choose exactly one"
    assert words in preview(desk, base, asked) and not PricingPlanSubscription.objects.exists()
    both = {f"on_{one.public_id}": "on", f"on_{two.public_id}": "on"}
    refused = desk.post(base + "new/", {**asked, **both, "submit": "draft"})
    assert refused.status_code == 422
    at_field = refused.content.decode().split(f'id="problem-{group.public_id}"')[1].split("</span>")[0]
    assert words in at_field and f'href="#id_on_{one.public_id}"' in refused.content.decode()
    saved = preview(desk, base, {**asked, f"on_{two.public_id}": "on"})
    # 1 and 10, with 21 % of tax
    assert words not in saved and "€13.31" in saved


def test_an_own_price_shows_what_it_was_and_the_first_invoice_is_as_previewed(desk, base, filled, world):
    name = f"price_{rule(world.version, 'Minutes')}_0_amount"
    own = assumed(**{name: "0.05", "start": "2026-04-01"})
    body = preview(desk, base, filled(**own))
    # 1,000 minutes at 0.05 and the fee, with 21 % of tax
    assert "€119.79" in body and "Flat €0.10 per unit" in body and "Flat €0.05 per unit" in body
    draft = PricingPlanSubscription.objects.get()
    (row,) = PricingPlanSchedule.objects.filter(subscription=draft)
    assert row.own_version is not None
    preview(desk, base, filled(draft=draft.public_id, **own))
    assert PricingPlanSchedule.objects.get(pk=row.pk).own_version_id == row.own_version_id
    page = desk.get(f"{base}{draft.public_id}/edit/").content.decode()
    assert f'name="{name}" value="0.05"' in page and "Plan: €0.10" in page
    shown = desk.get(f"{base}{draft.public_id}/").content.decode()
    assert "Unlike the plan" in shown and "Flat €0.10 per unit</del>" in shown
    assert desk.post(f"{base}{draft.public_id}/activate/", {}).status_code == 303
    world.used("1000", when=at("2026-04-01T11:00"))
    invoice = Invoice.objects.order_by("period_start")[0]
    assert "€119.79" in desk.get(f"/desk/invoicing/invoices/{invoice.public_id}/").content.decode()


def test_an_emptied_field_brings_the_price_of_the_plan_back(desk, base, filled, world):
    name = f"price_{rule(world.version, 'Platform fee')}_0_amount"
    assert "€12.10" in preview(desk, base, filled(**{name: "10"}))
    draft = PricingPlanSubscription.objects.get()
    assert "€59.29" in preview(desk, base, filled(draft=draft.public_id))
    assert PricingPlanSchedule.objects.get().own_version is None


def test_each_tier_has_its_price_and_a_calculator_beside_the_plans(
    desk, base, filled, world, django_assert_max_num_queries
):
    version = world.plan(usage(tiers(("500", "1"), (None, "0.5")), name="Hours"))
    key = rule(version, "Hours")
    hours = {f"assume_{ProductItem.objects.get(name='Hours').public_id}": "600"}
    sent = filled(version=version.public_id, **hours, **{f"price_{key}_1_amount": "0.2"})
    body = preview(desk, base, sent)
    # 500 at 1 and 100 at 0.2, with 21 % of tax
    assert "€629.20" in body
    assert "Hours: Price in EUR, up to 500" in body and "Hours: Price in EUR, above 500" in body
    calculate, ask = f"{base}prices/{key}/calculate/", f"calc_{key}_"
    with django_assert_max_num_queries(18):
        first = desk.post(calculate, sent, headers=LIVE).content.decode()
    # What the preview assumes is asked first: the plan takes 500 and 50 for 600
    assert 'value="600"' in first and "€520.00" in first and "5.5% less than the plan" in first
    assert first.count("<polyline") == 2 and f'id="{ask}quantity"' in first
    again = desk.post(calculate, {**sent, f"{ask}view": "total", f"{ask}preset": "1000"}, headers=LIVE)
    assert (
        "€600.00" in again.content.decode()
        and f'id="{ask}quantity-box" hx-swap-oob' in again.content.decode()
    )
    wrong = desk.post(calculate, {**sent, f"price_{key}_1_amount": "abc"}, headers=LIVE).content.decode()
    assert "Price in EUR, above 500 must be a number" in wrong
    assert "€520.00" in desk.post(calculate, sent).content.decode()
    assert f"{ask}deciding" not in first.replace(f"{ask}deciding-box", "")
    ProductItem.objects.filter(name="Hours").update(
        tiering_meter_value_calculation=F("meter_value_calculation")
    )
    Platform.objects.update(configuration_version=F("configuration_version") + 1)  # forget the cached prices
    elsewhere = {**sent, f"{ask}quantity": "600", f"{ask}deciding": "1,000"}
    told = desk.post(calculate, elsewhere, headers=LIVE).content.decode()
    # half of what decides is in each tier, so 300 at 1 and 300 at 0.2
    assert f'name="{ask}deciding"' in told and "€360.00" in told


def test_a_volume_is_included_instead_of_the_plans(desk, base, filled, world):
    free = {"number": "10"}
    version = world.plan(usage(flat("1", default_included_volume=free), name="Calls"))
    key = rule(version, "Calls")
    calls = {f"assume_{ProductItem.objects.get(name='Calls').public_id}": "100"}
    sent = filled(version=version.public_id, **calls, **{f"volume_{key}": "40", f"reset_{key}": "NEVER"})
    body = preview(desk, base, sent)
    # 60 calls of 1 euro, with 21 % of tax
    assert "€72.60" in body and "Plan: 10" in body
    (row,) = PricingPlanSchedule.objects.all()
    assert row.included_volumes == [{"pricing_item_config_id": key, "number": "40", "reset_type": "NEVER"}]
    page = desk.get(f"{base}{hidden(body, 'draft')}/edit/").content.decode()
    assert f'name="volume_{key}" value="40"' in page


@pytest.mark.parametrize(("kind", "typed"), [("volume", "-1"), ("price", "abc")])
def test_a_bad_number_is_named_at_its_field(desk, base, filled, world, kind, typed):
    key = rule(world.version, "Minutes")
    name = f"{kind}_{key}" + ("_0_amount" if kind == "price" else "")
    refused = desk.post(base + "new/", filled(submit="draft", **{name: typed}))
    assert refused.status_code == 422 and f'id="id_{name}_error"' in refused.content.decode()
    assert not PricingPlanSubscription.objects.exists()


def test_what_the_api_stored_and_the_fields_cannot_say_stays(desk, base, filled, gold):
    preview(desk, base, filled())
    row = PricingPlanSchedule.objects.get()
    dated = [{"pricing_id": gold.public_id, "start_at": "2026-05-01T09:30:00Z"}]
    PricingPlanSchedule.objects.filter(pk=row.pk).update(enabled_pricings=dated)
    draft = row.subscription.public_id
    page = desk.get(f"{base}{draft}/edit/").content.decode()
    assert "add-ons with dates" in page and f"on_{gold.public_id}" not in page
    preview(desk, base, filled(draft=draft, name="Renamed"))
    row.refresh_from_db()
    assert row.enabled_pricings == dated
    assert "from 1 May 2026" in desk.get(f"{base}{draft}/").content.decode()


def test_a_phase_that_moves_stays_the_same_with_what_only_the_api_can_say(desk, base, filled, world, gold):
    sent = filled(count="2", phases_1_start="2026-07-14", phases_1_version=world.version.public_id)
    preview(desk, base, sent)
    draft = PricingPlanSubscription.objects.get()
    rows = PricingPlanSchedule.objects.filter(subscription=draft).order_by("start_at")
    first, second = rows
    key, fee_key = rule(world.version, "Minutes"), rule(world.version, "Platform fee")
    least = [{"amount": money("10"), "ids": [each]} for each in (key, fee_key)]
    bound = {"comparator": "NOT_EQUALS", "value": {"amount": money("0.0")}}
    priced = PricingItem.objects.get(configs__public_id=key).public_id
    said = {
        "markup": {"pricing_item_configs": [{"percentage": "5", "ids": [key]}]},
        "entitlements": [{"feature_id": "feat_1", "value": "7"}],
        "commitment": {"pricing_item_configs": least},
        "discount": {
            "totals": [{"percentage": "10.0"}, {"amount": money("1")}, {"percentage": "0"}],
            "pricing_item_configs": [{"percentage": "5", "ids": [key, fee_key], "condition": bound}],
            "product_items": [],
            "pricing_items": [{"percentage": "100", "ids": [priced], "start_at": "2026-10-20T10:30:00Z"}],
        },
    }
    PricingPlanSchedule.objects.filter(pk=second.pk).update(**said)
    own = {"billing_period_type": "MONTH", "billing_period_value": 2, "realigns_anchor": True}
    rows.update(**own)

    def stored() -> list[dict[str, object]]:
        return [*rows.values("pk", "start_at", "end_at", "type", *said, *own)]

    def posted(**changes) -> None:
        body = preview(desk, base, {**data, **changes})
        assert 'role="alert"' not in body

    def opened() -> SubscriptionForm:
        row = PricingPlanSubscription.objects.get(pk=draft.pk)
        initial = values_of(selectors.within(world.platform, row))
        return SubscriptionForm(initial=initial, platform=world.platform, customer=world.customer, count=2)

    def fields() -> dict[str, object]:
        drawn = {field.html_name: field.value() for field in opened()}
        kept = {"count": "2", "draft": draft.public_id}
        return {**{name: value for name, value in drawn.items() if value is not None}, **kept}

    form, data = opened(), fields()
    start = {field.html_name: field.value() for field in form}
    assert (start["phases_0_period"], start["phases_1_anew"]) == ("MONTH-2", True)
    assert form.kept == {"commitment"} and form.changes_count == 7
    before = stored()
    posted()
    assert stored() == before  # nothing that the fields cannot say is touched
    for moved in ("2026-09-01", "2026-05-01", "2026-07-14"):  # later, earlier, and back
        posted(phases_1_start=moved)
        assert stored()[1] | {"start_at": None} == before[1] | {"start_at": None}
        assert stored()[0]["end_at"] == stored()[1]["start_at"] == at(moved)
    posted(start="2026-08-01", phases_1_start="2026-09-01", trial_days="10", after_trial="ON")
    trial, *billed = stored()
    assert (trial["type"], trial["end_at"]) == ("TRIAL", at("2026-08-11"))
    assert [row["pk"] for row in billed] == [first.pk, second.pk]
    assert [row["realigns_anchor"] for row in billed] == [False, True]
    posted()
    assert stored() == [before[0] | {"realigns_anchor": False}, before[1]]  # which the trial asked for
    other = world.successor(world.version, per_minute("0.20"), fee("59"))
    body = preview(desk, base, {**data, "phases_1_version": other.public_id})
    moved_to = rule(other, "Minutes")
    assert stored()[1]["markup"]["pricing_item_configs"][0]["ids"] == [moved_to]
    both = f"pricing_item_configs:{moved_to},{rule(other, 'Platform fee')}"
    assert f'<option value="{both}" selected' in body.split('id="discounts"')[1]
    data, before = fields(), stored()
    posted()
    assert stored() == before and opened().kept == {"commitment"}
    poorer = world.plan(fee("1", name="Alone"))
    refused = preview(desk, base, {**data, "phases_1_version": poorer.public_id})
    assert "This phase has terms of its own: the version has no counterpart" in refused
    assert stored()[1]["pk"] == second.pk


def test_seats_commitments_and_dated_add_ons_are_previewed_kept_and_taken_back(desk, base, filled, world):
    price = {"pricing_type": "FLAT", "bands": [{"amount": money("10")}], "billing_in_advance": False}
    version = world.drafted(per_minute("0.10"), Price("Seats", "PER_SEAT", (price,)))
    gold = world.addon(version, fee("20", name="Gold support"))
    world.activated(version)
    key, minutes = rule(version, "Seats"), rule(version, "Minutes")
    on = {f"on_{gold.public_id}": "on", f"from_{gold.public_id}": "2026-05-14", "version": version.public_id}
    seats = {f"seats_{key}": "5", f"seats_{key}_1": "8", f"since_{key}_1": "2026-05-14"}
    least = {"commitment": "500", "commitment_unit": "AMOUNT", "commitment_on": ""}
    wrong = {f"seats_{key}_2": "9", "commitment_unit": "UNITS", f"until_{gold.public_id}": "2026-05-01"}
    refused = desk.post(base + "new/", filled(**{**on, **seats, **least, **wrong, "submit": "draft"}))
    assert refused.status_code == 422
    for words in (
        "Enter from when on",
        "Units are committed of one rule",
        "The last day is before the first",
    ):
        assert words in refused.content.decode(), words
    body = preview(desk, base, filled(**on, **seats, **least))
    assert "Minimum of the whole invoice" in body and "€500.00 a period" in body
    assert "Seats, how many" in body and "€605.00" in body  # the minimum, with 21 % of tax
    row = PricingPlanSchedule.objects.get()
    assert [(each["number"], each.get("start_at")) for each in row.seats_values] == [
        ("5", None),
        ("8", "2026-05-14T00:00:00Z"),
    ]
    assert row.enabled_pricings == [{"pricing_id": gold.public_id, "start_at": "2026-05-14T00:00:00Z"}]
    assert row.commitment == {"totals": [{"amount": {"quantity": "500", "currency": "EUR"}}]}
    draft = row.subscription.public_id
    page = desk.get(f"{base}{draft}/edit/").content.decode()
    for name, value in {**seats, f"from_{gold.public_id}": "2026-05-14", "commitment": "500"}.items():
        assert f'name="{name}" value="{value}"' in page, name
    units = {
        "commitment": "300",
        "commitment_unit": "UNITS",
        "commitment_on": f"pricing_item_configs:{minutes}",
    }
    body = preview(desk, base, filled(draft=draft, version=version.public_id, **units))
    assert "Minimum of Minutes" in body and "300 units a period" in body
    row.refresh_from_db()
    assert (row.seats_values, row.enabled_pricings) == ([], [])
    preview(desk, base, filled(draft=draft, version=version.public_id))
    assert PricingPlanSchedule.objects.get().commitment is None


def test_the_preview_of_changes_reads_each_thing_once(
    desk, base, filled, world, gold, django_assert_max_num_queries
):
    """Prices are read anew (12 queries) after each save, because it may have changed them."""
    price = f"price_{rule(world.version, 'Minutes')}_0_amount"
    changed = {f"on_{gold.public_id}": "on", price: "0.05"}
    preview(desk, base, filled(**changed))
    draft = PricingPlanSubscription.objects.get().public_id
    for most, sent in (
        (14, changed),  # nothing is written, and the prices are known
        (51, {**changed, "name": "Other"}),
        (68, {**changed, "name": "Other", price: "0.06"}),  # two trees are read, one rule is written
    ):
        with django_assert_max_num_queries(most):
            preview(desk, base, filled(draft=draft, **sent))


def test_the_api_call_that_is_copied_has_the_same_changes(desk, api, base, filled, world, gold):
    key = rule(world.version, "Minutes")
    sent = filled(
        **{f"on_{gold.public_id}": "on", f"volume_{key}": "40", f"price_{key}_0_amount": "0.05"},
        markups="1",
        markups_0_value="5",
        markups_0_on=f"pricing_item_configs:{key}",
        name="Copied",
    )
    ((method, path, body),) = copied(desk, Case(base + "new/", sent))
    api.request(method, path, body).ok()
    row = PricingPlanSchedule.objects.get()
    assert own_prices(row) == {f"{key}_0_amount": "0.05"}
    assert [each["pricing_id"] for each in row.enabled_pricings] == [gold.public_id]
    assert [each["number"] for each in row.included_volumes] == ["40"]
    assert row.markup and [each["percentage"] for each in row.markup["pricing_item_configs"]] == ["5"]
