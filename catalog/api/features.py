"""``/v1/features``."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated, Upserted
from catalog.models import Feature, FeatureType
from catalog.selectors import products as selectors
from catalog.services import features
from kit.api.fields import EnumField, ReferenceField, StrictCharField, TextField, expanded
from kit.api.links import LinkField
from metering.models import MeterValueCalculation


class FeatureSerializer(serializers.Serializer):
    """What a customer may use; communicated and enforced, never billed."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    reference = ReferenceField()
    name = TextField()
    description = TextField()
    type = EnumField(choices=FeatureType.values)
    enum_values = serializers.ListField(
        child=StrictCharField(max_length=256), required=False, allow_null=True, max_length=1000
    )
    meter_value_calculation_id = LinkField(
        MeterValueCalculation, source="meter_value_calculation", required=False, allow_null=True
    )
    vars().update(expanded("meter_value_calculation"))


class FeatureViewSet(Listed, Retrieved, Created, Updated, Upserted, Deleted):
    """Features."""

    tag = "features"
    permissions = crud("FEATURE")
    model = Feature
    serializer_class = FeatureSerializer
    service: ClassVar[ModuleType] = features
    selector = selectors.features
    paginated = False
    upserted_by = "reference"
    orderable = {name: name for name in ("name", "reference", "type", "created_at", "updated_at")}
