"""Repairs: every kind is counted, nothing legal is touched, and the result parses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.formats.repair import clean
from mappings.formats.xml import read_xml


@pytest.mark.parametrize(
    ("source", "repaired", "codes"),
    [
        ("<a>\x0b\x00</a>", "<a>\ufffd\ufffd</a>", ["illegal_character"]),
        ("<a>&#x1F; &#0;</a>", "<a>\ufffd \ufffd</a>", ["illegal_reference"]),
        ("<a>&#xD83D;&#xDE00;&#xD83D;</a>", "<a>😀\ufffd</a>", ["illegal_reference"]),
        ("<a>\ud83d\ude00\ud83d</a>", "<a>😀\ufffd</a>", ["surrogates_joined"]),
        ("<a>R & D, AT&T</a>", "<a>R &amp; D, AT&amp;T</a>", ["bare_ampersand"]),
        ("<a>&nbsp;caf&eacute; &unknown;</a>", "<a>\xa0café &amp;unknown;</a>", ["bare_ampersand", "entity_resolved"]),
        ("<a>&LT;b&GT;</a>", "<a>&lt;b&gt;</a>", ["entity_resolved"]),
        ("<a>&#1;&#60;&#13;</a>", "<a>\ufffd&#60;&#13;</a>", ["illegal_reference"]),
        (
            "<a><![CDATA[R & D \x01]]> & </a>",
            "<a><![CDATA[R & D \ufffd]]> &amp; </a>",
            ["bare_ampersand", "illegal_character"],
        ),
    ],
)
def test_each_repair(source: str, repaired: str, codes: list[str]) -> None:
    cleaned = clean(source)
    assert cleaned.text == repaired
    assert [repair.code for repair in cleaned.repairs] == codes
    read_xml(cleaned.text)


@pytest.mark.parametrize(
    "source",
    ["<a>&amp;&lt;&#13;&#x1F600;</a>", "<a><![CDATA[a & b &nope;]]></a>", "<a>\t\r\n\x85\x7f\ue000</a>", ""],
)
def test_what_is_legal_stays_the_same_string(source: str) -> None:
    cleaned = clean(source)
    assert cleaned.text is source
    assert cleaned.repairs == ()


@given(st.text(alphabet=st.characters(exclude_characters="<>"), max_size=120))
def test_any_text_becomes_readable(text: str) -> None:
    cleaned = clean(f"<a>{text}</a>")
    read_xml(cleaned.text)
    assert clean(cleaned.text).repairs == ()


@given(
    st.lists(st.sampled_from(["&", "&#", "&#x", ";", "amp", "<![CDATA[", "]]>", "D83D", "\x00", "1", "é"]), max_size=30)
)
def test_repairing_twice_changes_nothing_more(parts: list[str]) -> None:
    once = clean("".join(parts)).text
    assert clean(once).text == once
