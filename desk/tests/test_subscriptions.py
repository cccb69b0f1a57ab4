"""The subscription editor and the steps of a subscription."""

from __future__ import annotations

import pytest
from django.utils.html import strip_tags

from accounts.models import Platform, Role
from billing.models import BillingEntity, Invoice, PricingPlanSubscription
from billing.services.invoices import finalize, periods
from billing.tests.world import World, at, fee, per_minute
from catalog.models import ProductItem

LIVE = {"HX-Request": "true", "HX-Trigger-Name": "version"}
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
MOST_QUERIES = 11


@pytest.fixture
def world(platform) -> World:
    Platform.objects.filter(pk=platform.pk).update(test_now=at("2026-04-01T12:00"))
    world = World(platform)
    BillingEntity.objects.update(is_default=True)
    world.version = world.plan(per_minute("0.10"), fee("49"))
    return world


@pytest.fixture
def base(desk, world) -> str:
    return f"/desk/customers/{world.customer.public_id}/subscriptions/"


@pytest.fixture
def filled(world):
    def fill(**changes):
        return {
            "version": world.version.public_id,
            "name": "",
            "start": "2026-04-14",
            "billing_time": "EXACT",
            "billing_entity": world.entity.public_id,
            "period": "MONTH-1",
            "currency": "EUR",
            "term": "PERIOD_AFTER_INVOICE_DATE:DAY-30",
            "count": "1",
            "draft": "",
            "seen_version": "",
            **changes,
        }

    return fill


def hidden(body: str, name: str) -> str:
    return body.split(f'name="{name}" value="')[1].split('"')[0]


@pytest.fixture
def draft(desk, base, filled) -> PricingPlanSubscription:
    desk.post(base + "preview/", filled(), headers=LIVE)
    return PricingPlanSubscription.objects.get()


def test_the_editor_starts_with_what_there_is(desk, base, world):
    body = desk.get(base + "new/").content.decode()
    assert "Billed on the 1st of each month. First period 1 to 30 Apr 2026" in body
    assert "Halyard B.V. issues the invoices: VAT 21%" in body
    assert "Choose a plan" in body and not PricingPlanSubscription.objects.exists()


def test_a_change_saves_the_draft_and_answers_derived_fragments_only(desk, base, filled, world):
    item = ProductItem.objects.get(name="Minutes")
    response = desk.post(base + "preview/", filled(**{f"assume_{item.public_id}": "12,500"}), headers=LIVE)
    body = response.content.decode()
    draft = PricingPlanSubscription.objects.get()
    assert response.headers["HX-Replace-Url"] == f"{base}{draft.public_id}/edit/"
    assert 'name="start"' not in body and 'name="version"' not in body
    # 12,500 minutes and the fee, with 21 % of tax
    assert body.count("€1,571.79") >= 3 and "Assumes 12,500 minutes" in body
    assert hidden(body, "draft") == draft.public_id
    assert not Invoice.objects.exists()


def test_the_words_follow_the_start_and_the_way_of_billing(desk, base, filled):
    body = desk.post(base + "preview/", filled(start="2026-08-14"), headers=LIVE).content.decode()
    assert "Billed on the 14th of each month. First period 14 Aug to 13 Sep 2026" in body
    assert "First period 14 to 31 Aug 2026, prorated: 18 of 31 days" in body


def test_an_invalid_field_saves_nothing_and_says_what_the_preview_waits_for(desk, base, filled):
    body = desk.post(base + "preview/", filled(start=""), headers=LIVE).content.decode()
    assert "Enter starts" in body and not PricingPlanSubscription.objects.exists()


def test_saving_the_same_again_changes_nothing(desk, base, filled, draft):
    before = (draft.updated_at, list(draft.schedules.values_list("pk", flat=True)))
    desk.post(base + "preview/", filled(draft=draft.public_id), headers=LIVE)
    draft.refresh_from_db()
    assert (draft.updated_at, list(draft.schedules.values_list("pk", flat=True))) == before


def test_backdating_says_how_many_invoices_will_be_made_and_their_total(desk, base, filled):
    body = desk.post(base + "preview/", filled(start="2026-02-01"), headers=LIVE).content.decode()
    assert "2 invoices for periods that have ended will be made at once, €118.58 in total" in body


def test_phases_touch_and_the_first_ends_where_the_second_starts(desk, base, filled, world, draft):
    other = world.plan(fee("99", name="Bigger fee"))
    sent = filled(
        draft=draft.public_id, count="2", phases_1_start="2026-07-14", phases_1_version=other.public_id
    )
    desk.post(base + "preview/", sent, headers=LIVE)
    first, second = draft.schedules.order_by("start_at")
    assert first.end_at == second.start_at == at("2026-07-14") and second.end_at is None
    desk.post(base + "preview/", filled(draft=draft.public_id, end="2026-12-31"), headers=LIVE)
    (only,) = draft.schedules.all()
    assert only.end_at == at("2027-01-01")


