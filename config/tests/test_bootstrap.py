"""What `make` does before the command: install once, and again only when the lock files change."""

from pathlib import Path

import pytest

from config import bootstrap


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("django==5.2.19\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==9.2.0\n")
    (tmp_path / ".venv").mkdir()
    return tmp_path


def note_installed(checkout: Path, names: tuple[str, ...]) -> None:
    marker = checkout / ".venv" / ".tallydesk-installed"
    marker.write_text(bootstrap.fingerprint(checkout=checkout, names=names))


def is_installed(checkout: Path, names: tuple[str, ...]) -> bool:
    return bootstrap.installed(environment=checkout / ".venv", checkout=checkout, names=names)


def test_a_new_environment_has_nothing_installed(checkout: Path) -> None:
    assert not is_installed(checkout, bootstrap.RUNTIME)


def test_what_was_installed_is_not_installed_again(checkout: Path) -> None:
    note_installed(checkout, bootstrap.RUNTIME)
    assert is_installed(checkout, bootstrap.RUNTIME)


def test_a_changed_lock_file_is_installed_again(checkout: Path) -> None:
    note_installed(checkout, bootstrap.RUNTIME)
    (checkout / "requirements.txt").write_text("django==5.2.20\n")
    assert not is_installed(checkout, bootstrap.RUNTIME)


def test_the_development_packages_are_enough_to_start(checkout: Path) -> None:
    note_installed(checkout, bootstrap.DEVELOPMENT)
    assert is_installed(checkout, bootstrap.RUNTIME)


def test_the_runtime_packages_are_not_enough_to_test(checkout: Path) -> None:
    note_installed(checkout, bootstrap.RUNTIME)
    assert not is_installed(checkout, bootstrap.DEVELOPMENT)


def test_an_unknown_command_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SystemExit, match="start"):
        bootstrap.main(["dance"])


def test_the_lock_files_name_no_index_and_no_path() -> None:
    for name in bootstrap.DEVELOPMENT:
        text = (bootstrap.CHECKOUT / name).read_text()
        assert "==" in text
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
