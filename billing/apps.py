from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        """Make billing known to the outbox, to ``expand[]``, to the sweeps and to metering."""
        from billing import registration

        registration.register_all()
