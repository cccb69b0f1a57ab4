"""The acceptance points of the pricing plan editor that are not shown elsewhere; each names its number."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from catalog.models import PricingItemConfig, PricingPlanVersion
from desk.tests.browser.test_products_plans import SLOWLY, editor, owner  # noqa: F401
from desk.tests.plans import PLANS, STAIRS
from kit import clock

# Chrome's "Slow 3G": bytes a second, and milliseconds for a round trip.
SLOW_3G = {"offline": False, "downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 400}
BOUNDS = [
    ("0", "€0.00", "€0.00"),
    ("1,000", "€0.00", "€0.00"),
    ("1,001", "€0.01", "€12.01"),
    ("10,000", "€108.00", "€120.00"),
    ("10,001", "€108.01", "€90.01"),
    ("12,500", "€130.50", "€112.50"),
    ("50,000", "€468.00", "€450.00"),
    ("50,001", "€468.01", "€300.01"),
]
UNITS = {"singular": "call", "plural": "calls"}


def choose(page: Page, model: str) -> None:
    """Press a model card, and wait until its sheet has taken the place of the one before."""
    page.locator("#sheet").evaluate("node => { node.dataset.before = 'yes'; }")
    page.locator(".model", has_text=model).click()
    expect(page.locator("#sheet:not([data-before])")).to_be_visible()
    expect(page.locator(".model", has_text=model).locator("input")).to_be_checked()


def asked(page: Page, quantity: str, total: str) -> None:
    """What the calculator answers for a quantity."""
    page.locator("#quantity").fill(quantity)
    expect(page.locator("#answer output")).to_have_text(total)


def total_of(text: str) -> Decimal:
    return Decimal(re.sub(r"[^0-9.]", "", text))


def points(page: Page, line: str) -> list[list[tuple[Decimal, Decimal]]]:
    """The vertices of every polyline of this class, in the order in which they are drawn."""
    drawn = [
        each.get_attribute("points") or "" for each in page.locator(f"#answer svg polyline.{line}").all()
    ]
    pairs = [[pair.split(",") for pair in each.split()] for each in drawn]
    return [[(Decimal(x), Decimal(y)) for x, y in each] for each in pairs]


def lies_on(marker: tuple[Decimal, Decimal], segments: list[list[tuple[Decimal, Decimal]]]) -> bool:
    """Whether the marker is on one of the lines, to a tenth of a pixel."""
    x, y = marker
    pairs = [pair for segment in segments for pair in pairwise(segment)]
    return any(
        ax <= x <= bx and abs(ay + (by - ay) * (x - ax) / (bx - ax) - y) < Decimal("0.1")
        for (ax, ay), (bx, by) in pairs
        if bx > ax
    )


def test_the_stepper_shows_what_is_done_and_blocked_and_opens_any_step(visit, owner, editor):  # noqa: F811
    # Point 15
    page = visit(owner, editor)
    steps = page.get_by_role("navigation", name="Steps")
    expect(steps.locator("[aria-current=step]")).to_contain_text("Pricing")
    expect(steps.locator("li.done")).to_have_count(3)
    steps.get_by_role("link", name="Review and activate").click()
    expect(page).to_have_url(re.compile("/review/$"))
    expect(steps.locator("li.warn")).to_contain_text("Blocks activation")
    for name, path in (("Items", "items"), ("Plan", "plan"), ("Version and billing", "billing")):
        steps.get_by_role("link", name=re.compile(f"{name}$")).click()
        expect(page).to_have_url(re.compile(f"/{path}/$"))


def test_from_follows_the_row_above_and_the_caret_stays_where_it_was(visit, owner, editor):  # noqa: F811
    # Points 16 and 17
    page = visit(owner, editor)
    expect(page.locator(".tiers .from input")).to_have_count(0)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW_3G)
    field = page.locator("#up_to-2")
    field.evaluate("node => { node.focus(); node.setSelectionRange(1, 1); }")
    page.keyboard.press("5")
    expect(page.locator("#from-3")).to_have_text("150,001")
    assert field.evaluate("node => [node.selectionStart, node.value]") == [2, "150,000"]
    third = page.locator("#up_to-3")
    third.fill("")
    third.press_sequentially("9123456", delay=SLOWLY)
    expect(page.locator("#from-4")).to_have_text("9,123,457")
    expect(third).to_have_value("9123456")
    expect(third).to_be_focused()
    # A tier below the row that has the focus; what is typed before the answer is there goes into it.
    page.locator("#tier_price-1").focus()
    page.keyboard.press("Alt+Enter")
    page.keyboard.type("1700", delay=SLOWLY)
    expect(page.locator("#from-3")).to_have_text("1,701")
    expect(page.locator("#up_to-2")).to_have_value("1700")
    expect(page.locator("#up_to-2")).to_be_focused()


def test_a_limit_on_the_last_tier_opens_one_above_it(visit, owner, editor):  # noqa: F811
    # Point 19
    page = visit(owner, editor)
    last = page.locator("#up_to-4")
    last.press_sequentially("100000", delay=SLOWLY)
    expect(page.locator("#from-5")).to_have_text("100,001")
    expect(page.locator(".tiers tr.tier")).to_have_count(5)
    expect(last).to_have_value("100000")
    expect(last).to_be_focused()
    expect(page.locator("#tier-status")).to_contain_text("No gaps or overlaps")
    last.fill("")
    expect(page.locator("#msg-4")).to_contain_text("Enter where tier 4 ends")
    page.get_by_role("button", name="Remove tier 5").click()
    expect(page.locator(".tiers tr.tier")).to_have_count(4)
    expect(page.locator("#tier-status")).to_contain_text("No gaps or overlaps")
    # All twelve decimals of a price and of its flat fee are seen, and nothing scrolls sideways.
    page.locator("#tier_price-2").fill("1234.123456789012")
    page.locator("#tier_fee-2").fill("250.123456789012")
    expect(page.locator("#msg-2")).to_contain_text("Cost at top")
    assert page.locator(".scroll-x:has(.tiers)").evaluate("node => node.scrollWidth <= node.clientWidth")
    page.locator("#add-tier").dblclick()  # the second press comes before the answer to the first
    expect(page.locator(".tiers tr.tier")).to_have_count(6)


def test_the_calculator_answers_every_vector_and_reads_each_model(visit, owner, editor):  # noqa: F811
    # Points 21, 22 and 27
    page = visit(owner, editor)
    sentence = page.locator("#sentence")
    for quantity, total, _ in BOUNDS:
        asked(page, quantity, total)
    expect(sentence).to_contain_text("the first 1,000 calls are free, then €0.012 each up to 10,000")
    choose(page, "Top-tier")
    for quantity, _, total in BOUNDS:
        asked(page, quantity, total)
    expect(sentence).to_contain_text("above 50,000, all cost €0.006")
    asked(page, "12,500", "€112.50")
    choose(page, "Stairstep")
    for number, amount in enumerate(STAIRS["tier_price"], 1):
        page.locator(f"#tier_price-{number}").fill(amount)
    expect(page.locator("#answer output")).to_have_text("€498.00")
    expect(sentence).to_contain_text("the amounts of every step reached are added up")
    page.get_by_label("Only the step reached").check()
    expect(page.locator("#answer output")).to_have_text("€399.00")
    expect(sentence).to_contain_text("only the step reached is charged")
    choose(page, "Flat")
    page.locator("#price").fill("0.0120")
    expect(page.locator("#answer output")).to_have_text("€150.00")
    expect(sentence).to_contain_text("every call costs €0.012")
    choose(page, "Package")
    for name, value in (("size", "1,000"), ("price", "12.00"), ("included", "1k")):
        page.locator(f"#{name}").fill(value)
    expect(page.locator("#answer output")).to_have_text("€144.00")
    expect(sentence).to_contain_text("€12.00 for every 1,000 calls; a started package counts whole")


def test_the_curve_bends_at_each_bound_and_jumps_where_the_price_does(visit, owner, editor):  # noqa: F811
    # Points 23, 24 and 25
    page = visit(owner, editor)
    asked(page, "40,000", "€378.00")
    marker = page.locator("#answer circle.pt")
    (curve,) = points(page, "l1")
    bends = [Decimal(edge.get_attribute("x1") or "") for edge in page.locator("#answer line.edge").all()]
    assert len(bends) == 3 and set(bends) <= {x for x, _ in curve}
    place = Decimal(marker.get_attribute("cx") or ""), Decimal(marker.get_attribute("cy") or "")
    assert lies_on(place, [curve])
    dashed = page.locator("#answer polyline.l2")
    expect(dashed).to_have_count(1)
    assert dashed.evaluate("node => getComputedStyle(node).strokeDasharray") != "none"
    words = page.locator("#answer .calc__sub").inner_text()
    old = total_of(re.search(r"Version 1: (€[0-9,.]+[0-9])", words).group(1))
    share = (abs(Decimal("378") - old) * 100 / old).quantize(Decimal("0.1"))
    expect(page.locator("#answer .badge")).to_have_text(f"{share}% less than v1")
    choose(page, "Top-tier")
    expect(page.locator("#answer polyline.l1")).to_have_count(4)
    for before, after in pairwise(points(page, "l1")):
        assert abs(before[-1][0] - after[0][0]) < Decimal("0.1") and before[-1][1] != after[0][1]
    expect(page.locator("#msg-3")).to_contain_text(
        "10,001 calls cost €90.01, less than 10,000 calls at €120.00"
    )
    assert PricingItemConfig.objects.filter(pricing_type="TOP_TIERED").exists()  # a warning stops nothing


def test_rules_are_added_tested_and_reordered_by_keyboard(visit, owner, editor):  # noqa: F811
    # Points 26 and 57
    page = visit(owner, editor)
    for value in ("accurate", "quick"):
        page.get_by_role("link", name="Add rule").focus()
        page.keyboard.press("Enter")
        dialog = page.locator("#dialog")
        dialog.get_by_role("checkbox", name=value).focus()
        page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".rule--on")).to_contain_text(value)
    choose(page, "Flat")
    page.locator("#price").fill("0.05")
    expect(page.locator("#sentence")).to_contain_text("every call costs €0.05")
    expect(page.locator(".rule").first).to_contain_text("accurate")
    menu = page.get_by_label("Actions for rule 1")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move down").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rule").first).to_contain_text("quick")
    expect(page.get_by_label("Actions for rule 2")).to_be_focused()
    # The same with the pointer, and back to where it was.
    grip, above = page.locator(".rule .grip").nth(1), page.locator(".rule").first
    grip.hover()
    page.mouse.down()
    box = above.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 6, steps=4)
    page.mouse.up()
    expect(page.locator(".rule").first).to_contain_text("accurate")
    expect(page.get_by_label("Actions for rule 1")).to_be_focused()
    # A quantity for each rule, and what they come to together.
    page.goto(f"{page.url.partition('?')[0]}?rule=2")
    expect(page.locator("#answer output")).to_have_text("€500.00")
    page.locator(".shares input").first.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("20000", delay=80)
    expect(page.locator("#answer output")).not_to_have_text("€500.00")
    expect(page.locator(".shares input").first).to_have_value("20000")
    expect(page.locator("#answer")).to_contain_text("Rule 1")
    page.get_by_label("More for API calls").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Test an event").focus()
    page.keyboard.press("Enter")
    page.locator("#dialog").get_by_label("model").select_option("quick")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog")).to_contain_text("Rule 2 matches")
    expect(page.locator("#dialog")).to_contain_text("Flat €0.05 per call")
    # An alternative is added to the first rule, seen among its parts, and taken out again.
    page.goto(page.url)
    for press, then in (
        ("Add a condition", "Add a condition"),
        ("Change conditions", "Change the conditions"),
    ):
        page.get_by_label("Actions for rule 1").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name=press).focus()
        page.keyboard.press("Enter")
        expect(page.locator("#dialog h2")).to_have_text(then)
        if press == "Add a condition":
            page.locator("#dialog").get_by_label("How it goes with the rest").select_option("OR")
            page.locator("#dialog").get_by_role("checkbox", name="quick").check()
            page.keyboard.press("Control+Enter")
            expect(page.locator(".rule--on")).to_contain_text("accurate or sum-number-model is quick")
    parts = page.locator("#dialog .parts")
    expect(parts).to_contain_text("At least one of these holds")
    parts.get_by_role("button", name=re.compile("^Remove.*quick")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rule--on")).not_to_contain_text("quick")
    expect(page.locator(".rule--on")).to_contain_text("accurate")


def test_the_focus_stays_where_models_and_quantities_are_chosen(visit, owner, editor):  # noqa: F811
    # Point 57
    page = visit(owner, editor)
    page.locator("#model-TIERED").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#sentence")).to_contain_text("the amounts of every step reached are added up")
    expect(page.locator("#model-STAIR_STEP")).to_be_checked()
    expect(page.locator("#model-STAIR_STEP")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#sentence")).to_contain_text("all cost €0.006")
    expect(page.locator("#model-TOP_TIERED")).to_be_checked()
    page.get_by_role("button", name="50k", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#quantity")).to_have_value("50,000")
    expect(page.get_by_role("button", name="50k", exact=True)).to_be_focused()
    quantity = page.locator("#quantity")
    quantity.focus()
    for key, shown in (("ArrowDown", "40,000"), ("PageUp", "400,000"), ("ArrowUp", "500,000")):
        page.keyboard.press(key)
        expect(quantity).to_have_value(shown)
    expect(page.locator("#answer .sum tr").last).to_contain_text("500,000")
    # Pressed twice before the answer to the first: no press is lost.
    for first, second in (("#view-unit", "#view-total"), ("#view-total", "#view-unit"), ("#view-unit",) * 2):
        page.evaluate("keys => keys.forEach(key => document.querySelector(key).click())", [first, second])
        expect(page.locator(second)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("More for API calls").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Model: fixed").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sentence")).to_contain_text("whatever the usage")
    expect(page.get_by_label("More for API calls")).to_be_focused()


def test_activating_with_a_problem_leads_to_the_item(visit, owner, editor):  # noqa: F811
    # Point 28
    page = visit(owner, editor)
    page.locator("#up_to-1").press("Control+Enter")
    page.get_by_role("button", name="Activate version 2").click()
    expect(page.locator(".summary")).to_be_focused()
    page.get_by_role("link", name="Model tokens: Enter its price").click()
    expect(page.locator("#item-name")).to_have_text("Model tokens")


def used(api, amounts: list[str]) -> None:
    """A customer for each amount, with that many calls an hour ago."""
    at = (clock.now() - timedelta(hours=1)).isoformat()
    for number, amount in enumerate(amounts):
        reference = f"customer-{number}"
        body = {"reference": reference, "type": "ORGANIZATION", "organization": {"legal_name": reference}}
        api.post("/v1/customers", body).ok()
        event = {
            "reference": f"event-{number}",
            "meter_reference": "sum-number-meter",
            "customer_reference": reference,
            "timestamp": at,
            "meter_values": [{"reference": "sum-number-value", "number": amount}],
            "meter_properties": [{"reference": "sum-number-model", "value": "quick"}],
        }
        api.post("/v1/events/ingest", event).ok()


@pytest.fixture
def compared(editor) -> str:  # noqa: F811
    return f"{editor.partition('versions/')[0]}compare/?a=1&b=2"


def test_compare_says_what_changes_for_the_median_customer(visit, owner, editor, compared, api):  # noqa: F811
    # Point 29: 12,500 calls cost €175.00 at €0.0140 each, and €130.50 in four tiers
    used(api, ["100", "12500", "20000"])
    page = visit(owner, compared)
    diff = page.get_by_role("region", name="Differences")
    expect(diff.locator("header, .card__head").first).to_contain_text("1 changed, 1 added, 1 unchanged")
    expect(diff.locator(".effect").first).to_contain_text("−€44.50 a month")
    expect(diff.locator(".effect").first).to_contain_text("p95: −€82.00 a month")
    diff.get_by_text("1 unchanged item").click()
    expect(diff).to_contain_text("Platform fee")


def test_an_active_version_is_locked_and_a_clone_of_it_is_equal(visit, owner, editor):  # noqa: F811
    # Point 30
    plan, _, rest = editor.partition("versions/")
    owner.post(f"{plan}versions/2/discard/")
    page = visit(owner, f"{plan}?version=1&item={rest.split('/')[2]}")
    expect(page.get_by_role("main")).to_contain_text(
        "Version 1 is active and cannot be edited. 0 subscriptions use it"
    )
    fields = page.locator("main input:not([type=hidden])")
    assert [field.get_attribute("id") for field in fields.all()] == ["quantity"]
    page.get_by_role("button", name="Clone to version 2").click()
    expect(page.locator(".badge", has_text="Version 2 draft")).to_be_visible()
    page.get_by_role("link", name="Compare with version 1").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing differs")
    assert PricingPlanVersion.objects.get(version=2).copied_from.version == 1
    assert page.url.startswith(page.url.partition("/desk/")[0] + PLANS)
