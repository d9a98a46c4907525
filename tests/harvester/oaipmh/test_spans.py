"""The spans of a page's records, also where what is opened in it is never closed."""

from __future__ import annotations

import time

import pytest

from harvester.oaipmh.spans import record_spans

#: a page that took minutes where each part of it was read to the end; seconds are room enough
MOST_SECONDS = 5.0
OWN = "<record><header/><metadata><a/></metadata></record>"
_CUT = "<record><header/><metadata>"


def told(text: str) -> list[str]:
    return [text[start:end] for start, end in record_spans(text)]


def test_a_record_inside_of_a_record_belongs_to_it() -> None:
    inner = "<record><header/><metadata><record><header/></record></metadata></record>"
    assert told(f"<a>{inner}{OWN}</a>") == [inner, OWN]


def test_a_record_that_is_never_closed_ends_where_the_next_begins() -> None:
    cut = "<record><header/><metadata><a/></metadata>"
    assert told(f"<a>{cut}{OWN}{cut}{OWN}</a>") == [cut, OWN, cut, OWN]


@pytest.mark.parametrize("inside", ["<a/>", "<record><b/></record>", "<record><b/>"])
@pytest.mark.parametrize("behind", ["<resumptionToken>t</resumptionToken></ListRecords>", "</o:ListRecords>", ""])
def test_the_last_record_if_never_closed_ends_where_the_list_ends(inside: str, behind: str) -> None:
    cut = f"<record><header/><!-- </ListRecords> --><metadata>{inside}</metadata>"
    assert told(f"<a>{OWN}{cut}{behind}") == [OWN, cut]


def test_records_behind_metadata_that_never_ends_are_records() -> None:
    assert told(f"{_CUT}<a>{OWN}{OWN}{_CUT}</ListRecords>") == [f"{_CUT}<a>", OWN, OWN, _CUT]


def test_tags_in_comments_and_cdata_are_none() -> None:
    body = f"<record><header/><!-- </record> --><![CDATA[<record>]]></record>{OWN}<!--{OWN}-->"
    assert told(body) == ["<record><header/><!-- </record> --><![CDATA[<record>]]></record>", OWN]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (OWN + "<!--" * 400_000, [(0, len(OWN))]),
        (OWN + "<![CDATA[" * 200_000, [(0, len(OWN))]),
        (OWN + "<record/>" + "<record " * 200_000, [(0, len(OWN)), (len(OWN), len(OWN) + 9)]),
        (
            _CUT + OWN * 40_000,
            [(0, len(_CUT)), *((len(_CUT) + len(OWN) * i, len(_CUT) + len(OWN) * (i + 1)) for i in range(40_000))],
        ),
    ],
    ids=["comments", "cdata", "tags", "metadata"],
)
def test_what_is_opened_and_never_closed_is_read_past_at_once(text: str, spans: list[tuple[int, int]]) -> None:
    begun = time.process_time()
    assert record_spans(text) == spans
    assert time.process_time() - begun < MOST_SECONDS
