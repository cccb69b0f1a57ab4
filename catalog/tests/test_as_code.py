"""The catalog as code: exported, compared, imported."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from catalog.api.as_code import export, text
from catalog.models import PricingPlanVersion, Product
from catalog.tests import cast, trees
from kit.errors import BadRequest

NUMBERED = {"pricing_plan_id": "p", "version": "1"}


@pytest.fixture
def sold(api):
    """An ACTIVE version with a rule, a DRAFT, a product below another, a feature, an archived product."""
    feature = api.post("/v1/features", {"reference": "sso", "type": "SWITCH"}).ok()
    rules = [trees.flat("0.10", order=0, conditions=trees.when("accurate")), trees.flat("0.04", order=1)]
    version = trees.version(api, *rules)
    assert trees.activate(api, version).status == 200
    item = version["pricing_categories"][0]["pricings"][0]["items"][0]["product_item_ids"][0]
    below = {"parent_product_id": "transcription", "features": [{"reference": "sso"}]}
    cast.product(api, "a-captions", name="Captions", **below)
    grant = {"feature_id": feature["id"], "switch": False}
    draft = trees.body(
        {"id": version["pricing_plan_id"]},
        {"product_ids": ["transcription"], "entitlements": [grant], "product_type": "ADDON"},
    )
    api.post("/v1/pricing-plan-versions", draft).ok()
    old = cast.product(api, "z-old", status="ACTIVE")
    api.post(f"/v1/products/{old['id']}/archive").ok()
    return item


def yaml_of(client):
    return text.written(client.get("/v1/catalog/export").ok())


def test_an_import_into_an_empty_platform_exports_the_same_bytes(api, stranger, sold):
    told = yaml_of(api)
    found = stranger.post("/v1/catalog/import", text.read(told)).ok()["changes"]
    assert {change["action"] for change in found} == {"CREATE"}
    assert yaml_of(stranger) == told
    assert "_0" not in told.replace("_0.", "")  # no id


def test_importing_twice_changes_nothing(api, sold):
    document = api.get("/v1/catalog/export").ok()
    assert api.post("/v1/catalog/import", document).ok() == {"changes": []}


def test_a_diff_tells_what_would_change_and_changes_nothing(api, sold):
    document = api.get("/v1/catalog/export").ok()
    document["products"][1]["name"] = "Writing"
    document["products"].append({"reference": "new", "name": "New", "category_id": "speech"})
    told = api.post("/v1/catalog/diff", document).ok()["changes"]
    assert {(each["action"], each["reference"]) for each in told} == {
        ("CREATE", "new"),
        ("UPDATE", "transcription"),
    }
    changed = next(each for each in told if each["action"] == "UPDATE")["differences"]
    assert [each["message"] for each in changed] == ["name changes from Transcription to Writing"]
    assert api.post("/v1/catalog/import?dry_run=true", document).ok()["changes"] == told
    assert api.post("/v1/catalog/import?dry_run=yes", document).body["field"] == "dry_run"
    assert not Product.objects.filter(reference="new").exists()


def test_what_the_document_does_not_name_is_left_alone(api, sold):
    told = api.post("/v1/catalog/import", {"format": 1}).ok()["changes"]
    assert {each["action"] for each in told} == {"ABSENT"}
    assert Product.objects.filter(reference="transcription").exists()


def test_a_field_that_the_entry_no_longer_has_is_emptied(api, sold):
    category = {"reference": "speech", "name": "Speech", "description": "Spoken"}
    api.post("/v1/catalog/import", {"format": 1, "product_categories": [category]}).ok()
    assert api.get("/v1/product-categories/speech").ok()["description"] == "Spoken"
    category.pop("description")
    api.post("/v1/catalog/import", {"format": 1, "product_categories": [category]}).ok()
    assert api.get("/v1/product-categories/speech").ok()["description"] is None


def test_one_fault_undoes_all_and_names_its_place(api):
    document = {
        "format": 1,
        "product_categories": [{"reference": "speech", "name": "Speech"}],
        "products": [{"reference": "x", "name": "X", "category_id": "none"}],
    }
    answer = api.post("/v1/catalog/import", document)
    assert (answer.status, answer.body["field"]) == (400, "products.0.category_id")
    assert api.get("/v1/product-categories").ok()["data"] == []


def test_prices_in_use_are_not_changed(api, sold):
    document = api.get("/v1/catalog/export").ok()
    active = document["pricing_plan_versions"][0]
    rule = active["pricing_categories"][0]["pricings"][0]["items"][0]["configs"][0]
    rule["bands"][0]["amount"]["quantity"] = "9"
    answer = api.post("/v1/catalog/diff", document)
    assert (answer.status, answer.body["field"]) == (400, "pricing_plan_versions.0.status")


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "format"),
        ({"format": 1, "prices": []}, "prices"),
        ({"format": 1, "products": {}}, "products"),
        ({"format": 1, "products": [{"name": "x"}]}, "products.0.reference"),
        ({"format": 1, "pricing_plan_versions": [NUMBERED]}, "pricing_plan_versions.0.version"),
        (
            {"format": 1, "pricing_plan_versions": [{**NUMBERED, "version": 2**31}]},
            "pricing_plan_versions.0.version",
        ),
        ({"format": 1, "meters": [{"reference": "m", "status": ["x"]}]}, "meters.0.status"),
        ({"format": 1, "features": [{"reference": "x"}, {"reference": "x"}]}, "features.1"),
    ],
)
def test_a_document_of_another_shape_is_refused(api, document, field):
    answer = api.post("/v1/catalog/diff", document)
    assert (answer.status, answer.body["field"]) == (400, field)


def test_version_numbers_are_kept(api, stranger, sold):
    plan = api.get("/v1/pricing-plans/payg").ok()
    draft = plan["pricing_plan_version_infos"][1]["id"]
    copy = api.post(
        "/v1/pricing-plan-versions",
        {"pricing_plan_id": plan["id"], "copied_from_pricing_plan_version_id": draft},
    ).ok()
    assert api.delete(f"/v1/pricing-plan-versions/{draft}").status == 200
    stranger.post("/v1/catalog/import", api.get("/v1/catalog/export").ok()).ok()
    assert yaml_of(stranger) == yaml_of(api)
    numbers = PricingPlanVersion.objects.filter(version=copy["version"]).count()
    assert (copy["version"], numbers) == (3, 2)


def test_the_export_costs_the_same_queries_whatever_the_size(
    platform, api, sold, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30):
        export.document(platform)


def test_yaml_reads_decimals_as_text_and_no_aliases():
    assert text.read("a: 0.10\nb: 12\nc: 2026-01-01\nd: no\ne: true\nf: ~") == {
        "a": "0.10",
        "b": 12,
        "c": "2026-01-01",
        "d": "no",
        "e": True,
        "f": None,
    }
    for bad in ("a: &x [1]\nb: *x", "a: !!python/object:os.system x", "a: [", "{a: b"):
        with pytest.raises(BadRequest):
            text.read(bad)


def test_the_command_exports_compares_and_imports(api, platform, sold, tmp_path):
    def run(*words):
        out, err = io.StringIO(), io.StringIO()
        call_command("catalog", *words, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    told, _ = run("export")
    file = tmp_path / "catalog.yaml"
    file.write_text(told.replace("name: Speech", "name: Voice", 1))
    assert "Speech" in told
    with pytest.raises(SystemExit):
        run("diff", str(file))
    out, err = run("import", str(file), "--dry-run")
    assert "to Voice" in out and "update" in err
    assert run("export")[0] == told
    run("import", str(file))
    assert run("export")[0] == file.read_text()
    assert run("diff", str(file))[0] == "no difference\n"
    with pytest.raises(CommandError, match="cannot be read"):
        run("import", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="no platform"):
        run("export", "--platform", "plat_x")
