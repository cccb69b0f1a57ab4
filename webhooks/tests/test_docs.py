"""The receiver that the how-to shows does what it says."""

import re
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest

from kit import clock
from webhooks.services import actions, signing

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def shown():
    """The functions of the how-to."""
    text = (DOCS / "how-to" / "receive-webhooks.md").read_text()
    names = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(textwrap.dedent(block), names)
    return names


@pytest.mark.parametrize("name", ["verify", "verify_reference"])
def test_the_documented_receiver_verifies(shown, name):
    secret, body = signing.new_secret(), b'{"sequence":1}'

    def headers(at):
        return signing.headers(living=[secret], message_id="whev_1", body=body, at=at)

    now = clock.now()
    assert shown[name](secret, headers(now), body) == {"sequence": 1}
    with pytest.raises(Exception, match=r"(?i)signed|signature"):
        shown[name](signing.new_secret(), headers(now), body)
    with pytest.raises(Exception, match=r"(?i)too old"):
        shown[name](secret, headers(now - timedelta(minutes=6)), body)


def test_every_lifecycle_name_belongs_to_a_known_resource():
    assert set(actions.LIFECYCLE) <= actions.RESOURCES
