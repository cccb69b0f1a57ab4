"""What `docs/reference/compatibility.md` says of the code, written by the code.

``python -m config.compatibility`` writes the two generated parts anew; a test fails while they are stale.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "compatibility.md"
METHODS = ("get", "post", "put", "patch", "delete")
# Operations of ours that the reference does not have (or documents, but does not serve).
EXTENSIONS = re.compile(
    r"/v1/test-clock.*|/v1/exchange-rates.*|/v1/webhook-events.*|/v1/pricings/calculate|/v[12]/events/ingest-batch"
    r"|/v1/invoices/\{\}/lines.*|/v1/pricing-plan-versions/\{\}/simulate|/v1/simulations.*|/v1/pricing-plan-migrations.*"
    r"|/v1/catalog/.*|/v1/pricing-plan-versions/\{\}/(?:compare/\{\}|validate)"
)
# The feature that a field waits for.
WAITS = {
    "credit notes": "credit linked_invoices",
    "credits and wallets": (
        "credits credit_types wallet_type wallet_balance_details pre_wallet_balance post_wallet_balance"
        " conversion"
    ),
    "custom fields": "custom_fields other_custom_fields",
    "customer groups and sellers": (
        "roles processing_only seller_details parent_customer_id parent_customer_ids billing_customer_id"
        " forwarded_from_customer_id forwarded_from_customers forward_customer_id processing_only_customers"
        " processing_only_customer_id processing_only_customer_resource_id"
        " display_invoice_sub_lines_per_processing_only_customer replicate_meter_data_ingest_to_parent"
        " meter_value_share_of_processing_only_customer_total customer_details"
    ),
    "branding of documents": "footnote",
    "electronic invoices": "e_invoices delivery_date",
    "tax in the issuer's currency": "local_amounts rates",
    "approvals": "approval_status",
    "expansion": (
        "customer meter meter_value meter_property meter_value_calculations product_items feature"
        " pricing_plan_subscription invoice combined_pricing_plan_version"
    ),
    "included volume and seats per schedule": (
        "included_volumes included_volume included_volume_details seats_values entitlements_summary"
    ),
    "integrations": "linked_integrations",
    "payments": "auto_rescues dunning_actions payment_actions pay_invoice_link payment_acceptor_ids",
    "prices that the payer chooses": "flexible_amount",
    "price overrides per subscription": (
        "override override_pricings pricing_categories enabled_pricings original_pricing original_pricing_id"
        " original_pricing_item original_pricing_item_id original_pricing_item_config"
        " original_pricing_item_config_id pricing_plan_schedule_id pricing_plan_schedule_customizations"
    ),
    "products per billing entity": "billing_entity_id",
    "quotes": "quote_version_id",
    "reprocessing": "reprocess to_be_reprocessed_at closed_periods",
    "combined invoices and templates": (
        "combine template type variant template_pricing_plan_subscription_id"
    ),
    "subscription selectors": "data rules filters pricing_plan_subscription_selector",
    "tax ids checked with the authority": "tax_id_validation_result used_tax_registration",
    "upgrades": (
        "upgraded_from_pricing_plan_subscription_id upgraded_to_pricing_plan_subscription_id inactive_periods"
        " pricing_plan_subscription_start_at"
    ),
}
# Where a word means another thing in one schema.
SPECIAL = {
    "InvoiceSubLine.type": "usage details on the invoice",
}
# Bodies that take back what a read has answered: their fields are told under the schema that answers them.
ECHOES = {"InvoiceUpdate"}
FEATURE = {name: feature for feature, names in WAITS.items() for name in names.split()}


def operations() -> str:
    """Every operation that is served, by tag, as Markdown."""
    from config.views import document

    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path, item in json.loads(document())["paths"].items():
        for method in filter(item.__contains__, METHODS):
            short = re.sub(r"\{[^}]*\}", "{}", path)
            found[item[method]["tags"][0]][short].append(method.upper())
    rows = ["| tag | operations |", "|---|---|"]
    for tag in sorted(found):
        rows.append(f"| {tag} | {'<br>'.join(_paths(found[tag]))} |")
    return "\n".join(rows)


def _paths(paths: dict[str, list[str]]) -> Iterator[str]:
    for path in sorted(paths):
        mark = " *" if EXTENSIONS.fullmatch(path) else ""
        yield f"`{' '.join(paths[path])} {path}`{mark}"


def fields() -> str:
    """Every field without a feature behind it, by schema, as Markdown."""
    rows = ["| schema | fields, and what they wait for |", "|---|---|"]
    for schema, names in sorted(without_feature().items()):
        waiting = defaultdict(list)
        for name, mark in names:
            waiting[SPECIAL.get(f"{schema}.{name}") or FEATURE[name]].append(f"`{name}`{mark}")
        told = "; ".join(f"{feature}: {', '.join(waiting[feature])}" for feature in sorted(waiting))
        rows.append(f"| {schema} | {told} |")
    return "\n".join(rows)


def without_feature() -> dict[str, list[tuple[str, str]]]:
    """Schema -> its fields that are only kept for later, each with its mark."""
    from rest_framework.serializers import Serializer

    from kit.api.fields import OnlyField, ReservedField, UnsupportedField

    marks = {ReservedField: "", UnsupportedField: " †", OnlyField: " ‡"}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for serializer in _below(Serializer):
        if serializer.__name__.removesuffix("Serializer") in ECHOES:
            continue
        declared: dict[str, Any] = getattr(serializer, "_declared_fields", {})
        for name, field in declared.items():
            if type(field) in marks and ".tests" not in serializer.__module__:
                entry = (name, marks[type(field)])
                schema = found[serializer.__name__.removesuffix("Serializer")]
                if entry not in schema:
                    schema.append(entry)
    return found


def _below(parent: type) -> Iterator[type]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)


def written(text: str) -> str:
    """The page with its generated parts as the code has them now."""
    for name, part in (("operations", operations()), ("fields", fields())):
        begin, end = f"<!-- {name}: generated -->\n", f"<!-- end of {name} -->"
        head, rest = text.split(begin)
        text = head + begin + part + "\n" + end + rest.split(end)[1]
    return text


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    django.setup()
    PAGE.write_text(written(PAGE.read_text()))
