"""Changing a meter: edit, add what it carries, activate, deprecate, archive, delete."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors import meter_rows, meters
from desk.editors.meters import Known
from desk.editors.products import slug
from desk.forms.base import DeskForm, ReferenceField
from desk.screens.forms import FormScreen
from desk.screens.usage_metering.meter_new import calculation, calls_to_carry, carried, has_source
from desk.services import meter_setup
from desk.services.meter_setup import Carried
from kit.errors import NotFound
from metering.models import Meter
from metering.selectors import definitions
from metering.services import meters as services

# verb: (button, past, what it means)
VERBS = {
    "activate": (
        "Activate",
        "activated",
        "It accepts events. Its draft values and properties become active with it.",
    ),
    "deprecate": ("Deprecate", "deprecated", "It stops accepting events. What was sent keeps counting."),
    "archive": (
        "Archive",
        "archived",
        "It is hidden, accepts no events and can no longer be changed. What was sent keeps counting.",
    ),
    "delete": ("Delete", "deleted", "It is removed for good. Only a draft without calculations can be."),
}
STATUSES = {"activate": "ACTIVE", "deprecate": "DEPRECATED", "archive": "ARCHIVED"}


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


class EditMeterForm(DeskForm):
    """A meter's own fields."""

    name = forms.CharField(help_text="What is counted, such as API calls.", max_length=1000)
    reference = ReferenceField(help_text="Events name it. It changes only while the meter is a draft.")
    description = forms.CharField(
        help_text="What someone else should know about it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rows = (("name", "reference"),)


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


class RowForm(DeskForm):
    """One value or property for a meter: an existing one, or a new one."""

    KIND: ClassVar[str] = "values"

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        build = meters.value_fields if self.KIND == "values" else meters.property_fields
        self.base_fields = build(known, "name")  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("existing") in ("", meters.NEW):
            if not values.get("name"):
                self.add_error("name", "Enter a name, or choose an existing one")
            values["reference"] = values.get("reference") or slug(values.get("name", ""))
            if values.get("type") == "ENUM" and not meter_rows.words_of(values.get("words", "")):
                self.add_error("words", "Enter at least one allowed value")
        return values


class PropertyForm(RowForm):
    """A property."""

    KIND = "properties"


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


class CalculationForm(DeskForm):
    """One calculation over what the meter carries."""

    rows = (("type", "source"),)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        self.base_fields = meters.calculation_fields(choices)  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        meters.check_sentence(self, values, "")
        return values


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


class Move(MeterScreen):
    """Activate, deprecate, archive or delete: the effect in one sentence, then the verb."""

    has_calls = True

    @property
    def permission(self) -> str:  # type: ignore[override]
        return "METER.DELETE" if self.kwargs["verb"] == "delete" else "METER.UPDATE"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["verb"] in VERBS:
            button, past, _ = VERBS[kwargs["verb"]]
            self.title, self.verb = f"{button} this meter?", f"{button} meter"  # type: ignore[misc]
            self.message = f"Meter {past}"  # type: ignore[misc]
            self.verb_style = "solid-bad" if kwargs["verb"] == "delete" else "primary"  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> DeskForm:
        if self.kwargs["verb"] not in VERBS:
            raise NotFound("There is no such action.")
        return DeskForm(data)

    def facts(self) -> list[Fact]:
        return [Fact("Meter", self.row.name or self.row.reference), Fact("Reference", self.row.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", VERBS[self.kwargs["verb"]][2])]

    def calls(self, form: Any) -> list[Call]:
        verb, path = self.kwargs["verb"], f"/v1/meters/{self.row.public_id}"
        if verb == "delete":
            return [Call("DELETE", path)]
        return calls_to_move(verb, [self.row])

    def save(self, form: Any) -> str:
        verb = self.kwargs["verb"]
        if verb == "delete":
            services.delete(ctx=self.operator.ctx, instance=self.row)
            return reverse("desk:meters")
        getattr(meter_setup, verb)(ctx=self.operator.ctx, instance=self.row)
        return self.cancel_url()


def calls_to_move(verb: str, rows: Sequence[Meter]) -> list[Call]:
    """Each meter with what goes before it. A draft that several carry is made ready once."""
    found: dict[str, Call] = {}
    for row in rows:
        own = Call("PATCH", f"/v1/meters/{row.public_id}", {"status": STATUSES[verb]})
        found |= {call.path: call for call in [*calls_to_ready(row, verb), own]}
    return [*found.values()]


def calls_to_ready(meter: Meter, verb: str) -> list[Call]:
    """The drafts that a meter carries become active before it does."""
    if verb != "activate":
        return []
    carried: list[tuple[str, Any]] = [("meter-values", link.meter_value) for link in meter.value_links.all()]
    carried += [("meter-properties", link.meter_property) for link in meter.property_links.all()]
    return [
        Call("PATCH", f"/v1/{path}/{row.public_id}", {"status": "ACTIVE"})
        for path, row in carried
        if row.status == "DRAFT"
    ]


def _fields(form: DeskForm) -> dict[str, Any]:
    values = getattr(form, "cleaned_data", {})
    return {name: value if value != "" else None for name, value in values.items()}
