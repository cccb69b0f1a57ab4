"""What `make start` says about documents before the first one is asked for."""

import pytest

from config import supervisor


@pytest.mark.parametrize(
    ("libraries", "fonts", "said"),
    [
        (False, True, "apt-get install libpango-1.0-0"),
        (True, False, "apt-get install fonts-noto-cjk"),
        (True, True, ""),
    ],
)
def test_the_welcome_says_what_documents_still_need(
    monkeypatch: pytest.MonkeyPatch, libraries: bool, fonts: bool, said: str
) -> None:
    monkeypatch.setattr(supervisor, "documents_can_be_made", lambda: libraries)
    monkeypatch.setattr(supervisor, "east_asian_text_can_be_printed", lambda: fonts)
    words = supervisor.welcome("http://127.0.0.1:8000")
    assert ("apt-get" in words) == bool(said)
    assert said in words


def test_a_machine_that_cannot_tell_its_fonts_is_not_nagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor.shutil, "which", lambda name: None)
    assert supervisor.east_asian_text_can_be_printed()
