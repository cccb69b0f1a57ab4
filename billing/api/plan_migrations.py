"""``/v1/pricing-plan-migrations``: subscriptions to another plan version (an extension)."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Listed, Retrieved
from billing.api.simulations import ComparedSerializer, SimulatedLineSerializer
from billing.models import (
    MigrationState,
    MigrationStatus,
    PricingPlanMigration,
    PricingPlanSubscription,
    WithoutCounterpart,
)
from billing.selectors import plan_migrations as selectors
from billing.services.plan_migrations import deciding, sweep
from catalog.models import PricingPlanVersion
from kit.api import filters, paging
from kit.api.fields import EnumField, InstantField, StrictIntegerField
from kit.api.links import LinkField, ManyLinksField
from kit.api.schema import envelope

MOST = deciding.MOST
STATES = filters.OneOf("states[]", "state", tuple(MigrationState.values))
SUBSCRIPTIONS: dict[str, Any] = {"required": False, "allow_null": True, "max_length": MOST}


class PricingPlanMigrationSerializer(serializers.Serializer):
    """A migration: from which version to which, when, and how far it is.

    ``start_at`` null: each subscription goes over at its next billing period. ``without_counterpart`` BLOCK
    keeps a subscription where it is that has something of its own the new version has no place for, such as a
    discount on an item that it does not sell; DROP migrates it without.
    """

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    status = EnumField(choices=MigrationStatus.values, read_only=True)
    from_pricing_plan_version_id = LinkField(PricingPlanVersion, source="from_version")
    to_pricing_plan_version_id = LinkField(PricingPlanVersion, source="to_version")
    start_at = InstantField(required=False, allow_null=True)
    without_counterpart = EnumField(choices=WithoutCounterpart.values, required=False)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)


class PlanMigrationRequestSerializer(PricingPlanMigrationSerializer):
    """Which subscriptions to migrate: these, or all ACTIVE ones on the version."""

    pricing_plan_subscription_ids = ManyLinksField(
        PricingPlanSubscription, source="subscriptions", **SUBSCRIPTIONS
    )


class MigrationProgressSerializer(PricingPlanMigrationSerializer):
    """With how many subscriptions are in each state, how many wait for the worker, and the money."""

    states = serializers.DictField(child=serializers.IntegerField())
    pending = serializers.IntegerField()
    totals = ComparedSerializer(many=True)


class BatchSerializer(serializers.Serializer):
    """Which subscriptions: the named ones, the first ``at_most``, or all that are fit."""

    pricing_plan_subscription_ids = ManyLinksField(
        PricingPlanSubscription, source="subscriptions", **SUBSCRIPTIONS
    )
    at_most = StrictIntegerField(required=False, min_value=1, max_value=MOST)


class RevertSerializer(serializers.Serializer):
    """Which subscriptions: the named ones, or all that were migrated."""

    pricing_plan_subscription_ids = ManyLinksField(
        PricingPlanSubscription, source="subscriptions", **SUBSCRIPTIONS
    )


class MigrationProblemSerializer(serializers.Serializer):
    """What stands in the way, and of which term."""

    field = serializers.CharField(allow_null=True)
    message = serializers.CharField()


class MigratedPeriodSerializer(serializers.Serializer):
    """The period whose usage was rated by both versions."""

    start_at = serializers.CharField()
    end_at = serializers.CharField()


class MigrationEntitlementsSerializer(serializers.Serializer):
    """What the subscription grants by both versions."""

    now = serializers.ListField(child=serializers.DictField())
    then = serializers.ListField(child=serializers.DictField())
    changed = serializers.BooleanField()


class BeginsAnewSerializer(serializers.Serializer):
    """Something of these product items that a period by itself does not show."""

    product_item_ids = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()


class MigrationPreviewSerializer(ComparedSerializer):
    """The dry run: amounts without tax, the tax, lines, entitlements. ``period`` null: nothing to compare.

    What the new version charges once is among the amounts. ``entitlements`` is null where it could not be
    applied; ``dropped`` is what the schedule has of its own and loses; ``begins_anew`` what ends with it,
    such as a volume that is included once for the schedule, and begins again with the next.
    """

    period = MigratedPeriodSerializer(allow_null=True)
    periods = serializers.IntegerField(required=False)
    tax = ComparedSerializer(required=False)
    lines = SimulatedLineSerializer(many=True, required=False)
    entitlements = MigrationEntitlementsSerializer(allow_null=True)
    dropped = MigrationProblemSerializer(many=True, required=False)
    begins_anew = BeginsAnewSerializer(many=True, required=False)

    def to_representation(self, instance: Any) -> Any:
        """What is stored has this very shape."""
        return instance


class MigratedSubscriptionSerializer(serializers.Serializer):
    """One subscription of a migration."""

    pricing_plan_subscription_id = serializers.CharField(source="subscription.public_id")
    customer_id = serializers.CharField(source="subscription.customer.public_id")
    state = EnumField(choices=MigrationState.values)
    pending = serializers.BooleanField()
    starts_at = InstantField(allow_null=True)
    pricing_plan_schedule_id = serializers.CharField(
        source="made_schedule.public_id", allow_null=True, default=None
    )
    preview = MigrationPreviewSerializer(allow_null=True)
    problems = MigrationProblemSerializer(many=True)


class PricingPlanMigrationViewSet(Listed, Retrieved):
    """Migrations of subscriptions to another plan version."""

    tag = "pricingPlanMigrations"
    model, serializer_class = PricingPlanMigration, PricingPlanMigrationSerializer
    service: ClassVar[ModuleType] = deciding
    selector = selectors.migrations
    permissions = crud(
        "PRICING_PLAN_SCHEDULE",
        preview="PRICING_PLAN_SCHEDULE.CREATE",
        apply="PRICING_PLAN_SCHEDULE.CREATE",
        revert="PRICING_PLAN_SCHEDULE.DELETE",
        subscriptions="PRICING_PLAN_SCHEDULE.VIEW",
    )
    requests: ClassVar[dict[str, Any]] = {
        "create": PlanMigrationRequestSerializer,
        "preview": None,
        "apply": BatchSerializer,
        "revert": RevertSerializer,
    }
    responses: ClassVar[dict[str, Any]] = {
        "retrieve": MigrationProgressSerializer,
        "subscriptions": envelope(MigratedSubscriptionSerializer, paginated=True),
    }
    filters: ClassVar[list[filters.Filter]] = [
        filters.OneOf("statuses[]", "status", tuple(MigrationStatus.values))
    ]
    orderable = {"created_at": "created_at"}

    def create(self, request: Request) -> Response:
        """Begin a migration with its dry run; nothing is changed before it is applied."""
        asked = self.validated(serializer_class=PlanMigrationRequestSerializer)
        begun = deciding.begin(
            ctx=self.ctx,
            from_version=asked["from_version"],
            to_version=asked["to_version"],
            start_at=asked.get("start_at"),
            subscriptions=asked.get("subscriptions"),
            without_counterpart=asked.get("without_counterpart", WithoutCounterpart.BLOCK),
        )
        sweep.at_once(ctx=self.ctx, migration=begun)
        return self.one(begun, status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """How far a migration is, and what all its dry runs come to."""
        row = self.instance()
        states = {state: getattr(row, f"{state.lower()}_count") for state in selectors.states()}
        totals = [sums.to_dict(currency) for currency, sums in sorted(selectors.money(row).items())]
        pending = getattr(row, selectors.PENDING)
        return Response({**self.rendered(row), "states": states, "pending": pending, "totals": totals})

    @action(detail=True, methods=["get"])
    def subscriptions(self, request: Request, pk: str) -> Response:
        """The subscriptions of a migration, with the dry run of each."""
        rows = selectors.rows(self.instance())
        rows = STATES.apply(rows, request.query_params)
        chosen, found = paging.slice_page(rows, request.query_params)
        return Response({"data": MigratedSubscriptionSerializer(chosen, many=True).data, **found})

    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str) -> Response:
        """Do the dry run again."""
        return self._carried_out(deciding.preview(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Migrate a batch of those that the dry run found fit, or all of them."""
        instance, asked = self.instance(), self.validated(serializer_class=BatchSerializer)
        return self._carried_out(deciding.apply(ctx=self.ctx, instance=instance, **asked))

    @action(detail=True, methods=["post"])
    def revert(self, request: Request, pk: str) -> Response:
        """Take it back, for each subscription as long as no invoice has billed the new version."""
        instance, asked = self.instance(), self.validated(serializer_class=RevertSerializer)
        return self._carried_out(deciding.revert(ctx=self.ctx, instance=instance, **asked))

    def _carried_out(self, migration: PricingPlanMigration) -> Response:
        """What is done where it is little; otherwise under way."""
        sweep.at_once(ctx=self.ctx, migration=migration)
        return self.one(migration)


def render(migration: PricingPlanMigration) -> dict[str, Any]:
    """The API's representation of a migration."""
    return dict(PricingPlanMigrationSerializer(migration).data)
