"""What a browser calls itself, in words."""

from __future__ import annotations

# In this order: most browsers name the ones that they descend from as well.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
LONGEST = 60


def browser(agent: str) -> str:
    """``Chrome on Linux``; what an unknown one says of itself, cut short."""
    name = next((words for mark, words in BROWSERS if mark in agent), "")
    system = next((words for mark, words in SYSTEMS if mark in agent), "")
    if name and system:
        return f"{name} on {system}"
    return name or agent[:LONGEST] or "Unknown"
