"""Requests generated from the served document: never a 5xx, never an answer that it does not describe.

Valid requests name things that exist, on a platform that has something of every kind; invalid ones do not.
The same requests every time; ``SCHEMATHESIS_EXAMPLES=100`` sends more of each kind to each operation.
"""

from __future__ import annotations

import itertools
import json
import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.tests.furnished import furnish, object_of
from config.views import document

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "8"))
# What changes or removes things comes after what reads them.
ORDER = ["get", "patch", "put", "post", "delete"]
schema = schemathesis.openapi.from_dict(json.loads(document()))
operations = sorted(
    (result.ok() for result in schema.get_all_operations()), key=lambda each: ORDER.index(each.method)
)
TAGS = sorted({operation.tags[0] for operation in operations})


@pytest.fixture
def server(transactional_db, live_server, opened, platform, api):
    """The address of a live server, a key for it, and the ids of what is there."""
    return live_server.url, opened.api_key, furnish(platform, api)


def test_every_operation_of_the_document_is_called():
    described = json.loads(document())["paths"]
    expected = {(method, path) for path, item in described.items() for method in ORDER if method in item}
    assert {(operation.method, operation.path) for operation in operations} == expected
    assert all(len(operation.tags) == 1 for operation in operations)


@pytest.mark.parametrize("tag", TAGS)
def test_generated_requests_get_documented_answers(tag, server):
    for operation in operations:
        if operation.tags[0] == tag:
            for mode in MODES:
                check_operation(operation, mode, server)


def check_operation(operation, mode, server):
    address, key, ids = server
    kind = object_of(operation.path)
    existing = ids.get(kind) if mode == schemathesis.GenerationMode.POSITIVE else None
    chosen = itertools.cycle(existing or [None])

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def answered_as_documented(case):
        if existing:
            case.path_parameters["id"] = next(chosen)
        response = case.call(base_url=address, headers={"X-API-KEY": key}, timeout=30)
        assert response.status_code < 500, response.text
        case.validate_response(response, checks=CHECKS)

    answered_as_documented()
