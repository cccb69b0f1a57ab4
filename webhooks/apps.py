from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from webhooks.api.serializers import render
        from webhooks.models import Webhook
        from webhooks.services import rendering

        rendering.register(Webhook.object_type, render)
