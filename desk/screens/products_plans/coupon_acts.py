"""The steps of a coupon's and a code's status, and new codes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse

from billing.models import PromotionCode
from billing.selectors import coupons as redeemed
from billing.services.coupons import promotion_codes
from catalog.models import Coupon, CouponStatus
from catalog.selectors import coupons as selectors
from catalog.services import coupons
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors import coupon_words as words
from desk.forms.base import DeskForm
from desk.screens.forms import FormScreen
from desk.screens.products_plans.product_changes import one
from kit.errors import NotFound

# verb: (past, what it means)
VERBS = {
    "activate": ("activated", "It can be redeemed. What it promises stays fixed from now on."),
    "deactivate": ("deactivated", "It cannot be redeemed for now. What is redeemed goes on."),
    "deprecate": ("deprecated", "It cannot be redeemed any more. What is redeemed goes on."),
    "archive": ("archived", "It is hidden and cannot be redeemed any more. What is redeemed goes on."),
}


class Step(FormScreen):
    """One step of a status; ``kind`` is the word for what takes it."""

    menu = "coupons"
    has_calls = True
    kind = "coupon"
    path = "/v1/coupons"

    @property
    def step(self) -> str:
        verb = str(self.kwargs["verb"])
        if verb not in VERBS:
            raise NotFound("There is no such step.")
        return verb

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"{self.step.capitalize()} this {self.kind}?"

    @property
    def verb(self) -> str:  # type: ignore[override]
        return f"{self.step.capitalize()} {self.kind}"

    @property
    def message(self) -> str:  # type: ignore[override]
        return f"{self.kind.capitalize()} {VERBS[self.step][0]}"

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", VERBS[self.step][1])]

    def of(self) -> Any:
        """The row that takes the step."""
        return self.row  # type: ignore[attr-defined]

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", f"{self.path}/{self.of().public_id}/{self.step}")]


class MoveCoupon(Step):
    """Activate, deactivate, deprecate, archive."""

    permission = "COUPON.UPDATE"

    @cached_property
    def row(self) -> Coupon:
        found: Coupon = one(selectors.coupons(self.operator.platform), self.kwargs["pk"], "coupon")
        return found

    def facts(self) -> list[Fact]:
        return [Fact("Coupon", self.row.name), Fact("Redeemed", words.used(self.row))]

    def cancel_url(self) -> str:
        return reverse("desk:coupon", args=[self.row.public_id])

    def save(self, form: Any) -> str:
        getattr(coupons, self.step)(ctx=self.operator.ctx, instance=self.row)
        return self.cancel_url()


class MoveCode(Step):
    """The same of a promotion code."""

    permission = "PROMOTION_CODE.UPDATE"
    kind = "promotion code"
    path = "/v1/promotion-codes"

    @cached_property
    def row(self) -> PromotionCode:
        rows = redeemed.promotion_codes(self.operator.platform)
        found: PromotionCode = one(rows, self.kwargs["pk"], "promotion code")
        return found

    def facts(self) -> list[Fact]:
        return [Fact("Code", self.row.code), Fact("Redeemed", words.used(self.row))]

    def cancel_url(self) -> str:
        return reverse("desk:coupon", args=[self.row.coupon.public_id])

    def save(self, form: Any) -> str:
        getattr(promotion_codes, self.step)(ctx=self.operator.ctx, instance=self.row)
        return self.cancel_url()


class CodeForm(DeskForm):
    """A code, and how often it may be redeemed."""

    code = forms.CharField(
        max_length=256, required=False, help_text="Case does not matter. Empty: one is made by chance."
    )
    maximum_redemptions = forms.IntegerField(
        help_text="Leave it empty for no limit.", label="Redemptions in all", required=False, min_value=1
    )
    maximum_redemptions_per_customer = forms.IntegerField(
        help_text="Leave it empty for no limit.", label="By one customer", required=False, min_value=1
    )
    rows = (("maximum_redemptions", "maximum_redemptions_per_customer"),)

    def clean_code(self) -> str | None:
        code = str(self.cleaned_data["code"])
        if any(each.isspace() for each in code):
            raise forms.ValidationError("Code must not contain spaces")
        return code or None


class NewCode(FormScreen):
    """A further code of a coupon; open as soon as the coupon is."""

    menu = "coupons"
    permission = "PROMOTION_CODE.CREATE"
    title = "New promotion code"
    verb = "Create code"
    message = "Promotion code created"
    form_class = CodeForm
    has_calls = True

    @cached_property
    def coupon(self) -> Coupon:
        found: Coupon = one(selectors.coupons(self.operator.platform), self.kwargs["pk"], "coupon")
        return found

    def facts(self) -> list[Fact]:
        return [Fact("Coupon", self.coupon.name)]

    def cancel_url(self) -> str:
        return reverse("desk:coupon", args=[self.coupon.public_id])

    def values(self, form: Any) -> dict[str, Any]:
        return {**form.cleaned_data, "status": CouponStatus.ACTIVE}

    def save(self, form: Any) -> str:
        promotion_codes.create(ctx=self.operator.ctx, fields={**self.values(form), "coupon": self.coupon})
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        sent = self.values(form) if form.is_valid() else {}
        body = {name: value for name, value in sent.items() if value is not None}
        return [Call("POST", "/v1/promotion-codes", {"coupon_id": self.coupon.public_id, **body})]
