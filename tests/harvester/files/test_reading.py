"""Files of every kind become units with their own identifiers; what is wrong has a reason and a place."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from harvester.files.reading import units_of
from harvester.files.units import FaultyUnit, FileRefused, Found, Reading, Unit
from mappings.engine.inputs import FORMATS, Format
from tests.sample_data import require_data

DC = FORMATS["oai_dc"]
MARC = FORMATS["marc21"]
TABLE, JSON = FORMATS["table"], FORMATS["json"]
_DC_NS = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def read(folder: Path, body: bytes, format_: Format, key: str = "") -> list[Found]:
    path = folder / "file"
    path.write_bytes(body)
    return list(units_of(path, Reading(format=format_, keys=((key,),) if key else ())))


def names(found: list[Found]) -> list[str]:
    return [unit.name if isinstance(unit, Unit) else f"!{unit.reason}@{unit.position}" for unit in found]


def refusal(folder: Path, body: bytes, format_: Format, key: str = "") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(folder, body, format_, key)
    return caught.value


def dc(number: int, title: str = "A title") -> str:
    return f"<oai_dc:dc><dc:identifier>n{number}</dc:identifier><dc:title>{title}</dc:title></oai_dc:dc>"


def marc(number: str) -> bytes:
    field = number.encode() + b"\x1e"
    directory = b"001" + b"%04d" % len(field) + b"00000" + b"\x1e"
    base = 24 + len(directory)
    length = base + len(field) + 1
    return b"%05dnam a22%05d a 4500" % (length, base) + directory + field + b"\x1d"


@pytest.mark.parametrize("heading", ["备注#2,备注,备注,备注", "备注,备注,备注#2,备注#2", ",#1,,"])
def test_no_two_columns_have_one_name(tmp_path: Path, heading: str) -> None:
    (unit,) = read(tmp_path, f"档号,{heading}\nA-1,a,b,c,d\n".encode(), TABLE)
    assert isinstance(unit, Unit)
    assert sorted(json.loads(unit.payload)["cells"].values()) == ["A-1", "a", "b", "c", "d"]


def test_a_guarded_cell_loses_its_guard_alone(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, "档号,题名,备注\nA-1,''=x,＝y\n".encode(), TABLE)
    assert isinstance(unit, Unit)
    assert json.loads(unit.payload)["cells"] == {"档号": "A-1", "题名": "'=x", "备注": "＝y"}


def test_dublin_core_stands_in_any_wrapper(tmp_path: Path) -> None:
    inside = f"<all {_DC_NS}><!-- <oai_dc:dc> --><part><item>{dc(1)}</item></part>{dc(2)}</all>"
    found = read(tmp_path, inside.encode(), DC)
    assert names(found) == ["n1", "n2"]
    assert found[0].namespaces["dc"] == "http://purl.org/dc/elements/1.1/"  # type: ignore[union-attr]


def test_oai_records_keep_their_header_and_their_tombstones(tmp_path: Path) -> None:
    live = (
        f"<record><header><identifier>oai:x:1</identifier><datestamp>2020-01-01</datestamp><setSpec>a</setSpec></header>"
        f"<metadata>{dc(1)}</metadata></record>"
    )
    gone = "<record><header status='deleted'><identifier>oai:x:2</identifier></header></record>"
    body = f"<w xmlns='http://www.openarchives.org/OAI/2.0/' {_DC_NS}>{live}{gone}</w>"
    found = read(tmp_path, body.encode(), DC)
    assert names(found) == ["oai:x:1", "oai:x:2"]
    assert [unit.deleted for unit in found if isinstance(unit, Unit)] == [False, True]
    assert found[0].datestamp == "2020-01-01"  # type: ignore[union-attr]


def test_a_broken_record_is_a_fault_with_its_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    broken = "<oai_dc:dc><dc:title>lost"
    body = f"<all {_DC_NS}>{dc(1)}{broken}{dc(2)}{dc(3, 'Fish & chips')}</all>"
    found = read(tmp_path, body.encode(), DC)
    assert names(found)[0] == "n1"
    assert names(found)[-2:] == ["n2", "n3"]
    assert [unit for unit in found if isinstance(unit, FaultyUnit)]
    assert "&amp; chips" in found[-1].payload  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>404</body></html>", "not_the_format"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a><oai_dc:dc/></a>', "doctype_refused"),
        (b"", "file_empty"),
        (b"a,b\n1,2\n", "not_the_format"),
        (marc("1"), "not_the_format"),
    ],
)
def test_a_file_that_is_something_else_is_refused_by_name(tmp_path: Path, body: bytes, reason: str) -> None:
    assert refusal(tmp_path, body, DC).reason == reason


@pytest.mark.parametrize("opened", [b"<!--", b"<![CDATA[", b"<oai_dc:dc ", b'<oai_dc:dc a="', b"<oai_dc:dc a=\"'"])
def test_what_is_opened_again_and_again_and_never_closed_is_read_past_at_once(tmp_path: Path, opened: bytes) -> None:
    """It took a minute where each was looked for to the end of the file."""
    begun = time.process_time()
    found = read(tmp_path, f"<all {_DC_NS}>{dc(1)}".encode() + opened * 40_000, DC)
    assert time.process_time() - begun < 10
    assert [unit.identifier for unit in found if isinstance(unit, Unit)] == ["n1"]


def test_tags_in_comments_and_values_are_none(tmp_path: Path) -> None:
    held = "<dc:identifier>n1</dc:identifier><!-- </oai_dc:dc> --><dc:title><![CDATA[</oai_dc:dc>]]></dc:title>"
    body = f"""<all {_DC_NS}><!-- <oai_dc:dc> --><oai_dc:dc a='1 > 0' b="/>">{held}</oai_dc:dc></all>"""
    assert names(read(tmp_path, body.encode(), DC)) == ["n1"]


def test_utf16_and_declared_character_sets_are_read(tmp_path: Path) -> None:
    text = f"<all {_DC_NS}>{dc(1, 'Zoë')}</all>"
    for body in (
        f"<?xml version='1.0' encoding='UTF-16'?>{text}".encode("utf-16"),
        f"<?xml version='1.0' encoding='ISO-8859-1'?>{text}".encode("latin-1"),
        f"<?xml version='1.0' encoding='GB18030'?>{text}".encode("gb18030"),
    ):
        assert "Zoë" in read(tmp_path, body, DC)[0].payload  # type: ignore[union-attr]


def test_marc_records_end_where_they_end(tmp_path: Path) -> None:
    wrong = b"99999" + marc("2")[5:]
    found = read(tmp_path, marc("1") + wrong + marc("3")[:-1], MARC)
    assert names(found)[:2] == ["1", "2"]
    assert [note.code for note in found[1].notes] == ["record_cleaned"]  # type: ignore[union-attr]
    assert names(found)[2] == f"!truncated@{2 * len(marc('1'))}"


def test_marcxml_collections_are_split(tmp_path: Path) -> None:
    record = '<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">{}</controlfield></record>'
    body = '<collection xmlns="http://www.loc.gov/MARC21/slim">' + "".join(map(record.format, "ab")) + "</collection>"
    assert names(read(tmp_path, body.encode(), MARC)) == ["a", "b"]


def test_commas_in_a_title_do_not_part_a_table_of_two_columns_by_tabs(tmp_path: Path) -> None:
    found = read(tmp_path, b"identifier\ttitle\n1\tOne, two, three\n2\tX\n", TABLE, "identifier")
    assert names(found) == ["1", "2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_are_read_in_their_encoding_and_with_their_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [("档号", "题名", "备注", "备注"), ("A-1", "关于修建铁路的请示", "甲", "乙"), ("A-2", "批复", "", "")]
    body = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    found = read(tmp_path, body, TABLE)
    assert names(found) == ["A-1", "A-2"]
    payload = json.loads(found[0].payload)  # type: ignore[union-attr]
    assert payload == {"cells": {"档号": "A-1", "题名": "关于修建铁路的请示", "备注": "甲", "备注#2": "乙"}}


def test_rows_that_do_not_fit_are_faults_with_their_line(tmp_path: Path) -> None:
    body = b'id,title\n1,"two\nlines"\n2,a,b\n,no id\n3\n4,last\n'
    assert names(read(tmp_path, body, TABLE)) == ["1", "!row_width@4", "!identifier_empty@5", "!row_width@6", "4"]


def test_a_table_without_a_key_names_its_columns(tmp_path: Path) -> None:
    refused = refusal(tmp_path, b"title,year\na,1\n", TABLE)
    assert refused.reason == "no_key_column"
    assert "title, year" in str(refused)
    assert names(read(tmp_path, b"title,year\na,1\n", TABLE, "Year")) == ["1"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 1, "t": "a"}\n\n{"id": "b", "t": "}{"}\n',
        b'[{"id": 1, "t": [{"x": 1}]}, {"id": "b"}]',
        b'{"count": 2, "records": [{"id": 1}, {"id": "b"}]}',
        b'{\n "records": [\n  {"id": 1},\n  {"id": "b"}\n ]\n}',
    ],
)
def test_json_is_read_as_lines_and_as_arrays(tmp_path: Path, body: bytes) -> None:
    assert names(read(tmp_path, body, JSON)) == ["1", "b"]


def test_a_json_line_that_is_no_utf8_is_read_in_its_own_character_set(tmp_path: Path) -> None:
    body = b'{"id":"1"}\n{"id":"2","t":"caf\xe9"}\n{"id":"3"}\n'
    assert names(read(tmp_path, body, JSON)) == ["1", "2", "3"]
    assert names(read(tmp_path, '{"id":"1","t":"中文"}\n'.encode("gb18030"), JSON)) == ["1"]


def test_a_quote_that_is_never_closed_swallows_no_row(tmp_path: Path) -> None:
    body = b'identifier,title\n1,"a\n2,b\n3,"c, d"\n4,"two\nlines"\n5,x "y\n6,z\n'
    assert names(read(tmp_path, body, TABLE)) == ["1", "2", "3", "4", "5", "6"]
    titles = [unit.payload for unit in read(tmp_path, body, TABLE) if isinstance(unit, Unit)]
    assert '"a' in titles[0].replace("\\", "")
    assert "two\\nlines" in titles[3]


def test_an_object_with_an_identifier_is_no_wrapper_of_its_parts(tmp_path: Path) -> None:
    assert names(read(tmp_path, b'{"id":"1","parts":[{"id":"p1"}]}\n', JSON)) == ["1"]
    assert names(read(tmp_path, b'{"no":"1","parts":[{"no":"p1"}]}\n', JSON, "no")) == ["1"]


def test_a_collection_with_an_address_of_its_own_is_its_members(tmp_path: Path) -> None:
    collection = b'{"@id":"https://x.example/all","member":[{"id":"1"},{"id":"2"}]}'
    assert names(read(tmp_path, collection, JSON)) == ["1", "2"]


def test_a_long_first_json_line_is_read_as_the_others(tmp_path: Path) -> None:
    body = b'{"id":"1","parts":[{"id":"p1"}],"t":"%s"}\n{"id":"2"}\n' % (b"x" * 70_000)
    assert names(read(tmp_path, body, JSON)) == ["1", "2"]


LONG = "x" * 70_000


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{{"id": 1, "parts": [{{"id": "p1"}}], "t": "{LONG}"}}\n{{"id": 2}}\n', ["1", "2"]),
        (f'{{"id": 1, "parts": ["p1"], "t": "{LONG}"}}\n{{"id": 2}}\n', ["1", "2"]),
        ('{"id": 1, "parts": [{"id": "p1"}]}\n', ["1"]),
        ('{\n "parts": [\n  {"id": "p1"}\n ],\n "id": 1\n}\n', ["1"]),
        ('{\n "id": 1,\n "title": "t"\n}', ["1"]),
        ('{"facets": [{"id": "f1"}, {"id": "f2"}], "records": [{"id": 1}]}', ["1"]),
        ('{"errors": [], "found": [{"id": 1}, {"id": 2}], "facets": [{"id": "f1"}]}', ["1", "2"]),
        ('{"response": {"start": 0, "docs": [{"id": 1}, {"id": 2}]}}', ["1", "2"]),
        ('{"id": 1}{"id": 2}', ["1", "2"]),
        ('{\n "id": 1\n}\n{\n "id": 2\n}\n', ["1", "2"]),
        ('{\n "id": 1\n}\n{\n "id": 2\n', ["1", "!json_broken@13"]),
        ('{"id": 1,\n{"id": 2}\n{"id": 3}\n', ["!json_broken@0", "2", "3"]),
        ('[{"id": 1}]\n[{"id": 2}]\n', ["1", "!not_the_format@12"]),
        ('\ufeff[{"id": 1}]', ["1"]),
    ],
)
def test_objects_are_told_from_their_parts_and_from_what_wraps_them(
    tmp_path: Path, body: str, expected: list[str]
) -> None:
    assert names(read(tmp_path, body.encode(), JSON)) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "gb18030", "big5"])
@pytest.mark.parametrize("form", ["[%s,\n%s]", "%s\n%s\n"])
def test_json_is_read_in_its_character_set(tmp_path: Path, encoding: str, form: str) -> None:
    objects = [json.dumps({"id": name, "title": "關於修建鐵路的請示功" * 5}, ensure_ascii=False) for name in "ab"]
    found = read(tmp_path, (form % tuple(objects)).encode(encoding), JSON)
    assert names(found) == ["a", "b"]
    assert "關於修建鐵路的請示功" in found[1].payload  # type: ignore[union-attr]


def test_a_line_in_another_character_set_is_read_in_that(tmp_path: Path) -> None:
    body = '{"id": 1, "t": "題名é"}\n'.encode() + b'{"id": 2, "t": "caf\xe9"}\n' + b'{"id": 3}\n'
    found = read(tmp_path, body, JSON)
    assert names(found) == ["1", "2", "3"]
    assert ["題名é" in found[0].payload, "café" in found[1].payload] == [True, True]  # type: ignore[union-attr]


def test_strings_that_never_end_are_read_past_at_once(tmp_path: Path) -> None:
    begun = time.process_time()
    assert names(read(tmp_path, b'{"id": 1}{"id": "' + b'\\"' * 200_000, JSON))[:1] == ["1"]
    assert time.process_time() - begun < 5.0


def test_a_bad_json_line_is_a_fault_at_its_byte(tmp_path: Path) -> None:
    body = b'{"id": 1}\n{"id": 2,\n{"x": 3}\n'
    assert names(read(tmp_path, body, JSON)) == ["1", "!json_broken@10", "!identifier_empty@20"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_elements_with_chinese_names_are_found_in_any_character_set(tmp_path: Path, encoding: str) -> None:
    parts = {"全宗号": "X1", "类别号": "WS", "年度": "2003", "保管期限": "永久", "馆编件号": "7"}
    code = "<档号>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items()) + "</档号>"
    body = f"<文件实体><电子文件号>E1</电子文件号><题名>请示</题名></文件实体><文件实体>{code}</文件实体>"
    text = f'<?xml version="1.0" encoding="{encoding}"?><文件元数据集 xmlns="urn:x">{body}</文件元数据集>'
    found = read(tmp_path, text.encode(encoding), FORMATS["dat46"])
    assert names(found) == ["E1", "X1-WS·2003-Y-7"]
    assert "请示" in found[0].payload  # type: ignore[union-attr]


@pytest.mark.data
@pytest.mark.parametrize(("folder", "kind"), [("marc21", MARC), ("marcxml", MARC), ("oai_dc", DC)])
def test_every_sample_file_is_split_and_identified(folder: str, kind: Format) -> None:
    for path in sorted(require_data(f"records/{folder}").iterdir()):
        if path.suffix in (".md", ".txt"):
            continue
        found = list(units_of(path, Reading(format=kind)))
        assert found, path.name
        assert not [unit for unit in found if isinstance(unit, FaultyUnit)], path.name


@pytest.mark.parametrize("format_", ["ead2002", "ead3", "mods"])
def test_what_a_description_of_a_person_quotes_is_no_record_of_the_file(tmp_path: Path, format_: str) -> None:
    quoted = "<ead><archdesc level='fonds'/></ead><mods><titleInfo/></mods>"
    relation = f"<relations><resourceRelation><objectXMLWrap>{quoted}</objectXMLWrap></resourceRelation></relations>"
    body = f'<?xml version="1.0"?>\n<!-- EAC --><eac-cpf xmlns="urn:isbn:1-933666-21-7">{relation}</eac-cpf>'.encode()
    assert refusal(tmp_path, body, FORMATS[format_]).reason == "not_a_record_format"
    wrapped = body.replace(b"<eac-cpf", b"<export><eac-cpf") + b"%s</export>"
    assert refusal(tmp_path, wrapped % b"", FORMATS[format_]).reason == "not_a_record_format"
    assert len(read(tmp_path, wrapped % quoted.encode(), FORMATS[format_])) == 1
