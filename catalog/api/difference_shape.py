"""The bodies that tell what differs, and what stands in the way of activation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.services.difference_words import in_words
from catalog.services.differences import Difference


class DifferenceSerializer(serializers.Serializer):
    """One value that differs; null where there was or will be none."""

    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    message = serializers.CharField()


class ComparisonSerializer(serializers.Serializer):
    """From one version of prices to another."""

    object_type = serializers.CharField()
    from_pricing_plan_version_id = serializers.CharField()
    to_pricing_plan_version_id = serializers.CharField()
    added = DifferenceSerializer(many=True)
    removed = DifferenceSerializer(many=True)
    changed = DifferenceSerializer(many=True)


class ProblemSerializer(serializers.Serializer):
    """What stands in the way, and where."""

    field = serializers.CharField()
    message = serializers.CharField()


class ValidationSerializer(serializers.Serializer):
    """Whether a version can be activated, and every reason why not, in the order of the tree."""

    valid = serializers.BooleanField()
    problems = ProblemSerializer(many=True)


def difference(each: Difference) -> dict[str, Any]:
    """A difference as the API answers it."""
    told = {"field": each.field, "before": each.before, "after": each.after}
    return {**told, "message": in_words(each)}
