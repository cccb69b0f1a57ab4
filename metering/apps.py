from typing import Any

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = "Metering"

    def ready(self) -> None:
        from kit.api import expand
        from metering.api import event_rows
        from metering.api.definitions import loader
        from metering.api.meter_properties import MeterPropertyViewSet
        from metering.api.meter_value_calculations import MeterValueCalculationViewSet
        from metering.api.meter_values import MeterValueViewSet
        from metering.api.meters import MeterViewSet
        from metering.models import Event
        from webhooks.services import rendering

        shown: list[tuple[str, Any]] = [
            ("meter_value", MeterValueViewSet),
            ("meter_property", MeterPropertyViewSet),
            ("meter", MeterViewSet),
            ("meter_value_calculation", MeterValueCalculationViewSet),
        ]
        rendering.register(Event.object_type, event_rows.told)
        carried = {"meter_value": "meter_values", "meter_property": "meter_properties"}
        for name, view in shown:
            load = loader(view.model, view.serializer_class, view.selector)
            expand.register(f"{name}_id", load)
            expand.register(f"{name}_ids", load)
            if name in carried:
                expand.register_links(carried[name], load)
            rendering.register(view.model.object_type, _renderer(view.serializer_class))


def _renderer(serializer: Any) -> Any:
    return lambda instance: dict(serializer(instance).data)
