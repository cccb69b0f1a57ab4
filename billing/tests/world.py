"""A small transcription company, its catalog and its customers, made straight in the tables.

world = World(platform)
version = world.plan(per_minute("0.10"), fee("49", advance=True))
subscription = world.subscribe(version, start=at("2026-03-01"))
world.used("120", when=at("2026-03-05T10:00"))
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.context import Context
from accounts.models import Platform
from billing.models import (
    BillingEntity,
    Customer,
    Invoice,
    PricingPlanSchedule,
    PricingPlanSubscription,
)
from billing.services.invoices import periods
from catalog.models import (
    Pricing,
    PricingCategory,
    PricingItem,
    PricingItemConfig,
    PricingItemProductItem,
    PricingPlan,
    PricingPlanVersion,
    PricingProduct,
    Product,
    ProductCategory,
    ProductItem,
)
from kit.testing import NOON
from metering.models import (
    Event,
    Meter,
    MeterMeterProperty,
    MeterMeterValue,
    MeterProperty,
    MeterValue,
    MeterValueCalculation,
)

ROLLUP = """
    INSERT INTO metering_usagerollup AS r (platform_id, meter_id, customer_id, meter_value_id, hour, key,
        subscription_id, events, n, last_at, last_id, last_stored_at, currency, sum, max, min, last,
        properties)
    VALUES (%(platform)s, %(meter)s, %(customer)s, %(value)s, date_trunc('hour', %(at)s::timestamptz, 'UTC'),
        md5(concat_ws('|', 0, %(currency)s::text, %(properties)s::text))::uuid, NULL, 1, 1, %(at)s, %(id)s,
        %(stored)s, %(currency)s, %(number)s, %(number)s, %(number)s, %(number)s, %(properties)s::jsonb)
    ON CONFLICT (meter_id, customer_id, meter_value_id, hour, key) DO UPDATE SET
        events = r.events + 1, n = r.n + 1, sum = r.sum + excluded.sum,
        max = greatest(r.max, excluded.max), min = least(r.min, excluded.min),
        last_stored_at = greatest(r.last_stored_at, excluded.last_stored_at)
"""
AMENDED = """
    INSERT INTO metering_amendedhour AS a (platform_id, customer_id, meter_id, hour, changed_at)
    SELECT %(platform)s, %(customer)s, %(meter)s, hour, %(stored)s
    FROM date_trunc('hour', %(at)s::timestamptz, 'UTC') AS hour
    WHERE hour <= %(stored)s::timestamptz - interval '36 hours'
    ON CONFLICT (customer_id, meter_id, hour) DO UPDATE SET
        changed_at = greatest(a.changed_at, excluded.changed_at)
"""


def at(text: str) -> datetime:
    """An instant in UTC: ``2026-03-01`` or ``2026-03-01T10:30``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def money(quantity: str, currency: str = "EUR") -> dict[str, str]:
    return {"quantity": quantity, "currency": currency}


@dataclass(frozen=True)
class Price:
    """A product item with its rules, as the plan is to sell it."""

    name: str
    model: str
    rules: tuple[dict[str, Any], ...]
    advance: bool = False
    tax_category: str | None = None
    meter: Any = None


def usage(*rules: dict[str, Any], name: str = "Minutes", **extra: Any) -> Price:
    return Price(name, "USAGE_BASED", rules, **extra)


def per_minute(amount: str, currency: str = "EUR", **extra: Any) -> Price:
    return usage(flat(amount, currency), **extra)


def flat(amount: str, currency: str = "EUR", **extra: Any) -> dict[str, Any]:
    return {"pricing_type": "FLAT", "bands": [{"amount": money(amount, currency)}], **extra}


def tiers(*bands: tuple[str | None, str]) -> dict[str, Any]:
    parsed = [
        {"amount": money(price)} | ({"tier_top_bound": {"number": top}} if top else {})
        for top, price in bands
    ]
    return {"pricing_type": "TIERED", "bands": parsed}


def fee(amount: str, *, advance: bool = False, name: str = "Platform fee", currency: str = "EUR") -> Price:
    rule = {"pricing_type": "FIXED", "bands": [{"amount": money(amount, currency)}]}
    return Price(name, "RECURRING", (rule,), advance)


def where(reference: str, value: str) -> dict[str, Any]:
    return {"meter_properties": [{"reference": reference, "value": value, "comparator": "EQUALS"}]}


