"""The coupon of a subscription, as its editor asks for it: by reference, id, or promotion code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import Platform
from billing.models import Customer, PricingPlanSchedule, PricingPlanSubscription, PromotionCode
from billing.selectors import coupons as redeemed
from billing.services import coupon_rules, coupons
from billing.services.promotion_codes import key as code_key
from catalog.models import Coupon
from desk.editors import coupon_words as words
from desk.forms.base import DeskForm
from kit.api.links import find
from kit.errors import TallydeskError


@dataclass(frozen=True, slots=True)
class Given:
    """A coupon for a schedule, and the code that was typed for it."""

    coupon: Coupon
    code: PromotionCode | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        return self.coupon.public_id, self.code.public_id if self.code else None

    @property
    def words(self) -> str:
        """``Spring: 15% off, for 3 months``."""
        terms = self.coupon.discount
        parts = [words.discount(terms), words.condition(terms), words.duration(self.coupon.duration)]
        return f"{self.coupon.name}: {', '.join(filter(None, parts))}"


class CouponedForm(DeskForm):
    """One coupon, redeemed when the subscription is activated."""

    coupon = forms.CharField(
        label="Coupon or promotion code",
        max_length=256,
        required=False,
        help_text="Redeemed when the subscription is activated.",
    )
    platform: Platform
    customer: Customer
    given: Given | None = None

    def clean_coupon(self) -> str:
        typed = str(self.cleaned_data["coupon"])
        self.given = named(self.platform, typed) if typed else None
        if typed and self.given is None:
            raise forms.ValidationError(f"There is no coupon or promotion code {typed}")
        return typed


def named(platform: Platform, typed: str) -> Given | None:
    """What a code, a reference or an id names; a code goes first, whatever its case."""
    if "\x00" in typed:
        return None
    code = redeemed.promotion_codes(platform).filter(code_key=code_key(typed)).first()
    if code is not None:
        return Given(code.coupon, code)
    coupon: Any = find(Coupon, platform, typed)
    return Given(coupon) if coupon else None


def problem(given: Given, customer: Customer, *, at: datetime) -> str:
    """Why the customer cannot redeem it now, or nothing."""
    asking = PricingPlanSubscription(customer=customer)
    try:
        for row in coupon_rules.rows_of(given.coupon, given.code):
            coupon_rules.require_redeemable(row, asking, at=at, by_customer=0, field="coupon")
    except TallydeskError as error:
        return error.message
    return ""


def given_by(schedule: PricingPlanSchedule) -> tuple[Given, ...]:
    """What a stored schedule has."""
    entries = coupons.applied(schedule)
    if not entries:
        return ()
    platform = schedule.platform
    rows = Coupon.objects.for_platform(platform).filter(public_id__in=[each["id"] for each in entries])
    codes = PromotionCode.objects.for_platform(platform).filter(
        public_id__in=[each["promotion_code_id"] for each in entries if each["promotion_code_id"]]
    )
    by_id, by_code = {row.public_id: row for row in rows}, {row.public_id: row for row in codes}
    return tuple(Given(by_id[each["id"]], by_code.get(each["promotion_code_id"] or "")) for each in entries)


def fields_of(given: tuple[Given, ...]) -> dict[str, Any]:
    """The same as ``services.schedules`` takes it."""
    return {
        coupons.BY_ID: [each.coupon for each in given if each.code is None],
        coupons.BY_CODE: [each.code for each in given if each.code is not None],
    }


def values_of(schedule: PricingPlanSchedule) -> dict[str, Any]:
    """What the field starts from: nothing for several coupons, which the editor leaves as they are."""
    given = given_by(schedule)
    if len(given) != 1:
        return {}
    return {"coupon": given[0].code.code if given[0].code else given[0].coupon.reference}
