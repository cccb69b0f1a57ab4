"""Create, edit and delete a feature."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse

from catalog.models import Feature
from catalog.selectors import products as selectors
from catalog.services import features
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.products import calculations
from desk.forms.base import DeskForm, ReferenceField
from desk.screens.forms import FormScreen
from desk.screens.products_plans.features import TYPES
from desk.screens.products_plans.product_changes import one
from metering.models import MeterValueCalculation


class FeatureForm(DeskForm):
    """What the feature is called, and what kind of value a grant of it has."""

    name = forms.CharField(help_text="What a plan includes, such as Single sign-on.", max_length=1000)
    reference = ReferenceField()
    description = forms.CharField(
        help_text="What someone else should know about it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    type = forms.ChoiceField(help_text="What a plan says about it.", choices=list(TYPES.items()))
    enum_values = forms.CharField(
        label="Values", required=False, help_text="Only for one of several values: separate with commas."
    )
    calculation = forms.ChoiceField(
        label="Measured by", required=False, help_text="Only for a number or an amount: what is consumed."
    )
    rows = (("name", "reference"),)
    api_names = {"meter_value_calculation_id": "calculation"}

    def __init__(self, *args: Any, platform: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measured = self.fields["calculation"]
        measured.choices = [("", "Not measured"), *calculations(platform)]  # type: ignore[attr-defined]


class FeatureScreen(FormScreen):
    """What the forms of features share."""

    menu = "features"
    permission = "FEATURE.UPDATE"
    has_calls = True

    @cached_property
    def feature(self) -> Feature:
        found: Feature = one(selectors.features(self.operator.platform), self.kwargs["pk"], "feature")
        return found

    def cancel_url(self) -> str:
        return reverse("desk:features")

    def form(self, data: Any = None) -> DeskForm:
        return FeatureForm(data, initial=self.initial(), platform=self.operator.platform)

    def values(self, form: Any) -> dict[str, Any]:
        """The form's values as the service takes them."""
        typed = form.cleaned_data
        rows = MeterValueCalculation.objects.filter(platform=self.operator.platform)
        listed = [each.strip() for each in typed["enum_values"].split(",") if each.strip()]
        return {
            "name": typed["name"],
            "reference": typed["reference"],
            "description": typed["description"] or None,
            "type": typed["type"],
            "enum_values": listed or None,
            "meter_value_calculation": rows.filter(public_id=typed["calculation"] or "none").first(),
        }

    def body(self, form: Any) -> dict[str, Any]:
        """The same as the API takes it."""
        if not form.is_valid():
            return {}
        values = self.values(form)
        measured = values.pop("meter_value_calculation")
        return values | ({"meter_value_calculation_id": measured.public_id} if measured else {})


class NewFeature(FeatureScreen):
    """A new feature."""

    permission = "FEATURE.CREATE"
    title = "New feature"
    verb = "Create feature"
    message = "Feature created"

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/features", self.body(form))]

    def save(self, form: Any) -> str:
        features.create(ctx=self.operator.ctx, fields=self.values(form))
        return self.cancel_url()


class EditFeature(FeatureScreen):
    """The type of a feature that a price grants stays."""

    title = "Edit feature"
    verb = "Save feature"
    message = "Feature saved"

    def subject(self) -> Feature:
        return self.feature

    def initial(self) -> dict[str, Any]:
        row = self.feature
        measured = row.meter_value_calculation
        kept = {name: getattr(row, name) for name in ("name", "reference", "description", "type")}
        return kept | {
            "enum_values": ", ".join(row.enum_values or ()),
            "calculation": measured.public_id if measured else "",
        }

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/features/{self.feature.public_id}", self.body(form))]

    def save(self, form: Any) -> str:
        features.update(ctx=self.operator.ctx, instance=self.feature, fields=self.values(form))
        return self.cancel_url()


class DeleteFeature(FeatureScreen):
    """Only a feature that nothing carries or grants."""

    permission = "FEATURE.DELETE"
    title = "Delete this feature?"
    verb = "Delete feature"
    verb_style = "solid-bad"
    message = "Feature deleted"

    def form(self, data: Any = None) -> DeskForm:
        return DeskForm(data)

    def facts(self) -> list[Fact]:
        return [Fact("Feature", self.feature.name or self.feature.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", "It is removed for good. One that a product or a price names cannot be.")]

    def calls(self, form: Any) -> list[Call]:
        return [Call("DELETE", f"/v1/features/{self.feature.public_id}")]

    def save(self, form: Any) -> str:
        features.delete(ctx=self.operator.ctx, instance=self.feature)
        return self.cancel_url()
