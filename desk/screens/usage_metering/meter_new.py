"""Usage metering > Meters > New meter: values, properties and calculations inline, created together."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from desk.components.curl import Call, Snippets
from desk.editors import meter_rows
from desk.editors.meters import STARTERS, Known, MeterForm
from desk.editors.products import slug
from desk.screens.forms import FormScreen
from desk.services import meter_setup
from desk.services.meter_setup import Carried, Setup
from kit.period import format_instant
from metering.models import Meter, PropertyType, Status
from metering.selectors import definitions

DEFAULTS = {"values_count": "1", "properties_count": "0", "calculations_count": "1"}


class NewMeter(FormScreen):
    """One screen, one transaction."""

    title = "New meter"
    verb = "Create meter"
    menu = "meters"
    permission = "METER.CREATE"
    template = "desk/usage_metering/meter_new.html"
    fields_template = "desk/usage_metering/meter_fields.html"
    message = "Meter created"
    has_calls = True

    def form(self, data: Any = None) -> MeterForm:
        known = Known(self.operator.platform)
        if data is not None:
            return MeterForm(data, known=known, typed=meter_rows.gathered(data))
        initial = self.initial()
        return MeterForm(initial=initial, known=known, typed=meter_rows.gathered(initial))

    def initial(self) -> dict[str, Any]:
        copied = self.request.GET.get("from", "")
        starter = STARTERS.get(self.request.GET.get("starter", ""), {})
        first = {"values_0_required": "on", "calculations_0_type": "SUM", "calculations_0_source": "values:0"}
        return self.copied(copied) if copied else {**DEFAULTS, **first, **starter}

    def copied(self, key: str) -> dict[str, Any]:
        """What an existing meter carries, to start from."""
        meter = definitions.meters(self.operator.platform).filter(public_id=key).first()
        if meter is None:
            return dict(DEFAULTS)
        values = [(link.meter_value, link.required) for link in meter.value_links.all()]
        properties = [(link.meter_property, link.required) for link in meter.property_links.all()]
        rows: meter_rows.Rows = {
            kind: [
                {"existing": row.public_id, "required": "on" if required else ""} for row, required in carried
            ]
            for kind, carried in (("values", values), ("properties", properties))
        }
        places = {row.pk: f"values:{at}" for at, (row, _) in enumerate(values)}
        others = {row.pk: f"properties:{at}" for at, (row, _) in enumerate(properties)}
        rows["calculations"] = [
            {
                "type": each.calculation_type,
                "source": places.get(each.meter_value_id) or others.get(each.meter_property_id) or "events",
                "persist": "on" if each.persist else "",
            }
            for each in meter.calculations.order_by("pk")
        ]
        counts = {f"{kind}_count": str(len(found)) for kind, found in rows.items()}
        name = f"{meter.name or meter.reference} copy"
        return {"name": name, "reference": slug(name), **counts, **meter_rows.flattened(rows)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "rows" in request.POST:
            return self.show(self.resized(request.POST))
        return super().post(request, *args, **kwargs)

    def resized(self, data: Any) -> MeterForm:
        """What was typed, with one row more or fewer; nothing is judged yet."""
        rows = meter_rows.resized(meter_rows.gathered(data), data["rows"])
        plain = {name: data.get(name, "") for name in ("name", "reference", "description")}
        initial = {**plain, **meter_rows.flattened(rows)}
        return MeterForm(initial=initial, known=Known(self.operator.platform), typed=rows)

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        activate = self.request.method == "GET" or bool(self.request.POST.get("activate"))
        typed = {**form.initial, **(form.data.dict() if form.is_bound else {})}
        snippets = self.sample(form.typed, typed)
        return super().show(form, status=status, activate=activate, sample=snippets, **extra)

    def sample(self, rows: meter_rows.Rows, typed: dict[str, Any]) -> Snippets:
        """The event that this meter would accept."""
        reference = typed.get("reference") or slug(typed.get("name") or "meter")
        at = format_instant(self.operator.at.replace(microsecond=0))
        body = meter_rows.sample(rows, Known(self.operator.platform).examples, meter=reference, at=at)
        return Snippets((Call("POST", "/v1/events/ingest", body),), key="sample")

    def save(self, form: Any) -> str:
        meter = meter_setup.create(ctx=self.operator.ctx, setup=self.setup_of(form))
        return reverse("desk:meter", args=[meter.public_id])

    def setup_of(self, form: MeterForm) -> Setup:
        """The form's values as the services take them."""
        values, known = form.cleaned_data, Known(self.operator.platform)
        status = Status.ACTIVE if self.request.POST.get("activate") else Status.DRAFT
        sources = dict(meter_rows.sources(form.typed, known.names))
        own = {name: values[name] for name in ("name", "reference")}
        return Setup(
            {**own, "description": values["description"] or None},
            [carried(values, f"values_{at}_", known.values) for at in range(len(form.typed["values"]))],
            [
                carried(values, f"properties_{at}_", known.properties)
                for at in range(len(form.typed["properties"]))
            ],
            [
                calculation(values, f"calculations_{at}_", own["reference"], sources)
                for at in range(len(form.typed["calculations"]))
            ],
            status,
        )

    def cancel_url(self) -> str:
        return reverse("desk:meters")

    def calls(self, form: Any) -> list[Call]:
        """The API requests that the form stands for."""
        return calls_of(self.setup_of(form)) if form.is_valid() else []


