"""Every row of the chapter's table of bad input, by its name, for every format that it can meet; without a store."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from harvester.files.units import FileRefused
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Deleted, Mapped, Rejected, Skipped
from mappings.engine.own_tests import minimal_record
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.files import map_file
from tests.mappings.formats.test_iso2709 import marc

#: what a format's minimal record lacks to be mapped
_INLINE = {
    "mods": "<titleInfo><title>Test</title></titleInfo>",
    "xoai": "<element name='dc'><element name='title'><element name='none'><field name='value'>Test</field></element>"
    "</element></element>",
}
XML = sorted(name for name, known in FORMATS.items() if known.walk in ("xml", "marc"))
#: in no namespace by their standard, or by local names at any depth; METS wraps sections that go by their namespaces
_NAMED_LOCALLY = {"dat46", "mets", "xoai"}
_OAI = "http://www.openarchives.org/OAI/2.0/"


def body(name: str) -> str:
    payload = minimal_record(FORMATS[name], _INLINE.get(name, "")).payload
    return payload.removeprefix("<record><metadata>").removesuffix("</metadata></record>")


def page(*records: tuple[str, str]) -> bytes:
    """A page of OAI-PMH: attributes of each header, and what stands behind it."""
    written = "".join(
        f"<record><header{marks}><identifier>oai:x:{number}</identifier><datestamp>2020-01-01</datestamp></header>"
        f"{held}</record>"
        for number, (marks, held) in enumerate(records)
    )
    return f'<OAI-PMH xmlns="{_OAI}"><ListRecords>{written}</ListRecords></OAI-PMH>'.encode()


def outcomes(data: bytes, name: str) -> list[str]:
    """What became of each unit: `Mapped`, or another end and its reason."""
    said = []
    for _, outcome in map_file(compiled(f"base/{name}"), data, CONTEXT):
        match outcome:
            case Rejected(issue=issue):
                said.append(issue.code)
            case Skipped(reason=reason):
                said.append(reason)
            case _:
                said.append(type(outcome).__name__)
    return said


def issues(data: bytes, name: str) -> set[str]:
    found: set[str] = set()
    for raw, outcome in map_file(compiled(f"base/{name}"), data, CONTEXT):
        assert isinstance(outcome, Mapped), outcome
        found |= {issue.code for unit in outcome.units for issue in unit.issues}
        found |= {note.code for note in raw.repairs}
    return found


@pytest.mark.parametrize("name", XML)
def test_a_doctype_with_an_internal_subset_is_refused_with_its_line(name: str) -> None:
    with pytest.raises(FileRefused, match="line 2") as refused:
        outcomes(b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]>\n' + body(name).encode(), name)
    assert refused.value.reason == "doctype_refused"
    assert outcomes(b'<!DOCTYPE a PUBLIC "-//x" "a.dtd">\n' + body(name).encode(), name) == ["Mapped"]


@pytest.mark.parametrize("name", XML)
def test_what_is_not_well_formed_is_repaired_and_flagged(name: str) -> None:
    assert "record_cleaned" in issues(re.sub(r">([A-Z题])", r">A & \1", body(name), count=1).encode(), name)


@pytest.mark.parametrize("name", XML)
def test_a_file_that_ends_inside_a_record_is_truncated(name: str) -> None:
    whole = body(name)
    assert outcomes(whole[: whole.rindex("</")].encode(), name) == ["truncated"]


@pytest.mark.parametrize("name", XML)
def test_another_root_is_not_the_format(name: str) -> None:
    html = "<html><head><title>404</title></head><body><p>Not found</p></body></html>"
    with pytest.raises(FileRefused) as refused:
        outcomes(html.encode(), name)
    assert refused.value.reason == "not_the_format"
    held = page(("", f"<metadata>{html}</metadata>"), ("", f"<metadata>{body(name)}</metadata>"))
    assert outcomes(held, name) == ["not_the_format", "Mapped"]


def _without(text: str) -> str:
    return re.sub(r"(</?)\w+:", r"\1", re.sub(r' xmlns(:\w+)?="[^"]*"', "", re.sub(r" \w+:(\w+)=\"", r' \1="', text)))


def _misspelt(text: str) -> str:
    return re.sub(r'(xmlns(?::\w+)?="[^"]*)"', r'\1x"', text)


@pytest.mark.parametrize("spoilt", [_without, _misspelt])
@pytest.mark.parametrize("name", sorted(set(XML) - _NAMED_LOCALLY))
def test_a_namespace_that_is_missing_or_misspelt_goes_by_local_names_and_is_told(
    name: str, spoilt: Callable[[str], str]
) -> None:
    found = issues(spoilt(body(name).replace('xmlns:xlink="', 'xmlns:l="')).encode(), name)
    # EAD 2002 has a DTD beside its schema, and no namespace in it
    assert ("namespace_unexpected" in found) == ((name, spoilt) != ("ead2002", _without))


@pytest.mark.parametrize("name", XML)
def test_absent_metadata_is_empty_and_a_deleted_record_is_deleted(name: str) -> None:
    there = ("", f"<metadata>{body(name)}</metadata>")
    assert outcomes(page(("", ""), ("", "<metadata/>"), there), name) == ["payload_empty", "payload_empty", "Mapped"]
    assert outcomes(page((' status="deleted"', ""), there), name) == [Deleted.__name__, "Mapped"]


@pytest.mark.parametrize("name", XML)
def test_of_a_native_id_that_is_twice_in_a_file_the_last_wins(name: str) -> None:
    one = page(("", f"<metadata>{body(name)}</metadata>"))
    two = one.replace(b"</ListRecords>", b"") + one[one.index(b"<record>") :]
    twice = two.replace(b"</OAI-PMH><record>", b"<record>", 1)
    assert outcomes(twice, name) == ["duplicate_in_file", "Mapped"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("marc21", marc(("001", "7"), ("245", "00$aA")) * 2),
        ("table", b"id,title\n7,A\n7,B\n"),
        ("table", b"id\ttitle\n7\tA\n7\tB\n"),
        ("json", b'[{"id": 7, "title": "A"}, {"id": 7, "title": "B"}]'),
        ("json", b'{"id": 7, "title": "A"}\n{"id": 7, "title": "B"}\n'),
    ],
)
def test_a_native_id_is_once_in_files_that_are_no_xml_too(name: str, data: bytes) -> None:
    assert outcomes(data, name) == ["duplicate_in_file", "Mapped"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_of_too_many_or_too_few_cells_is_row_width(delimiter: str) -> None:
    rows = ["id,title,date", "1,A,1900", "2,B", "3,C,1901,more", "4,D,1902"]
    data = "\n".join(rows).replace(",", delimiter).encode()
    assert outcomes(data, "table") == ["Mapped", "row_width", "row_width", "Mapped"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_without_a_heading_is_refused(delimiter: str) -> None:
    with pytest.raises(FileRefused) as refused:
        outcomes("\n".join(["1,A,1900", "2,B,1901"]).replace(",", delimiter).encode(), "table")
    assert refused.value.reason == "header_missing"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_cell_whose_formula_failed_is_told_and_the_row_stays(delimiter: str) -> None:
    data = "\n".join(["id,title,date", "1,A,#REF!", "2,B,1901"]).replace(",", delimiter).encode()
    assert outcomes(data, "table") == ["Mapped", "Mapped"]
    assert "cell_error" in issues(data, "table")


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "big5", "cp1252"])
def test_a_table_is_read_in_its_character_set(charset: str) -> None:
    titles = {"cp1252": "Café à la crème, déjà vu", "big5": "廣東省檔案館館藏歷史文獻目錄"}
    title = titles.get(charset, "广东省档案馆馆藏历史文献目录")
    data = "\n".join(["id;title", *(f"{number};{title}{number}" for number in range(20))]).encode(charset)
    found = [outcome for _, outcome in map_file(compiled("base/table"), data, CONTEXT)]
    mapped = [outcome.units[0].record.title.value for outcome in found if isinstance(outcome, Mapped)]
    assert mapped == [f"{title}{number}" for number in range(20)]


@pytest.mark.parametrize("code", ["50  ", "01  "])
def test_cnmarc_is_utf8_before_its_stated_character_set(code: str) -> None:
    """100 $a 26-29 is often stale: `01` says that the record is not Unicode."""
    coded = "20050101d2005    em y0chiy" + code + "    ea"
    title = "红楼梦"
    for charset in ("utf-8", "gb18030"):
        plain = marc(("001", "1"), ("100", "  $a" + coded), ("200", "1 $aTITLE"))
        written = title.encode(charset)
        data = plain.replace(b"200%04d" % 10, b"200%04d" % (5 + len(written))).replace(b"TITLE", written)
        data = b"%05d" % len(data) + data[5:]
        ((_, outcome),) = map_file(compiled("base/cnmarc"), data, CONTEXT)
        assert isinstance(outcome, Mapped)
        assert outcome.units[0].record.title.value == title
