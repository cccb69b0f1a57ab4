"""A difference as one sentence that a person reads: of which item, rule and band, what, from what to what.

Pure. Nodes are called by their references, rules and bands by their place among others, from 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.services.differences import ORDER, Difference, Step, named
from catalog.services.price_words import label, price_label, said

# What a member of a list is called before its name or number; by default as the list, without its s.
MEMBERS = {
    "configs": "rule",
    "entitlements": "feature",
    "items": "",
    "pricing_categories": "category",
    "pricing_currency_configs": "in",
    "pricings": "prices of",
}
# A node of these is known without saying what it is in.
WHOLES = ("pricing_categories", "pricing_groups", "pricings", "items")
# What adds nothing to the name of a value.
SILENT = (
    "billing_period_settings",
    "meter_property",
    "number",
    "pricing_currency_settings",
    "quantity",
)
# What is several things though it is no list.
SEVERAL = ("conditions", "seats")


def in_words(difference: Difference) -> str:
    """``calls, rule 1, band 2: price per unit changes from 0.10 EUR to 0.09 EUR``."""
    place, rest = _place(difference.trail)
    subject = _subject(rest, difference.trail) if rest else place.pop() if place else difference.field
    several = subject in SEVERAL or subject.startswith("prices of") or _is_list(difference.trail)
    head = f"{', '.join(place)}: " if place else ""
    return f"{head}{subject} {_what(difference, several=several)}"


def _what(difference: Difference, *, several: bool) -> str:
    be, trail = "are" if several else "is", difference.trail
    before, after = (said(trail, difference.before, 1), said(trail, difference.after, 2))
    if difference.before is None:
        return f"{be} added" if difference.after is True or not after else f"{be} added: {after}"
    if difference.after is None:
        return f"{be} removed: {'they were' if several else 'it was'} {before}"
    return f"{'change' if several else 'changes'} from {before} to {after}"


def _is_list(trail: Sequence[Step]) -> bool:
    return bool(trail) and trail[-1].name != ORDER and isinstance(trail[-1].node, list)


def _place(trail: Sequence[Step]) -> tuple[list[str], list[Step]]:
    """The nodes that a path leads through, in words, and the steps after the last of them."""
    place: list[str] = []
    rest: list[Step] = []
    for step in trail:
        if rest and isinstance(rest[-1].node, list) and isinstance(step.node, Mapping):
            kind = rest[-1].name
            place = [*([] if kind in WHOLES else place), _member(kind, step)]
            rest = []
        else:
            rest.append(step)
    return place, rest


def _member(kind: str, step: Step) -> str:
    """``rule 1``, ``prices of calls``, ``minutes and seconds``."""
    node: Mapping[str, object] = step.node
    word = MEMBERS.get(kind, label(kind).removesuffix("s"))
    word = "condition on" if "comparator" in node else word
    several = node.get("product_item_ids") or node.get("product_ids")
    if isinstance(several, list):
        return f"{word} {' and '.join(map(str, several))}".strip()
    name = named(node) or node.get("name")
    return f"{word} {name or int(step.name) + 1}".strip()


def _subject(rest: Sequence[Step], trail: Sequence[Step]) -> str:
    """What the value is: ``price per unit``, ``currency of the fixed amount``, ``order of the items``."""
    names = [step.name for step in rest]
    if names[-1] in (ORDER, "currency") and len(names) > 1:
        return f"{names[-1]} of the {_subject(rest[:-1], trail)}"
    told = [name for at, name in enumerate(names) if name not in SILENT and (name != "amount" or not at)]
    if told == ["amount"] and any(step.name == "bands" for step in trail):
        return price_label(trail)
    return ", ".join(map(label, told)) or label(names[0])
