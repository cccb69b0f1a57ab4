"""Step 4 as it is shown: the sheet of one rule, with everything that is derived from it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import PricingItemConfig
from desk.editors.pricing import (
    build,
    bundles,
    calendar,
    places,
    rule_advice,
    shares,
    steps,
    stored_sheet,
    trial,
    typical,
)
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.built import Built
from desk.editors.pricing.calendar import Calendar
from desk.editors.pricing.frame import Frame
from desk.editors.pricing.panel import Panel
from desk.editors.pricing.sheet import Sheet
from desk.editors.pricing.usages import Question
from desk.screens import replies
from desk.screens.products_plans.kept_sheets import KeptSheets
from desk.screens.products_plans.versions import VersionScreen
from kit.errors import NotFound

RULE_VERBS = (("up", "Move up"), ("down", "Move down"), ("remove", "Remove rule"))


class PricingScreen(VersionScreen):
    """``item`` in the path is the product item; ``rule`` counts its rules from one."""

    step = "pricing"
    template = "desk/editors/pricing.html"
    regions = ("sheet",)

    @cached_property
    def priced(self) -> PricedItem:
        found = self.book.item(self.kwargs["item"])
        if found is None:
            raise NotFound("This version has no such item.")
        if found.configs or found.asked == found.home or "model" in self.request.POST:
            return found
        return found.applied(found.asked) or found

    @property
    def is_inherited(self) -> bool:
        """Whether another price applies in the place of the one that is asked for."""
        return self.priced.place != self.priced.asked

    @cached_property
    def rule_number(self) -> int:
        """Which rule is edited; the last one, for all other usage, unless asked."""
        asked = self.request.POST.get("rule") or self.request.GET.get("rule") or ""
        count = len(self.priced.rules)
        return int(asked) if asked.isdecimal() and 0 < int(asked) <= count else count

    @property
    def config(self) -> PricingItemConfig | None:
        rules = self.priced.rules
        return rules[self.rule_number - 1].config if rules else None

    @property
    def is_live(self) -> bool:
        return replies.is_htmx(self.request)

    def built(self, sheet: Sheet) -> Built:
        sold = self.config is not None and bundles.is_sold(self.config.body)
        return build.build(sheet, replace(self.priced.terms, in_bundles=sold))

    def fresh(self) -> None:
        super().fresh()
        for name in ("priced", "rule_number"):
            self.__dict__.pop(name, None)

    @property
    def kept_sheets(self) -> KeptSheets:
        return KeptSheets(self.request.session, self.version.public_id, self.kwargs["item"])

    def keep(self, sheet: Sheet) -> None:
        self.kept_sheets.keep(self.rule_number, sheet)

    def forget(self) -> None:
        self.kept_sheets.forget(self.rule_number)

    def kept(self) -> Sheet | None:
        return self.kept_sheets.of(self.rule_number)

    def panel(self, sheet: Sheet) -> Panel:
        """Everything that is derived from the sheet."""
        built = self.built(sheet)
        data = self.request.POST or self.request.GET
        question = Question.of(data, trial.first_quantity(self.priced, built.bounds))
        same = stored_sheet.active_item(self.active, self.priced, self.operator.platform.default_currency)
        before = stored_sheet.compared(same, self.config)
        beside = shares.beside(self.priced, self.rule_number, data, before=same)
        used = typical.quantities(self.operator.platform, self.priced, at=self.operator.at)
        return Panel.of(sheet, built, self.priced, question, before, used, beside)

    def shown(
        self, sheet: Sheet, *, saved: str = "", status: int = 200, said: bool = False, **extra: Any
    ) -> HttpResponse:
        """The page, or its sheet with everything derived beside it."""
        context = self.parts(sheet, saved) | extra
        found = context["panel"]
        if said and found.built.errors:
            context |= {"said": found.built.errors, "title": f"Error: {context['title']}"}
        return self.render(status=status, **context)

    def parts(self, sheet: Sheet, saved: str) -> dict[str, Any]:
        found = self.panel(sheet)
        return {
            **self.heading(),
            "priced": self.priced,
            "rule_number": self.rule_number,
            "panel": found,
            "saved": saved or ("kept" if self.kept() else ""),
            "base": steps.item_url(self.version, self.priced.key),
            "rule_verbs": RULE_VERBS,
            "moved": int(moved) if (moved := self.request.GET.get("moved", "")).isdecimal() else 0,
            "rule_advice": rule_advice.of(self.operator.platform, self.priced),
            "calendar": self.calendar(found.answer.question.quantity),
            "calc": self.frame(),
            "inherited": self.is_inherited,
        }

    def frame(self) -> Frame:
        """Where the calculator asks, and that it compares with the active version."""
        keys = [self.plan.public_id, self.version.version, self.priced.key, "calculate"]
        was = self.active.version if self.active else 0
        live = reverse("desk:plan-pricing-verb", args=keys)
        return Frame(live, f"Version {self.version.version}", f"Version {was}", f"v{was}")

    def calendar(self, seats: Decimal) -> Calendar | None:
        """When the item is charged, for what is not charged by usage."""
        if self.priced.terms.metered or not self.priced.configs:
            return None
        priced = self.priced
        period = places.period_length(priced.offer.whole(priced.asked).period)
        return calendar.of(
            self.book, at=self.operator.at, zone=self.operator.zone, period=period, only=priced, seats=seats
        )

    def fragments(self, sheet: Sheet, *, saved: str = "", status: int = 200, **extra: Any) -> HttpResponse:
        """Derived pieces only, out of band: nothing that someone types in."""
        context = self.context(**self.parts(sheet, saved), oob=True, **extra)
        context["verb"] = self.kwargs.get("verb", "")
        context["quantity_too"] = "preset" in self.request.POST
        html = render_to_string("desk/editors/fragments.html", context, self.request)
        response = HttpResponse(html, status=status)
        total = context["panel"].answer.total
        return replies.trigger(response, announce=f"Total {total}") if total else response
