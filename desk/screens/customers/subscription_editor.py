"""New subscription: one page with a preview of its invoices from the first field on.

The draft saves itself: each change stores the draft and answers derived fragments only, out of band.
Without scripts the buttons do the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts.models import AuditEntry
from billing.models import PricingPlanSubscription, SubscriptionStatus
from billing.selectors import agreed_prices
from billing.selectors import subscriptions as selectors
from billing.services.subscriptions import subscriptions
from desk import navigation
from desk.components.curl import Call
from desk.editors import subscription_adjustment_sent, subscription_conflict
from desk.editors import subscription_words as words
from desk.editors.subscription import SubscriptionForm
from desk.editors.subscription_draft import count_of, values_of
from desk.editors.subscription_overrides import for_api
from desk.screens.customers.activation import activation
from desk.screens.customers.subscription_derived import Derived, a_year_after
from desk.screens.forms import CONFLICT, INVALID, SEEN, last_change
from desk.services import subscription_defaults, subscription_drafts
from desk.shell import Crumb
from kit.errors import TallydeskError

RESHAPES = (
    "add_phase",
    "remove_phase",
    *subscription_adjustment_sent.BUTTONS,
    "quick",
    "refresh",
    "merge",
    "take",
)
SEEN_VALUES = "seen_values"


class SubscriptionEditor(Derived):
    """``/new/`` and, once there is a draft, ``/<subscription>/edit/``."""

    menu = "customers"
    permission = "PRICING_PLAN_SUBSCRIPTION.CREATE"
    template = "desk/customers/subscription_editor.html"
    title = "New subscription"
    has_calls = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs.get("pk"):
            self.title = "Edit subscription"

    def crumbs(self) -> list[Crumb]:
        above = Crumb("Customers", reverse("desk:customers"))
        if "customer" not in self.__dict__:  # it was not found
            return [above]
        return [above, Crumb(self.customer.name or self.customer.public_id, self.cancel_url())]

    def subject(self) -> PricingPlanSubscription | None:
        return self.draft

    def cancel_url(self) -> str:
        return reverse("desk:customer-tab", args=[self.customer.public_id, "subscriptions"])

    def detail_url(self, draft: PricingPlanSubscription) -> str:
        return reverse("desk:subscription", args=[self.customer.public_id, draft.public_id])

    def form(self, data: Any = None, **initial: Any) -> SubscriptionForm:
        """What was sent, else what is stored; ``initial`` in place of that of the same name."""
        platform = self.operator.platform
        asked = str((data or {}).get("count", ""))
        count = int(asked) if asked.isdigit() else 1
        if data is None and self.draft:
            count = count_of(self.draft)
        return SubscriptionForm(
            data, initial=self.initial() | initial, platform=platform, customer=self.customer, count=count
        )

    def initial(self) -> dict[str, Any]:
        if self.draft:
            return values_of(self.draft)
        platform = self.operator.platform
        values: dict[str, Any] = {
            "start": self.today,
            "currency": platform.default_currency,
            "on_hold": platform.init_invoice_on_hold,
            **subscription_defaults.values(subscription_defaults.of(platform)),
        }
        values["version"] = self.request.GET.get("version", "")
        try:
            entity = subscriptions.choose_entity(self.operator.ctx, self.customer, values["currency"])
        except TallydeskError:
            return values
        return {**values, "billing_entity": entity.public_id}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.draft and self.draft.status != SubscriptionStatus.DRAFT:
            return self.see_other(self.detail_url(self.draft))
        return self.show(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "as_curl" in request.POST:
            return super().post(request)
        is_reshaped = any(name in request.POST for name in RESHAPES)
        data = self.reshaped() if is_reshaped else request.POST
        if self.overtaken():
            return self.show_both(data)
        form = self.form(data)
        if is_reshaped:
            return self.show(form, **self.still_clashing(form))
        if not form.is_valid():
            return self.show(form, status=INVALID)
        try:
            draft = self.store(form)
        except TallydeskError as error:
            return self.show_refused(form, error)
        return self.finish(draft)

    def finish(self, draft: PricingPlanSubscription) -> HttpResponse:
        """To the draft's page, or to the question that activates it."""
        if self.request.POST.get("submit") != "activate":
            return self.done(self.detail_url(draft), "Draft saved")
        url = reverse("desk:subscription-activate", args=[self.customer.public_id, draft.public_id])
        if not self.htmx_target:
            return self.see_other(url)
        asked = activation(self.operator, draft)
        response = self.render("desk/customers/activate.html", region="dialog", action=url, **asked)
        response.headers["HX-Retarget"] = "#dialog"
        response.headers["HX-Reswap"] = "innerHTML"
        return response

    def reshaped(self) -> Any:
        """What was sent, with a phase, a discount or a markup more or fewer, or another start."""
        data: Any = self.request.POST.copy()
        subscription_adjustment_sent.reshape(data)
        count = int(data["count"]) if data.get("count", "").isdigit() else 1
        last = f"phases_{count - 1}_" if count > 1 else ""
        if "add_phase" in data:
            data[f"phases_{count}_start"] = a_year_after(data.get(f"{last}start", ""))
            data[f"phases_{count}_version"] = data.get(f"{last}version", "")
            data["count"] = str(count + 1)
        if "remove_phase" in data:
            data["count"] = str(max(1, count - 1))
            subscription_adjustment_sent.without_phase(data, count)
        if data.get("quick"):
            data["start"] = data["quick"]
        if name := data.get("take"):
            data = subscription_adjustment_sent.in_turn(data)
            data = subscription_conflict.taken(data, name, self.remembered or {})
        return data

    def overtaken(self) -> bool:
        """By what the draft says, not by its time: a frozen clock stamps every change alike."""
        draft, seen = self.draft, self.request.POST.get(SEEN)
        return draft is not None and bool(seen) and seen != subscription_drafts.fingerprint(draft)

    def store(self, form: SubscriptionForm) -> PricingPlanSubscription:
        """The draft as the form says, made where there was none; read again where something was written."""
        saved = subscription_drafts.save(
            ctx=self.operator.ctx, customer=self.customer, draft=self.draft, terms=form.terms()
        )
        if saved is not None:
            # Own prices may have changed in place: what was read before is not theirs any more.
            self.operator.platform.refresh_from_db(fields=["configuration_version"])
            fresh = self.rows().get(pk=saved.pk)
            self.__dict__["draft"] = draft = selectors.within(self.operator.platform, fresh)
            agreed_prices.read(self.operator.platform, selectors.timeline(draft))
        assert self.draft is not None
        return self.draft

    def last_change(self) -> AuditEntry | None:
        """Of the draft, or of one of its phases."""
        return last_change(self.draft, *selectors.timeline(self.draft)) if self.draft else None

    @property
    def remembered(self) -> subscription_conflict.Said | None:
        """What the fields said when they were drawn or last saved."""
        return subscription_conflict.remembered(self.request.POST.get(SEEN_VALUES, ""))

    def show_both(self, data: Any) -> HttpResponse:
        """The form as it was sent, with what only the other one changed, and a panel that says so."""
        theirs, data = self.form(), subscription_adjustment_sent.in_turn(data)
        said = subscription_conflict.said(theirs)
        found = subscription_conflict.clashes(self.form(data), theirs, self.remembered)
        form = self.form(subscription_conflict.merged(data, found, said))
        panel = {"conflict": self.last_change(), "clashes": found, "is_merged": True}
        return self.show(form, status=CONFLICT, **panel, **self.state(theirs))

    def still_clashing(self, form: SubscriptionForm) -> dict[str, Any]:
        """The panel again, with what both changed and is not settled yet."""
        names = self.request.POST.getlist("clashed")
        if not names:
            return {}
        found = subscription_conflict.still(names, form, self.form())
        return {"clashes": found, "is_merged": True}

    def state(self, form: SubscriptionForm) -> dict[str, Any]:
        """What the form carries so that a change by someone else is noticed, where it says what is stored."""
        seen = subscription_drafts.fingerprint(self.draft) if self.draft else ""
        return {"seen": seen, SEEN_VALUES: subscription_conflict.kept(subscription_conflict.said(form))}

    def state_as_sent(self, form: SubscriptionForm) -> dict[str, Any]:
        """The same of a form that was not stored: as it came."""
        sent = self.request.POST
        if not sent.get(SEEN):
            return self.state(form)
        return {"seen": sent[SEEN], SEEN_VALUES: sent.get(SEEN_VALUES, "")}

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        state = self.state_as_sent(form) if form.is_bound else self.state(form)
        shown = self.frame() | self.derived(form) | state | extra
        return super().show(form, status=status, **shown)

    def frame(self) -> dict[str, Any]:
        """What stands around the fields."""
        customer, first = self.customer, self.today.replace(day=1)
        return {
            "customer": customer,
            "draft": self.draft,
            "preview_url": reverse("desk:subscription-preview", args=[customer.public_id]),
            "entities_url": navigation.address("billing-entity-new"),
            "plans_url": navigation.address("pricing-plan-new") or navigation.address("pricing-plans"),
            "starts": [
                ("Today", self.today.isoformat()),
                ("First of next month", (first + timedelta(days=32)).replace(day=1).isoformat()),
                ("First of this month", first.isoformat()),
            ],
        }

    def calls(self, form: Any) -> list[Call]:
        values = getattr(form, "cleaned_data", {})
        kind, _, count = values.get("period", "MONTH-1").partition("-")
        terms = form.terms() if form.is_valid() else None
        phases = terms.phases if terms else ()
        return [
            Call(
                "POST",
                "/v1/pricing-plan-subscriptions/init",
                {
                    "pricing_plan_subscription": {
                        "customer_id": self.customer.public_id,
                        "billing_entity_id": values.get("billing_entity"),
                        "billing_time": values.get("billing_time"),
                        "billing_period": {"type": kind, "value": int(count)},
                        "billing_currency": values.get("currency"),
                        "due_date_configuration": words.term_of(values.get("term") or ""),
                        "init_invoice_on_hold": values.get("on_hold"),
                    },
                    "pricing_plan_schedules": [
                        {
                            "pricing_plan_version_id": phase.version.public_id,
                            "type": phase.type,
                            "start_at": phase.start.isoformat(),
                            "end_at": phase.end.isoformat() if phase.end else None,
                            "billing_period": phase.period,
                            "realign_invoice_date_to_pricing_plan_schedule_start_at": bool(phase.realigns),
                            "discount": phase.discount,
                            "markup": phase.markup,
                            "commitment": phase.commitment,
                            "coupon_ids": [each.coupon.public_id for each in phase.coupons if not each.code],
                            "promotion_codes": [each.code.code for each in phase.coupons if each.code],
                            **for_api(phase.changes),
                        }
                        for phase in phases
                    ],
                },
            )
        ]
