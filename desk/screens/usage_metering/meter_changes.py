"""Changing a meter: edit, add what it carries, activate, deprecate, archive, delete."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse

from desk.components.curl import Call
from desk.editors import meter_rows
from desk.editors.meters import Known
from desk.forms.base import DeskForm
from desk.forms.meter import CalculationForm, EditMeterForm, PropertyForm, RowForm
from desk.screens.forms import FormScreen
from desk.screens.usage_metering.meter_new import calculation, calls_to_carry, carried, has_source
from desk.services import meter_setup
from desk.services.meter_setup import Carried
from kit.errors import NotFound
from metering.models import Meter
from metering.selectors import definitions
from metering.services import meters as services


class MeterScreen(FormScreen):
    """What the forms about one meter share."""

    menu = "meters"
    permission = "METER.UPDATE"

    @cached_property
    def row(self) -> Meter:
        found = definitions.meters(self.operator.platform).filter(public_id=self.kwargs["pk"]).first()
        if found is None:
            raise NotFound("There is no such meter.")
        row: Meter = found
        return row

    def cancel_url(self) -> str:
        return reverse("desk:meter", args=[self.row.public_id])


class EditMeter(MeterScreen):
    """Name, reference, description."""

    title = "Edit meter"
    verb = "Save meter"
    message = "Meter saved"
    form_class = EditMeterForm
    has_calls = True

    def subject(self) -> Meter:
        return self.row

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in ("name", "reference", "description")}

    def save(self, form: Any) -> str:
        services.update(ctx=self.operator.ctx, instance=self.row, fields=_fields(form))
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/meters/{self.row.public_id}", _fields(form))]


class AddValue(MeterScreen):
    """One more value; a meter that is no draft only ever gains some."""

    title = "Add value"
    verb = "Add value"
    message = "Value added"
    form_class: ClassVar[type[RowForm]] = RowForm

    has_calls = True

    def form(self, data: Any = None) -> RowForm:
        return self.form_class(data, initial=self.initial(), known=Known(self.operator.platform))

    def save(self, form: Any) -> str:
        rows = {"values": [], "properties": [], form.KIND: [self.added(form)]}
        meter_setup.carry(ctx=self.operator.ctx, meter=self.row, **rows)
        return self.cancel_url()

    def added(self, form: Any) -> Carried:
        """What the form adds."""
        known = Known(self.operator.platform)
        return carried(form.cleaned_data, "", known.values if form.KIND == "values" else known.properties)

    def calls(self, form: Any) -> list[Call]:
        return calls_to_carry(self.row, form.KIND, self.added(form)) if form.is_valid() else []


class AddProperty(AddValue):
    """One more property."""

    title = "Add property"
    verb = "Add property"
    message = "Property added"
    form_class = PropertyForm


class AddCalculation(MeterScreen):
    """One more way to count the meter's events."""

    permission = "METER_VALUE_CALCULATION.CREATE"
    title = "Add calculation"
    verb = "Add calculation"
    message = "Calculation added"
    has_calls = True

    def form(self, data: Any = None) -> CalculationForm:
        return CalculationForm(data, initial={"type": "SUM"}, choices=self.choices())

    def choices(self) -> list[tuple[str, str]]:
        """What the meter carries, as sources."""
        values = [
            (f"values:{at}", link.meter_value.reference) for at, link in enumerate(self.row.value_links.all())
        ]
        properties = [
            (f"properties:{at}", link.meter_property.reference)
            for at, link in enumerate(self.row.property_links.all())
        ]
        return [*values, *properties, (meter_rows.EVENTS, "events")]

    def save(self, form: Any) -> str:
        links = {
            "values": [services.Link(link.meter_value) for link in self.row.value_links.all()],
            "properties": [services.Link(link.meter_property) for link in self.row.property_links.all()],
        }
        given = self.given(form)
        meter_setup.calculate(ctx=self.operator.ctx, meter=self.row, links=links, given=given, path="given")
        return self.cancel_url()

    def given(self, form: Any) -> dict[str, Any]:
        """The calculation that the form describes."""
        return calculation(form.cleaned_data, "", self.row.reference, dict(self.choices()))

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        given, sources = self.given(form), dict(self.choices())
        body = has_source(given, sources[given["source"]]) | {"meter_id": self.row.public_id}
        return [Call("POST", "/v1/meter-value-calculations", body)]


def _fields(form: DeskForm) -> dict[str, Any]:
    """What was typed; what is empty is null."""
    values = getattr(form, "cleaned_data", {})
    return {name: value if value != "" else None for name, value in values.items()}
