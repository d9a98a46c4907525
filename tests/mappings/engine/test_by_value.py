"""The short way of a value gives, tells and counts what the chain gives, tells and counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.by_value import by_value
from mappings.engine.chain import Chain, compile_chain
from mappings.engine.finishing import finished, leaves_of
from mappings.engine.program import Value
from mappings.engine.rules import Call
from mappings.engine.run_chain import run_chain
from mappings.engine.tables import Tables, shipped
from mappings.engine.targets import parse_target
from mappings.engine.values import Item
from mappings.engine.yaml_nodes import Plain

TABLES = Tables({"types": shipped("dcmi_types@1")})

#: steps, each with its argument, and targets that what comes out can stand at
WAYS: dict[str, tuple[tuple[tuple[str, Plain | tuple[Plain, ...]], ...], tuple[str, ...]]] = {
    "nothing": ((), ("title", "titles[]", "subjects[]", "descriptions[]", "languages[]", "edition", "type")),
    "squeezed": ((("squeeze", None), ("strip_end", " /:;")), ("title", "subjects[]", "edition")),
    "parts": ((("squeeze", None), ("split", ("; ", "；")), ("drop", ("unknown", "n/a"))), ("subjects[]", "places[]")),
    "parts twice": ((("split", ";"), ("split", ",")), ("genre[]",)),
    "what fits": ((("extract", r"\d+"),), ("edition", "titles[]")),
    "looked up": ((("squeeze", None), ("lookup", "types")), ("type", "genre[]")),
    "words of a list": ((("case", "lower"),), ("level",)),
    "dates": ((("split", ";"), ("edtf", None)), ("dates[]",)),
    "names": ((("squeeze", None), ("split", "; "), ("agent", None)), ("agents[]",)),
    "numbers": ((("identifier", None),), ("identifiers[]",)),
    "languages": ((("split", ";"), ("language", None)), ("languages[]",)),
}


def chain_of(*steps: tuple[str, Plain | tuple[Plain, ...]]) -> Chain:
    calls = [Call(name=name, arguments={} if given is None else {"": given}) for name, given in steps]
    chain, faults = compile_chain(calls, TABLES)
    assert not faults
    return chain


SAID = [
    "Letters /", " a  b ", "Floods; Rivers;", "unknown", "n/a; Floods", "1921; ca. 1930", "光绪三年；民国十年",
    "Espina, Concha, 1869-1955; Unknown", "StillImage", "Still image; Text", "en; zh", "xx", "vol. 12", "file",
    "no date", "Series", "978-3-16-148410-0", ";", " ", "a" * 3_000, "; ".join(["b" * 600] * 3),
]  # fmt: skip
any_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=40)
texts = st.one_of(st.sampled_from(SAID), any_text)
items = st.builds(
    Item,
    text=texts,
    lang=st.sampled_from([None, "eng", "zho-Hant"]),
    twin=st.sampled_from([None, None, None, "Xin; shi", "同"]),
)


@pytest.mark.parametrize(
    ("steps", "target"), [(steps, target) for steps, targets in WAYS.values() for target in targets]
)
@given(item=items)
def test_the_short_way_ends_where_the_chain_does(
    steps: tuple[tuple[str, Plain | tuple[Plain, ...]], ...], target: str, item: Item
) -> None:
    chain, shape = chain_of(*steps), parse_target(target).shape
    assert by_value(chain, shape, None)(item) == finished(run_chain(chain, (item,)), shape)


@given(item=items)
def test_what_a_condition_leaves_out_gives_nothing_and_costs_a_step(item: Item) -> None:
    ran = by_value(chain_of(("squeeze", None)), parse_target("title").shape, lambda text: False)(item)
    assert (ran.values, ran.notes, ran.steps) == ((), (), 1)


def test_a_text_that_a_place_does_not_take_is_told() -> None:
    ran = by_value(Chain(), parse_target("level").shape, None)(Item(text="poem"))
    assert [note.code for note in ran.notes] == ["value_refused"]


@given(text=texts, lang=st.sampled_from([None, "eng", "zho-Hant"]))
def test_leaves_are_those_of_the_value(text: str, lang: str | None) -> None:
    for target in ("title", "titles[]", "subjects[]", "descriptions[]", "agents[]", "edition"):
        for made in by_value(Chain(), parse_target(target).shape, None)(Item(text=text, lang=lang)).values:
            assert isinstance(made, Value)
            assert made.leaves == leaves_of(made.value)
