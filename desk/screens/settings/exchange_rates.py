"""Settings > Currencies & exchange rates: dated rates with their source, and the invoices that keep them."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from billing.api.exchange_rates import ExchangeRateSerializer
from billing.models import ExchangeRate
from billing.selectors import exchange_rates as selectors
from billing.services.customers import exchange_rates
from desk import palette
from desk.components.actions import Action, offered
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.facts import Fact
from desk.forms.base import LAST_DAY, DeskForm, ExactDecimalField
from desk.forms.places import LongSelect, currencies
from desk.forms.requests import understood
from desk.palette import Jump
from desk.screens.forms import FormScreen
from desk.screens.lists import ListScreen
from desk.tables import Column, Days, Figure, Filter, Moment, Table
from kit.errors import NotFound
from kit.money import plain
from kit.period import format_instant


def _pair(row: ExchangeRate) -> str:
    return f"1 {row.base_currency} in {row.currency}"


class ExchangeRates(ListScreen):
    """Every rate that has not been withdrawn, the latest first."""

    title = "Currencies & exchange rates"
    permission = "CURRENCIES.VIEW"
    drawer = "desk/settings/exchange_rate.html"
    description = (
        "Where a price is in another currency than the invoice, the latest rate at or before "
        "the period's end counts. Invoices keep the rates that they used."
    )
    table = Table(
        key="exchange-rates",
        one="exchange rate",
        many="exchange rates",
        default="-from",
        columns=[
            Column(
                name="pair",
                label="Rate of",
                of=_pair,
                exports=[("Base", "base_currency"), ("Currency", "currency")],
            ),
            Figure(name="rate", label="Rate", of="rate"),
            Moment(name="from", label="From", of="timestamp", sort="timestamp"),
            Column(name="source", label="Source", of="source", sort="source"),
            Moment(name="created", label="Added", of="created_at", sort="created_at"),
        ],
        filters=[
            Filter(name="base", label="Base currency", path="base_currency", hint="Such as EUR"),
            Filter(name="currency", label="Currency", path="currency", hint="Such as USD"),
            Days(name="from", label="From", path="timestamp"),
        ],
        search=("base_currency", "currency", "source"),
    )

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        example = {
            "base_currency": "EUR",
            "currency": "USD",
            "rate": "1.0842",
            "rate_timestamp": "2026-01-01T00:00:00Z",
            "source": "European Central Bank",
        }
        return Empty(
            "Add a rate to bill in another currency",
            "A plan priced in one currency can be invoiced in another once a rate leads there.",
            self._new(),
            call=Call("POST", "/v1/exchange-rates", example),
        )

    def _new(self) -> Action:
        url = reverse("desk:exchange-rate-new")
        return Action("New exchange rate", url, "EXCHANGE_RATE.CREATE", "primary", "dialog", key="n")

    def rows(self) -> QuerySet[Any]:
        return selectors.exchange_rates(self.operator.platform)

    def actions(self) -> list[Action]:
        return [self._new()]

    def row_name(self, row: Any) -> str:
        return _pair(row)

    def call(self) -> Call:
        return Call("GET", "/v1/exchange-rates")

    def drawer_context(self, row: ExchangeRate) -> dict[str, Any]:
        """The invoices that keep it, and its withdrawal."""
        url = reverse("desk:exchange-rate-withdraw", args=[row.public_id])
        actions = [Action("Withdraw", url, "EXCHANGE_RATE.DELETE", "bad", "dialog")]
        return {
            "pair": _pair(row),
            "invoices": selectors.invoices_with(row),
            "drawer_actions": offered(actions, self.operator),
        }


class RateForm(DeskForm):
    """One unit of the base currency in another, from an instant on."""

    base_currency = forms.ChoiceField(
        help_text="The currency that amounts are converted from.", label="1 unit of", widget=LongSelect
    )
    currency = forms.ChoiceField(
        help_text="The currency that amounts are converted to.", label="is so many", widget=LongSelect
    )
    rate = ExactDecimalField(help_text="Such as 1.0842, up to 12 decimals.")
    timestamp = forms.DateTimeField(
        label="From",
        help_text="In the time zone of this platform.",
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "max": f"{LAST_DAY}T23:59"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        error_messages={"invalid": "Enter a time such as 2026-09-02 10:40"},
    )
    source = forms.CharField(max_length=200, help_text="Who says so, such as European Central Bank.")
    rows = (("base_currency", "currency"), ("rate", "timestamp"))
    api_names = {"rate_timestamp": "timestamp"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("base_currency", "currency"):
            self.fields[name].choices = currencies()  # type: ignore[attr-defined]

    def body(self) -> dict[str, Any]:
        """The API's request."""
        data = self.cleaned_data
        return {
            "base_currency": data["base_currency"],
            "currency": data["currency"],
            "rate": plain(data["rate"]),
            "rate_timestamp": format_instant(data["timestamp"].astimezone(UTC)),
            "source": data["source"],
        }


class NewExchangeRate(FormScreen):
    """Rates are never changed: a correction is another one of the same instant."""

    title = "New exchange rate"
    description = "Drafts use it at once; final invoices keep the rates that they used."
    verb = "Add exchange rate"
    message = "Exchange rate added"
    menu = "currencies"
    permission = "EXCHANGE_RATE.CREATE"
    form_class = RateForm
    has_calls = True

    def initial(self) -> dict[str, Any]:
        main = self.operator.platform.default_currency
        other = "USD" if main != "USD" else "EUR"
        start = self.operator.at.astimezone(self.operator.zone).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return {"base_currency": main, "currency": other, "timestamp": start}

    def cancel_url(self) -> str:
        return reverse("desk:currencies")

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/exchange-rates", form.body())] if form.is_valid() else []

    def save(self, form: Any) -> str:
        fields = understood(ExchangeRateSerializer, form.body(), platform=self.operator.platform)
        exchange_rates.create(ctx=self.operator.ctx, fields=fields)
        return self.cancel_url()


class WithdrawExchangeRate(FormScreen):
    """No invoice uses it from now on; those that did keep it."""

    title = "Withdraw this exchange rate?"
    verb = "Withdraw exchange rate"
    verb_style = "solid-bad"
    keep = "Keep it"
    message = "Exchange rate withdrawn"
    menu = "currencies"
    permission = "EXCHANGE_RATE.DELETE"
    form_class = DeskForm
    has_calls = True

    @property
    def rate(self) -> ExchangeRate:
        rows = selectors.exchange_rates(self.operator.platform)
        row = rows.filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such exchange rate, or it was withdrawn.")
        return row

    def cancel_url(self) -> str:
        return reverse("desk:currencies")

    def facts(self) -> list[Fact]:
        return [Fact(_pair(self.rate), plain(self.rate.rate)), Fact("Source", self.rate.source)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", "Drafts are computed without it from now on. Final invoices keep it.")]

    def calls(self, form: Any) -> list[Call]:
        return [Call("DELETE", f"/v1/exchange-rates/{self.kwargs['pk']}")]

    def save(self, form: Any) -> str:
        exchange_rates.delete(ctx=self.operator.ctx, instance=self.rate)
        return self.cancel_url()


palette.register(Jump("New exchange rate", "exchange-rate-new", "EXCHANGE_RATE.CREATE"))
