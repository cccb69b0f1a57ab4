"""How far a long piece of work is, on stderr: a bar on a terminal, a few lines in a pipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

WIDTH = 30
LINES = 4  # how many quarters are told of where nobody watches


@dataclass
class Bar:
    """``to(done=, of=, what=)`` as often as wanted; it writes only when something is to be seen."""

    stream: TextIO
    title: str
    shown: int = -1

    def to(self, *, done: int, of: int, what: str) -> None:
        """``done`` of so many equal parts are finished; ``what`` is being worked on."""
        part = done * 100 // of
        if not self.stream.isatty():
            part = part * LINES // 100 * 100 // LINES
        if part == self.shown:
            return
        self.shown = part
        if self.stream.isatty():
            filled = "#" * (part * WIDTH // 100)
            end = "\n" if done == of else ""
            self.stream.write(f"\r{self.title} [{filled:<{WIDTH}}] {part:3} %  {what:<20}{end}")
        else:
            self.stream.write(f"{self.title}: {part} %, {what}\n")
        self.stream.flush()
