"""Every address of Desk, for tests about all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from desk import urls

KEY = re.compile(r"<(?:(\w+):)?\w+>")


def addresses() -> Iterator[tuple[str, Any]]:
    """(path with a key that nothing has, view class) of every pattern."""

    def within(patterns: Any, above: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            path = above + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from within(pattern.url_patterns, path)
            else:
                yield KEY.sub(lambda found: "1" if found[1] == "int" else "x", path), pattern.callback

    for path, callback in within(urls.urlpatterns, "/desk/"):
        if hasattr(callback, "view_class"):
            yield path, callback.view_class
