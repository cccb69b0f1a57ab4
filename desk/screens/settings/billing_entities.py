"""Settings > Billing entities: the legal entities that issue invoices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from accounts.models import Platform
from billing.calc import numbering
from billing.models import BillingEntity, BillingEntityStatus, SubscriptionStatus
from billing.selectors import parties
from billing.services.customers import billing_entities, tax_ids
from desk import navigation
from desk.components import format
from desk.components.actions import Action
from desk.components.badges import Badge
from desk.components.curl import Call, per_row
from desk.components.empty import Empty
from desk.components.facts import Fact
from desk.forms.places import address_lines, country_name
from desk.screens.details import DetailScreen, Tab
from desk.screens.lists import ListScreen
from desk.tables import Bulk, Column, Custom, Figure, Moment, Table, statuses, unless

VERDICTS = {
    "VALID": ("VALID", "Valid form"),
    "NOT_VALID": ("FAILED", "Wrong form"),
    "UNKNOWN": ("", "Not checked"),
}
RUNNING = Count("subscriptions", filter=Q(subscriptions__status=SubscriptionStatus.ACTIVE))


def tax_id_badge(number: str, country: str | None, kind: str | None = None) -> Badge | None:
    """What can be said of a tax ID by its form; nothing where there is none."""
    if not number:
        return None
    return Badge(*VERDICTS[tax_ids.check(number=number, kind=kind, country=country).valid])


def _rows(platform: Platform) -> QuerySet[Any]:
    rows: QuerySet[Any] = parties.billing_entities(platform).annotate(running=RUNNING)
    return rows


def _country(entity: BillingEntity) -> str:
    return country_name((entity.registered_address or {}).get("country"))


def _archive(*, ctx: Any, instance: BillingEntity) -> BillingEntity:
    return billing_entities.update(
        ctx=ctx, instance=instance, fields={"status": BillingEntityStatus.ARCHIVED}
    )


class BillingEntities(ListScreen):
    """Every issuer; one is the default."""

    permission = "BILLING_ENTITY.VIEW"
    title = "Billing entities"
    description = "Who issues your invoices. New subscriptions use the default unless a country decides."
    table = Table(
        key="billing-entities",
        one="billing entity",
        many="billing entities",
        default="created",
        columns=[
            Column(name="name", label="Legal name", of="legal_name", more="reference", sort="legal_name"),
            Column(name="country", label="Country", of=_country),
            Custom(name="tax", label="Tax ID", of="tax_id", template="desk/settings/tax_id.html"),
            Column(name="timezone", label="Time zone", of="timezone", optional=True),
            Figure(name="subscriptions", label="Active subscriptions", of="running"),
            Custom(
                name="status",
                label="Status",
                of="status",
                sort="status",
                template="desk/settings/entity_status.html",
            ),
            Moment(name="created", label="Created", of="created_at", sort="created_at"),
        ],
        filters=[statuses(BillingEntityStatus.values)],
        search=("legal_name", "reference", "public_id", "tax_id", "email"),
        bulk=[
            Bulk(
                name="archive",
                label="Archive",
                permission="BILLING_ENTITY.UPDATE",
                run=_archive,
                calls=per_row("PATCH", "/v1/billing-entities", body={"status": "ARCHIVED"}),
                refuses=unless("DRAFT", "ACTIVE", "DEPRECATED"),
                says="An archived entity is hidden and issues for nothing new.",
            )
        ],
    )

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        """Step 0 of the tutorial."""
        return Empty(
            "Invoices need a sender",
            "Add the legal entity that issues them. Its country decides which tax rules apply.",
            Action(
                "New billing entity", reverse("desk:billing-entity-new"), "BILLING_ENTITY.CREATE", "primary"
            ),
            call=Call(
                "POST",
                "/v1/billing-entities",
                {
                    "reference": "halyard",
                    "legal_name": "Halyard B.V.",
                    "registered_address": {"country": "NL"},
                },
            ),
        )

    def rows(self) -> QuerySet[Any]:
        return _rows(self.operator.platform)

    def decorated(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.tax_badge = tax_id_badge(row.tax_id, (row.registered_address or {}).get("country"))
        return rows

    def href(self, row: Any) -> str:
        return reverse("desk:billing-entity", args=[row.public_id])

    def actions(self) -> list[Action]:
        url = reverse("desk:billing-entity-new")
        return [Action("New billing entity", url, "BILLING_ENTITY.CREATE", "primary", key="n")]

    def call(self) -> Call:
        return Call("GET", "/v1/billing-entities")


class BillingEntityDetail(DetailScreen):
    """Who it is, what it prints, whom it issues for."""

    permission = "BILLING_ENTITY.VIEW"
    menu = "billing-entities"
    model = BillingEntity
    route = "billing-entity"

    def rows(self) -> QuerySet[Any]:
        return _rows(self.operator.platform)

    def name(self) -> str:
        return str(self.row.legal_name or self.row.reference)

    def badges(self) -> list[Badge]:
        default = [Badge("DEFAULT")] if self.row.is_default else []
        return [Badge(self.row.status), *default]

    def facts(self) -> list[Fact]:
        return [
            Fact("Country", _country(self.row) or "None"),
            Fact("Tax ID", self.row.tax_id or "None"),
            Fact("Time zone", self.row.timezone),
            Fact("Active subscriptions", format.number(self.row.running)),
            Fact("Drafts stay open", format.length(_grace(self.row))),
        ]

    def tabs(self) -> list[Tab]:
        return [Tab("overview", "Overview", "desk/settings/billing_entity.html")]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        if tab.name != "overview":
            return {}
        row = self.row
        country = (row.registered_address or {}).get("country")
        today = self.operator.at.astimezone(row.zone).date()
        first = numbering.nth_number(row.number_format, 0)
        return {
            "address": address_lines(row.registered_address),
            "tax_badge": tax_id_badge(row.tax_id, country),
            "number": numbering.render(row.number_format, first, on=today),
            "countries": [country_name(code) for code in row.default_customer_country_selector],
            "next_step": self._next_step(),
        }

    def _next_step(self) -> str:
        fresh = self.row.status == BillingEntityStatus.ACTIVE and not self.row.running
        return navigation.address("meter-new") if fresh else ""

    def actions(self) -> list[Action]:
        if self.row.status == BillingEntityStatus.ARCHIVED:
            return []
        edit = reverse("desk:billing-entity-edit", args=[self.row.public_id])
        found = [Action("Edit", edit, "BILLING_ENTITY.UPDATE", key="e")]
        if self.row.status == BillingEntityStatus.DRAFT:
            found.append(self.move("activate", "Activate", "primary"))
        return found

    def more(self) -> list[Action]:
        status = self.row.status
        found = [self.move("deprecate", "Deprecate")] if status == BillingEntityStatus.ACTIVE else []
        if status == BillingEntityStatus.ACTIVE and not self.row.is_default:
            url = reverse("desk:billing-entity-default", args=[self.row.public_id])
            found.insert(0, Action("Make default", url, "BILLING_ENTITY.UPDATE", opens="dialog"))
        if status != BillingEntityStatus.ARCHIVED:
            found.append(self.move("archive", "Archive"))
        return found

    def move(self, verb: str, label: str, style: str = "") -> Action:
        """A dialog that says what the step means."""
        url = reverse("desk:billing-entity-move", args=[self.row.public_id, verb])
        return Action(label, url, "BILLING_ENTITY.UPDATE", style, opens="dialog")

    def call(self) -> Call | None:
        return Call("GET", f"/v1/billing-entities/{self.kwargs['pk']}")


def _grace(entity: BillingEntity) -> timedelta:
    return timedelta(seconds=entity.grace_period_seconds)
