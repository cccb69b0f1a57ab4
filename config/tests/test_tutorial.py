"""The tutorial's commands, run as they are printed, against a running server."""

from __future__ import annotations

from billing.models import Invoice
from config.tests.shell import TUTORIAL, answers, blocks


def test_every_command_of_the_tutorial_works_as_written(terminal, tmp_path):
    printed = answers(terminal("\n".join(blocks(TUTORIAL.read_text()))))
    assert [answer for answer in printed if "code" in answer] == []
    calculated = next(answer for answer in printed if "curve" in answer)
    assert calculated["amount"] == {"quantity": "47.50", "currency": "EUR"}
    drafts = next(answer for answer in printed if "data" in answer)["data"]
    assert [(each["status"], each["invoice_amount_including_tax"]["quantity"]) for each in drafts] == [
        ("DRAFT", "57.48")
    ]
    final = printed[-1]
    assert (final["status"], final["invoice_amount_including_tax"]["quantity"]) == ("FINAL", "57.48")
    assert final["invoice_number"]
    assert Invoice.objects.get(public_id=final["id"]).status == "FINAL"
    assert (tmp_path / "first-invoice.pdf").read_bytes().startswith(b"%PDF")
