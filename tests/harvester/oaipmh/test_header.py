"""Headers in ways that are not the plain one: whose record it is, and whether that is a tombstone."""

from __future__ import annotations

import pytest

from harvester.oaipmh.header import header_of, plain_header, stated_identifier
from mappings.formats.xml import RECORD, parse


@pytest.mark.parametrize(
    ("record", "identifier"),
    [
        ("<record><header><identifier> oai:a:1 </identifier></header><metadata><a", "oai:a:1"),
        ("<o:record><o:header><o:identifier x='1'>oai:a&amp;b</o:identifier></o:header>", "oai:a&b"),
        ("<record><header><identifier></identifier></header>", None),
        ("<record><metadata><identifier>of the thing</identifier></metadata></record>", None),
        ("<record><header><identifier>oai:cut", None),
    ],
)
def test_it_is_taken_from_the_header_alone(record: str, identifier: str | None) -> None:
    assert stated_identifier(record) == identifier


RECORD_OF = (
    '<record><header status="{}"><identifier>oai:a:1</identifier><datestamp>2020-01-02</datestamp></header></record>'
)


@pytest.mark.parametrize("status", ["deleted", "Deleted", "DELETED", " deleted "])
def test_a_tombstone_is_one_in_whatever_letters_it_says_so(status: str) -> None:
    record = RECORD_OF.format(status)
    read = (plain_header(record), header_of(parse(record, limits=RECORD).root))
    # what has blanks in it is not written in the plain way
    assert [header and header.deleted for header in read] == [True if status.isalpha() else None, True]


def test_another_status_is_no_tombstone() -> None:
    header = plain_header(RECORD_OF.format("new"))
    assert header is not None
    assert not header.deleted