class MeterSample(NewMeter):
    """The sample event beside the form, and the names that calculations choose from, while typing."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(reverse("desk:meter-new"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST
        rows = meter_rows.gathered(data)
        form = MeterForm(initial=data.dict(), known=Known(self.operator.platform), typed=rows)
        return self.render(
            "desk/usage_metering/meter_sample.html",
            form=form,
            sample=self.sample(rows, data.dict()),
            oob=True,
        )


def carried(values: dict[str, Any], prefix: str, known: dict[str, Any]) -> Carried:
    """One value or property row as the service takes it."""
    required = values[f"{prefix}required"]
    target = known.get(values[f"{prefix}existing"])
    if target is not None:
        return Carried(target, required=required)
    fields = {name: values[f"{prefix}{name}"] for name in ("name", "reference", "type")}
    if fields["type"] == PropertyType.ENUM:
        fields["enum_values"] = meter_rows.words_of(values[f"{prefix}words"])
    return Carried(fields=fields, required=required)


def calculation(values: dict[str, Any], prefix: str, meter: str, sources: dict[str, str]) -> dict[str, Any]:
    """One calculation row as the service takes it; its reference is made from what it says."""
    kind, source = values[f"{prefix}type"], values[f"{prefix}source"]
    made = slug(f"{meter}_{kind}_{sources.get(source, source)}")
    return {
        "calculation_type": kind,
        "source": source,
        "persist": values[f"{prefix}persist"],
        "reference": values[f"{prefix}reference"] or made,
        "name": f"{kind} of {sources.get(source, source)}",
    }


def calls_of(setup: Setup) -> list[Call]:
    """The same as API requests, in order."""
    status = {"status": str(setup.status)}
    found = [
        Call("POST", path, {**row.fields, **status})
        for path, rows in (("/v1/meter-values", setup.values), ("/v1/meter-properties", setup.properties))
        for row in rows
        if row.target is None
    ]
    carries = {
        "meter_values": [_named(row) for row in setup.values],
        "meter_properties": [_named(row) for row in setup.properties],
    }
    found.append(Call("POST", "/v1/meters", {**setup.meter, **status, **carries}))
    for given in setup.calculations:
        kind, _, number = given["source"].partition(":")
        rows = setup.values if kind == "values" else setup.properties
        source = _named(rows[int(number)])["reference"] if number else ""
        body = has_source(given, source) | {"meter_id": setup.meter["reference"]}
        found.append(Call("POST", "/v1/meter-value-calculations", body))
    return found


def has_source(given: dict[str, Any], reference: str) -> dict[str, Any]:
    """A calculation as the API takes it: ``source`` becomes the value or property of that reference."""
    kind, _, number = given["source"].partition(":")
    body = {name: value for name, value in given.items() if name != "source"}
    if not number:
        return body
    return body | {"meter_value_id" if kind == "values" else "meter_property_id": reference}


def calls_to_carry(meter: Meter, kind: str, row: Carried) -> list[Call]:
    """Adding one value or property to a meter: made when it is new, then put beside those that are there."""
    if kind == "values":
        held = [(link.meter_value.reference, link.required) for link in meter.value_links.all()]
    else:
        held = [(link.meter_property.reference, link.required) for link in meter.property_links.all()]
    status = {"status": Status.DRAFT if meter.status == Status.DRAFT else Status.ACTIVE}
    made = [] if row.target else [Call("POST", f"/v1/meter-{kind}", {**row.fields, **status})]
    carried = [{"reference": reference, "required": required} for reference, required in held]
    return [
        *made,
        Call("PATCH", f"/v1/meters/{meter.public_id}", {f"meter_{kind}": [*carried, _named(row)]}),
    ]


def _named(row: Carried) -> dict[str, Any]:
    reference = row.target.reference if row.target else row.fields["reference"]
    return {"reference": reference, "required": row.required}
