"""What the API log keeps of a body: no secrets, no card numbers, nothing long."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.api import redact
from kit.api.redact import HIDDEN

JSON = "application/json"
SECRETS = (
    "password apiKey api_key client_secret access_token csrfmiddlewaretoken Authorization iban "
    "account_number cvc card_pin pan ssn date_of_birth private_key"
).split()


@pytest.mark.parametrize("name", SECRETS)
def test_a_field_that_is_secret_by_its_name_is_hidden_at_any_depth(name):
    found = redact.body(json.dumps({"a": [{name: "s3cret", "b": 1}]}).encode(), content_type=JSON)
    assert found == {"a": [{name: HIDDEN, "b": 1}]}


@pytest.mark.parametrize("name", "tokens company spinning reference passenger author desk_name".split())
def test_other_fields_are_shown(name):
    assert redact.tidy({name: "12"}) == {name: "12"}


def test_card_numbers_are_hidden_wherever_they_stand_and_references_are_not():
    assert redact.tidy({"note": "card 4242 4242 4242 4242 please"}) == {"note": f"card {HIDDEN} please"}
    assert redact.tidy({"note": "order 4242424242424241"}) == {"note": "order 4242424242424241"}
    assert redact.tidy({"customer_reference": "4242424242424242"}) == {
        "customer_reference": "4242424242424242"
    }


def test_forms_and_query_strings_are_cleaned_as_bodies_are():
    raw = b"csrfmiddlewaretoken=abc&name=Acme"
    assert redact.body(raw, content_type=redact.FORM) == {"csrfmiddlewaretoken": HIDDEN, "name": "Acme"}
    assert redact.query("token=abc&limit=5&expand[]=customer_id") == (
        "token=%5Bhidden%5D&limit=5&expand[]=customer_id".replace("%5B", "[").replace("%5D", "]")
    )


def test_long_lists_and_texts_are_cut_and_say_so():
    found = redact.tidy({"rows": list(range(120)), "text": "x" * 2500})
    assert found["rows"][-1] == "… and 100 more" and len(found["rows"]) == redact.MOST_ITEMS + 1
    assert found["text"].endswith("… and 500 more characters")


@pytest.mark.parametrize("raw", [b"", b"no json", b"\xff", b"[" * 5000, b"1" * (redact.LARGEST + 1)])
def test_what_is_no_json_or_too_large_is_not_kept(raw):
    assert redact.body(raw, content_type=JSON) is None
    assert redact.body(b"{}", content_type="text/html") is None


@given(st.recursive(st.text() | st.integers(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)))
def test_whatever_is_kept_can_be_stored_and_hides_again_to_the_same(value):
    once = redact.tidy(value)
    text = json.dumps(once, ensure_ascii=False)
    assert "\x00" not in text and "\\u0000" not in text
    text.encode()
