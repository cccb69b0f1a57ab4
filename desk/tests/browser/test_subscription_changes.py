"""Section 4 of the subscription editor in a browser: the preview follows each change and names it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from billing.models import Invoice
from billing.tests.world import Price, at, fee, money, tiers, usage
from catalog.models import PricingGroup
from desk.tests.browser.test_points_subscription import INVOICES, editor, owner, totals, typed, world

__all__ = ["editor", "owner", "world"]


def test_changes_are_previewed_named_kept_and_billed(editor, visit, owner, world, violations):
    training = {"pricing_type": "FIXED", "bands": [{"amount": money("250")}], "on_demand": True}
    prices = usage(tiers(("500", "1"), (None, "0.5"))), fee("49"), Price("Training", "ONE_OFF", (training,))
    version = world.drafted(*prices)
    world.addon(version, fee("20", name="Gold support"))
    group = world.make(
        PricingGroup, version=version, position=1, name="Region", selection_constraint="AT_MOST_ONE"
    )
    one, two = (
        world.addon(version, fee("5", name=name), group=group, product_type="DEFAULT")
        for name in ("Europe", "America")
    )
    world.activated(version)
    editor.reload()
    editor.get_by_label("Plan and version").select_option(version.public_id)
    rail, count = editor.locator("#rail"), editor.locator("#changes-count")
    first = rail.locator(".coming__total").first
    expect(editor.get_by_role("checkbox", name="Gold support")).to_be_visible()
    expect(first).to_have_text("€59.29")

    editor.get_by_role("checkbox", name="Gold support").check()
    expect(first).to_have_text("€83.49")
    expect(rail).to_contain_text(re.compile(r"Gold support\s*now Chosen"))
    expect(count).to_have_text("1 change")

    editor.locator(f"#id_on_{one.public_id}").check()
    editor.locator(f"#id_on_{two.public_id}").check()
    problem = editor.locator(f"#problem-{group.public_id}")
    expect(problem).to_have_text("Region: choose one at most")
    expect(rail).to_contain_text("Region: choose one at most")
    editor.locator(f"#id_on_{two.public_id}").uncheck()
    expect(problem).to_be_empty()
    expect(first).to_have_text("€89.54")

    minutes = editor.locator("#changes details").filter(has_text="Minutes")
    minutes.locator("summary").click()
    prices, total = minutes.locator("[name^=price_]"), minutes.locator(".calc output")
    expect(total).to_have_text("€562.50")  # 625 by the plan, a quarter above its bound
    typed(editor, f"#{prices.nth(0).get_attribute('id')}", "0.8")
    expect(rail).to_contain_text(re.compile(r"up to 500\s*was €1\.00\s*now €0\.80"))
    expect(total).to_have_text("€462.50")
    expect(minutes.locator("polyline.l2")).to_have_count(1)
    typed(editor, "[name^=assume_]", "600")
    # 500 at 0.80 and 100 at 0.50, the fees 49, 20 and 5, with 21 % of tax
    expect(first).to_have_text("€634.04")
    typed(editor, f"#{minutes.locator('[name^=volume_]').get_attribute('id')}", "100")
    expect(first).to_have_text("€573.54")
    expect(count).to_have_text("4 changes")
    assert violations(editor) == []

    promised, address = totals(editor)[0], editor.url[editor.url.index("/desk/") :]
    dark: Page = visit(owner, address, theme="dark", width=390)
    expect(dark.locator("#changes [name^=price_]").first).to_have_value("0.8")
    expect(dark.get_by_role("checkbox", name="Gold support")).to_be_checked()
    assert violations(dark) == []

    editor.get_by_role("button", name="Activate subscription").click()
    editor.locator("#dialog").get_by_role("button", name="Activate subscription").click()
    expect(editor.locator(".head__title")).to_contain_text("Active")
    expect(editor.locator(".differs").first).to_contain_text(
        re.compile(r"Included Minutes\s*was 0 minutes\s*now 100")
    )
    world.used("600", when=at("2026-04-01T11:00"))
    invoice = Invoice.objects.order_by("period_start")[0]
    editor.goto(f"{editor.url.partition('/desk/')[0]}{INVOICES}{invoice.public_id}/")
    expect(editor.locator(".hero__amt")).to_contain_text(promised)

    editor.go_back()
    editor.get_by_role("link", name="Charge now").click()
    dialog = editor.locator("#dialog")
    dialog.get_by_label(re.compile("Training")).check()
    dialog.get_by_label("Final at once").check()
    dialog.get_by_role("button", name="Show the invoice").click()
    dialog.get_by_role("button", name="Charge €302.50").dblclick()  # charged once
    expect(editor.locator(".hero__amt")).to_contain_text("€302.50")
    expect(editor.locator(".head__title")).to_contain_text("Final")
    assert Invoice.objects.filter(status="FINAL").count() == 1
