"""The conditions of a rule: change a comparison, or what combines several; add one, remove a part."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from desk.editors.pricing import condition_tree as tree
from desk.editors.pricing import conditions, rule_form
from desk.editors.pricing.rule_form import FurtherForm, RuleForm
from desk.forms.base import DeskForm
from desk.screens.forms import CONFLICT
from desk.screens.products_plans.rules import OneRule, asked_for
from kit.errors import InvalidOperation, NotFound, TallydeskError
from metering.models import MeterProperty

PART = "part"
LEAST = "A rule without conditions is one for all other usage: remove the rule instead."


class EditRule(OneRule):
    """Another comparison in place of the one that ``?part=`` names, or of the first; and all parts."""

    title = "Change the conditions"
    verb = "Save condition"
    message = "Conditions changed"
    fields_template = "desk/products_plans/rule_parts.html"

    @cached_property
    def part(self) -> tree.Part:
        """The comparison that the fields are about."""
        if not conditions.of(self.config.body):
            raise NotFound("This rule is for all other usage: it has no conditions.")
        found = tree.find(self.config.body, self.request.GET.get(PART, ""))
        return found if found and found.operator is None else tree.first(self.config.body)

    @cached_property
    def properties(self) -> list[MeterProperty]:
        """Also the one that is stored, which an event may lack by now."""
        found, name = rule_form.offered(super().properties), conditions.named(self.part.entry)
        if name in found:
            return [*dict.fromkeys(found.values())]
        rows = MeterProperty.objects.filter(platform=self.operator.platform)
        row = rows.filter(reference=name).first() or rows.filter(public_id=name).first()
        return [*dict.fromkeys(found.values()), row or MeterProperty(reference=name, name=name)]

    def initial(self) -> dict[str, Any]:
        entry = self.part.entry
        row = rule_form.offered(self.properties).get(conditions.named(entry))
        found = {"property": row and row.reference, "comparator": entry.get("comparator")}
        values = conditions.values(entry)
        ticked = RuleForm(None, initial=found, properties=self.properties).is_ticked
        return found | {"values": values if ticked else conditions.written(values)}

    def show(self, form: DeskForm, *, status: int = 200, **extra: Any) -> HttpResponse:
        add = reverse("desk:rule-condition", kwargs=self.kwargs)
        parts = {"part": self.part, "whole": tree.of(self.config.body), "here": self.request.path, "add": add}
        return super().show(form, status=status, **parts, **extra)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not {"remove", "operator"} & request.POST.keys():
            return super().post(request, *args, **kwargs)
        if self.overtaken():
            return self.show(self.form(), status=CONFLICT, conflict=self.last_change())
        try:
            with transaction.atomic():
                return self.done(self.reshape(), self.message)
        except TallydeskError as error:
            form = self.form(request.POST)
            form.errors.clear()  # the fields were not asked for
            return self.show_refused(form, error)

    def reshape(self) -> str:
        """What a button of a part asks for: take it out, or combine its parts by another operator."""
        path, _, operator = self.request.POST.get("operator", "").partition(":")
        removes = "remove" in self.request.POST
        path = self.request.POST.get("remove", path)

        def changed(rule: dict[str, Any]) -> dict[str, Any]:
            part = tree.find(rule, path)
            if part is None or not (removes or (part.operator and operator in tree.GROUPS)):
                raise NotFound("There is no such condition any more.")
            if not removes:
                return tree.combined(rule, path, operator)
            found = tree.removed(rule, path) if path != tree.ALL else {}
            if not conditions.of({"conditions": found}):
                raise InvalidOperation(LEAST)
            return found

        return self.ask(changed)

    def save(self, form: Any) -> str:
        values = form.cleaned_data
        test, path = asked_for(values), self.part.path
        row = rule_form.offered(self.properties).get(conditions.named(self.part.entry))
        if row and row.reference == values["property"]:
            test = conditions.compared_anew(self.part.entry, test)
        return self.ask(lambda rule: tree.replaced(rule, path, test))


class AddCondition(OneRule):
    """One more comparison: beside all others, or beside the part that ``?part=`` names."""

    title = "Add a condition"
    verb = "Add condition"

    @cached_property
    def part(self) -> tree.Part | None:
        return tree.find(self.config.body, self.request.GET.get(PART, ""))

    @property
    def description(self) -> str:  # type: ignore[override]
        """What the rule asks for already, or the part that it goes with."""
        if self.part is None:
            return f"So far: {' and '.join(map(str, conditions.said(self.config.body)))}."
        inside = ", ".join(each.words for each in self.part.all if each.operator is None)
        return f"Beside: {self.part.words}: {inside}." if self.part.parts else f"Beside: {inside}."

    def initial(self) -> dict[str, Any]:
        operator = self.part.operator if self.part else None
        return {"comparator": "EQUALS", "how": operator or "AND"}

    def built(self, data: Any, initial: Any) -> DeskForm:
        return FurtherForm(data, initial=initial, properties=self.properties, shares=self.shares)

    def save(self, form: Any) -> str:
        test, how = asked_for(form.cleaned_data), form.cleaned_data["how"]
        path = self.part.path if self.part else tree.ALL
        return self.ask(lambda rule: tree.added(rule, path, test, how))
