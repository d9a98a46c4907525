"""Where a hit answers: spans in code points of the text shown, snippets, scripts, codes, reduced lines."""

from __future__ import annotations

import pytest

from index.errors import QueryInvalid
from index.ports import SearchBackend
from index.query.model import Words
from index.results import SearchHit
from mappings.schema.record import Description
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import ask, thing, titles

LONG = "Nothing of note. " * 30 + "A survey of the <b>harbour</b> at Wéllington, with O’Brien’s plans. " + "More. " * 60


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A search over texts in several scripts."""
    return index_of(
        [
            thing("Harbour plans", descriptions=(Description(value=LONG, kind="abstract"),)),
            thing("民國二十年上海商會檔案"),
            thing("京都ホテル案内"),
            thing("조선왕조실록 목록"),
            thing("Письма Толстого"),
            thing("𝔊othic 𠮷野家 menu"),
            thing("Deed", holding=(factories.holding(reference_code="WA/HMM/CM/Col-1"),), native_id="10.5281/zenodo.1"),
        ]
    )


def first(search: SearchBackend, text: str) -> SearchHit:
    """The best hit."""
    return search.search(ask(text)).hits[0]


def marked(hit: SearchHit) -> list[str]:
    """The marked parts of its title."""
    return [hit.title[start:end] for start, end in hit.title_spans]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("商会", ["商會"]),
        ("上海商會", ["上海商會"]),
        ("民国", ["民國"]),
        ("ホテル", ["ホテル"]),
        ("ﾎﾃﾙ", ["ホテル"]),
        ("목록", ["목록"]),
        ("письмо", ["Письма"]),
        ("gothic", ["𝔊othic"]),
        ("𠮷野", ["𠮷野"]),
        ("plan", ["plans"]),
        ("har*", ["Harbour"]),
    ],
)
def test_every_script_is_found_and_marked_as_written(search: SearchBackend, query: str, expected: list[str]) -> None:
    assert marked(first(search, query)) == expected


def test_a_long_text_is_cut_round_its_words_and_stays_text(search: SearchBackend) -> None:
    (snippet,) = first(search, "wellington obrien").snippets
    assert [snippet.text[start:end] for start, end in snippet.spans] == ["Wéllington", "O’Brien’s"]
    assert len(snippet.text) <= 180
    assert (snippet.cut_before, snippet.cut_after) == (True, True)
    assert "<b>harbour</b>" in snippet.text


#: far below the first 2,000 characters
FAR = "Nothing of note stands here. " * 176


def _described(index_of: IndexOf, text: str) -> SearchBackend:
    return index_of([thing("Box", descriptions=(Description(value=text, kind="abstract"),))])


@pytest.mark.parametrize(
    ("query", "text", "written", "how"),
    [
        ("registers", "the register of the poor", "register", "stem"),
        ("letters", "有關之函件", "函件", "synonym"),
        ("商会", "上海商會", "商會", "exact"),
    ],
)
def test_a_word_far_down_a_long_text_is_shown_and_named_in_any_form(
    index_of: IndexOf, query: str, text: str, written: str, how: str
) -> None:
    hit = first(_described(index_of, FAR + text), query)
    assert (hit.why[0].words, hit.why[0].how, hit.why[0].field) == ((written,), how, "description")
    assert not hit.snippets or [hit.snippets[0].text[a:b] for a, b in hit.snippets[0].spans] == [written]


def test_a_word_far_from_the_others_is_named_without_a_snippet(index_of: IndexOf) -> None:
    text = "The whaling station. " + FAR + "Müller kept registers. " + FAR + "日記"
    hit = first(_described(index_of, text), "whaling register mueller 日记")
    assert {reason.words[0] for reason in hit.why} == {"whaling", "registers", "Müller", "日記"}
    assert [snippet.text[a:b] for snippet in hit.snippets for a, b in snippet.spans] == ["whaling"]


def test_what_a_long_text_does_not_have_is_not_named(index_of: IndexOf) -> None:
    hit = first(_described(index_of, FAR + "registration"), "box OR registers")
    assert [reason.words for reason in hit.why] == [("Box",)]


@pytest.mark.parametrize("query", ["WA/HMM/CM/Col-1", "wa/hmm/cm", "WA/HMM", "10.5281/zenodo.1", "code:WA/HMM/*"])
def test_codes_identifiers_and_what_they_begin_with_come_first(search: SearchBackend, query: str) -> None:
    assert titles(search, query)[0] == "Deed"


def test_a_code_is_named_as_the_reason(search: SearchBackend) -> None:
    reason = first(search, "WA/HMM/CM").why[0]
    assert (reason.clause, reason.words) == ("code", ("WA/HMM/CM/Col-1",))


def test_one_word_of_five_may_be_missing(search: SearchBackend) -> None:
    assert titles(search, "harbour survey note plans elephant") == ["Harbour plans"]
    assert titles(search, "harbour survey elephant plans") == []


def test_a_query_of_many_words_says_that_not_all_of_their_forms_are_looked_for(search: SearchBackend) -> None:
    others = " OR ".join(" ".join(f"r{chr(97 + n)}{letter}ings" for n in range(12)) for letter in "aeiu")
    answer = search.search(ask(f"{others} OR harbour plan"))
    assert [hit.title for hit in answer.hits] == ["Harbour plans"]
    assert [notice.code for notice in answer.notices] == ["forms_trimmed"]


def test_stop_words_never_lose_a_hit(search: SearchBackend) -> None:
    assert titles(search, "the plans of harbour und le") == ["Harbour plans"]


def test_a_reduced_line_is_found_by_its_code_and_by_nothing_withheld(index_of: IndexOf) -> None:
    reduced = thing("[file, RIV/1/2]", level="file", agents=(), subjects=(), descriptions=())
    search = index_of([reduced])
    assert titles(search, "RIV/1/2") == ["[file, RIV/1/2]"]
    assert titles(search, "baptism") == []


@pytest.mark.parametrize(
    "text", ["\0", "((((", '"', "-", "title:", "~", "*", "a" * 600, "OR OR", "\ud800", "[1 TO 2]", "'"]
)
def test_hostile_text_is_answered(search: SearchBackend, text: str) -> None:
    search.search(ask(text, facets=("level",), histogram=True))


def test_a_quote_may_have_to_begin_or_be_a_whole_text_in_any_field(search: SearchBackend) -> None:
    assert titles(search, '^"harbour"') == ["Harbour plans"]
    assert titles(search, '^"plans"') == []
    assert titles(search, '="harbour plans"') == ["Harbour plans"]
    assert titles(search, '="harbour"') == []


def test_an_operator_alone_is_a_word(search: SearchBackend) -> None:
    answer = search.search(ask("harbour AND"))
    assert [hit.title for hit in answer.hits] == ["Harbour plans"]
    assert [(notice.code, notice.position) for notice in answer.notices] == [("operator_alone", 8)]


def test_a_tree_is_answered_as_its_text_is(search: SearchBackend) -> None:
    assert titles(search, "", tree=Words(text="harbour")) == titles(search, "harbour")


def test_strict_reading_names_the_place(search: SearchBackend) -> None:
    with pytest.raises(QueryInvalid) as refused:
        search.search(ask("plans (harbour", syntax="strict"))
    assert (refused.value.position, refused.value.expected) == (6, ")")
