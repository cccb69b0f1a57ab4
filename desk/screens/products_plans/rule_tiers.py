"""What decides the tiers of a rule: asked for beside the tier table, kept by the rule and its item."""

from __future__ import annotations

from typing import Any

from accounts.models import AuditEntry
from catalog.services import product_items
from desk.editors.pricing import book, steps, tiers_by, tiers_form
from desk.editors.pricing.tiers_form import TiersForm
from desk.forms.base import DeskForm
from desk.screens.forms import last_change
from desk.screens.products_plans.rules import Builder
from desk.services import plan_drafts
from kit.errors import NotFound
from metering.selectors import definitions


class RuleTiers(Builder):
    """The calculation is the item's, the condition the rule's: both are stored in one transaction."""

    title = "What decides the tiers"
    verb = "Save"
    fields_template = "desk/editors/tiers_by.html"

    @property
    def rule(self) -> book.Rule:
        rules = self.priced.rules
        if not 0 < self.kwargs["rule"] <= len(rules):
            raise NotFound("There is no such rule.")
        found: book.Rule = rules[self.kwargs["rule"] - 1]
        return found

    def stamp(self) -> str:
        config = self.rule.config
        return tiers_by.stamp(config.public_id, config.body, self.priced.item)

    def last_change(self) -> AuditEntry | None:
        return last_change(self.priced.pricing_item.pricing, self.priced.item)

    def initial(self) -> dict[str, Any]:
        return tiers_form.initial(self.rule)

    def built(self, data: Any, initial: Any) -> DeskForm:
        return TiersForm(
            data,
            initial=tiers_form.initial(self.rule) | {key: value for key, value in initial.items() if value},
            properties=self.properties,
            shares=self.shares,
            rule=self.rule,
            calculations=tiers_form.fitting(
                self.priced, definitions.calculations(self.operator.platform).order_by("pk")
            ),
            free=tiers_form.is_free(self.priced) and self.operator.can("PRODUCT_ITEM.UPDATE"),
        )

    def save(self, form: Any) -> str:
        item, wanted, key = self.priced.item, form.calculation, self.rule.config.public_id
        if form.free and wanted != item.tiering_meter_value_calculation:
            fields = {"tiering_meter_value_calculation": wanted}
            product_items.update(ctx=self.operator.ctx, instance=item, fields=fields)

        def change(rules: plan_drafts.Rules) -> plan_drafts.Rules:
            return [_decided(each, form.tiering(each)) if each["id"] == key else each for each in rules]

        self.store(change)
        return steps.item_url(self.version, self.priced.key, self.kwargs["rule"])


def _decided(rule: dict[str, Any], asked: dict[str, Any] | None) -> dict[str, Any]:
    """The rule with these tiering conditions, or without any."""
    kept = {name: value for name, value in rule.items() if name != tiers_by.NAME}
    return {**kept, tiers_by.NAME: asked} if asked else kept
