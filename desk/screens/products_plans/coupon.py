"""A coupon: what it promises, its codes, who has redeemed it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse

from billing.models import InvoiceLine, InvoiceStatus, PromotionCode
from billing.selectors import coupons as redeemed
from billing.services.coupons import promotion_codes
from catalog.models import Coupon, CouponStatus
from catalog.selectors import coupons as selectors
from desk.components import format
from desk.components.actions import Action, offered
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors import coupon_words as words
from desk.screens.details import DetailScreen, Tab
from desk.screens.products_plans.coupons import limits_of
from metering.models import MeterValue

SHOWN = 100
# status: what can be done from there, first the most likely.
STEPS = {
    "DRAFT": ["activate", "archive"],
    "ACTIVE": ["deactivate", "deprecate", "archive"],
    "INACTIVE": ["activate", "deprecate", "archive"],
    "DEPRECATED": ["archive"],
    "ARCHIVED": [],
}


class CouponDetail(DetailScreen):
    """Tabs: overview with the codes, redemptions, activity, API object."""

    permission = "COUPON.VIEW"
    menu = "coupons"
    model = Coupon
    route = "coupon"

    def rows(self) -> QuerySet[Any]:
        return selectors.coupons(self.operator.platform)

    def facts(self) -> list[Fact]:
        row, zone = self.row, self.operator.zone
        each = row.maximum_redemptions_per_customer
        return [
            Fact("Takes off", " ".join(filter(None, [self.discount(), words.condition(row.discount)]))),
            Fact("Applies to", limits_of(row)),
            Fact("Lasts", words.duration(row.duration)),
            Fact("Redeemed", words.used(row)),
            Fact("Redeemable", words.valid(row, zone)),
            *([Fact("By one customer", f"{each} at most")] if each else []),
            Fact("Taken off so far", self.taken()),
        ]

    def discount(self) -> str:
        """What it takes off, with its unit by name."""
        usage = self.row.discount.get("usage") or {}
        rows = MeterValue.objects.filter(platform=self.operator.platform)
        value = rows.filter(public_id=usage["meter_value_id"]).first() if usage else None
        return words.discount(self.row.discount, str(value.name or value.reference) if value else "units")

    def taken(self) -> str:
        """What final invoices have less of it, by currency."""
        lines = InvoiceLine.objects.filter(platform=self.operator.platform, coupon_id=self.row.public_id)
        owed = lines.filter(invoice__status__in=(InvoiceStatus.FINAL, InvoiceStatus.ARCHIVED))
        sums = (
            owed.values_list("invoice__currency").annotate(total=Sum("amount")).order_by("invoice__currency")
        )
        return ", ".join(format.money(-total, currency) for currency, total in sums) or "Nothing yet"

    def tabs(self) -> list[Tab]:
        count = self.row.number_of_redemptions
        return [
            Tab("overview", "Codes", "desk/products_plans/coupons/codes.html"),
            Tab("redemptions", "Redemptions", "desk/products_plans/coupons/redemptions.html", count),
        ]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        if tab.name == "redemptions":
            rows = redeemed.redemptions(self.operator.platform).filter(coupon=self.row)
            return {"redemptions": list(rows.order_by("-redeemed_at", "-pk")[:SHOWN]), "shown": SHOWN}
        if tab.name != "overview":
            return {}
        own = redeemed.promotion_codes(self.operator.platform).filter(coupon=self.row).order_by("-pk")
        new = Action(
            "New code",
            reverse("desk:code-new", args=[self.row.public_id]),
            "PROMOTION_CODE.CREATE",
            opens="dialog",
        )
        is_open = self.row.status not in promotion_codes.ENDED
        zone = self.operator.zone
        return {
            "codes": [
                (code, words.used(code), words.valid(code, zone), self._code_actions(code))
                for code in own[:SHOWN]
            ],
            "code_actions": offered([new], self.operator) if is_open else [],
        }

    def _code_actions(self, code: PromotionCode) -> list[Action]:
        return offered(
            [
                Action(
                    verb.capitalize(),
                    reverse("desk:code-move", args=[code.public_id, verb]),
                    "PROMOTION_CODE.UPDATE",
                    opens="dialog",
                )
                for verb in STEPS[code.status]
            ],
            self.operator,
        )

    def actions(self) -> list[Action]:
        if self.row.status == CouponStatus.ARCHIVED:
            return []
        edit = reverse("desk:coupon-edit", args=[self.row.public_id])
        found = [Action("Edit", edit, "COUPON.UPDATE", key="e")]
        return [*found, self.move("activate", "primary")] if "activate" in STEPS[self.row.status] else found

    def more(self) -> list[Action]:
        return [self.move(verb) for verb in STEPS[self.row.status] if verb != "activate"]

    def move(self, verb: str, style: str = "") -> Action:
        """A dialog that says what the step means, then takes it."""
        url = reverse("desk:coupon-move", args=[self.row.public_id, verb])
        return Action(verb.capitalize(), url, "COUPON.UPDATE", style, opens="dialog")

    def call(self) -> Call | None:
        return Call("GET", f"/v1/coupons/{self.row.public_id}") if hasattr(self, "row") else None
