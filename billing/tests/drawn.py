"""Agreements at random: what is sold, at what prices, what a schedule says of it, when, and what is used.

All that may be said at once is drawn from one ``Random``, so that a number names an agreement. A second
version of the same prices, with other amounts, is what a schedule can be moved to or tried with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]
# Where and when a first period begins: ends of months, a leap day ahead, clocks that change, a broken hour.
PLACES = (
    ("UTC", "2026-05-01T00:00:00Z"),
    ("Europe/Amsterdam", "2027-01-30T23:00:00Z"),
    ("Europe/Amsterdam", "2026-10-24T22:00:00Z"),
    ("America/New_York", "2027-12-31T05:00:00Z"),
    ("America/New_York", "2028-01-29T17:45:10Z"),
    ("Australia/Lord_Howe", "2027-03-31T13:30:00Z"),
    ("Asia/Kathmandu", "2027-08-31T09:20:00Z"),
)
# What is billed, what prices are in, and rates that change.
CURRENCIES = (("EUR", "EUR"), ("EUR", "USD"), ("JPY", "JPY"), ("JPY", "USD"), ("KWD", "KWD"), ("USD", "KWD"))
PERIODS = (("MONTH", 1), ("MONTH", 1), ("WEEK", 2), ("DAY", 10), ("MONTH", 3))
QUANTITIES = ("0", "0.1", "0.37", "0.333333333333", "1", "12.99", "7", "150")
BANDED = ("TIERED", "TOP_TIERED", "STAIR_STEP")
BUNDLES = ("FLAT_TOP_UP", "TIERED_TOP_UP", "STAIR_STEP_TOP_UP")
UNITS = ("FLAT", "FLAT", "FLAT", *BANDED, *BANDED, *BUNDLES, "FIXED", "NONE")
MONEY = ("FLAT", "FLAT", "TIERED", "TOP_TIERED", "STAIR_STEP", "PASS_THROUGH")
# product item: how it is measured (meter, how it is aggregated), and what kind of item it is.
METERED = {
    "jobs": ("jobs", "jobs", {}),
    "files": ("files", "files", {}),
    "peak": ("jobs", "peak", {}),
    "mean": ("files", "mean", {}),
    "running": ("files", "running", {}),
    "latest": ("jobs", "latest", {}),
    "tokens": ("jobs", "jobs", {"model_type": "USAGE_BASED_CONVERSION"}),
    "refunds": ("files", "files", {"type": "DEDUCTION"}),
    "banded": ("jobs", "jobs", {"tiering_meter_value_calculation_id": "peak"}),
    "sales": ("sales", "sales", {}),
    "payouts": ("sales", "sales", {"type": "DEDUCTION"}),
}
FEES = {"seats": "PER_SEAT", "fee": "RECURRING", "yearly": "RECURRING", "setup": "ONE_OFF"}


@dataclass
class Agreement:
    """What is agreed at random, and when."""

    random: Random
    zone: str = field(init=False)
    start: datetime = field(init=False)
    billed: str = field(init=False)
    priced: str = field(init=False)
    period: Json = field(init=False)
    billing_time: str = field(init=False)
    sold: list[str] = field(init=False)
    ids: dict[str, str] = field(default_factory=dict)
    periods: int = field(init=False)

    def __post_init__(self) -> None:
        self.zone, start = self.random.choice(PLACES)
        self.start = datetime.fromisoformat(start)
        self.billed, self.priced = self.random.choice(CURRENCIES)
        kind, value = self.random.choice(PERIODS)
        self.period = {"type": kind, "value": value}
        self.periods = self.random.choice([2, 2, 3])
        self.billing_time = self.random.choice(["EXACT", "EXACT", "CALENDAR"])
        metered = self.random.sample(list(METERED), self.random.randint(1, 4))
        self.sold = metered + self.random.sample(list(FEES), self.random.randint(0, 3))

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    # --- prices

    def money(self, quantity: str | None = None, currency: str | None = None) -> Json:
        return {"quantity": quantity or self.random.choice(QUANTITIES), "currency": currency or self.priced}

    def measure(self, number: str, *, money: bool) -> Json:
        return {"amount": self.money(number)} if money else {"number": number}

    def tree(self) -> list[Json]:
        """One category with one pricing of all that is sold, and alternatives beside it."""
        items = [self.item(each) for each in self.sold]
        pricing = {"name": "All", "product_ids": ["prod"], "items": items}
        category: Json = {"product_category_id": "cat", "pricings": [pricing]}
        if self.chance(3):
            category["pricing_groups"] = [
                {
                    "name": "Care",
                    "selection_constraint": "EXACTLY_ONE",
                    "pricings": [
                        {
                            "name": name,
                            "product_ids": ["care"],
                            "items": [self.priced_item(f"care-{name}", [self.rule("FIXED")])],
                        }
                        for name in ("basic", "gold")
                    ],
                }
            ]
        return [category]

    def item(self, name: str) -> Json:
        if name in METERED:
            return self.priced_item(name, self.usage(name))
        fixed = self.rule("FIXED")
        if name == "seats":
            rule = self.rule(self.random.choice(["TIERED", "FLAT", "STAIR_STEP", "TOP_TIERED"]))
            rule["default_seats_value"] = {"number": self.random.choice(["0", "2", "11"])}
            rule["billing_in_advance"] = self.chance(2)
            return self.priced_item(name, [rule])
        if name == "yearly":
            fixed["pricing_period"] = (
                {"type": "YEAR", "value": 1}
                if self.period["type"] == "MONTH"
                else {"type": "WEEK", "value": 1}
            )
        if name != "setup":
            fixed["billing_in_advance"] = self.chance(2)
        return self.priced_item(name, [fixed])

    def priced_item(self, name: str, rules: list[Json]) -> Json:
        body: Json = {"product_item_ids": [name], "configs": rules}
        if self.chance(4):
            own = {"billing_period": self.period, "configs": self._again(rules)}
            body["pricing_currency_configs"] = [{"currency": self.priced, "billing_period_configs": [own]}]
        elif self.chance(5):
            body["pricing_currency_configs"] = [{"currency": self.priced, "configs": self._again(rules)}]
        return body

    def _again(self, rules: list[Json]) -> list[Json]:
        return self.altered(rules)

    def altered(self, node: Any) -> Any:
        """The same with other amounts."""
        if isinstance(node, list):
            return [self.altered(each) for each in node]
        if not isinstance(node, dict):
            return node
        changed = {name: self.altered(value) for name, value in node.items()}
        if "bands" in changed:
            # A bundle that is kept costs something.
            some = QUANTITIES[4:] if changed["pricing_type"] in BUNDLES else QUANTITIES
            for band in changed["bands"]:
                for price in ("amount", "fixed_amount"):
                    if band.get(price):
                        band[price] = self.money(self.random.choice(some))
                if band.get("percentage"):
                    band["percentage"] = self.random.choice(["0.5", "3", "2.75"])
        return changed

    def altered_by(self, random: Random, node: Any) -> Any:
        """The same with amounts that this one draws."""
        kept, self.random = self.random, random
        try:
            return self.altered(node)
        finally:
            self.random = kept

    def counts_units(self, product_item_id: str) -> bool:
        """Whether it is a metered item whose usage is a number."""
        units = [self.ids[name] for name in self.sold if name in METERED and METERED[name][0] != "sales"]
        return product_item_id in units

    def usage(self, name: str) -> list[Json]:
        """Some rules, the last of which may have no condition."""
        money = name in ("sales", "payouts")
        count = self.random.choice([1, 2, 2, 3])
        rules = [self.usage_rule(name, money=money) for _ in range(count)]
        for rule in rules[: -1 if self.chance(2) or count == 1 else None]:
            rule["conditions"] = self.conditions()
        period = self._usage_period()
        for rule in rules:
            if period and rule["pricing_type"] != "FIXED":
                rule["pricing_period"] = period
                self.forgets(rule)
            if self.pools(rule) and self.chance(3) and period is None:
                rule["volume_group_reference"] = "money" if money else "all"
        return rules

    def _usage_period(self) -> Json | None:
        if not self.chance(6):
            return None
        return (
            {"type": "MONTH", "value": 1 if self.period == {"type": "MONTH", "value": 3} else 6}
            if self.period["type"] == "MONTH"
            else None
        )

    def forgets(self, rule: Json) -> None:
        """Nothing is left for later beside a pricing period of its own."""
        rule.pop("top_up", None)
        rule.get("default_included_volume", {}).pop("reset_type", None)

    def pools(self, rule: Json) -> bool:
        return rule["pricing_type"] not in (*BUNDLES, "FIXED", "NONE", "PASS_THROUGH") and not any(
            "minimum_amount" in band for band in rule["bands"]
        )

    def usage_rule(self, name: str, *, money: bool) -> Json:
        kind = self.random.choice(MONEY if money else UNITS)
        if name in ("running", "mean", "latest", "peak", "banded") and kind in BUNDLES:
            kind = "TIERED"
        rule = self.rule(kind, money=money)
        per_event = any("minimum_amount" in band for band in rule.get("bands", ()))
        if kind not in ("FIXED", "NONE") and not per_event and self.chance(3):
            resets = ["PERIOD"] if name == "running" else ["PERIOD", "SCHEDULE", "NEVER"]
            volume = self.measure(self.random.choice(["5", "20", "55.5"]), money=money)
            rule["default_included_volume"] = volume | {"reset_type": self.random.choice(resets)}
        if kind in BUNDLES:
            rule["top_up"] = {"rollover": self.chance(2)}
            return rule
        if kind not in ("FIXED", "NONE") and self.chance(4):
            rule["split_pricing"] = {
                "meter_properties": [{"reference": self.random.choice(["region", "size"])}]
            }
        if kind in BANDED and self.chance(5):
            rule["tiering_conditions"] = self.conditions()
        return rule

    def rule(self, kind: str, *, money: bool = False) -> Json:
        if kind in ("NONE", "PASS_THROUGH"):
            return {"pricing_type": kind}
        several = kind in (*BANDED, "TIERED_TOP_UP", "STAIR_STEP_TOP_UP")
        tops = sorted(self.random.sample([2, 10, 25, 60, 100], self.random.randint(1, 2))) if several else []
        bounds: list[Json] = [*({"tier_top_bound": self.measure(str(top), money=money)} for top in tops), {}]
        return {"pricing_type": kind, "bands": [bound | self.band(kind, money=money) for bound in bounds]}

    def band(self, kind: str, *, money: bool) -> Json:
        if kind == "STAIR_STEP_TOP_UP":
            return {"amount": self.money(self.random.choice(["1", "12.99", "0"]))}
        if kind in ("FIXED", "STAIR_STEP"):
            return {self.random.choice(["amount", "fixed_amount"]): self.money()}
        if kind in ("FLAT_TOP_UP", "TIERED_TOP_UP"):
            size = self.random.choice(["1", "10", "2.5"])
            return {
                "amount": self.money(self.random.choice(["1", "12.99", "0"])),
                "block_size": {"number": size},
            }
        fee = {"fixed_amount": self.money()} if self.chance(4) else {}
        if money:
            return fee | self._percentage(kind)
        if self.chance(3):
            size = {"number": self.random.choice(["3", "10", "0.5"])}
            return fee | {
                "amount": self.money(),
                "block_size": size,
                "block_rounding": self.random.choice(["UP", "NONE"]),
            }
        limits = {"minimum_number": "3", "maximum_number": "40"}
        given = {name: value for name, value in limits.items() if self.chance(8)}
        return fee | {"amount": self.money()} | given

    def _percentage(self, kind: str) -> Json:
        found: Json = {"percentage": self.random.choice(["1.5", "0", "10", "33.333"])}
        if kind == "FLAT" and self.chance(3):
            found |= {"minimum_amount": self.money("0.37"), "maximum_amount": self.money("7")}
        return found

    # --- conditions

    def comparison(self) -> Json:
        name = self.random.choice(["region", "size", "model"])
        if name == "region":
            kind = self.random.choice(["EQUALS", "NOT_EQUALS", "IN", "NOT_IN"])
            values = {"values": ["eu"]} if kind.endswith("IN") else {"value": "eu"}
        elif name == "size":
            kind = self.random.choice(
                ["GREATER_THAN", "LESS_THAN_OR_EQUALS", "EQUALS", "LESS_THAN", "GREATER_THAN_OR_EQUALS"]
            )
            values = {"value": self.random.choice(["1", "2.0", "10"])}
        else:
            kind = self.random.choice(["CONTAINS", "NOT_CONTAINS", "NOT_EMPTY", "EQUALS"])
            values = {} if kind == "NOT_EMPTY" else {"value": "fast"}
        return {"reference": name, "comparator": kind, **values}

    def conditions(self) -> Json:
        if self.chance(2):
            return {"meter_properties": [self.comparison() for _ in range(self.random.randint(1, 2))]}
        return {"expression": self.expression(2)}

    def expression(self, depth: int) -> Json:
        operands = [
            {"expression": self.expression(depth - 1)}
            if depth > 1 and self.chance(3)
            else {"meter_property": self.comparison()}
            for _ in range(self.random.randint(2, 3))
        ]
        return {"operator": self.random.choice(["AND", "OR", "XOR"]), "operands": operands}

    def is_bound(self, tree: list[Json]) -> bool:
        """Whether something begins anew with a schedule, so that one that takes over charges otherwise."""
        text = repr(tree)
        marks = ("'SCHEDULE'", "'NEVER'", "'rollover': True", "'pricing_period'")
        return "running" in self.sold or any(mark in text for mark in marks)

    # --- what is used

    def events(self, first: datetime, last: datetime, count: int) -> Iterator[Json]:
        """Values with properties between two instants, without who used it."""
        seconds = int((last - first).total_seconds())
        for place in range(count):
            at = first if not place else first + timedelta(seconds=self.random.randrange(max(seconds, 1)))
            meter = self.random.choice(["jobs", "jobs", "files", "files", "sales"])
            number = self.random.choice(["7.5", "30", "12", "1", "0.000000000001", "99", "-2"])
            value = (
                {"reference": "money", "amount": self.money(number)}
                if meter == "sales"
                else {"reference": "units", "number": number}
            )
            told = {
                "region": self.random.choice(["eu", "us"]),
                "size": self.random.choice(["1", "1.0", "2", "10", "50"]),
                "model": self.random.choice(["fast", "faster", "slow"]),
            }
            yield {
                "meter_reference": meter,
                "timestamp": at.isoformat().replace("+00:00", "Z"),
                "meter_values": [value],
                "meter_properties": [{"reference": name, "value": each} for name, each in told.items()],
            }
