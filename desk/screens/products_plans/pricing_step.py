"""Step 4, Pricing: one rule of one item, its tiers, and what it costs while it is typed.

Live requests answer derived fragments only, out of band; the whole sheet is swapped on buttons.
A sheet that cannot be stored yet is kept in the session, so leaving loses nothing.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from catalog.models import Status
from desk.editors.pricing import (
    paste,
    repricing,
    steps,
    stored_sheet,
    tiers,
)
from desk.editors.pricing.sheet import Sheet
from desk.editors.pricing.verbs import acted
from desk.screens import replies
from desk.screens.products_plans.kept_sheets import TakenOut
from desk.screens.products_plans.pricing_screen import PricingScreen
from desk.screens.products_plans.versions import VersionScreen, version_url
from desk.services import plan_drafts
from desk.services.plan_drafts import Changed

INVALID, CONFLICT = 422, 409
PASTE_VERBS = (("replace", "Replace all tiers"), ("append", "Append to the tiers"))


class PricingStep(PricingScreen):
    """What is typed and pressed: it is stored where it is sound, else kept."""

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
        if self.is_inherited:
            return self.of_another(verb)
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

    def of_another(self, verb: str) -> HttpResponseBase:
        """There is nothing to store: only what it costs is asked, by the price that applies instead."""
        sheet = stored_sheet.stored(self.priced, self.config)
        if verb == "calculate":
            return self.fragments(sheet) if self.is_live else self.shown(sheet)
        if "next" in self.request.POST:
            return self.see_other(steps.url(self.version, "review"))
        return self.see_other(steps.item_url(self.version, self.priced.key, self.rule_number))

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
