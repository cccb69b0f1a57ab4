"""New coupon and Edit coupon: the sentence and the effect on a sample invoice follow what is typed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from billing.services.coupons import promotion_codes
from catalog.models import Coupon, CouponStatus
from catalog.selectors import coupons as selectors
from catalog.services import coupons
from desk.components.curl import Call
from desk.editors import coupon_sample
from desk.editors import coupon_words as words
from desk.editors.coupon_stored import initial as initial_of
from desk.editors.coupons import CouponForm
from desk.screens.forms import FormScreen
from desk.screens.products_plans.product_changes import one
from kit.errors import TallydeskError

ACTIVE = {"status": CouponStatus.ACTIVE.value}
STARTS = {"kind": "PERCENTAGE", "duration": "PERIOD", "length": 3, "length_unit": "MONTH"}


class CouponEditor(FormScreen):
    """What making and changing a coupon share; ``effect/`` answers what follows from the fields."""

    menu = "coupons"
    permission = "COUPON.CREATE"
    template = "desk/products_plans/coupons/editor.html"
    fields_template = "desk/products_plans/coupons/fields.html"
    regions = ("form", "dialog", "calls", "effect")  # type: ignore[assignment]
    has_calls = True

    def form(self, data: Any = None) -> CouponForm:
        operator = self.operator
        return CouponForm(data, initial=self.initial(), platform=operator.platform, zone=operator.zone)

    def cancel_url(self) -> str:
        return reverse("desk:coupons")

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        return super().show(form, status=status, **self.effect(form), **extra)

    def effect(self, form: CouponForm) -> dict[str, Any]:
        """The sentence and the sample; what is missing for them where the form is not yet valid."""
        asked = form if form.is_bound else self.form(_posted(form))
        asked.is_valid()
        wanted = [name for name in ("kind", *CouponForm.promise, "bound", "currency") if name in asked.errors]
        if wanted:
            return {"sentence": "", "missing": asked.errors[wanted[0]][0], "effect_url": self.effect_url()}
        return {"effect_url": self.effect_url(), **self._told(asked)}

    def effect_url(self) -> str:
        return reverse("desk:coupon-effect")

    def _told(self, form: CouponForm) -> dict[str, Any]:
        form.cleaned_data.setdefault("name", "of yours")
        entry, names = form.entry(), form.names()
        parts = [
            words.discount(entry["discount"], form.unit()),
            " and ".join(names) if names else "the whole invoice",
            words.condition(entry["discount"]),
            words.duration(entry["duration"]),
        ]
        joint = " of " if entry["discount"]["type"] == "USAGE" and names else " "
        sentence = joint.join(part for part in parts[:2] if part) if names else f"{parts[0]} {parts[1]}"
        try:
            sample = coupon_sample.of(
                entry, currency=form.own_currency, limited=", ".join(names), at=self.operator.at
            )
        except TallydeskError as error:
            return {"sentence": "", "missing": error.message}
        return {"sentence": ", ".join(filter(None, [sentence, parts[2], parts[3]])), "sample": sample}


class NewCoupon(CouponEditor):
    """A new coupon with its codes: ACTIVE, or a draft."""

    title = "New coupon"
    verb = "Create coupon"
    message = "Coupon created"
    other_buttons = (("draft", "Save as draft"),)

    def initial(self) -> dict[str, Any]:
        return {**STARTS, "currency": self.operator.platform.default_currency}

    @property
    def status(self) -> CouponStatus:
        return CouponStatus.DRAFT if self.request.POST.get("submit") == "draft" else CouponStatus.ACTIVE

    def save(self, form: Any) -> str:
        ctx, status = self.operator.ctx, self.status
        made = coupons.create(ctx=ctx, fields={**form.fields_of_coupon(), "status": status})
        for code in form.cleaned_data["codes"]:
            promotion_codes.create(ctx=ctx, fields={"coupon": made, "code": code, "status": status})
        return reverse("desk:coupon", args=[made.public_id])

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        body = form.body()
        codes = [
            Call(
                "POST",
                "/v1/promotion-codes",
                {"coupon_id": body["reference"], "code": code, **ACTIVE},
            )
            for code in form.cleaned_data["codes"]
        ]
        return [Call("POST", "/v1/coupons", {**body, **ACTIVE}), *codes]


class EditCoupon(CouponEditor):
    """What a coupon promises changes only on a draft."""

    permission = "COUPON.UPDATE"
    title = "Edit coupon"
    verb = "Save coupon"
    message = "Coupon saved"

    @cached_property
    def row(self) -> Coupon:
        found: Coupon = one(selectors.coupons(self.operator.platform), self.kwargs["pk"], "coupon")
        return found

    def subject(self) -> Coupon:
        return self.row

    def initial(self) -> dict[str, Any]:
        return initial_of(self.row, self.operator.zone)

    def form(self, data: Any = None) -> CouponForm:
        form = super().form(data)
        form.fields.pop("codes")
        return form

    def cancel_url(self) -> str:
        return reverse("desk:coupon", args=[self.row.public_id])

    @property
    def description(self) -> str:  # type: ignore[override]
        if self.row.status == CouponStatus.DRAFT:
            return ""
        return "What it takes off, of what and for how long stays as it was promised."

    def save(self, form: Any) -> str:
        coupons.update(ctx=self.operator.ctx, instance=self.row, fields=form.fields_of_coupon())
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        body = form.body() if form.is_valid() else {}
        return [Call("PATCH", f"/v1/coupons/{self.row.public_id}", body)]


class CouponEffect(NewCoupon):
    """After each change: the sentence and the sample invoice, and no field."""

    permission = "COUPON.VIEW"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(reverse("desk:coupon-new"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(region="effect", **self.effect(self.form(request.POST)))


def _posted(form: CouponForm) -> dict[str, Any]:
    """An unbound form as if it had been sent as it stands."""
    found = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in found.items()}
