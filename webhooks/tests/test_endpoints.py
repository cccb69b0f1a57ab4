import pytest

from accounts.models import AuditEntry
from kit.sealing import unseal
from webhooks.models import Delivery, Webhook, WebhookEvent
from webhooks.services import signing

PATH = "/v1/webhooks"
HOOK = {"name": "Billing hook", "reference": "hook-1", "url": "http://127.0.0.1:9/hook"}


def test_an_endpoint_is_created_read_changed_and_deleted(api):
    made = api.post(PATH, HOOK).ok()
    assert (made["object_type"], made["active"], made["authentication_type"]) == ("WEBHOOK", True, "NONE")
    assert (made["username"], made["password"], made["api_header_field"]) == (None, None, None)
    assert made["id"].startswith("whk_")
    one = f"{PATH}/{made['id']}"
    assert api.get(one).ok() == made | {"secret_key": "********"}
    assert api.patch(one, {"active": False, "include_previous_data": True}).ok()["active"] is False
    assert [row["id"] for row in api.get(PATH).ok()["data"]] == [made["id"]]
    assert api.delete(one).ok()["id"] == made["id"]
    assert api.get(one).status == 404


def test_the_secret_is_shown_once_and_sealed_at_rest(api):
    made = api.post(PATH, HOOK).ok()
    row = Webhook.objects.get(public_id=made["id"])
    assert signing.key_of(made["secret_key"]) and made["signing_protocol"] == "HMAC-SHA256"
    assert unseal(row.secret_key_sealed) == made["secret_key"]
    everything = str(list(WebhookEvent.objects.values())) + str(list(AuditEntry.objects.values()))
    assert made["secret_key"] not in everything + str(Webhook.objects.values().get())


def test_a_resource_sent_back_as_it_was_read_changes_nothing(api):
    made = api.post(PATH, HOOK | {"authentication_type": "API_KEY", "api_key": "k-1"}).ok()
    row = Webhook.objects.get(public_id=made["id"])
    read = api.get(f"{PATH}/{made['id']}").ok()
    assert read["api_key"] == "********"
    assert api.patch(f"{PATH}/{made['id']}", read).ok() == read
    same = Webhook.objects.get(pk=row.pk)
    assert unseal(same.api_key_sealed) == "k-1"
    assert same.secret_key_sealed == row.secret_key_sealed


def test_a_roll_shows_the_new_secret_and_removal_forgets_both(api):
    made = api.post(PATH, HOOK).ok()
    path = f"{PATH}/{made['id']}/secret-key"
    rolled = api.patch(path).ok()
    assert rolled["secret_key"] != made["secret_key"]
    assert (rolled["previous_secret_key"], bool(rolled["secret_rolled_at"])) == ("********", True)
    own = signing.new_secret()
    assert api.patch(path, {"secret_key": own}).ok()["secret_key"] == own
    gone = api.delete(path).ok()
    assert (gone["secret_key"], gone["previous_secret_key"], gone["signing_protocol"]) == (None, None, None)
    assert AuditEntry.objects.filter(action="SECRET_CHANGED", object_id=made["id"]).count() == 3


