from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from accounts.api import security  # noqa: F401  the schema finds it once it is imported
        from accounts.services import idempotency, request_log, sweeps

        sweeps.register(sweeps.Sweep("requests.forget", request_log.forget, every=3600))
        sweeps.register(sweeps.Sweep("idempotency.forget", idempotency.sweep, every=3600))
