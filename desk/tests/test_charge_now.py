"""Charge now: what is on demand is offered by the plan editor's price, shown as an invoice, then charged."""

from __future__ import annotations

import re

from django.urls import reverse

from billing.models import Invoice
from billing.tests.world import Price, at, fee, money
from catalog.models import PricingItem
from desk.editors.pricing import words
from desk.editors.pricing.build import build
from desk.editors.pricing.built import Terms
from desk.editors.pricing.sheet import FIXED, Sheet
from desk.tests.test_subscriptions import base, world

__all__ = ["base", "world"]
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


def test_a_fee_on_demand_is_written_and_read_as_such():
    terms = Terms("EUR", metered=False)
    config = build(Sheet(model=FIXED, price="250", demand=True), terms).config
    assert config is not None and config["on_demand"] is True
    assert Sheet.of_config(config).demand
    assert words.short(config, terms, when="once") == "€250.00 each time it is charged"
    assert "on_demand" not in (build(Sheet(model=FIXED, price="250"), terms).config or {})


def test_what_is_shown_is_what_is_charged(desk, base, world):
    rule = {"pricing_type": "FIXED", "bands": [{"amount": money("250")}], "on_demand": True}
    version = world.plan(fee("49"), Price("Training", "ONE_OFF", (rule,)))
    plain = world.subscribe(world.plan(fee("7", name="Other fee")), start=at("2026-04-01"))
    made = world.subscribe(version, start=at("2026-04-01"))
    assert "Charge now" not in desk.get(f"{base}{plain.public_id}/").content.decode()
    assert "Charge now" in desk.get(f"{base}{made.public_id}/").content.decode()
    url = f"{base}{made.public_id}/steps/charge/"
    assert "Training, €250.00 each time it is charged" in desk.get(url, headers=DIALOG).content.decode()
    chosen = PricingItem.objects.get(version=version, product_item_links__product_item__name="Training")
    charged = Invoice.objects.filter(occasion="ON_DEMAND")
    sent = {"chosen": [chosen.public_id], "then": "FINAL"}
    nothing = desk.post(url, {"then": "FINAL"}, headers=DIALOG)
    assert nothing.status_code == 422 and b"Enter what to charge" in nothing.content

    shown = desk.post(url, sent, headers=DIALOG).content.decode()
    assert "Charge €302.50" in shown and "Final at once" in shown and not charged.exists()
    agreed = re.search(r'name="agreed" value="([^"]*)"', shown)
    assert agreed is not None
    other = desk.post(url, {**sent, "then": "DRAFT", "agreed": agreed[1]}, headers=DIALOG)
    assert "Charge €302.50" in other.content.decode() and not charged.exists()
    copied = desk.post(url, {**sent, "as_curl": "1"}, headers=DIALOG).content.decode()
    assert "charge-on-demand-pricing-items" in copied and chosen.public_id in copied

    desk.post(url, {**sent, "agreed": agreed[1]}, headers=DIALOG)
    invoice = charged.get()
    assert (invoice.status, str(invoice.amount_including_tax)[:6]) == ("FINAL", "302.50")
    page = desk.get(reverse("desk:invoice", args=[invoice.public_id])).content.decode()
    assert "Training" in page and "One-off" in page, re.findall(r"[^<>]*Apr 2026[^<>]*", page)
