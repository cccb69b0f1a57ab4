"""The live side of the subscription editor."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from desk.components import format
from desk.editors import subscription_adjustment_sent, subscription_conflict
from desk.editors.subscription import SubscriptionForm
from desk.editors.subscription_calculator import own_price
from desk.screens.customers.subscription_derived import changes_keys, chosen_keys
from desk.screens.customers.subscription_editor import SubscriptionEditor
from desk.screens.forms import CONFLICT
from desk.screens.replies import is_htmx, trigger
from kit.errors import NotFound, TallydeskError


class CalculatePrice(SubscriptionEditor):
    """What one rule costs with the prices in the form, beside the plan; stores nothing."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(reverse("desk:subscription-new", args=[self.customer.public_id]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, key = self.form(request.POST), self.kwargs["rule"]
        own = own_price(
            form,
            key,
            request.POST,
            platform=self.operator.platform,
            customer=self.customer,
            live=request.path,
            at=self.operator.at,
        )
        if own is None:
            raise NotFound("No chosen plan has this price.")
        if not is_htmx(request):
            return self.show(form, own=own)
        prefix = own.frame.prefix
        context = {
            "own": own,
            "is_there": f"{prefix}view" in request.POST,
            "quantity_too": f"{prefix}preset" in request.POST,
            "customer": self.customer,
        }
        html = render_to_string("desk/customers/editor/calculated.html", context, request)
        response = HttpResponse(html)
        total = own.answer.total
        return trigger(response, announce=f"Total {total}") if total else response


class PreviewSubscription(SubscriptionEditor):
    """After each change: stores the draft when it is valid and answers what follows from it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(reverse("desk:subscription-new", args=[self.customer.public_id]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if self.overtaken():
            return self.fragments(form, status=CONFLICT, **self.overtaken_by(form))
        saved, state, more = "", self.state_as_sent(form), dict[str, Any]()
        if form.is_valid():
            try:
                carries = form.carries_adjustments
                self.store(form)
                drawn = self.drawn_anew() if carries else form
                state, more = self.state(drawn), {"carried_form": drawn if carries else None}
                saved = format.clock_time(self.operator.at, self.operator.zone)
            except TallydeskError as error:
                form.refuse(error)
        response = self.fragments(form, saved=saved, **state, **more)
        if self.draft:
            url = reverse("desk:subscription-edit", args=[self.customer.public_id, self.draft.public_id])
            response.headers["HX-Replace-Url"] = url
        return response

    def drawn_anew(self) -> SubscriptionForm:
        """What is stored, and the discounts and markups that have no number yet."""
        return self.form(**subscription_adjustment_sent.blank_behind(self.initial(), self.request.POST))

    def overtaken_by(self, form: SubscriptionForm) -> dict[str, Any]:
        """The panel beside a form that stays as it is, and what it carries."""
        mine = self.form(subscription_adjustment_sent.in_turn(self.request.POST))
        found = subscription_conflict.clashes(mine, self.form(), self.remembered)
        return {"conflict": self.last_change(), "clashes": found, **self.state_as_sent(form)}

    def fragments(self, form: SubscriptionForm, *, status: int = 200, **extra: Any) -> HttpResponse:
        """Out of band only: no input is among them but the hidden ones."""
        context = {
            **self.context(),
            **self.frame(),
            **self.derived(form),
            "form": form,
            "oob": True,
            "clashed": "clashed" in self.request.POST,
            "other_plan": self.request.POST.get("assumed_for", "") != chosen_keys(form),
            "other_changes": self.request.POST.get("changes_for", "") != changes_keys(form),
            **extra,
        }
        html = render_to_string("desk/customers/subscription_live.html", context, self.request)
        return HttpResponse(html, status=status)
