"""Products & plans > Product catalog > New product: everything on one screen, created together."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from catalog.models import ProductCategory, Status
from desk.components.curl import Call
from desk.editors.products import EXAMPLES, MOST_ITEMS, ProductForm
from desk.screens.forms import FormScreen
from desk.services import product_setup
from desk.services.product_setup import Setup
from metering.models import MeterValueCalculation


class NewProduct(FormScreen):
    """Category, product, items and their meter link."""

    title = "New product"
    verb = "Create product"
    menu = "product-catalog"
    permission = "PRODUCT.CREATE"
    template = "desk/products_plans/product_new.html"
    fields_template = "desk/products_plans/product_fields.html"
    form_class = ProductForm
    message = "Product created"
    other_buttons = (("another", "Create and add another"),)
    has_calls = True

    def form(self, data: Any = None) -> ProductForm:
        """As many item blocks as there are, one more or one less after the buttons for it."""
        count = _whole(data.get("count")) if data is not None else 1
        return ProductForm(
            data, initial=self.initial(), platform=self.operator.platform, count=count, label_suffix=""
        )

    def initial(self) -> dict[str, Any]:
        example = EXAMPLES.get(self.request.GET.get("example", ""), {})
        return {"items_0_model_type": "USAGE_BASED", **example}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "add_item" in request.POST or "remove_item" in request.POST:
            return self.show(self.resized(request))
        return super().post(request, *args, **kwargs)

    def resized(self, request: HttpRequest) -> ProductForm:
        """What was typed, with one item more or fewer; nothing is judged yet."""
        typed = request.POST.copy()
        step = 1 if "add_item" in typed else -1
        typed["count"] = str(max(1, min(MOST_ITEMS, _whole(typed.get("count")) + step)))
        form = self.form(typed)
        return ProductForm(
            initial={name: typed.get(name, "") for name in form.fields},
            platform=self.operator.platform,
            count=form.count,
            label_suffix="",
        )

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        bound = form.is_bound
        return super().show(
            form,
            status=status,
            categories=ProductCategory.objects.for_platform(self.operator.platform).order_by("name"),
            activate=bool(self.request.POST.get("activate"))
            if bound
            else self.request.method == "GET" or bool(self.request.POST.get("activate")),
            **extra,
        )

    def save(self, form: Any) -> str:
        product = product_setup.create(ctx=self.operator.ctx, setup=self.setup_of(form.cleaned_data, form))
        if self.request.POST.get("submit") == "another":
            return reverse("desk:product-new")
        return reverse("desk:product", args=[product.public_id])

    def setup_of(self, values: dict[str, Any], form: ProductForm) -> Setup:
        """The form's values as the services take them."""
        wanted = [values[f"items_{index}_calculation"] for index in range(form.count)]
        rows = MeterValueCalculation.objects.filter(platform=self.operator.platform, public_id__in=wanted)
        found = {row.public_id: row for row in rows}
        product = {name: values[name] for name in ("name", "reference")}
        product["description"] = values["description"] or None
        product["tax_category"] = values["tax_category"] or None
        status = Status.ACTIVE if self.request.POST.get("activate") else Status.DRAFT
        items = [item_values(values, f"items_{index}_", found) for index in range(form.count)]
        return Setup(values["category"].strip(), product, items, status)

    def cancel_url(self) -> str:
        return reverse("desk:product-catalog")

    def category_calls(self, name: str) -> tuple[list[Call], str]:
        """What makes the category, and its reference: nothing where there is one of this name."""
        found = product_setup.category_named(self.operator.platform, name)
        if found:
            return [], found.reference
        reference = product_setup.category_reference(self.operator.platform, name)
        return [Call("POST", "/v1/product-categories", {"name": name, "reference": reference})], reference

    def calls(self, form: Any) -> list[Call]:
        """The API requests that the form stands for."""
        typed = form.cleaned_data if hasattr(form, "cleaned_data") else {}
        status = "ACTIVE" if self.request.POST.get("activate") else "DRAFT"
        calls, category = self.category_calls((typed.get("category") or "").strip())
        product = {
            "category_id": category,
            "name": typed.get("name"),
            "reference": typed.get("reference"),
            "description": typed.get("description") or None,
            "tax_category": typed.get("tax_category") or None,
            "status": status,
        }
        calls.append(Call("POST", "/v1/products", product))
        for index in range(form.count):
            body = item_call(typed, f"items_{index}_")
            calls.append(
                Call(
                    "POST",
                    "/v1/product-items",
                    {"product_id": typed.get("reference"), "status": status} | body,
                )
            )
        return calls


def item_values(values: dict[str, Any], prefix: str, found: dict[str, Any]) -> dict[str, Any]:
    """One item's fields as ``product_items`` takes them."""
    calculation = values[f"{prefix}calculation"]
    chosen = values[f"{prefix}type"]
    return {
        "name": values[f"{prefix}name"],
        "reference": values[f"{prefix}reference"],
        "model_type": values[f"{prefix}model_type"],
        **({"type": chosen} if chosen else {}),
        "meter_value_calculation": found.get(calculation) if calculation else None,
        "unit_name_singular": values[f"{prefix}unit_singular"] or None,
        "unit_name_plural": values[f"{prefix}unit_plural"] or None,
        "tax_category": values[f"{prefix}tax"] or None,
    }


def item_call(typed: dict[str, Any], prefix: str) -> dict[str, Any]:
    """One item's fields as the API takes them."""
    body = {name: typed.get(f"{prefix}{name}") for name in ("name", "reference", "model_type")}
    if typed.get(f"{prefix}type"):
        body["type"] = typed[f"{prefix}type"]
    body["tax_category"] = typed.get(f"{prefix}tax") or None
    if f"{prefix}description" in typed:
        body["description"] = typed[f"{prefix}description"] or None
    if typed.get(f"{prefix}calculation"):
        body["meter_value_calculation_id"] = typed[f"{prefix}calculation"]
    if typed.get(f"{prefix}unit_singular"):
        body["unit_name"] = {
            "singular": typed[f"{prefix}unit_singular"],
            "plural": typed[f"{prefix}unit_plural"] or typed[f"{prefix}unit_singular"],
        }
    return body


def _whole(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 4 else 1
