"""The application's addresses and ``/bench/plain``: a plain view that does one INSERT."""

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as application

INSERT = """
    INSERT INTO bench_plain (reference, customer, meter, timestamp, number, properties)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"""


@csrf_exempt
def plain(request: HttpRequest) -> HttpResponse:
    """No key, no validation, no rollup, no duplicates: JSON in, one row, its id out."""
    body: dict[str, Any] = json.loads(request.body)
    row = [
        body["reference"],
        body["customer_reference"],
        body["meter_reference"],
        datetime.fromisoformat(body["timestamp"]),
        body["meter_values"][0]["number"],
        json.dumps(body["meter_properties"]),
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, row)
        (number,) = cursor.fetchone()
    return JsonResponse({"id": number}, status=201)


urlpatterns = [*application, path("bench/plain", plain)]
