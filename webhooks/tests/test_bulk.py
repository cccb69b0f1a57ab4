from webhooks.models import Delivery, Webhook, WebhookEvent
from webhooks.services import bulk, changes
from webhooks.tests.test_delivery import deliver


def test_many_changes_are_told_like_one(ctx, platform, endpoint, receiver, django_assert_num_queries):
    Webhook.objects.filter(pk=endpoint.pk).update(excluded_actions=[])
    others = [Webhook.stamped(platform=platform, at=ctx.at, name="o", reference=f"o{n}") for n in range(5)]
    Webhook.objects.bulk_create(others)
    before = [bulk.Change(each, before=changes.snapshot(each)) for each in others]
    for each in others:
        each.name = "renamed"
    with django_assert_num_queries(2):  # audit, events with their deliveries
        bulk.updated(ctx=ctx, changes=before, lifecycle=("invoice.paid",))
    Webhook.objects.exclude(pk=endpoint.pk).delete()
    assert deliver(platform) == 10
    for each in others:
        mine = [body for body in receiver.bodies if body["resource_id"] == each.public_id]
        assert [body["type"] for body in mine] == ["WEBHOOK.UPDATED", "invoice.paid"]
        assert [body["sequence"] for body in mine] == [1, 2]


def test_nothing_is_no_event(ctx, endpoint):
    count = WebhookEvent.objects.count()
    bulk.created(ctx=ctx, instances=[])
    assert WebhookEvent.objects.count() == count
    assert not Delivery.objects.exists()
