"""Agreements of ``drawn_phases``, made and lived through the API: one platform and clock for all."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.tests import modeled as model
from billing.tests.agreements import lines, require_parts
from billing.tests.coupons import code, coupon, months, off, percent
from billing.tests.drawn_phases import END, Agreed, Coupon, Phase, Prices
from billing.tests.selling import ACTIVE, Selling, euros

Json = dict[str, Any]
Found = dict[tuple[str, str], dict[str, Decimal]]
FIRST = datetime(2026, 5, 1, tzinfo=UTC)
CHARGE = "/v1/invoices/charge-on-demand-pricing-items"
SUBSCRIPTIONS = "/v1/pricing-plan-subscriptions"
KINDS = {
    "fee": "RECURRING",
    "seats": "PER_SEAT",
    "setup": "ONE_OFF",
    "extra": "RECURRING",
    "report": "ONE_OFF",
}


class Phased(Selling):
    """Customers with agreements of their own, all of the same versions."""

    def begin(self, versions: list[Prices]) -> None:
        self.ids: dict[str, str] = {}
        self.open(properties={}, items=("jobs", "files"))
        api = self.api
        api.post("/v1/products", {"reference": "care", "name": "Care", "category_id": "cat", **ACTIVE}).ok()
        for name, kind in KINDS.items():
            product = "care" if name == "extra" else "prod"
            body = {"reference": name, "name": name, "product_id": product, "model_type": kind}
            api.post("/v1/product-items", body | ACTIVE).ok()
        self.versions = [self.version(each) for each in versions]
        self.items = {
            each["reference"]: each["id"] for each in api.get("/v1/product-items?limit=100").ok()["data"]
        }

    def version(self, prices: Prices) -> Json:
        """It, ACTIVE."""
        jobs: Json = {"pricing_type": "FLAT", "bands": [{"amount": euros(prices.jobs)}]}
        if prices.free != "0":
            jobs["default_included_volume"] = {"number": prices.free, "reset_type": prices.reset}
        bounds: list[Json] = [*({"tier_top_bound": {"number": top}} for top in prices.tops), {}]
        bands = [b | {"amount": euros(each)} for b, each in zip(bounds, prices.files, strict=True)]
        rules = {"jobs": jobs, "files": {"pricing_type": "TIERED", "bands": bands}}
        for name in KINDS:
            kind, amount = "FLAT" if name == "seats" else "FIXED", euros(prices.fees[name])
            rules[name] = {"pricing_type": kind, "bands": [{"amount": amount}]}
            rules[name] |= {"on_demand": True} if name == "report" else {}
            rules[name] |= {"billing_in_advance": True} if name in prices.ahead else {}
        sold = [*(("setup",) if prices.has_setup else ()), "jobs", "files", "fee", "report", "seats"]
        items = [{"product_item_ids": [each], "configs": [rules[each]]} for each in sold]
        extra = {"product_item_ids": ["extra"], "configs": [rules["extra"]]}
        pricings = [
            {"name": "All", "product_ids": ["prod"], "items": items},
            {"name": "Extra", "product_ids": ["care"], "product_type": "ADDON", "items": [extra]},
        ]
        tree = [{"product_category_id": "cat", "pricings": pricings}]
        body = {"pricing_plan_id": "plan", "pricing_categories": tree}
        made: Json = self.activate(self.api.post("/v1/pricing-plan-versions", body).ok()["id"]).ok()
        return made

    def agree(self, name: str, agreed: Agreed) -> None:
        api = self.api
        organization = {"legal_name": name, "registered_address": {"country": "NL"}}
        body = {"reference": name, "type": "ORGANIZATION", "organization": organization, **ACTIVE}
        api.post("/v1/customers", body).ok()
        coupons = [self.coupon(f"{name}-{at}", each) for at, each in enumerate(agreed.coupons)]
        own = {"reference": name, "customer_reference": name, "billing_entity_reference": "us"}
        own |= {"billing_currency": "EUR", "billing_time": "EXACT"}
        schedules = [self.schedule(agreed, each, coupons) for each in agreed.phases]
        sent = {"pricing_plan_subscription": own, "pricing_plan_schedules": schedules}
        made = api.post(f"{SUBSCRIPTIONS}/init", sent).ok()["pricing_plan_subscription"]
        self.ids[name] = made["id"]

    def coupon(self, name: str, drawn: Coupon) -> str:
        """Its id, or a code that one customer may use once."""
        lasts = {None: {"type": "FOREVER"}, 0: {"type": "ONE_TIME"}}
        limited = {"product_item_ids": [self.items[each] for each in drawn.items]}
        made = coupon(
            self.api,
            name,
            percent(drawn.percentage) if drawn.percentage else off(drawn.amount or ""),
            lasts.get(drawn.months) or months(drawn.months or 0),
            maximum_redemptions=1,
            **({"limited_to": limited} if drawn.items else {}),
        )
        if not drawn.by_code:
            return made
        code(self.api, made, name, maximum_redemptions=1, limited_to={"customer_ids": [name.split("-")[0]]})
        return name

    def schedule(self, agreed: Agreed, phase: Phase, coupons: list[str]) -> Json:
        version = self.versions[phase.prices]
        main, extra = version["pricing_categories"][0]["pricings"]
        seats = main["items"][-1]["configs"][0]["id"]
        jobs = main["items"][-5]["configs"][0]["id"]
        discount: dict[str, list[Json]] = defaultdict(list)
        for which, *dates in phase.promises:
            promise = agreed.promises[which]
            ids = {
                "product_items": [self.items[each] for each in promise.items],
                "products": main["product_ids"],
                "product_categories": [version["pricing_categories"][0]["product_category_id"]],
            }
            entry = dated(*dates) | ({"ids": ids[promise.level]} if promise.level in ids else {})
            entry |= (
                {"percentage": promise.percentage}
                if promise.percentage
                else {"amount": euros(promise.amount or "")}
            )
            if promise.above:
                entry["condition"] = {"comparator": "GREATER_THAN", "value": {"amount": euros(promise.above)}}
            discount[promise.level].append(entry)
        least: dict[str, list[Json]] = defaultdict(list)
        for amount, is_main, first in phase.least:
            ids = {"ids": [main["id"]]} if is_main else {}
            least["pricings" if is_main else "totals"].append(
                {"amount": euros(amount), **ids, **dated(first)}
            )
        body: Json = {
            "type": "TRIAL" if phase.is_trial else "DEFAULT",
            "pricing_plan_version_id": version["id"],
            **dated(phase.start, None if phase.end == END else phase.end),
            "seats_values": [
                {"pricing_item_config_id": seats, "number": str(number), **dated(first)}
                for number, first in phase.seats
            ],
            "enabled_pricings": [{"pricing_id": extra["id"], **dated(*each)} for each in phase.extras],
            "included_volumes": [
                {"pricing_item_config_id": jobs, "number": number, **dated(first)}
                for number, first in phase.volumes
            ],
            "override_pricings": [own_fee(main, *phase.own_fee)] if phase.own_fee else [],
            "discount": dict(discount),
            "commitment": dict(least),
        }
        for name, by_code in (("coupon_ids", False), ("promotion_codes", True)):
            named = [coupons[which] for which in phase.coupons if agreed.coupons[which].by_code is by_code]
            body |= {name: named} if named else {}
        return body

    def until(self, day: int, hour: int = 0) -> None:
        self.api.post("/v1/test-clock/advance", {"to": text(day, hour)}).ok()

    def use(self, everyone: dict[str, Agreed], first: int, last: int) -> None:
        """What they use in these days, told at their end."""
        sent = [
            {
                "reference": f"e-{next(self.numbers)}",
                "meter_reference": meter,
                "customer_reference": name,
                "timestamp": text(day, 7),
                "meter_values": [{"reference": "units", "number": number}],
            }
            for name, agreed in everyone.items()
            for meter, day, number in agreed.events
            if first <= day < last
        ]
        told = (
            self.api.post("/v1/events/ingest-batch", {"meter_datas": sent}).ok()["meter_datas"]
            if sent
            else []
        )
        assert {each["status"] for each in told} <= {201}

    def happen(self, everyone: dict[str, Agreed]) -> None:
        """What happens to some of them today."""
        for name in (each for each, agreed in everyone.items() if agreed.demands):
            self.demand(name, next(e for e in everyone[name].phases if e.start <= 20 < e.end))
        drafts = {
            each["customer_reference"]: each["id"]
            for each in self.api.get("/v1/invoices?statuses[]=DRAFT&limit=200").ok()["data"]
        }
        for name, agreed in everyone.items():
            path = f"{SUBSCRIPTIONS}/{self.ids[name]}"
            if agreed.happens == "close":
                self.api.patch(f"/v1/invoices/{drafts[name]}", {"status": "FINAL"}).ok()
            elif agreed.happens == "cancel":
                self.api.post(f"{path}/cancel", {"type": "DATE", "cancel_at": text(agreed.at)}).ok()
            elif agreed.happens == "move":
                phase = next(each for each in agreed.phases if each.start < 31 < each.end)
                self.move(name, phase.prices, agreed.at)

    def demand(self, name: str, phase: Phase) -> None:
        """A report is asked for, tried and charged."""
        path = f"/v1/pricing-plan-schedules?pricing_plan_subscription_id={self.ids[name]}"
        schedules = {each["start_at"]: each["id"] for each in self.api.get(path).ok()["data"]}
        main = self.versions[phase.prices]["pricing_categories"][0]["pricings"][0]
        body = {
            "pricing_plan_schedule_id": schedules[text(phase.start)],
            "pricing_items": [{"pricing_item_id": main["items"][-2]["id"]}],
        }
        tried, made = (self.api.post(CHARGE, body | more).ok() for more in ({"preview": True}, {}))
        assert tried["tax_summary"] == made["tax_summary"]

    def move(self, name: str, before: int, after: int) -> None:
        """To another version from June on."""
        between = {
            "from_pricing_plan_version_id": self.versions[before]["id"],
            "to_pricing_plan_version_id": self.versions[after]["id"],
            "pricing_plan_subscription_ids": [self.ids[name]],
        }
        path = "/v1/pricing-plan-migrations"
        path = f"{path}/{self.api.post(path, between).ok()['id']}"
        self.api.post(f"{path}/apply", {}).ok()
        [row] = self.api.get(f"{path}/subscriptions").ok()["data"]
        assert row["state"] == "APPLIED", row

    def sums(self, status: str) -> Found:
        """By customer and time of the invoice, what its lines come to by their kind."""
        query = f"statuses[]={status}&include_periods=true&include_lines=true&limit=200"
        found: Found = {}
        for invoice in self.api.get(f"/v1/invoices?{query}").ok()["data"]:
            sums: dict[str, Decimal] = defaultdict(Decimal)
            for line in lines(invoice):
                sums[line["type"]] += Decimal(line["amount_excluding_tax"]["quantity"])
            require_parts(invoice)
            assert sum(sums.values()) == Decimal(invoice["tax_summary"]["base_amount"]["quantity"])
            when = "opening" if invoice["start_at"] == invoice["end_at"] else invoice["start_at"][:7]
            key = invoice["customer_reference"], when
            found[key] = some(model.all_of([found.get(key, {}), sums]))
        return found


def own_fee(main: Json, price: str, is_ahead: bool) -> Json:
    """The schedule's own price of the fee."""
    rule = {"pricing_type": "FIXED", "bands": [{"amount": euros(price)}], "billing_in_advance": is_ahead}
    item = {"product_item_ids": ["fee"], "override": "ALL", "configs": [rule]}
    return {"original_pricing_id": main["id"], "override": "SPECIFIC", "items": [item]}


def text(day: int, hour: int = 0) -> str:
    return (FIRST + timedelta(days=day, hours=hour)).isoformat().replace("+00:00", "Z")


def dated(first: int | None, until: int | None = None) -> Json:
    said = (("start_at", first), ("end_at", until))
    return {name: text(day) for name, day in said if day is not None}


def some(sums: dict[str, Decimal]) -> dict[str, Decimal]:
    return {name: amount for name, amount in sums.items() if amount}
