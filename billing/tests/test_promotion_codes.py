"""``/v1/promotion-codes``: codes given and codes made, and who may redeem them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from billing.models import PromotionCode
from billing.services.coupons import promotion_codes
from billing.tests.coupons import FOREVER, code, coupon, percent
from billing.tests.world import World
from kit.testing import ApiClient

PATH = "/v1/promotion-codes"


@pytest.fixture
def spring(api: ApiClient) -> str:
    return coupon(api, "spring", percent("15"), FOREVER)


def test_a_code_is_found_whatever_its_case_and_stays_as_it_was_written(api: ApiClient, spring: str) -> None:
    made = api.post(PATH, {"coupon_id": "spring", "code": "Spring15", "maximum_redemptions": 5}).ok()
    assert (made["code"], made["coupon_id"], made["status"]) == ("Spring15", spring, "DRAFT")
    assert made["id"].startswith("prco_")
    assert api.get(f"{PATH}/sPRING15").ok() == api.get(f"{PATH}/{made['id']}").ok() == made
    assert api.get(f"{PATH}?coupon_id=spring&statuses[]=DRAFT").ok()["data"] == [made]
    taken = api.post(PATH, {"coupon_id": spring, "code": "SPRING15"})
    assert (taken.status, taken.body["field"]) == (409, "code")
    shown = api.get(f"{PATH}/spring15?expand[]=coupon_id").ok()
    assert shown["coupon"]["reference"] == "spring"


def test_a_code_is_made_by_its_format(api: ApiClient, spring: str) -> None:
    made = api.post(PATH, {"coupon_id": spring, "code_format": "MAY-####-####"}).ok()
    assert re.fullmatch("MAY-[2-9A-Z]{4}-[2-9A-Z]{4}", made["code"])
    assert re.fullmatch("[2-9A-Z]{8}", api.post(PATH, {"coupon_id": spring}).ok()["code"])


def test_a_made_code_that_is_taken_is_made_again(
    api: ApiClient, spring: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = iter("AAAA" + "AAAA" + "BBBB")
    monkeypatch.setattr(promotion_codes.secrets, "choice", lambda _: next(letters))
    made = [api.post(PATH, {"coupon_id": spring, "code_format": "X####"}).ok()["code"] for _ in range(2)]
    assert made == ["XAAAA", "XBBBB"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"coupon_id": None}, "coupon_id"),
        ({"coupon_id": "nothing"}, "coupon_id"),
        ({"code": "two words"}, "code"),
        ({"code": ""}, "code"),
        ({"code_format": "MAY###"}, "code_format"),
        ({"code": "JUNE1234", "code_format": "MAY-####"}, "code"),
        ({"maximum_redemptions": 0}, "maximum_redemptions"),
        ({"start_at": "2026-02-01T00:00:00Z", "end_at": "2026-01-01T00:00:00Z"}, "end_at"),
        ({"limited_to": {"customer_ids": ["nobody"]}}, "limited_to.customer_ids.0"),
        ({"status": "DEPRECATED"}, "status"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(
    api: ApiClient, spring: str, change: dict[str, Any], field: str
) -> None:
    answer = api.post(PATH, {"coupon_id": spring} | change)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert not PromotionCode.objects.exists()


def test_a_coupon_that_is_closed_for_good_gets_no_new_codes(api: ApiClient, spring: str) -> None:
    api.post("/v1/coupons/spring/deprecate").ok()
    assert api.post(PATH, {"coupon_id": spring, "code": "LATE"}).body["field"] == "coupon_id"


def test_a_code_names_the_customers_it_is_for(api: ApiClient, spring: str, world: World) -> None:
    customer = world.customer.public_id
    limited = {"customer_ids": [world.customer.reference]}
    code(api, spring, "VIP", limited_to=limited)
    shown = api.get(f"{PATH}/VIP?expand[]=limited_to.customer_ids").ok()["limited_to"]
    assert (shown["customer_ids"], shown["customers"][0]["reference"]) == ([customer], "brightwater")


def test_a_code_is_switched_off_and_on_and_ends(api: ApiClient, spring: str) -> None:
    api.post(PATH, {"coupon_id": spring, "code": "STEPS"}).ok()
    steps = ["activate", "deactivate", "activate", "deprecate", "archive"]
    shown = [api.post(f"{PATH}/steps/{step}").ok()["status"] for step in steps]
    assert shown == ["ACTIVE", "INACTIVE", "ACTIVE", "DEPRECATED", "ARCHIVED"]


def test_nothing_of_another_platform_is_found(api: ApiClient, stranger: ApiClient, spring: str) -> None:
    code(api, spring, "MINE")
    assert stranger.get(f"{PATH}/MINE").status == 404
    assert stranger.get(f"{PATH}/MINE/redemptions").status == 404
    assert stranger.get(f"/v1/coupons/{spring}/redemptions").status == 404
    assert stranger.get(PATH).ok()["data"] == []
    assert stranger.post(PATH, {"coupon_id": spring, "code": "MINE"}).body["field"] == "coupon_id"
