"""The worked example of the README is what the code answers."""

from decimal import Decimal
from pathlib import Path

from catalog.rating import rate
from catalog.rating.explaining import explained
from catalog.rating.parsing import config
from catalog.rating.usage import Usage

README = Path(__file__).parent.parent / "README.md"


def test_the_worked_example_is_true():
    text = README.read_text()
    example = text.split("```python\n")[1].split("```")[0]
    names = {"parse": config.parse, "rate": rate.rate, "Usage": Usage, "Decimal": Decimal}
    exec(example, names)
    answer = explained.of(names["rated"])
    assert answer["amount"] == {"quantity": "14.25", "currency": "EUR"}
    for line in answer["details"]:
        assert f"| {line['description']} | {line['amount']['quantity']} EUR |" in text


def test_every_price_model_is_described():
    text = README.read_text()
    assert [model for model in rate.MODELS if f"| {model} |" not in text] == []