def test_a_phase_before_the_one_before_it_is_refused_with_the_dates(desk, base, filled, world):
    sent = filled(count="2", phases_1_start="2026-04-01", phases_1_version=world.version.public_id)
    response = desk.post(base + "new/", {**sent, "submit": "draft"})
    assert response.status_code == 422
    assert "on 1 Apr 2026, which is not after 14 Apr 2026" in response.content.decode()
    assert not PricingPlanSubscription.objects.exists()


def test_a_trial_is_the_first_phase_and_what_follows_is_billed_from_its_own_day(desk, base, filled, draft):
    desk.post(base + "preview/", filled(draft=draft.public_id, trial_days="14"), headers=LIVE)
    trial, paid = draft.schedules.order_by("start_at")
    assert (trial.type, trial.end_at) == ("TRIAL", at("2026-04-28"))
    assert paid.realigns_anchor
    body = desk.get(f"{base}{draft.public_id}/edit/").content.decode()
    assert (
        hidden(body, "count") == "1"
        and 'name="trial_days" value="14"' in body
        and "<h1>Edit subscription</h1>" in body
    )


def test_without_scripts_the_buttons_save_and_activate(desk, base, filled):
    saved = desk.post(base + "new/", filled(submit="draft"))
    draft = PricingPlanSubscription.objects.get()
    assert saved.headers["Location"] == f"{base}{draft.public_id}/"
    asked = desk.post(f"{base}{draft.public_id}/edit/", filled(submit="activate", draft=draft.public_id))
    assert asked.headers["Location"] == f"{base}{draft.public_id}/activate/"
    page = strip_tags(desk.get(asked.headers["Location"]).content.decode())
    assert "Invoices are created but not charged" in page and "€59.29 so far, on 14 May 2026" in page
    assert desk.post(asked.headers["Location"], {}).status_code == 303
    draft.refresh_from_db()
    assert draft.status == "ACTIVE"


def test_activating_from_the_editor_asks_in_a_dialog(desk, base, filled):
    headers = {"HX-Request": "true", "HX-Target": "form"}
    response = desk.post(base + "new/", filled(submit="activate"), headers=headers)
    assert response.headers["HX-Retarget"] == "#dialog"
    assert b"subscription.activated is sent" in response.content


def test_add_phase_keeps_what_was_typed(desk, base, filled):
    body = desk.post(base + "new/", filled(add_phase="1", name="Typed")).content.decode()
    assert 'name="phases_1_start" value="2027-04-14"' in body and 'value="Typed"' in body


def test_a_plan_of_another_customer_is_not_offered(desk, base, world):
    other = world.organization("other", "NL")
    plan = world.version.pricing_plan
    plan.customer_public_id = other.public_id
    plan.save()
    assert world.version.public_id not in desk.get(base + "new/").content.decode()


@pytest.fixture
def active(world) -> PricingPlanSubscription:
    return world.subscribe(world.version, start=at("2026-03-14"), now=at("2026-04-01T12:00"))


def step(base, subscription, verb):
    return f"{base}{subscription.public_id}/steps/{verb}/"


def test_going_on_at_other_prices_shows_each_before_it_adds_the_phase(desk, base, active):
    url = step(base, active, "go-on")
    asked = desk.get(url, headers=DIALOG).content.decode()
    assert (
        'name="start" value="2027-03-14"' in asked
        and url in desk.get(f"{base}{active.public_id}/").content.decode()
    )
    sent = {"start": "2027-03-14", "end": "2028-03-13", "percentage": "5", "rounding": "DECIMALS"}
    missing = desk.post(url, sent, headers=DIALOG)
    assert missing.status_code == 422 and b"Enter how many decimals" in missing.content
    low = desk.post(url, {**sent, "percentage": "-100", "decimals": "2"}, headers=DIALOG)
    assert low.status_code == 422 and b"must be above -100" in low.content
    shown = desk.post(url, {**sent, "decimals": "3"}, headers=DIALOG).content.decode()
    assert "2 prices change" in shown and "€0.10" in shown and "€0.105" in shown and "€51.45" in shown
    assert active.schedules.count() == 1
    again = {**sent, "decimals": "3", "agreed": hidden(shown, "agreed")}
    other = desk.post(url, {**again, "percentage": "10"}, headers=DIALOG).content.decode()
    assert "€53.90" in other and active.schedules.count() == 1
    call = desk.post(url, {**again, "as_curl": "1"}, headers=DIALOG).content.decode()
    assert "copy?set_previous_end_at=true" in call and "indexing_settings" in call
    assert desk.post(url, again).status_code == 303
    first, second = active.schedules.order_by("start_at")
    assert first.end_at == second.start_at == at("2027-03-14") and second.end_at == at("2028-03-14")
    page = desk.get(f"{base}{active.public_id}/").content.decode()
    assert "€51.45" in page and "Unlike the plan" in page


