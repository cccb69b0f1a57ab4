"""The coupons of a subscription, as its editor asks for them: by reference, id, or promotion code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Platform
from billing.models import Customer, PricingPlanSchedule, PricingPlanSubscription, PromotionCode
from billing.selectors import coupons as redeemed
from billing.services.coupons import coupon_rules, coupons
from billing.services.coupons.promotion_codes import key as code_key
from catalog.models import Coupon
from desk.editors import coupon_words as words
from desk.forms.base import DeskForm
from kit.errors import TallydeskError

MOST = 20


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
    """Coupons, then those of promotion codes, as a schedule keeps them; redeemed at the activation."""

    coupon = forms.CharField(
        label="Coupons and promotion codes",
        max_length=2000,
        required=False,
        help_text="Several with commas between. Redeemed when the subscription is activated.",
    )
    platform: Platform
    customer: Customer
    given: tuple[Given, ...] = ()

    def clean_coupon(self) -> str:
        typed = str(self.cleaned_data["coupon"])
        words = words_of(typed)
        if len(words) > MOST:
            raise forms.ValidationError(f"At most {MOST} coupons")
        found = named(self.platform, words)
        for word in words:
            if word not in found:
                raise forms.ValidationError(f"There is no coupon or promotion code {word}")
        given = dict.fromkeys(found[word] for word in words)
        self.given = tuple(sorted(given, key=lambda each: each.code is not None))
        if len({each.coupon.pk for each in self.given}) < len(words):
            raise forms.ValidationError("A coupon is named twice")
        return typed


def words_of(typed: str) -> list[str]:
    """What stands between commas and spaces."""
    return [word for part in typed.split() for word in [part.strip(",")] if word]


def named(platform: Platform, words: Sequence[str]) -> dict[str, Given]:
    """What each code, reference or id names; a code goes first, whatever its case. Two queries."""
    asked = [word for word in words if "\x00" not in word]
    if not asked:
        return {}
    codes = redeemed.promotion_codes(platform).filter(code_key__in=[code_key(word) for word in asked])
    by_code = {row.code_key: row for row in codes}
    rows = Coupon.objects.for_platform(platform).filter(Q(reference__in=asked) | Q(public_id__in=asked))
    by_name = {name: row for row in rows for name in (row.reference, row.public_id)}
    found: dict[str, Given] = {}
    for word in asked:
        code, coupon = by_code.get(code_key(word)), by_name.get(word)
        if code is not None:
            found[word] = Given(code.coupon, code)
        elif coupon is not None:
            found[word] = Given(coupon)
    return found


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
    """What the field starts from."""
    given = given_by(schedule)
    return {"coupon": ", ".join(each.code.code if each.code else each.coupon.reference for each in given)}
