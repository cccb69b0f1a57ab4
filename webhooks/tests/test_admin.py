import pytest
from django.test import Client

from accounts.models import User
from webhooks.models import Delivery


@pytest.fixture
def support(db):
    client = Client()
    client.force_login(User.objects.create_superuser("support@tallydesk.example", "Passw0rd!"))
    return client


@pytest.mark.parametrize("model", ["webhook", "webhookevent", "delivery"])
def test_support_reads_everything_and_changes_nothing(support, endpoint, emit, model):
    emit("API_KEY.CREATED")
    shown = support.get(f"/admin/webhooks/{model}/?q=hook")
    assert shown.status_code == 200
    assert endpoint.shown_secret not in shown.content.decode()
    key = {"webhook": endpoint.pk, "delivery": Delivery.objects.get().pk}.get(model)
    assert support.get(f"/admin/webhooks/{model}/add/").status_code == 403
    if key:
        page = support.get(f"/admin/webhooks/{model}/{key}/change/")
        assert page.status_code == 200 and b'name="_save"' not in page.content
        assert b"_sealed" not in page.content
        assert support.post(f"/admin/webhooks/{model}/{key}/change/", {}).status_code == 403
