"""Files mapped without a store: every record of them is found and has an outcome; any bytes end named."""

from __future__ import annotations

import gzip
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvester.files.mapping import base_for
from harvester.files.units import FileRefused
from mappings.engine.library import compiled
from mappings.engine.outcome import Deleted, Mapped, Rejected, Skipped
from mappings.schema.raw import RawRecord
from tests.mappings.engine.crosswalks import CONTEXT, DC
from tests.mappings.files import map_file
from tests.mappings.formats.test_iso2709 import TITLE, marc
from tests.sample_data import require_data

PAGE = f"""<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>oai:x:1</identifier><datestamp>2020-01-01</datestamp><setSpec>a</setSpec></header>
<metadata><oai_dc:dc {DC}><dc:title>One</dc:title></oai_dc:dc></metadata></record>
<record><header status="deleted"><identifier>oai:x:2</identifier><datestamp>2020-01-02</datestamp></header></record>
</ListRecords></OAI-PMH>""".encode()


def outcomes(data: bytes, base: str) -> list[object]:
    return [outcome for _, outcome in map_file(compiled(base), data, CONTEXT)]


def records(data: bytes, base: str) -> list[RawRecord]:
    return [record for record, _ in map_file(compiled(base), data, CONTEXT)]


def test_a_page_of_oai_pmh_gives_its_records_and_tombstones() -> None:
    one, gone = records(PAGE, "base/oai_dc")
    assert (one.identifier, one.datestamp, one.set_specs, one.deleted) == ("oai:x:1", "2020-01-01", ("a",), False)
    assert (gone.identifier, gone.deleted) == ("oai:x:2", True)
    mapped, deleted = outcomes(gzip.compress(PAGE), "base/oai_dc")
    assert isinstance(mapped, Mapped)
    assert isinstance(deleted, Deleted)


def test_records_without_a_header_are_known_by_their_number_else_by_what_they_say() -> None:
    plain = f"<records><oai_dc:dc {DC}><dc:title>One</dc:title></oai_dc:dc></records>".encode()
    (record,) = records(plain, "base/oai_dc")
    assert record.identifier.startswith("sha256:")
    assert [note.code for note in record.repairs] == ["id_by_content"]
    file = marc(("001", "7"), ("003", "DLC"), ("245", "00$aA")) + marc(("035", "  $a(X)8"), ("245", "00$aB"))
    assert [record.identifier for record in records(file, "base/marc21")] == ["(DLC)7", "(X)8"]


def test_of_one_identifier_the_last_record_counts() -> None:
    again = marc(("001", "12"), ("245", "00$aNewer"))
    first, last = outcomes(TITLE + again, "base/marc21")
    assert first == Skipped(reason="duplicate_in_file")
    assert isinstance(last, Mapped)
    assert last.units[0].record.title.value == "Newer"


def test_marc_is_carried_byte_by_byte_where_it_is_no_utf8() -> None:
    data = marc(("001", "1"), ("245", "10$aDvorak")).replace(b"Dvorak", b"Dvo\xe9rk")
    data = data[:9] + b" " + data[10:]
    ((record, outcome),) = map_file(compiled("base/marc21"), data, CONTEXT)
    assert record.charset == "latin-1"
    assert isinstance(outcome, Mapped)
    assert outcome.units[0].record.title.value == "Dvořk"


def test_cnmarc_is_strictly_utf8_or_gb18030() -> None:
    rules = 'crosswalk: own\ninput: {format: cnmarc}\nrules:\n  - {id: title, from: "marc:200$a", to: title}\n'
    data = marc(("001", "1"), ("200", "1 $aTITLE"))
    for charset in ("utf-8", "gb18030"):
        title = "红楼梦".encode(charset)
        moved = b"%05d" % (len(data) + len(title) - 5) + data[5:].replace(
            b"200%04d" % 10, b"200%04d" % (5 + len(title))
        )
        ((_, outcome),) = map_file(compiled(rules), moved.replace(b"TITLE", title), CONTEXT)
        assert isinstance(outcome, Mapped)
        assert outcome.units[0].record.title.value == "红楼梦"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_in_any_charset_is_recognised_by_its_head_alone(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "file.xml"
    declared = "utf-8" if charset == "utf-8-sig" else charset
    start = f'<?xml version="1.0" encoding="{declared}"?>\n<文件元数据集><文件实体><题名>甲</题名></文件实体>'
    path.write_bytes(f"{start}{'<文件实体/>' * 200_000}</文件元数据集>".encode(charset))
    assert base_for(path) == "base/dat46"


def test_a_file_beyond_the_bound_of_one_document_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    with path.open("wb") as file:
        file.write(f"<all><oai_dc:dc {DC}/>".encode())
        file.truncate(65 << 20)
    assert base_for(path) == "base/oai_dc"


def test_a_file_that_breaks_off_keeps_what_came_before() -> None:
    whole, part = outcomes(TITLE + TITLE[:50], "base/marc21")
    assert isinstance(whole, Mapped)
    assert isinstance(part, Rejected)
    assert part.issue.code == "truncated"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x1f\x8bnot gzip", "package_broken"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "doctype_refused"),
        (b"no markup at all", "not_the_format"),
        (b"", "file_empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        outcomes(data, "base/oai_dc")
    assert refused.value.reason == code


@pytest.mark.data
def test_real_marc_maps_whole() -> None:
    kinds: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    for path in sorted(require_data("records/marc21").glob("*.mrc.gz")):
        for outcome in outcomes(path.read_bytes(), "base/marc21"):
            kinds[type(outcome).__name__] += 1
            if isinstance(outcome, Mapped):
                issues.update(found.code for found in outcome.units[0].issues)
    # the files give some control numbers twice
    assert kinds == {"Mapped": 17_676, "Skipped": 141}
    assert issues["characters_replaced"] == issues["marc_directory"] == 0


@given(st.binary(max_size=300), st.sampled_from(["base/oai_dc", "base/qdc", "base/marc21"]))
def test_any_bytes_have_outcomes_or_a_named_refusal(data: bytes, base: str) -> None:
    with suppress(FileRefused):
        assert all(isinstance(outcome, Mapped | Deleted | Rejected | Skipped) for outcome in outcomes(data, base))


@given(st.binary(max_size=50), st.integers(0, len(PAGE)))
@example(junk=b"\x80", place=16)
def test_a_page_with_anything_in_it_has_outcomes_or_a_named_refusal(junk: bytes, place: int) -> None:
    with suppress(FileRefused):
        outcomes(PAGE[:place] + junk + PAGE[place:], "base/oai_dc")
