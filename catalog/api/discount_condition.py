"""The condition of a discount: JSON in, the same JSON kept and answered."""

from __future__ import annotations

from catalog.rating.comparisons import Comparator
from kit.api.fields import EnumField
from kit.api.stored import StoredAmountSerializer, Terms


class ConditionValueSerializer(Terms):
    """What is compared with."""

    amount = StoredAmountSerializer()


class ConditionSerializer(Terms):
    """A discount is given only where the charges it is for compare so with the amount."""

    comparator = EnumField(choices=[each.value for each in Comparator])
    value = ConditionValueSerializer()
