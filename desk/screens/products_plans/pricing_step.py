"""Step 4, Pricing: one rule of one item, its tiers, and what it costs while it is typed.

Live requests answer derived fragments only, out of band; the whole sheet is swapped on buttons.
A sheet that cannot be stored yet is kept in the session, so leaving loses nothing.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import PricingItemConfig, Status
from desk.editors.pricing import (
    build,
    calendar,
    paste,
    repricing,
    rule_advice,
    shares,
    steps,
    stored_sheet,
    tiers,
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
from desk.editors.pricing.verbs import acted
from desk.screens import replies
from desk.screens.products_plans.kept_sheets import KeptSheets, TakenOut
from desk.screens.products_plans.versions import VersionScreen, version_url
from desk.services import plan_drafts
from desk.services.plan_drafts import Changed
from kit.errors import NotFound

INVALID, CONFLICT = 422, 409
RULE_VERBS = (("up", "Move up"), ("down", "Move down"), ("remove", "Remove rule"))
PASTE_VERBS = (("replace", "Replace all tiers"), ("append", "Append to the tiers"))


class PricingStep(VersionScreen):
    """``item`` in the path is the product item; ``rule`` counts its rules from one."""

    step = "pricing"
    template = "desk/editors/pricing.html"
    regions = ("sheet",)

    @cached_property
    def priced(self) -> PricedItem:
        found = self.book.item(self.kwargs["item"])
        if found is None:
            raise NotFound("This version has no such item.")
        return found

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

    def page(self) -> HttpResponseBase:
        sheet = self.kept() or stored_sheet.stored(self.priced, self.config)
        return self.shown(sheet)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        verb = self.kwargs.get("verb", "")
        if self.version.status != Status.DRAFT:
            return self.done(version_url(self.version))
        if self.book.item(kwargs["item"]) is None:
            return self.taken_out(request)
        if verb == "theirs":
            self.forget()
            return self.see_other(steps.item_url(self.version, self.priced.key, self.rule_number))
        sheet, focus = acted(verb, Sheet.of_post(request.POST), request.POST)
        if verb == "paste":
            return self.preview(sheet)
        if verb == "calculate":
            return self.fragments(sheet) if self.is_live else self.shown(sheet)
        was = len(sheet.tiers)
        sheet = tiers.grown(sheet)
        try:
            saved = self.save(sheet)
        except Changed as error:
            return self.conflict(sheet, error)
        if self.is_live and verb == "validate":
            return self.fragments(sheet, saved=saved, opened=len(sheet.tiers) > was)
        if self.htmx_target == "sheet":
            response = self.shown(sheet, saved=saved, oob=True)
            return replies.trigger(response, focus=f"#{focus}") if focus else response
        return self.went_on(request, sheet, saved)

    def taken_out(self, request: HttpRequest) -> HttpResponse:
        """Someone took the item out meanwhile: what was typed waits until it is put back."""
        sheet = Sheet.of_post(request.POST)
        if not sheet.is_empty:
            self.kept_sheets.keep(0, sheet)
        if not self.is_live:
            raise TakenOut
        context = self.context(error=TakenOut(), items_url=steps.url(self.version, "items"))
        html = render_to_string("desk/editors/taken_out.html", context, request)
        return HttpResponse(html, status=CONFLICT, headers={"HX-Reswap": "none"})

    @property
    def is_live(self) -> bool:
        return replies.is_htmx(self.request)

    def preview(self, sheet: Sheet) -> HttpResponse:
        """The pasted rows as they were understood; nothing is changed yet."""
        text = self.request.POST.get("pasted", "")
        pasted = paste.read(text)
        found: dict[str, Any] = {
            "pasted_rows": pasted.rows,
            "pasted_left": pasted.left,
            "pasted_text": text,
            "paste_verbs": PASTE_VERBS,
        }
        if not self.is_live:
            return self.shown(sheet, **found)
        context = self.context(priced=self.priced, plan=self.plan, version=self.version, **found)
        return HttpResponse(render_to_string("desk/editors/paste.html", context, self.request))

    def went_on(self, request: HttpRequest, sheet: Sheet, saved: str) -> HttpResponseBase:
        """After a plain submit: the same item, or onwards once it is sound."""
        if "next" not in request.POST:
            return self.see_other(steps.item_url(self.version, self.priced.key, self.rule_number))
        if saved == "invalid":
            return self.shown(sheet, status=INVALID, said=True)
        return self.see_other(steps.url(self.version, "review"))

    def save(self, sheet: Sheet) -> str:
        """``saved``, ``empty`` or ``invalid``; raises Changed where someone else was faster."""
        built = self.built(sheet)
        if built.config is None:
            self.keep(sheet)
            return "empty" if sheet.is_empty and not self.priced.configs else "invalid"
        post, price = self.request.POST, built.config
        number, position = self.rule_number, self._position()

        def change(rules: plan_drafts.Rules) -> plan_drafts.Rules:
            if not rules:
                return [price]
            index = position if position is not None else number - 1
            rules[index] = repricing.repriced(rules[index], price)
            return rules

        try:
            stored = plan_drafts.store_rules(
                ctx=self.operator.ctx,
                version=self.version,
                key=self.priced.key,
                seen="" if "overwrite" in post else post.get("seen", ""),
                change=change,
            )
        except Changed:
            self.keep(sheet)
            raise
        self.forget()
        self.fresh()
        self.book = stored
        return "saved"

    def _position(self) -> int | None:
        """Where the edited rule stands among the stored ones."""
        config = self.config
        return self.priced.configs.index(config) if config else None

    def built(self, sheet: Sheet) -> Built:
        return build.build(sheet, self.priced.terms)

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
        return calendar.of(
            self.book, at=self.operator.at, zone=self.operator.zone, only=self.priced, seats=seats
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

    def conflict(self, sheet: Sheet, error: Changed) -> HttpResponse:
        """Theirs beside mine; what was typed stays on the page and in the session."""
        theirs = error.now
        mine = self.built(sheet).config
        extra: dict[str, Any] = {
            "conflict": True,
            "theirs": theirs.rules,
            "mine": theirs.sentence(mine) if mine else "",
        }
        if self.htmx_target == "sheet":
            return self.shown(sheet, saved="conflict", status=CONFLICT, oob=True, **extra)
        if self.is_live:
            return self.fragments(sheet, saved="conflict", status=CONFLICT, **extra)
        return self.shown(sheet, saved="conflict", status=CONFLICT, **extra)


class PricingStart(VersionScreen):
    """Step 4 without an item: the first without a price, else the first."""

    step = "pricing"

    def page(self) -> HttpResponseBase:
        chosen = next(iter([*self.book.unpriced, *self.book.items]), None)
        if chosen is None:
            return self.see_other(steps.url(self.version, "items"))
        return self.see_other(steps.item_url(self.version, chosen.key))
