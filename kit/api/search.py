"""``POST /<resource>/search``: search_fields are joined by OR, filter_fields by AND."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers

from kit.api.fields import StrictBooleanField, StrictCharField
from kit.errors import InvalidField


class SearchFieldSerializer(serializers.Serializer):
    name = StrictCharField()
    value = StrictCharField(allow_blank=True)
    wildcard_start = StrictBooleanField(required=False, default=False)
    wildcard_end = StrictBooleanField(required=False, default=False)
    ignore_case = StrictBooleanField(required=False, default=False)


class FilterFieldSerializer(serializers.Serializer):
    name = StrictCharField()
    reference = StrictCharField(required=False, allow_null=True)
    value = StrictCharField(required=False, allow_null=True)
    values = serializers.ListField(child=StrictCharField(), required=False, allow_null=True, max_length=1000)


class SelectionRuleFieldSerializer(serializers.Serializer):
    name = StrictCharField()
    value = StrictCharField()


class SearchSerializer(serializers.Serializer):
    """The body of every search."""

    search_fields = SearchFieldSerializer(many=True, required=False)
    filter_fields = FilterFieldSerializer(many=True, required=False)
    selection_rule_fields = SelectionRuleFieldSerializer(many=True, required=False)


def apply(rows: QuerySet[Any], criteria: dict[str, Any], searchable: dict[str, str]) -> QuerySet[Any]:
    """Narrow ``rows``; ``searchable`` maps the API's field names to model paths."""
    anywhere = Q()
    for index, wanted in enumerate(criteria.get("search_fields", [])):
        path = _path(wanted["name"], searchable, field=f"search_fields.{index}.name")
        anywhere |= Q(**{f"{path}__{_lookup(wanted)}": wanted["value"]})
    rows = rows.filter(anywhere)
    for index, wanted in enumerate(criteria.get("filter_fields", [])):
        path = _path(wanted["name"], searchable, field=f"filter_fields.{index}.name")
        values = wanted.get("values") or [wanted.get("value")]
        rows = rows.filter(**{f"{path}__in": [value for value in values if value is not None]})
    return rows


def _path(name: str, searchable: dict[str, str], *, field: str) -> str:
    if name not in searchable:
        raise InvalidField(f"must be one of {', '.join(sorted(searchable))}", field=field)
    return searchable[name]


def _lookup(wanted: dict[str, Any]) -> str:
    start, end = wanted["wildcard_start"], wanted["wildcard_end"]
    kind = {
        (False, False): "exact",
        (True, False): "endswith",
        (False, True): "startswith",
        (True, True): "contains",
    }[start, end]
    return f"i{kind}" if wanted["ignore_case"] else kind
