"""The paths of webhooks' API."""

from kit.api.routing import ResourceRouter
from webhooks.api.events import WebhookEventViewSet
from webhooks.api.webhooks import WebhookViewSet

router = ResourceRouter()
router.register("v1/webhooks", WebhookViewSet, basename="webhooks")
router.register("v1/webhook-events", WebhookEventViewSet, basename="webhook-events")
urlpatterns = router.urls
