"""ISO 2709: fields are those that pymarc reads, and any bytes give a record or a named refusal."""

from __future__ import annotations

import gzip

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.formats.iso2709 import EVERY_TAG, Iso2709Refused, Tags, read_iso2709
from mappings.formats.iso2709_pieces import pieces
from mappings.formats.marc8 import decode_marc8
from mappings.formats.marc_fields import MarcRecord
from tests.mappings.formats.test_marcxml import assert_same
from tests.sample_data import require_data


def marc(*fields: tuple[str, str], leader: str = "00000nam a2200000 a 4500") -> bytes:
    """A record of control fields and of data fields written `10$aTitle`."""
    record = pymarc.Record(leader=leader, force_utf8=leader[9] == "a")
    for tag, content in fields:
        if tag < "010":
            record.add_field(pymarc.Field(tag, data=content))
            continue
        head, *parts = content.split("$")
        subfields = [pymarc.Subfield(part[0], part[1:]) for part in parts]
        record.add_field(pymarc.Field(tag, pymarc.Indicators(*head.ljust(2)[:2]), subfields))
    return bytes(record.as_marc())


TITLE = marc(("001", "12"), ("245", "10$aNa han$cLu Xun"), ("500", "  $aNote"))
#: longer than the other, so that no part of that and this are together as long as that
OTHER = marc(("001", "13"), ("245", "10$aPang huang"), ("500", "  $aA longer note than the other has, and more"))


def read(data: bytes) -> MarcRecord:
    return read_iso2709(data, EVERY_TAG)[0]


def codes(data: bytes) -> list[str]:
    return [note.code for note in read_iso2709(data, EVERY_TAG)[1]]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("gpo_marc8", 589),
        ("gpo_utf8", 2_796),
        ("loc_books_sample", 6_000),
        ("loc_chinese", 8_030),
        ("loc_hathi_overlap", 402),
    ],
)
def test_fields_are_those_that_pymarc_reads(name: str, count: int) -> None:
    file = gzip.decompress(require_data(f"records/marc21/{name}.mrc.gz").read_bytes())
    found = list(pieces(file))
    assert len(found) == count
    for piece, peer in zip(found, pymarc.MARCReader(file, to_unicode=True), strict=True):
        assert peer is not None
        assert_same(read(piece.data), peer)


def test_only_wanted_fields_are_read_in_the_order_of_the_directory() -> None:
    record = read_iso2709(TITLE, Tags(lambda tag: tag in ("001", "500")))[0]
    assert record.control == {"001": ["12"]}
    assert [(field.tag, field.indicators, field.subfields) for field in record.fields] == [
        ("500", "  ", (("a", "Note"),))
    ]


@pytest.mark.parametrize("link", ["245-01/$1", " 245-01/$1"])
def test_the_other_script_of_a_wanted_field_is_read_and_of_no_other(link: str) -> None:
    fields = (
        ("245", "10$6880-01$aNa han"),
        ("500", "  $6880-02$aNote"),
        ("880", f"10$6{link}$a吶喊"),
        ("880", "  $6500-02$a註"),
    )
    record = read_iso2709(marc(*fields), Tags(lambda tag: tag == "245"))[0]
    assert [field.twin[-1] for field in record.fields] == [("a", "吶喊")]
    assert record.dangling == []


def test_a_wrong_leader_length_reads_to_the_end_of_the_record_and_is_told() -> None:
    wrong = b"99999" + TITLE[5:]
    first, second = pieces(wrong + b"\r\n" + TITLE)
    assert (first.data, second.data) == (wrong, TITLE)
    assert [note.code for note in first.notes] == ["record_cleaned"]
    assert second.notes == ()
    found, whole = read(first.data), read(TITLE)
    assert (found.leader, found.control, found.fields) == (wrong[:24].decode(), whole.control, whole.fields)


@pytest.mark.parametrize("instead", [b"", b"\n", b"\r\n"])
def test_a_record_without_its_end_mark_ends_where_the_next_begins(instead: bytes) -> None:
    first, second, third = pieces(TITLE[:-1] + instead + OTHER + TITLE[:-1])
    assert (first.data, second.data, third.data) == (TITLE, OTHER, TITLE[:-1])
    assert [note.code for note in first.notes] == ["record_cleaned"]


