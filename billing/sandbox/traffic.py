"""A few requests of a program, made to the application itself, so that the API log has something to show."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from accounts.models import Platform
from accounts.services import request_log
from billing.models import Customer
from metering.models import Meter, MeterProperty

AGENT = "halyard-billing/1.0"
REPEATED = 12


def send(*, platform: Platform, key: str) -> int:
    """Ask with ``key``; the number of rows that the log then has of it. Nothing on the platform changes."""
    ask, handler = RequestFactory(SERVER_NAME="localhost", HTTP_USER_AGENT=AGENT), WSGIHandler()
    with _refusals_unsaid():
        for method, path, body in _requests(platform):
            content = json.dumps(body).encode() if body is not None else b""
            request = ask.generic(method, path, content, "application/json", headers={"X-API-KEY": key})
            handler.get_response(request).close()
    return request_log.write()


@contextmanager
def _refusals_unsaid() -> Iterator[None]:
    """Some requests are wrong on purpose: a warning of them would worry whoever starts for the first time."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _requests(platform: Platform) -> list[tuple[str, str, Any]]:
    customer = Customer.objects.for_platform(platform).order_by("pk").first()
    meter = Meter.objects.for_platform(platform).order_by("pk").first()
    named = {"customer_reference": getattr(customer, "reference", ""), "meter_reference": str(meter)}
    values = [
        {"reference": link.meter_value.reference, "number": "1"}
        for link in (meter.value_links.select_related("meter_value") if meter else ())
    ]
    properties = [
        {"reference": each.reference, "value": (each.enum_values or ["sample"])[0]}
        for each in (MeterProperty.objects.filter(meter_links__meter=meter) if meter else ())
    ]
    event = {**named, "reference": "trial-0001", "meter_values": values, "meter_properties": properties}
    return [
        ("GET", "/v1/meters", None),
        ("GET", "/v1/customers?limit=5", None),
        ("GET", "/v1/invoices?limit=3&status=DRAFT", None),
        *[("POST", "/v1/events/calculate", event)] * REPEATED,
        ("POST", "/v1/events/calculate", {**event, "meter_reference": "api_cals"}),
        ("GET", "/v1/pricing-plans?limit=5", None),
        ("POST", "/v1/customers", {"reference": "two words", "name": "Two words"}),
        ("GET", "/v1/customers/nobody", None),
    ]