@dataclass
class World:
    """One billing entity in the Netherlands, one Dutch customer, one meter with a property."""

    platform: Platform
    timezone: str = "UTC"
    currency: str = "EUR"
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        address = {"line1": "Kade 1", "city": "Rotterdam", "postal_code": "3011 AA", "country": "NL"}
        self.entity = self.make(
            BillingEntity,
            reference="halyard",
            legal_name="Halyard B.V.",
            tax_id="NL000099998B57",
            timezone=self.timezone,
            registered_address=address,
        )
        self.customer = self.organization("brightwater", "NL")
        self.value = self.make(
            MeterValue, reference="minutes", name="Minutes", type="NUMBER", status="ACTIVE"
        )
        self.property = self.make(
            MeterProperty, reference="model", name="Model", type="STRING", status="ACTIVE"
        )
        self.meter = self.make(
            Meter, reference="transcription", status="ACTIVE", keyed_properties=[self.property.pk]
        )
        link = {"platform": self.platform, "meter": self.meter, "position": 1}
        MeterMeterValue.objects.create(meter_value=self.value, **link)
        MeterMeterProperty.objects.create(meter_property=self.property, **link)
        self.category = self.make(ProductCategory, reference="services", name="Services")

    def make(self, model: Any, **fields: Any) -> Any:
        row = model.stamped(platform=self.platform, at=NOON, **fields)
        row.save(force_insert=True)
        return row

    def ctx(self, instant: datetime) -> Context:
        return Context(platform=self.platform, at=instant, actor_type="TEST", actor="test")

    def organization(self, reference: str, country: str, *, tax_id: str = "", **fields: Any) -> Customer:
        address = {"line1": "Plein 9", "city": "Utrecht", "postal_code": "3511 AB", "country": country}
        organization = {"legal_name": f"{reference} N.V.", "tax_id": tax_id, "registered_address": address}
        return self.make(
            Customer,
            reference=reference,
            type="ORGANIZATION",
            status="ACTIVE",
            name=f"{reference} N.V.",
            organization=organization | fields,
        )

    def calculation(self, kind: str = "SUM", *, meter: Meter | None = None) -> MeterValueCalculation:
        number = next(self.numbers)
        return self.make(
            MeterValueCalculation,
            reference=f"calculation-{number}",
            calculation_type=kind,
            meter=meter or self.meter,
            meter_value=self.value,
        )

    def plan(self, *prices: Price, amount_type: str = "EXCLUDING_TAX") -> PricingPlanVersion:
        """An ACTIVE version that sells these."""
        return self.activated(self.drafted(*prices, amount_type=amount_type))

    def activated(self, version: PricingPlanVersion) -> PricingPlanVersion:
        """The version, ACTIVE."""
        PricingPlanVersion.objects.filter(pk=version.pk).update(status="ACTIVE")
        return version

    def addon(
        self, version: PricingPlanVersion, price: Price, *, item: ProductItem | None = None, **fields: Any
    ) -> Pricing:
        """One more pricing of a drafted version, to be chosen; of this product item or of a new one."""
        first = Pricing.objects.filter(version=version).order_by("position")[0]
        position = Pricing.objects.filter(version=version).count() + 1
        values = {"product_type": "ADDON", "name": price.name, "category": first.category, **fields}
        made: Pricing = self.make(Pricing, version=version, position=position, **values)
        if item is not None:
            self._rules(version, made, item, price, position)
        else:
            self._price(version, made, first.product_links.get().product, price, position)
        return made

    def drafted(self, *prices: Price, amount_type: str = "EXCLUDING_TAX") -> PricingPlanVersion:
        """The same before it is activated."""
        number = next(self.numbers)
        product = self.make(
            Product,
            reference=f"product-{number}",
            name="Transcription",
            category=self.category,
            status="ACTIVE",
        )
        plan = self.make(PricingPlan, reference=f"plan-{number}", name="Growth", amount_type=amount_type)
        version = self.make(
            PricingPlanVersion, pricing_plan=plan, version=1, default_pricing_currency=self.currency
        )
        node = {"version": version}
        category = self.make(PricingCategory, product_category=self.category, position=1, **node)
        pricing = self.make(Pricing, category=category, name="Transcription", position=1, **node)
        PricingProduct.objects.create(
            platform=self.platform, version=version, pricing=pricing, product=product, position=1
        )
        for position, price in enumerate(prices, 1):
            self._price(version, pricing, product, price, position)
        return version

    def successor(self, before: PricingPlanVersion, *prices: Price) -> PricingPlanVersion:
        """Version 2 of the plan of ``before``, ACTIVE; it prices the same product items, in their order.

        Add-ons are left out. Further prices are of product items that are new.
        """
        return self.activated(self.drafted_after(before, *prices))

    def drafted_after(self, before: PricingPlanVersion, *prices: Price) -> PricingPlanVersion:
        """The same before it is activated."""
        version = self.make(
            PricingPlanVersion,
            pricing_plan=before.pricing_plan,
            version=2,
            default_pricing_currency=self.currency,
        )
        category = self.make(PricingCategory, product_category=self.category, position=1, version=version)
        pricing = self.make(Pricing, category=category, name="Transcription", position=1, version=version)
        sold = {"pricing_item_links__pricing_item__pricing__position": 1}
        items = list(ProductItem.objects.filter(pricing_item_links__version=before, **sold).order_by("pk"))
        PricingProduct.objects.create(
            platform=self.platform, version=version, pricing=pricing, product=items[0].product, position=1
        )
        for position, (price, item) in enumerate(zip(prices, items, strict=False), 1):
            self._rules(version, pricing, item, price, position)
        for position, price in enumerate(prices[len(items) :], len(items) + 1):
            self._price(version, pricing, items[0].product, price, position)
        return version

    def _price(self, version: Any, pricing: Any, product: Any, price: Price, position: int) -> None:
        metered = price.model == "USAGE_BASED"
        item = self.make(
            ProductItem,
            reference=f"item-{next(self.numbers)}",
            name=price.name,
            product=product,
            status="ACTIVE",
            model_type=price.model,
            tax_category=price.tax_category,
            meter_value_calculation=self.calculation(meter=price.meter) if metered else None,
            unit_name_plural="minutes" if metered else None,
        )
        self._rules(version, pricing, item, price, position)

    def _rules(self, version: Any, pricing: Any, item: Any, price: Price, position: int) -> None:
        priced = self.make(PricingItem, version=version, pricing=pricing, position=position)
        PricingItemProductItem.objects.create(
            platform=self.platform, version=version, pricing_item=priced, product_item=item, position=1
        )
        for order, rule in enumerate(price.rules, 1):
            self.make(
                PricingItemConfig,
                version=version,
                pricing_item=priced,
                position=order,
                pricing_type=rule["pricing_type"],
                billing_in_advance=price.advance,
                body=rule,
            )

    def subscribe(
        self,
        version: PricingPlanVersion,
        *,
        start: datetime,
        now: datetime | None = None,
        end: datetime | None = None,
        **fields: Any,
    ) -> PricingPlanSubscription:
        """An ACTIVE subscription with one schedule, its invoices opened at ``now`` (its start)."""
        subscription = self.agree([(version, start, end)], now=now or start, **fields)
        self.open(subscription, now or start)
        return subscription

    def agree(
        self,
        slices: Sequence[tuple[PricingPlanVersion, datetime, datetime | None]],
        *,
        now: datetime,
        **fields: Any,
    ) -> PricingPlanSubscription:
        """An ACTIVE subscription with these schedules and no invoices yet."""
        values = {
            "reference": f"subscription-{next(self.numbers)}",
            "customer": self.customer,
            "billing_entity": self.entity,
            "billing_currency": self.currency,
            "status": "ACTIVE",
            "activated_at": now,
        }
        subscription = self.make(PricingPlanSubscription, **values | fields)
        for version, start, end in slices:
            self.schedule(subscription, version, start, end)
        return subscription

    def schedule(
        self, subscription: Any, version: Any, start: datetime, end: datetime | None, **fields: Any
    ) -> PricingPlanSchedule:
        return self.make(
            PricingPlanSchedule,
            subscription=subscription,
            pricing_plan_version=version,
            start_at=start,
            end_at=end,
            pricing_currency=self.currency,
            **fields,
        )

    def open(self, subscription: PricingPlanSubscription, now: datetime) -> list[Invoice]:
        return periods.open_due(ctx=self.ctx(now), subscription=subscription)

    def used(
        self,
        quantity: str,
        *,
        when: datetime,
        stored: datetime | None = None,
        customer: Customer | None = None,
        **properties: str,
    ) -> Event:
        """An event of so many minutes, with its rollup."""
        import json

        keyed = {str(self.property.pk): properties["model"]} if properties else {}
        event = Event.objects.create(
            platform=self.platform,
            customer_id=(customer or self.customer).pk,
            meter=self.meter,
            timestamp=when,
            stored_at=stored or when,
            meter_value_id=self.value.pk,
            number=Decimal(quantity),
            payload_hash=b"0" * 16,
            reference=f"event-{next(self.numbers)}",
            properties=keyed,
        )
        arguments = {
            "platform": self.platform.pk,
            "meter": self.meter.pk,
            "customer": event.customer_id,
            "value": self.value.pk,
            "at": when,
            "stored": event.stored_at,
            "id": event.pk,
            "currency": None,
            "number": event.number,
            "properties": json.dumps(keyed),
        }
        with connection.cursor() as cursor:
            cursor.execute(ROLLUP, arguments)
            cursor.execute(AMENDED, arguments)
        return event
