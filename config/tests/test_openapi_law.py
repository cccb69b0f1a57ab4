"""The served document says everything a client needs, for every operation."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from config.views import document
from kit.api.schema import ERRORS

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def openapi():
    return json.loads(document())


def operations(openapi):
    for path, item in openapi["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def test_the_document_is_openapi_3_1(openapi):
    assert openapi["openapi"].startswith("3.1")
    names = [operation["operationId"] for _, operation in operations(openapi)]
    assert len(names) == len(set(names)) > 0


def test_every_operation_names_its_permission_tag_and_meaning(openapi):
    for name, operation in operations(openapi):
        assert operation["x-permission"], name
        assert operation["tags"][0], name
        assert not operation["description"].startswith("Permission:"), f"{name} has no docstring"


def test_every_operation_lists_its_errors(openapi):
    for name, operation in operations(openapi):
        assert ERRORS.keys() <= operation["responses"].keys(), name


def test_every_json_body_has_an_example(openapi):
    for name, operation in operations(openapi):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in (body["content"].get("application/json") for body in bodies if body.get("content")):
            if media is not None:
                assert "example" in media or "examples" in media, name


def test_null_fits_one_branch_of_a_choice(openapi):
    def choices(node):
        if isinstance(node, dict):
            yield from [node["oneOf"]] if "oneOf" in node else []
            node = list(node.values())
        for each in node if isinstance(node, list) else []:
            yield from choices(each)

    found = list(choices(openapi["components"]["schemas"]))
    assert found
    for branches in found:
        assert {} not in branches
        assert sum(branch == {"type": "null"} for branch in branches) <= 1, branches


def test_the_document_has_no_other_method_than_get():
    refused = Client(enforce_csrf_checks=True).post("/v1/openapi.json")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
    assert refused.json()["message"] == 'Method "POST" not allowed.'
