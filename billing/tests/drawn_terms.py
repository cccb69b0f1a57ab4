"""What a schedule says at random of the prices of its version: seats, choices, discounts, own prices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from billing.tests.drawn import Agreement

Json = dict[str, Any]
LEVELS = (
    "pricing_item_configs",
    "pricing_items",
    "product_items",
    "pricings",
    "products",
    "product_categories",
    "totals",
)


def of(agreed: Agreement, category: Json, seed: int) -> Json:
    """Of a version with these nodes; the same seed says the same of another version of the same prices."""
    return Terms(agreed, category, Random(seed)).drawn()


class Terms:
    """Drawn for a version with these nodes: the same ``random`` says the same of another one."""

    def __init__(self, agreement: Agreement, category: Json, random: Random) -> None:
        self.agreement, self.category, self.random = agreement, category, random
        self.pricing = category["pricings"][0]
        self.items: list[Json] = list(self.pricing["items"])
        self.own = self.random.choice(self.items) if self.one_in(4) else None

    def one_in(self, several: int) -> bool:
        return self.random.randrange(several) == 0

    def day(self, most: int = 40) -> str:
        at = self.agreement.start + timedelta(days=self.random.randint(1, most))
        return at.isoformat().replace("+00:00", "Z")

    def drawn(self) -> Json:
        found: Json = {"pricing_currency": self.agreement.priced}
        if "seats" in self.agreement.sold:
            found["seats_values"] = self.seats()
        if self.category.get("pricing_groups"):
            found["enabled_pricings"] = self.care()
        if self.one_in(3) and self.named_rules():
            found["markup"] = {"pricing_item_configs": [self.markup()]}
        for name, make in (("discount", self.discount), ("commitment", self.commitment)):
            if self.one_in(2):
                found[name] = self.several(make)
        if self.one_in(4):
            found["included_volumes"] = self.volumes()
        if self.own is not None:
            found["override_pricings"] = [self.override(self.own)]
        return found

    def care(self) -> list[Json]:
        """The one, and from a day on the other."""
        first, second = (each["id"] for each in self.category["pricing_groups"][0]["pricings"])
        turn = self.day(9)
        return [{"pricing_id": first, "end_at": turn}, {"pricing_id": second, "start_at": turn}]

    def several(self, make: Callable[[], tuple[str, Json | None]]) -> Json:
        found: Json = {}
        for _ in range(self.random.choice([1, 1, 2, 3])):
            level, entry = make()
            if entry is not None:
                found.setdefault(level, []).append(entry)
        return found

    def override(self, item: Json) -> Json:
        own = {"product_item_ids": item["product_item_ids"], "override": "ALL", "configs": self.own_rules()}
        return {"original_pricing_id": self.pricing["id"], "override": "SPECIFIC", "items": [own]}

    def seats(self) -> list[Json]:
        [item] = [each for each in self.items if each["product_item_ids"] == [self.agreement.ids["seats"]]]
        if item is self.own:
            return []
        rule = self.rules(item)[0]["id"]
        dated = [
            {"number": self.random.choice(["0", "3", "7"]), "start_at": self.day()}
            for _ in range(self.random.randint(0, 2))
        ]
        return [{"pricing_item_config_id": rule, **each} for each in ({"number": "5"}, *dated)]

    def rules(self, item: Json) -> list[Json]:
        """Those in force: of the currency and period before those for any."""
        for own in item.get("pricing_currency_configs") or ():
            for per in own.get("billing_period_configs") or ():
                return list(per["configs"])
            if own.get("configs"):
                return list(own["configs"])
        return list(item["configs"])

    def named_rules(self) -> list[Json]:
        return [rule for item in self.items if item is not self.own for rule in self.rules(item)]

    def own_rules(self) -> list[Json]:
        """The item's rules with their amounts changed, without who they are."""
        assert self.own is not None
        return [_bare(rule) for rule in self.agreement.altered_by(self.random, self.rules(self.own))]

    def markup(self) -> Json:
        rules = [each["id"] for each in self.named_rules()]
        ids = self.random.sample(rules, min(len(rules), self.random.randint(1, 2)))
        if self.one_in(3):
            return {"ids": ids, "amount": {"quantity": "0.333", "currency": self.agreement.priced}}
        return {"ids": ids, "percentage": self.random.choice(["12.5", "3"])}

    def scope(self) -> tuple[str, list[str]]:
        level = self.random.choice(LEVELS)
        items = [self.random.choice(self.items)] if self.one_in(2) else self.items
        ids = {
            "pricing_item_configs": [each["id"] for each in self.named_rules()][:2],
            "pricing_items": [each["id"] for each in items],
            "product_items": [one for each in items for one in each["product_item_ids"]],
            "pricings": [self.pricing["id"]],
            "products": list(self.pricing["product_ids"]),
            "product_categories": [self.category["product_category_id"]],
            "totals": [],
        }
        return level, ids[level]

    def billed(self, *quantities: str) -> Json:
        return {"quantity": self.random.choice(quantities), "currency": self.agreement.billed}

    def discount(self) -> tuple[str, Json | None]:
        level, ids = self.scope()
        if level != "totals" and not ids:
            return level, None
        entry: Json = {"ids": ids} if level != "totals" else {}
        entry |= (
            {"percentage": self.random.choice(["7.5", "10", "100", "0.3"])}
            if self.one_in(2)
            else {"amount": self.billed("0.35", "5", "1000")}
        )
        if self.one_in(4):
            kind = self.random.choice(["GREATER_THAN", "LESS_THAN_OR_EQUALS"])
            entry["condition"] = {"comparator": kind, "value": {"amount": self.billed("20", "200")}}
        if self.one_in(4):
            entry["start_at"] = self.day()
        elif self.one_in(4):
            entry["end_at"] = self.day()
        return level, entry

    def commitment(self) -> tuple[str, Json | None]:
        level, ids = self.scope()
        if level == "totals":
            return level, {"amount": self.billed("90", "1234.5")}
        if not ids:
            return level, None
        usage = [
            rule["id"]
            for item in self.items
            if item is not self.own and self.agreement.counts_units(item["product_item_ids"][0])
            for rule in self.rules(item)
            if rule["pricing_type"] not in ("FIXED", "NONE")
        ]
        if self.one_in(3) and usage:
            units = {"number": self.random.choice(["50", "200"])}
            return "pricing_item_configs", {
                "ids": [self.random.choice(usage)],
                "meter_value_calculation": units,
            }
        return level, {"ids": ids, "amount": self.billed("50", "12.345")}

    def volumes(self) -> list[Json]:
        usage = [
            rule["id"]
            for item in self.items
            if item is not self.own and self.agreement.counts_units(item["product_item_ids"][0])
            for rule in self.rules(item)
            if rule["pricing_type"] not in ("FIXED", "NONE")
        ]
        if not usage or "running" in self.agreement.sold:
            return []
        first = {"pricing_item_config_id": self.random.choice(usage), "number": "25"}
        dated = {"start_at": self.day(), "number": "3"} if self.one_in(2) else None
        return [first, *([first | dated] if dated else [])]


def _bare(rule: Json) -> Json:
    """A rule as it is sent."""
    names = (
        "pricing_type",
        "bands",
        "conditions",
        "default_included_volume",
        "split_pricing",
        "top_up",
        "default_seats_value",
        "billing_in_advance",
        "pricing_period",
        "tiering_conditions",
    )
    return {name: without_nulls(rule[name]) for name in names if rule.get(name) is not None}


def without_nulls(node: Any) -> Any:
    if isinstance(node, list):
        return [without_nulls(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {name: without_nulls(value) for name, value in node.items() if value is not None}
