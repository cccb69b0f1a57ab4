"""Forms: 422 with the errors on their fields, 303 on success, a dialog at the same URL."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django import forms

import desk as package
from accounts.models import ApiKey, Membership, Role, User
from accounts.services import api_keys, memberships
from desk.components.curl import Call
from desk.forms.base import DeskForm, ExactDecimalField, ReferenceField
from kit import clock
from kit.errors import InvalidField

KEYS = "/desk/settings/api-keys/"
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
# Fields whose help could only repeat the label: everyone knows what is typed at sign-in.
SELF_EVIDENT = {("SignInForm", "email"), ("SignInForm", "password")}


class Address(DeskForm):
    """Three fields, two of them under another name in the API."""

    country = forms.CharField()
    reference = ReferenceField(required=False)
    unit = ExactDecimalField(label="Unit price")
    api_names = {"registered_address.country": "country", "price.amount": "unit"}


def forms_of(kind: type[DeskForm]) -> Iterator[type[DeskForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from forms_of(each)


def test_every_field_of_every_form_says_what_it_is_for():
    for module in pkgutil.walk_packages(package.__path__, "desk."):
        if not {"tests", "migrations"} & set(module.name.split(".")):
            importlib.import_module(module.name)
    known = [each for each in forms_of(DeskForm) if ".tests." not in each.__module__]
    silent = {
        (form.__name__, name)
        for form in known
        for name, field in form.base_fields.items()
        if not field.help_text and not field.widget.is_hidden
    }
    assert len(known) > 40 and silent == SELF_EVIDENT


def test_an_invalid_form_answers_422_with_a_summary_and_says_so_in_the_title(desk):
    response = desk.post(KEYS + "new/", {"role": "READ_ONLY"})
    body = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: New API key · Desk</title>" in body
    assert 'href="#id_name"' in body and "Enter name" in body


def test_the_same_url_is_a_dialog_for_htmx(desk):
    response = desk.get(KEYS + "new/", headers=DIALOG)
    assert b"<html" not in response.content and b'class="dialog"' in response.content


def test_a_key_is_shown_once_and_works(desk, opened):
    response = desk.post(KEYS + "new/", {"name": "Ingest", "role": "READ_ONLY"})
    secret = response.content.decode().split('id="secret">')[1].split("<")[0]
    assert api_keys.find(secret=secret, at=clock.now()).name == "Ingest"
    assert secret not in desk.get(KEYS).content.decode()


def test_revoking_needs_the_name_of_the_key(desk, opened):
    key = ApiKey.objects.get()
    url = f"{KEYS}{key.public_id}/revoke/"
    assert desk.post(url, {"name": "something"}).status_code == 422
    assert desk.post(url, {"name": key.name}).status_code == 303
    assert api_keys.find(secret=opened.api_key, at=clock.now()) is None


def test_what_a_role_may_not_do_is_shown_with_the_reason_and_refused(member):
    developer = member(Role.DEVELOPER)
    reader = member(Role.READ_ONLY)
    assert b"New API key" in developer.get(KEYS).content
    refused = reader.get("/desk/developers/test-clocks/").content.decode()
    assert "Ask an administrator for TEST_CLOCK.UPDATE." in refused and 'aria-disabled="true"' in refused
    assert reader.post("/desk/developers/test-clocks/freeze/", {"to": "2026-09-02T10:40"}).status_code == 403


def test_a_key_of_another_platform_is_not_found(desk, stranger):
    other = ApiKey.objects.exclude(name="none").order_by("-pk").first()
    assert desk.post(f"{KEYS}{other.public_id}/revoke/", {"name": other.name}).status_code == 404


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("registered_address.country", "country"),
        ("price.amount", "unit"),
        ("price.amount.currency", "unit"),
        ("country", "country"),
        ("elsewhere", None),
    ],
)
def test_an_error_of_a_service_lands_on_its_field(path, field):
    form = Address({"country": "NL", "unit": "1"})
    form.is_valid()
    form.refuse(InvalidField("is not known", field=path))
    assert list(form.errors) == [field or "__all__"]


def test_a_reference_with_a_space_is_named_with_the_other_problems():
    form = Address({"country": "", "unit": "", "reference": "a b"})
    assert set(form.errors) == {"country", "unit", "reference"}
    assert form.errors["reference"] == ["Reference must have no spaces"]


@pytest.mark.parametrize("text", ["1.5", "1,000.25", "0.000000000001"])
def test_decimals_are_exact(text):
    form = Address({"country": "NL", "unit": text})
    assert form.is_valid()
    assert str(form.cleaned_data["unit"]) in (text.replace(",", ""), "1E-12")


@pytest.mark.parametrize("text", ["x", "1.0000000000001", "NaN", "1_000"])
def test_what_is_no_decimal_is_refused_in_words(text):
    form = Address({"country": "NL", "unit": text})
    assert not form.is_valid()
    assert "Unit price" in str(form.errors["unit"])


def test_a_snippet_never_holds_a_key_and_quotes_its_body():
    call = Call("POST", "/v1/meters", {"name": "It's $HOME"})
    assert "X-API-KEY: $API_KEY" in call.curl
    assert """'{\n  "name": "It'"'"'s $HOME"\n}'""" in call.curl


def test_a_change_by_someone_else_meanwhile_is_shown_and_loses_nothing(desk, ctx, opened):
    user = User.objects.create_user("ada@acme.example", "Passw0rd!")
    member = memberships.join(ctx=ctx, user=user, role=Role.READ_ONLY)
    url = f"/desk/settings/users/{member.public_id}/role/"
    seen = desk.get(url).content.decode().split('name="seen_version" value="')[1].split('"')[0]
    owner = Membership.objects.get(user=opened.owner)
    later = ctx.later(ctx.at + timedelta(minutes=1))
    memberships.change_role(ctx=later, instance=member, role=Role.FINANCE, by=owner)

    conflict = desk.post(url, {"role": "DEVELOPER", "seen_version": seen})
    body = conflict.content.decode()
    assert conflict.status_code == 409
    assert "after you opened it" in body and "FINANCE" in body
    assert Membership.objects.get(pk=member.pk).role == Role.FINANCE

    fresh = body.split('name="seen_version" value="')[1].split('"')[0]
    assert desk.post(url, {"role": "DEVELOPER", "seen_version": fresh}).status_code == 303
    assert Membership.objects.get(pk=member.pk).role == Role.DEVELOPER