@pytest.mark.parametrize("place", [*range(1, len(TITLE) - 2, 3), len(TITLE) - 2])
def test_a_record_that_is_cut_off_takes_nothing_from_the_next(place: int) -> None:
    first, second = pieces(TITLE[:place] + OTHER)
    assert (first.data, second.data) == (TITLE[:place], OTHER)
    with pytest.raises(Iso2709Refused):
        read(first.data)


def test_an_end_mark_inside_of_a_record_of_the_right_length_is_data() -> None:
    odd = TITLE.replace(b"Note", b"N\x1dte")
    assert [piece.data for piece in pieces(odd + OTHER)] == [odd, OTHER]
    assert read(odd).fields[1].values("a") == ["N\x1dte"]


def test_a_length_that_spans_two_records_parts_them() -> None:
    wrong = b"%05d" % (len(TITLE) + len(OTHER)) + TITLE[5:]
    assert [piece.data for piece in pieces(wrong + OTHER)] == [wrong, OTHER]


def test_a_directory_entry_that_points_outside_leaves_its_field_out() -> None:
    place = 24 + 2 * 12
    broken = TITLE[: place + 7] + b"99999" + TITLE[place + 12 :]
    assert [field.tag for field in read(broken).fields] == ["245"]
    assert codes(broken) == ["marc_directory"]
    letters = TITLE[: place + 7] + b"junk." + TITLE[place + 12 :]
    assert codes(letters) == ["marc_directory"]


def test_a_wrong_base_address_is_found_behind_the_directory() -> None:
    broken = TITLE[:12] + b"00001" + TITLE[17:]
    assert read(broken).fields == read(TITLE).fields
    assert codes(broken) == ["marc_directory"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TITLE[:-1], "truncated"),
        (b"", "not_the_format"),
        (b"<html>404</html>", "not_the_format"),
        (marc(("245", "10$a" + "x" * 50)).replace(b"x", b"\xff"), "undecodable"),
    ],
)
def test_what_is_no_record_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(Iso2709Refused) as refused:
        read(data)
    assert refused.value.issue.code == code


def test_the_last_record_of_a_file_that_breaks_off_is_truncated_and_the_others_stay() -> None:
    whole, part = pieces(TITLE + TITLE[:40])
    assert whole.data == TITLE
    with pytest.raises(Iso2709Refused):
        read(part.data)


def test_a_few_undecodable_bytes_are_replaced_and_counted() -> None:
    data = marc(("245", "10$a" + "Title " * 20 + "é")).replace("é".encode(), b"\xff\xff")
    assert read(data).fields[0].values("a")[0].endswith("\ufffd\ufffd")
    assert codes(data) == ["characters_replaced"]


def test_utf8_is_read_as_that_whatever_the_leader_says() -> None:
    said = marc(("245", "10$aDvořák"))
    unsaid = said[:9] + b" " + said[10:]
    assert read(unsaid).fields[0].values("a") == ["Dvořák"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b"Dvo\xe9rak", "Dvořak"),
        (b"\xe8uber", "über"),
        (b"\x1b$1\x21\x30\x21\x1b(B end", "一 end"),
        (b"\x1b(N\x4d\x6f\x1b(B", "мО"),
        (b"\x1bgabc\x1bs.", "αβγ."),
        (b"H\x1bb2\x1bsO", "H₂O"),
    ],
)
def test_marc8(data: bytes, text: str) -> None:
    assert decode_marc8(data) == (text, 0)


def test_what_no_table_knows_is_counted() -> None:
    assert decode_marc8(b"a\xafb\x1b$1\x21") == ("a\ufffdb\ufffd", 2)


def outcome(data: bytes) -> str:
    try:
        read(data)
    except Iso2709Refused as refused:
        return refused.issue.code
    return "read"


@given(st.binary(max_size=300))
def test_any_bytes_give_text(data: bytes) -> None:
    text, replaced = decode_marc8(data)
    assert replaced == text.count("\ufffd")


@given(st.binary(max_size=200), st.integers(0, len(TITLE)), st.integers(0, 20))
def test_any_bytes_give_records_or_a_named_refusal(junk: bytes, place: int, width: int) -> None:
    for file in (junk, TITLE[:place] + junk + TITLE[place + width :]):
        total = 0
        for piece in pieces(file):
            total += len(piece.data)
            assert outcome(piece.data) in ("read", "not_the_format", "truncated", "undecodable")
        assert total <= len(file)
