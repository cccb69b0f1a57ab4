"""The document as YAML. Only text, whole numbers, true, false and null are read: 0.10 stays ``"0.10"``."""

from __future__ import annotations

import re
from typing import Any

import yaml

from kit.errors import BadRequest

LONGEST_LINE = 110


class _Reader(yaml.SafeLoader):
    """Without dates, floats and ``yes``/``no``, and without aliases, by which a small text grows huge."""

    yaml_implicit_resolvers: Any = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not read")
        return super().compose_node(parent, index)


_Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Reader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(document: Any) -> str:
    """YAML in the order of the document."""
    return str(
        yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=LONGEST_LINE, indent=2)
    )


def read(text: str) -> Any:
    """The document that ``text`` holds (YAML, or JSON, which is YAML). Raises BadRequest naming the line."""
    try:
        return yaml.load(text, Loader=_Reader)  # noqa: S506  a SafeLoader
    except yaml.YAMLError as error:
        raise BadRequest(f"This is not the YAML of a catalog: {error}") from error
