"""What reference managers take: each format says the same of a record, and nothing that its access hides."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

import msgspec
import pytest

from mappings.schema.dates import HistoricalDate
from mappings.schema.record import Description, Subject, Title
from mappings.schema.text import Text
from mappings.serialisations.citations import WRITERS, bibtex, csl, csl_array, ris
from mappings.serialisations.cover import EntryHidden
from tests import factories
from tests.mappings.serialisations.judging import SECRET, closed, full, full_record

PAGE = "https://exchange.example/r/c-1"


def lines(body: bytes) -> list[tuple[str, str]]:
    """RIS as tags and values."""
    found = []
    for line in body.decode().split("\r\n")[:-1]:
        parts = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert parts, line
        found.append((parts[1], parts[2]))
    return found


def fields(body: bytes) -> tuple[str, dict[str, str]]:
    """An entry of BibTeX: its type and fields."""
    head, *rest = body.decode().splitlines()
    assert rest[-1] == "}"
    kind = re.fullmatch(r"@(\w+)\{([^,{}]+),", head)
    assert kind, head
    pairs = [re.fullmatch(r"  (\w+) = \{(.*)\},", line) for line in rest[:-1]]
    assert all(pairs), rest
    for pair in pairs:
        assert pair is not None
        assert closes(pair[2]), pair[2]
    return kind[1], {pair[1]: pair[2] for pair in pairs if pair is not None}


def closes(value: str) -> bool:
    """Whether a field's braces pair as BibTeX counts them: each one, a backslash before it or not."""
    depths = list(accumulate({"{": 1, "}": -1}.get(mark, 0) for mark in value))
    return min(depths) >= 0 == depths[-1]


def dated(edtf: str, start: str, end: str) -> HistoricalDate:
    return msgspec.structs.replace(factories.date(edtf), text=edtf, edtf=edtf, start=start, end=end)


def item(body: bytes) -> dict[str, Any]:
    return json.loads(body)  # type: ignore[no-any-return]


def test_the_three_say_the_same_of_a_book() -> None:
    said, (kind, bib), made = lines(ris(full(), PAGE)), fields(bibtex(full(), PAGE)), item(csl(full(), PAGE))
    assert (said[0], said[-1], kind, made["type"]) == (("TY", "BOOK"), ("ER", ""), "book", "book")
    values = dict(said)
    assert values["TI"] == made["title"] == bib["title"].strip("{}") == "紅樓夢"
    assert [value for tag, value in said if tag == "AU"] == ["Cao, Xueqin", "Somebody"]
    assert bib["author"] == "Cao, Xueqin and Somebody"
    assert made["author"] == [{"family": "Cao", "given": "Xueqin"}, {"literal": "Somebody"}]
    assert values["A2"] == made["contributor"][0]["literal"] == "Lee family"
    assert values["PB"] == bib["publisher"] == made["publisher"] == "Riverside Press"
    assert values["AV"] == made["archive_location"] == "RIV/1/2"
    assert values["UR"] == bib["url"] == made["URL"] == PAGE
    assert json.loads(csl_array(full(), PAGE)) == [made]


@pytest.mark.parametrize(
    ("date", "parts", "year"),
    [
        (dated("1813", "1813-01-01", "1813-12-31"), [[1813]], "1813"),
        (dated("1813-04", "1813-04-01", "1813-04-30"), [[1813, 4]], "1813"),
        (dated("1813-04-09", "1813-04-09", "1813-04-09"), [[1813, 4, 9]], "1813"),
    ],
)
def test_a_date_is_said_as_far_as_it_is_known(date: Any, parts: list[list[int]], year: str) -> None:
    record = factories.unified_record(msgspec.structs.replace(full_record(), dates=(date,)))
    assert item(csl(record, PAGE))["issued"] == {"date-parts": parts}
    assert dict(lines(ris(record, PAGE)))["PY"] == year
    assert fields(bibtex(record, PAGE))[1]["year"] == year


def test_a_span_has_both_ends_and_what_is_not_read_its_words() -> None:
    spanning = msgspec.structs.replace(factories.date("1813"), text="1813-1820", edtf="1813/1820", end="1820-12-31")
    unread = msgspec.structs.replace(factories.date("1813"), text="long ago", edtf=None, start=None, end=None)
    for date, issued in (
        (spanning, {"date-parts": [[1813], [1820]]}),
        (unread, {"literal": "long ago"}),
    ):
        record = factories.unified_record(msgspec.structs.replace(full_record(), dates=(date,)))
        assert item(csl(record, PAGE))["issued"] == issued
        assert dict(lines(ris(record, PAGE)))["DA"] == date.text


@pytest.mark.parametrize(("level", "type_"), [("fonds", "collection"), ("series", "collection")])
def test_what_archives_keep_together_is_a_collection(level: str, type_: str) -> None:
    assert item(csl(factories.unified_record(full_record(level=level)), PAGE))["type"] == type_


@pytest.mark.parametrize(
    "title",
    ["50 % & more_{of} $x #1", "a\nb\r\nTY  - BOOK", "} @book{x,", "\\input{x} ~ ^", "a { alone", "a } alone"],
)
def test_no_value_ends_its_field_or_begins_another(title: str) -> None:
    record = factories.unified_record(full_record(title=Title(value=title)))
    assert [tag for tag, _ in lines(ris(record, PAGE))].count("TY") == 1
    _, bib = fields(bibtex(record, PAGE))
    assert len(bib) == len(fields(bibtex(full(), PAGE))[1])
    assert item(csl(record, PAGE))["title"] == " ".join(title.split())


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_a_reduced_line_shows_code_dates_and_holder_alone(suffix: str) -> None:
    text = WRITERS[suffix][1](closed("reduced"), PAGE).decode()
    assert (SECRET in text, "紅樓夢" in text, "RIV/1/2" in text) == (False, False, True)


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_what_is_hidden_is_not_written(suffix: str) -> None:
    with pytest.raises(EntryHidden):
        WRITERS[suffix][1](closed("hidden"), PAGE)


def test_who_wrote_and_edited_a_thing_is_cited_once_and_a_class_number_is_no_keyword() -> None:
    agents = tuple(factories.agent("Orandi, Shahram", roles=roles) for roles in (("aut",), ("edt",)))
    subjects = (
        Subject(label=Text(value="Silk")),
        Subject(label=Text(value="813/.3"), kind="classification", scheme="ddc"),
    )
    thing = factories.unified_record(factories.catalogue_record(agents=agents, subjects=subjects))
    found = lines(ris(thing, PAGE))
    assert [value for tag, value in found if tag in ("AU", "A2")] == ["Orandi, Shahram"]
    assert [value for tag, value in found if tag == "KW"] == ["Silk"]


@pytest.mark.parametrize("name", ["Marks and Spencer, Ann", "Marks AND Spencer, Ann"])
def test_a_name_that_holds_and_is_one_author_of_bibtex(name: str) -> None:
    record = factories.catalogue_record(agents=(factories.agent(name),))
    _, bib = fields(bibtex(factories.unified_record(record), PAGE))
    assert bib["author"] == f"{{{name}}}"


def test_who_is_responsible_is_no_abstract() -> None:
    said = Description(value="by X", kind="statement_of_responsibility")
    record = factories.unified_record(full_record(descriptions=(said, Description(value="Of Y", kind="abstract"))))
    assert item(csl(record, PAGE))["abstract"] == "Of Y"
