"""``manage.py catalog export|diff|import``: the catalog of a platform as a YAML file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.context import Context
from accounts.models import Platform
from accounts.services import clock
from catalog.api.as_code import export, importing, text
from catalog.services.difference_words import in_words
from kit.errors import TallydeskError


class Command(BaseCommand):
    help = "Write a platform's catalog as YAML, compare a file with it, or make it as a file says."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, meaning in (
            ("export", "print the catalog"),
            ("diff", "show what importing the file would change; status 1 if anything"),
            ("import", "make the catalog as the file says, all or nothing"),
        ):
            own = verbs.add_parser(verb, help=meaning)
            own.add_argument("--platform", help="The platform's id; not needed where there is only one.")
            if verb != "export":
                own.add_argument("file", help="A YAML (or JSON) file; - reads standard input.")
            if verb == "import":
                own.add_argument("--dry-run", action="store_true", help="Judge everything, change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        platform = _platform(options["platform"])
        if options["verb"] == "export":
            self.stdout.write(text.written(export.document(platform)), ending="")
            return
        dry = options["verb"] == "diff" or options["dry_run"]
        try:
            found = self._run(platform, options["file"], dry=dry, progress=options["verb"] == "import")
        except TallydeskError as error:
            raise CommandError(f"{error.field}: {error.message}" if error.field else error.message) from error
        self._tell(found)
        if options["verb"] == "diff" and any(change.action != "ABSENT" for change in found):
            sys.exit(1)

    def _run(self, platform: Platform, file: str, *, dry: bool, progress: bool) -> list[importing.Change]:
        ctx = Context(platform=platform, at=clock.now(platform), actor_type="COMMAND", actor="catalog")
        run = importing.dry_run if dry else importing.changes
        document = text.read(_read(file))
        if progress:
            return run(ctx=ctx, document=document, progress=self.stderr.write)
        return run(ctx=ctx, document=document)

    def _tell(self, found: list[importing.Change]) -> None:
        for change in found:
            self.stdout.write(f"{change.action.lower()} {change.kind} {change.reference}")
            for each in change.differences:
                self.stdout.write(f"    {in_words(each)}")
        if not found:
            self.stdout.write("no difference")


def _platform(public_id: str | None) -> Platform:
    rows = Platform.objects.all()
    if public_id:
        rows = rows.filter(public_id=public_id)
    found = list(rows[:2])
    if len(found) != 1:
        known = "no platform has this id" if public_id else "name one of the platforms with --platform"
        raise CommandError(known)
    return found[0]


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
