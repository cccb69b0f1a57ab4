"""Developers > Webhooks: the endpoints, how they fare, and what was sent to each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from desk import palette
from desk.components import format
from desk.components.actions import Action
from desk.components.badges import Badge, word
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.facts import Fact
from desk.palette import Jump
from desk.screens.details import DetailScreen, Tab
from desk.screens.lists import ListScreen
from desk.tables import Choice, Column, Figure, Moment, Status, Table
from kit import clock
from webhooks.models import Webhook
from webhooks.selectors import deliveries, webhooks
from webhooks.selectors.deliveries import Health

DAY = timedelta(days=1)
SHOWN = 100
NEW = Action("New endpoint", "new/", "WEBHOOK.CREATE", "primary", key="n")


def state(webhook: Webhook) -> str:
    """HEALTHY, RETRYING while a delivery waits for its next attempt, PAUSED when it is switched off."""
    if not webhook.active:
        return "PAUSED"
    return "RETRYING" if webhooks.blocked_of(webhook) else "HEALTHY"


def told(webhook: Webhook) -> str:
    """Which events it hears."""
    count = len(webhook.included_actions)
    if not count:
        return "All events" if not webhook.excluded_actions else "All but some"
    return ", ".join(webhook.included_actions[:2]) + (f" and {count - 2} more" if count > 2 else "")


class Webhooks(ListScreen):
    """Every endpoint with how it fared in 24 hours."""

    permission = "WEBHOOK.VIEW"
    empty = Empty(
        "Hear about events as they happen",
        "An endpoint is told what changes here: invoices made final, subscriptions activated, and more.",
        NEW,
        call=Call(
            "POST",
            "/v1/webhooks",
            {"name": "Ledger", "reference": "ledger", "url": "https://ledger.example/hooks"},
        ),
    )
    table = Table(
        key="webhooks",
        one="endpoint",
        many="endpoints",
        default="-created",
        columns=[
            Column(name="name", label="Name", of="name", more="url", sort="name"),
            Column(name="events", label="Events", of=told),
            Status(name="state", label="State", of=state),
            Column(name="success", label="Success in 24 h", of="success", end=True),
            Figure(name="waiting", label="Waiting", of="waiting"),
            Moment(name="rolled", label="Secret rolled", of="secret_rolled_at", optional=True),
            Moment(name="created", label="Created", of="created_at", sort="created_at"),
        ],
        filters=[
            Choice(
                name="active",
                label="State",
                path="active",
                choices=[("True", "Switched on"), ("False", "Paused")],
            )
        ],
        search=("name", "reference", "url", "public_id"),
    )

    def rows(self) -> QuerySet[Any]:
        return webhooks.rows(self.operator.platform)

    def href(self, row: Any) -> str:
        return reverse("desk:webhook", args=[row.public_id])

    def actions(self) -> list[Action]:
        return [NEW]

    def call(self) -> Call:
        return Call("GET", "/v1/webhooks")

    def decorated(self, rows: list[Any]) -> list[Any]:
        since = clock.now() - DAY
        found = deliveries.health(self.operator.platform, [row.pk for row in rows], since=since)
        for row in rows:
            fared = found.get(row.pk, Health())
            row.success = _share(fared)
            row.waiting = fared.waiting
        return rows


class WebhookPage(DetailScreen):
    """One endpoint: what it hears, what was sent, and trying it out."""

    model = Webhook
    route = "webhook"
    menu = "webhooks"
    permission = "WEBHOOK.VIEW"

    def rows(self) -> QuerySet[Any]:
        return webhooks.rows(self.operator.platform)

    def call(self) -> Call:
        return Call("GET", f"/v1/webhooks/{self.kwargs['pk']}")

    def badges(self) -> list[Badge]:
        return [Badge(state(self.row))]

    def facts(self) -> list[Fact]:
        row = self.row
        rolled = format.instant(row.secret_rolled_at, self.operator.zone) if row.secret_rolled_at else "Never"
        return [
            Fact("URL", row.url, copy=row.url),
            Fact("Events", told(row)),
            Fact("Authentication", word(row.authentication_type)),
            Fact("Signed", "Yes" if row.secret_key_sealed else "No"),
            Fact("Secret rolled", rolled),
        ]

    def actions(self) -> list[Action]:
        found = [
            Action("Edit", self._to("edit"), "WEBHOOK.UPDATE", key="e"),
            Action(
                "Send a test event", self._to("test"), "WEBHOOK.UPDATE", "primary", posts=True, copies=True
            ),
        ]
        if self.row.active and webhooks.blocked_of(self.row):
            found.insert(
                0, Action("Resend now", self._to("resend"), "WEBHOOK.UPDATE", posts=True, copies=True)
            )
        return found

    def more(self) -> list[Action]:
        return [
            Action("Roll secret", self._to("roll"), "WEBHOOK.UPDATE", opens="dialog"),
            Action("Delete", self._to("delete"), "WEBHOOK.DELETE", "bad", "dialog"),
        ]

    def tabs(self) -> list[Tab]:
        return [Tab("deliveries", "Deliveries", "desk/developers/deliveries.html")]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        if tab.name != "deliveries":
            return {}
        found = deliveries.rows(self.operator.platform).filter(webhook=self.row).order_by("-pk")
        return {
            "deliveries": list(found[:SHOWN]),
            "blocked": webhooks.blocked_of(self.row),
            "may_resend": self.operator.can("WEBHOOK_EVENT_RESEND"),
        }

    def _to(self, verb: str) -> str:
        return reverse(f"desk:webhook-{verb}", args=[self.row.public_id])


def _share(fared: Health) -> str:
    if not fared.finished:
        return "Nothing sent"
    return f"{100 * fared.succeeded // fared.finished}% of {fared.finished:,}"


palette.register(Jump("New webhook endpoint", "webhook-new", "WEBHOOK.CREATE"))
