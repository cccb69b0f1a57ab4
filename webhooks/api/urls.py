"""The paths of webhooks' API."""

from kit.api.routing import ResourceRouter
from webhooks.api.webhooks import WebhookViewSet

router = ResourceRouter()
router.register("v1/webhooks", WebhookViewSet, basename="webhooks")
urlpatterns = router.urls