def test_another_platforms_endpoint_does_not_exist(api, stranger):
    made = api.post(PATH, HOOK).ok()
    one = f"{PATH}/{made['id']}"
    answers = [
        stranger.get(one),
        stranger.patch(one, {"active": False}),
        stranger.delete(one),
        stranger.patch(f"{one}/secret-key"),
        stranger.delete(f"{one}/secret-key"),
    ]
    assert [answer.status for answer in answers] == [404] * 5
    assert stranger.get(PATH).ok()["data"] == []
    assert stranger.post(PATH, HOOK).status == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "name"),
        ({"url": ""}, "url"),
        ({"url": "ftp://client.example/"}, "url"),
        ({"url": "client.example/hook"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://user:pw@client.example/"}, "url"),
        ({"url": "https://client.example/#part"}, "url"),
        ({"url": "https://client.example:99999/"}, "url"),
        ({"url": "https://client.example/a b"}, "url"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "url"),
        ({"reference": "a b"}, "reference"),
        ({"reference": "x" * 257}, "reference"),
        ({"active": "yes"}, "active"),
        ({"authentication_type": "TOKEN"}, "authentication_type"),
        ({"authentication_type": "PASSWORD"}, "username"),
        ({"authentication_type": "PASSWORD", "username": "u"}, "password"),
        ({"authentication_type": "API_KEY"}, "api_key"),
        ({"authentication_type": "API_KEY", "api_key": "a\r\nb"}, "api_key"),
        ({"api_header_field": "Host"}, "api_header_field"),
        ({"api_header_field": "webhook-id"}, "api_header_field"),
        ({"api_header_field": "X Key"}, "api_header_field"),
        ({"included_actions": ["INVOICE"]}, "included_actions.0"),
        ({"included_actions": "INVOICE.CREATED"}, "included_actions"),
        ({"excluded_actions": ["INVOICE.CREATED", "invoice.eaten"]}, "excluded_actions.1"),
        ({"included_actions": ["METER_DATA.DELETED", "METER_DATA.CREATED"]}, "included_actions.1"),
        ({"secret_key": "short"}, "secret_key"),
        ({"secret_key": "whsec_AAAA"}, "secret_key"),
    ],
)
def test_bad_input_names_the_field_and_leaves_nothing(api, change, field):
    answer = api.post(PATH, HOOK | change)
    assert (answer.status, answer.body["field"], answer.body["type"]) == (400, field, "INVALID_REQUEST")
    assert not Webhook.objects.exists()
    assert not WebhookEvent.objects.exists()


def test_a_duplicate_reference_is_409(api):
    api.post(PATH, HOOK).ok()
    answer = api.post(PATH, HOOK)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (
        409,
        "RESOURCE_ALREADY_EXISTS",
        "reference",
    )


def test_a_change_is_checked_like_a_creation(api):
    one = f"{PATH}/{api.post(PATH, HOOK).ok()['id']}"
    for change in ({"url": "http://10.0.0.1/"}, {"authentication_type": "API_KEY"}, {"name": ""}):
        answer = api.patch(one, change)
        assert (answer.status, answer.body["type"]) == (400, "INVALID_REQUEST")
    assert api.get(one).ok()["url"] == HOOK["url"]


def test_the_secret_is_not_changed_in_passing(api):
    made = api.post(PATH, HOOK).ok()
    answer = api.patch(f"{PATH}/{made['id']}", {"secret_key": signing.new_secret()})
    assert (answer.status, answer.body["field"]) == (400, "secret_key")


def test_the_actions_that_can_happen_are_listed(api):
    listed = {row["object_type"]: row["actions"] for row in api.get(f"{PATH}/actions").ok()["data"]}
    assert listed["WEBHOOK"] == ["CREATED", "UPDATED", "DELETED"]
    assert listed["METER_DATA"] == ["DELETED"]


@pytest.mark.parametrize(
    ("included", "excluded", "wanted"),
    [
        ([], [], True),
        (["WEBHOOK.CREATED"], [], True),
        (["WEBHOOK.DELETE"], [], False),
        (["invoice.finalized"], [], False),
        ([], ["WEBHOOK.CREATED"], False),
        (["WEBHOOK.CREATED"], ["WEBHOOK.CREATED"], False),
    ],
)
def test_an_endpoint_is_owed_what_it_chose(api, included, excluded, wanted):
    choice = {"included_actions": included, "excluded_actions": excluded}
    first = api.post(PATH, HOOK | choice).ok()
    assert not Delivery.objects.exists()  # nobody is told about himself
    api.post(PATH, HOOK | {"reference": "hook-2", "active": False}).ok()
    owed = list(Delivery.objects.values_list("webhook__public_id", "event__type"))
    assert owed == ([(first["id"], "WEBHOOK.CREATED")] if wanted else [])


def test_only_the_signing_that_is_done_can_be_asked_for(api):
    refused = api.post(PATH, HOOK | {"signing_protocol": "MD5"})
    assert (refused.status, refused.body["field"]) == (400, "signing_protocol")
    assert api.post(PATH, HOOK | {"signing_protocol": "HMAC-SHA256"}).status == 201
