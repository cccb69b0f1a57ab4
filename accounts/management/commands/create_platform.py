"""``manage.py create_platform``: a new platform with its owner and first API key."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Environment
from accounts.services import platforms
from kit import clock


class Command(BaseCommand):
    help = "Open a platform (a tenant): prints its id, owner and API key. The key is shown only now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="The company's name.")
        parser.add_argument(
            "--environment", choices=Environment.values, default="TEST", help="TEST has a clock you can move."
        )
        parser.add_argument("--owner-email", required=True, help="The owner signs in with this address.")
        parser.add_argument("--owner-password", required=True, help="At least 8 characters.")
        parser.add_argument("--json", action="store_true", help="Print one line of JSON for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        if "@" not in options["owner_email"]:
            raise CommandError("--owner-email must be an email address.")
        if len(options["owner_password"]) < 8:
            raise CommandError("--owner-password must have at least 8 characters.")
        opened = platforms.open_platform(
            name=options["name"],
            environment=Environment(options["environment"]),
            owner_email=options["owner_email"],
            owner_password=options["owner_password"],
            at=clock.now(),
        )
        facts = {
            "platform_id": opened.platform.public_id,
            "api_key": opened.api_key,
            "owner_email": opened.owner.email,
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        else:
            for name, value in facts.items():
                self.stdout.write(f"{name:12} {value}")
