import pytest

from webhooks.services import webhooks
from webhooks.tests.receiver import Receiver


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server
        server.shutdown()


@pytest.fixture
def endpoint(ctx, receiver):
    """Acme's endpoint at the receiver, which asks for everything but what happens to endpoints."""
    fields = {
        "name": "hook",
        "reference": "hook-1",
        "url": receiver.url,
        "excluded_actions": ["WEBHOOK.CREATED", "WEBHOOK.UPDATED", "WEBHOOK.DELETED"],
    }
    webhook, webhook.shown_secret = webhooks.create(ctx=ctx, fields=fields)
    return webhook


@pytest.fixture
def emit(ctx, platform):
    """Emit so many events of one object, or a lifecycle event; the data counts them."""
    from django.db import transaction

    from accounts.models import ApiKey
    from webhooks.models import WebhookEvent
    from webhooks.services import outbox

    subject = ApiKey.objects.get(platform=platform)

    def run(*types):
        with transaction.atomic():
            keys = outbox.tell(ctx=ctx, told=[outbox.Told(subject, types, {"n": 1})])
            return list(WebhookEvent.objects.filter(pk__in=keys).order_by("pk"))

    return run