def test_cancelling_at_the_end_of_the_period_can_be_taken_back(desk, base, active):
    url = step(base, active, "cancel")
    assert b"At the end of the period, 13 Apr 2026" in desk.get(url, headers=DIALOG).content
    desk.post(url, {"when": "NEXT_BILLING_PERIOD"})
    active.refresh_from_db()
    assert (active.status, active.cancel_at) == ("ACTIVE", at("2026-04-14"))
    assert b"Keep subscription" in desk.get(f"{base}{active.public_id}/").content
    desk.post(step(base, active, "keep"), {})
    active.refresh_from_db()
    assert active.cancel_at is None


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"when": "NOW"}, 303), ({"when": "DATE"}, 422), ({"when": "DATE", "cancel_at": "2026-05-01"}, 303)],
)
def test_cancelling_now_or_at_a_date(desk, base, active, sent, status):
    assert desk.post(step(base, active, "cancel"), sent).status_code == status


def test_voiding_needs_typing(desk, base, active):
    assert desk.post(step(base, active, "void"), {"confirmation": "void"}).status_code == 422
    assert desk.post(step(base, active, "void"), {"confirmation": "VOID"}).status_code == 303
    active.refresh_from_db()
    assert active.status == "VOID"


def test_a_copy_is_a_draft_in_the_editor(desk, base, active):
    response = desk.post(step(base, active, "copy"), {})
    made = PricingPlanSubscription.objects.exclude(pk=active.pk).get()
    assert made.status == "DRAFT" and response.headers["Location"] == f"{base}{made.public_id}/edit/"
    assert desk.get(response.headers["Location"]).status_code == 200


def test_an_active_subscription_has_no_editor(desk, base, active):
    assert desk.get(f"{base}{active.public_id}/edit/").status_code == 303


def test_steps_need_their_permission_and_the_own_platform(member, base, active, desk):
    reader = member(Role.READ_ONLY)
    assert reader.post(step(base, active, "cancel"), {"when": "NOW"}).status_code == 403
    assert reader.get(base + "new/").status_code == 403
    assert desk.get(step(base, active, "explode")).status_code == 404
    assert desk.get("/desk/customers/cust_00000000000000000000/subscriptions/new/").status_code == 404


@pytest.mark.parametrize("tab", ["invoices/", "activity/", "api-object/"])
def test_tabs_take_few_queries(desk, base, active, tab, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        assert desk.get(f"{base}{active.public_id}/{tab}").status_code == 200


def test_the_page_with_its_preview_takes_few_queries_also_with_late_usage(
    desk, base, world, active, django_assert_max_num_queries
):
    page = f"{base}{active.public_id}/"
    desk.get(page)  # the price lists are then known to the process
    with django_assert_max_num_queries(MOST_QUERIES):
        assert b"Next invoices" in desk.get(page).content
    world.used("150", when=at("2026-03-20"))
    periods.sweep(platform=world.platform, at=at("2026-04-14"))
    finalize.sweep(platform=world.platform, at=at("2026-04-15"))
    world.used("50", when=at("2026-04-13"), stored=at("2026-04-16"))
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-04-20"))
    with django_assert_max_num_queries(MOST_QUERIES):
        body = desk.get(page).content.decode()
    # The fee, and 50 minutes that came late, with 21 % of tax
    assert "€65.34" in body


def test_the_short_address_and_the_palette_lead_to_the_subscription(
    desk, base, world, active, django_assert_max_num_queries
):
    short = f"/desk/customers/subscriptions/{active.public_id}/"
    assert desk.get(short).headers["Location"] == f"{base}{active.public_id}/"
    assert desk.get("/desk/customers/subscriptions/ppsu_00000000000000000000/").status_code == 404
    with django_assert_max_num_queries(MOST_QUERIES):
        found = desk.get("/desk/search/", {"q": "bright"}).content.decode()
    assert f'href="/desk/customers/{world.customer.public_id}/"' in found
    assert "New subscription for brightwater N.V." in found and f"{base}new/" in found
    with django_assert_max_num_queries(MOST_QUERIES):
        found = desk.get("/desk/search/", {"q": active.public_id}).content.decode()
    assert f"{base}{active.public_id}/" in found
