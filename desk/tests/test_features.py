"""Features: made, changed and deleted in a drawer; the services' errors at their fields."""

from __future__ import annotations

from catalog.models import Feature

FEATURES = "/desk/products-plans/features/"
SSO = {"name": "SSO", "reference": "sso", "type": "SWITCH"}


def test_a_feature_is_made_changed_and_deleted(desk):
    desk.post(f"{FEATURES}new/", SSO)
    feature = Feature.objects.get()
    desk.post(f"{FEATURES}{feature.public_id}/edit/", {**SSO, "name": "Single sign-on"})
    feature.refresh_from_db()
    assert feature.name == "Single sign-on"
    drawer = desk.get(FEATURES, {"drawer": feature.public_id})
    assert b"No plan grants it yet" in drawer.content and b"On or off" in drawer.content
    desk.post(f"{FEATURES}{feature.public_id}/delete/")
    assert not Feature.objects.exists()


def test_a_choice_without_values_is_told_at_the_values(desk):
    response = desk.post(f"{FEATURES}new/", {**SSO, "type": "ENUM"})
    assert response.status_code == 422 and b'href="#id_enum_values"' in response.content


def test_the_list_stays_within_its_budget(desk, django_assert_max_num_queries):
    for number in range(5):
        desk.post(f"{FEATURES}new/", {**SSO, "reference": f"sso-{number}"})
    with django_assert_max_num_queries(12):
        assert b"sso-4" in desk.get(FEATURES).content
