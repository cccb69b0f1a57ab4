from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from accounts.services.sweeps import Sweep, register
        from webhooks import jobs
        from webhooks.api.serializers import render
        from webhooks.models import Webhook
        from webhooks.services import rendering

        rendering.register(Webhook.object_type, render)
        register(Sweep("webhooks.deliver", jobs.deliver, every=1))
        register(Sweep("webhooks.forget", jobs.forget, every=3600))
