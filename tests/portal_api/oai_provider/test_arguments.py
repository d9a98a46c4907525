"""Every way of asking wrongly has its error; every other way is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.oai_provider.arguments import Arguments, Refusal, read

LIST = [("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([], "badVerb"),
        ([("verb", "")], "badVerb"),
        ([("verb", "listrecords")], "badVerb"),
        ([("verb", "Identify"), ("verb", "Identify")], "badVerb"),
        ([("verb", "Identify"), ("x", "1")], "badArgument"),
        ([("verb", "ListRecords")], "badArgument"),
        ([("verb", "ListRecords"), ("metadataPrefix", "")], "badArgument"),
        ([*LIST, ("metadataPrefix", "oai_dc")], "badArgument"),
        ([*LIST, ("set", "a\0b")], "badArgument"),
        ([*LIST, ("set", "a::b")], "badArgument"),
        ([*LIST, ("from", "2026-13-01")], "badArgument"),
        ([*LIST, ("from", "2026-02-30")], "badArgument"),
        ([*LIST, ("from", "2026-01-01T00:00:00.5Z")], "badArgument"),
        ([*LIST, ("from", "2026-01-01T00:00Z")], "badArgument"),
        ([*LIST, ("from", "２０２６-01-01")], "badArgument"),
        ([*LIST, ("from", "2026")], "badArgument"),
        ([*LIST, ("from", "2026-01-01"), ("until", "2026-01-02T00:00:00Z")], "badArgument"),
        ([*LIST, ("from", "2026-01-02"), ("until", "2026-01-01")], "badArgument"),
        ([*LIST, ("resumptionToken", "x")], "badArgument"),
        ([("verb", "Identify"), ("resumptionToken", "x")], "badArgument"),
        ([("verb", "GetRecord"), ("metadataPrefix", "oai_dc")], "badArgument"),
        ([("verb", "GetRecord"), ("metadataPrefix", "oai_dc"), ("identifier", 'a"b')], "badArgument"),
        ([("verb", "GetRecord"), ("metadataPrefix", "oai_dc"), ("identifier", "a%zz")], "badArgument"),
    ],
)
def test_a_wrong_request_is_refused(pairs: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read(pairs)
    assert refusal.value.code == code


def test_a_day_is_read_to_its_last_second() -> None:
    asked = read([*LIST, ("from", "2026-01-01"), ("until", "2026-01-01")])
    assert (asked.since, asked.until) == ("2026-01-01T00:00:00Z", "2026-01-01T23:59:59Z")


def test_a_token_stands_alone() -> None:
    assert read([("verb", "ListRecords"), ("resumptionToken", "abc")]).resumption_token == "abc"


names = st.sampled_from(["verb", "metadataPrefix", "from", "until", "set", "identifier", "resumptionToken", "x"])
values = st.one_of(
    st.text(), st.sampled_from(["ListRecords", "GetRecord", "Identify", "oai_dc", "2026-01-01", "oai:a:b"])
)


@given(st.lists(st.tuples(names, values), max_size=6))
def test_anything_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    try:
        asked: Arguments | Refusal = read(pairs)
    except Refusal as refusal:
        asked = refusal
    assert isinstance(asked, Arguments) or asked.code in ("badVerb", "badArgument")
