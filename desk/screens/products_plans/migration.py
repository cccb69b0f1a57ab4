"""A migration to another version: each subscription with what it would mean for it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from billing.models import MigrationState, MigrationStatus
from billing.selectors import plan_migrations
from desk.components import format
from desk.components.actions import Action, offered
from desk.components.badges import Badge, word
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.facts import Fact
from desk.screens.lists import ListScreen
from desk.screens.products_plans.versions import title_of
from desk.shell import Crumb
from desk.tables import Amount, Choice, Column, Moment, Status, Table
from kit.errors import NotFound
from kit.money import Money

PERMISSION = "PRICING_PLAN_SCHEDULE.CREATE"


def money_of(name: str) -> Any:
    """A reader of one amount of the dry run."""

    def read(row: Any) -> Money | None:
        amount = (row.preview or {}).get(name)
        return Money(Decimal(amount["quantity"]), amount["currency"]) if amount else None

    return read


def _granted(row: Any) -> str:
    granted = (row.preview or {}).get("entitlements")
    return "" if granted is None else "Changed" if granted["changed"] else "The same"


def _problems(row: Any) -> str:
    return _sentences(row.problems)


def _dropped(row: Any) -> str:
    return _sentences((row.preview or {}).get("dropped") or ())


def _anew(row: Any) -> str:
    return _sentences((row.preview or {}).get("begins_anew") or ())


def _sentences(problems: Iterable[Any]) -> str:
    return " ".join(f"{each['message'][:1].upper()}{each['message'][1:]}." for each in problems)


class MigrationPage(ListScreen):
    """Refreshes itself while the worker is at it."""

    permission = "PRICING_PLAN_SCHEDULE.VIEW"
    menu = "pricing-plans"
    template = "desk/products_plans/migration.html"
    empty = Empty("Nobody is left in this migration", "Its subscriptions have been removed.")
    table = Table(
        key="migrated",
        one="subscription",
        many="subscriptions",
        columns=[
            Column(
                name="customer",
                label="Customer",
                of=lambda row: row.subscription.customer.name or row.subscription.customer.reference,
                more="subscription.reference",
            ),
            Status(name="state", label="State", of="state"),
            Moment(name="starts", label="Goes over", of="starts_at"),
            Amount(name="now", label="Now", of=money_of("now")),
            Amount(name="then", label="Then", of=money_of("then")),
            Amount(name="difference", label="Difference", of=money_of("difference")),
            Column(name="granted", label="Entitlements", of=_granted),
            Column(name="problems", label="In the way", of=_problems),
            Column(name="dropped", label="Left behind", of=_dropped),
            Column(name="anew", label="Begins anew", of=_anew),
        ],
        filters=[
            Choice(
                name="state",
                label="State",
                path="state",
                choices=[(value, word(value)) for value in MigrationState.values],
            )
        ],
        search=("subscription__customer__name", "subscription__reference", "subscription__public_id"),
    )

    @cached_property
    def migration(self) -> Any:
        """With its counts."""
        found = plan_migrations.migrations(self.operator.platform).filter(public_id=self.kwargs["pk"]).first()
        if found is None:
            raise NotFound("There is no such migration.")
        return found

    @property
    def is_found(self) -> bool:
        """Whether it was read: the page that says it is missing asks."""
        return "migration" in self.__dict__

    @property
    def busy(self) -> bool:
        return bool(self.migration.status != MigrationStatus.READY)

    @property
    def live_seconds(self) -> int:  # type: ignore[override]
        return 2 if self.busy else 0

    def rows(self) -> QuerySet[Any]:
        return plan_migrations.rows(self.migration)

    def key(self, row: Any) -> str:
        return str(row.pk)

    def href(self, row: Any) -> str:
        owner = row.subscription.customer.public_id
        return reverse("desk:subscription", args=[owner, row.subscription.public_id])

    def row_name(self, row: Any) -> str:
        return str(row.subscription)

    def call(self) -> Call:
        return Call("GET", f"/v1/pricing-plan-migrations/{self.kwargs['pk']}")

    def crumbs(self) -> list[Crumb]:
        found = [*super().crumbs(), Crumb("Pricing plans", reverse("desk:pricing-plans"))]
        if self.is_found:
            plan = self.migration.to_version.pricing_plan
            found.append(Crumb(title_of(plan), reverse("desk:pricing-plan", args=[plan.public_id])))
        return found

    def actions(self) -> list[Action]:
        if self.busy:
            return []
        found = [Action("Look again", self._to("preview"), PERMISSION, posts=True, copies=True)]
        if self.migration.applied_count:
            found.append(
                Action("Take back", self._to("revert"), "PRICING_PLAN_SCHEDULE.DELETE", "bad", "dialog")
            )
        if self.migration.previewed_count:
            found.append(Action("Migrate", self._to("apply"), PERMISSION, "primary", "dialog"))
        return found

    def context(self, **extra: Any) -> dict[str, Any]:
        if not self.is_found:
            return super().context(**extra)
        row = self.migration
        versions = f"version {row.from_version.version} to {row.to_version.version}"
        self.title = f"Migration of {title_of(row.to_version.pricing_plan)}: {versions}"
        return super().context(
            **{
                "migration": row,
                "badges": self._badges(),
                "facts": self._facts(),
                "actions": offered(self.actions(), self.operator),
                **extra,
            }
        )

    def _badges(self) -> list[Badge]:
        if not self.busy:
            return []
        return [Badge("PENDING", f"{word(self.migration.status)}: {self.migration.pending_count} left")]

    def _facts(self) -> list[Fact]:
        row, zone = self.migration, self.operator.zone
        counts = [
            f"{getattr(row, f'{state.lower()}_count')} {word(state).lower()}"
            for state in plan_migrations.states()
            if getattr(row, f"{state.lower()}_count")
        ]
        when = format.instant(row.start_at, zone) if row.start_at else "Each at its next billing period"
        found = [Fact("When", when), Fact("Subscriptions", ", ".join(counts))]
        for currency, sums in sorted(plan_migrations.money(row).items()):
            now, then = (format.money_with_code(each, currency) for each in (sums.now, sums.then))
            found.append(Fact("A period now", now))
            found.append(Fact("By the new version", then))
            found.append(Fact("Difference", format.money_with_code(sums.difference, currency)))
        return found

    def _to(self, verb: str) -> str:
        return reverse(f"desk:migration-{verb}", args=[self.migration.public_id])
