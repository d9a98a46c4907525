"""UNIMARC and CNMARC: whole records in their three syntaxes, and records that are not as they should be."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, Outcome, Rejected, Skipped
from mappings.engine.own_tests import minimal_record
from mappings.engine.recognising import recognise
from mappings.schema.record import CatalogueRecord
from tests.mappings.crosswalks.test_base import CONTEXT
from tests.mappings.files import map_file
from tests.mappings.formats.test_iso2709 import marc

DREAM = r"""=LDR  00000nam0 2200000   450
=001  012345
=100  \\$a19820301d1982    em y0chiy0121    ea
=101  0\$achi
=200  1\$a红楼梦$9hong lou meng$e校注本$h第一册$f(清)曹雪芹著
=210  \\$a北京$c人民文学出版社$d1982
=215  \\$a520页$d21cm
=225  1\$a中国古典文学丛书$v12
=327  1\$a第一回$a第二回
=330  \\$a一部长篇小说
=410  \0$12001 $a中国古典文学丛书
=606  0\$a章回小说$y中国
=690  \\$aI242.4$v4
=701  \0$a曹雪芹$9cao xue qin$f1715-1763$4著
=702  \0$a启功$4注释
=801  \0$aCN$bSHLIB$c19820301
=905  \\$aSHLIB$dI242.4$e5534
=905  \\$aSZLIB$dI242.4$e12
"""


def mapped(format_: str, inline: str) -> Outcome:
    return apply(compiled(f"base/{format_}"), minimal_record(FORMATS[format_], inline), CONTEXT)


def record(format_: str, inline: str) -> CatalogueRecord:
    found = mapped(format_, inline)
    assert isinstance(found, Mapped), found
    return found.units[0].record


def test_a_whole_record_of_cnmarc() -> None:
    found = record("cnmarc", DREAM)
    assert (found.title.value, found.title.variants[0].value) == ("红楼梦 第一册 : 校注本", "hong lou meng")
    assert [(each.name.value, each.roles, each.kind) for each in found.agents] == [
        ("曹雪芹", ("aut",), "person"),
        ("启功", ("ann",), "person"),
        ("人民文学出版社", ("pbl",), None),
    ]
    assert found.agents[0].variants[0].value == "cao xue qin"
    assert [(date.edtf, date.kind) for date in found.dates] == [("1982", "issued")]
    assert [(place.label.value, place.role) for place in found.places] == [("北京", "published")]
    assert found.extent[0].number == 520
    assert [(part.type, part.number) for part in found.part] == [("part", "第一册"), ("volume", "12")]
    assert [(each.kind, each.value) for each in found.descriptions] == [
        ("abstract", "一部长篇小说"),
        ("contents", "第一回 -- 第二回"),
        ("statement_of_responsibility", "(清)曹雪芹著"),
    ]
    assert {(subject.label.value, subject.scheme) for subject in found.subjects} == {
        ("章回小说--中国", None),
        ("I242.4", "clc"),
    }
    assert [(relation.type, relation.target) for relation in found.relations] == [("part_of", "中国古典文学丛书")]
    assert [(holding.institution.name, holding.reference_code) for holding in found.holding] == [
        ("SHLIB", "I242.4/5534"),
        ("SZLIB", "I242.4/12"),
    ]


@pytest.mark.parametrize(
    ("coded", "dates"),
    [
        ("d1982    ", [("1982", "issued")]),
        ("a19829999", [("1982/..", "issued")]),
        ("b19501960", [("1950/1960", "issued")]),
        ("e19821791", [("1982", "issued"), ("1791", "created")]),
        ("f17001710", [("[1700..1710]", "issued")]),
        ("g19821985", [("1982/1985", "issued")]),
        ("h20041999", [("2004", "issued"), ("1999", "copyright")]),
        ("j19820312", [("1982-03-12", "issued")]),
    ],
)
def test_kinds_of_coded_dates(coded: str, dates: list[tuple[str, str]]) -> None:
    found = record("unimarc", rf"=100  \\$a20050101{coded}y0frey50      ba")
    assert [(date.edtf, date.kind) for date in found.dates] == dates


def test_roles_are_numbers_words_or_codes() -> None:
    lines = "\n".join(rf"=702  \1$aName{role}$4{role}" for role in ("730", "trl", "999"))
    found = mapped("unimarc", lines)
    assert isinstance(found, Mapped)
    assert [agent.roles for agent in found.units[0].record.agents] == [("trl",), ("trl",), ("ctb",)]
    assert [issue.code for issue in found.units[0].issues] == ["lookup_missed"]


def test_parts_of_a_name_are_set_apart_as_they_are_read() -> None:
    found = record(
        "unimarc",
        "\n".join(
            [
                r"=600  _0$aLouis$dXIV$croi de France$f1638-1715$xFamille",
                r"=601  02$aSorbonne$bBibliothèque$cParis$xHistoire",
                r"=700  _0$aJean-Paul$dII$cpape$f1920-2005$4070",
                r"=710  02$aAcadémie des sciences$cParis$4070",
                r"=720  _1$aMedici$cfamiglia$4320",
            ]
        ).replace("_", "\\"),
    )
    assert [each.name.value for each in found.agents] == ["Jean-Paul II", "Académie des sciences (Paris)", "Medici"]
    assert [each.label.value for each in found.subjects] == [
        "Louis XIV, 1638-1715--Famille",
        "Sorbonne. Bibliothèque (Paris)--Histoire",
    ]


@pytest.mark.parametrize(("coded", "type_"), [("dr", "Text"), ("br", "Software"), ("|r", None), ("", None)])
def test_an_electronic_resource_is_of_the_kind_that_it_states(coded: str, type_: str | None) -> None:
    leader = "=LDR  00000nlm0 2200000   450 \n"
    assert record("unimarc", rf"{leader}=135  \\$a{coded}" if coded else leader).type == type_


def test_several_works_of_one_title_page_are_told_apart_in_the_title() -> None:
    assert record("unimarc", r"=200  1\$aLa mer$aPavane$fDebussy, Ravel").title.value == "La mer ; Pavane"


def test_a_persistent_identifier_is_no_part_of_the_control_number() -> None:
    found = record("unimarc", "=001  7\n=003  http://id.example/ark:/12148/cb7")
    assert [(each.scheme, each.value) for each in found.identifiers if each.scheme != "oai"] == [
        ("ark", "http://id.example/ark:/12148/cb7"),
        ("local", "7"),
    ]


def test_what_describes_persons_is_no_material() -> None:
    assert isinstance(mapped("unimarc", "=LDR  00000nx  a2200000   45  "), Skipped)


def test_a_record_without_a_title_is_refused_by_name() -> None:
    found = mapped("cnmarc", r"=200  1\$fNobody")
    assert isinstance(found, Rejected)
    assert found.issue.code == "title_missing"


def test_a_statement_of_access_closes_and_a_note_of_binding_says_nothing() -> None:
    assert record("cnmarc", r"=310  \\$a不开放").access.status == "closed"
    assert record("cnmarc", r"=310  \\$a精装").access.status == "unknown"


# --- files ------------------------------------------------------------------------------------------------------------

LEADER = "00000nam0 2200000   450 "


def test_a_file_of_unimarc_is_recognised_and_read_in_iso_5426() -> None:
    data = marc(("001", "1"), ("200", "1 $aPERE"), ("700", " 1$aBalzac"), leader=LEADER).replace(b"PERE", b"P\xc1er")
    assert recognise(data) == "unimarc"
    ((_, outcome),) = map_file(compiled("base/unimarc"), data, CONTEXT, name="file")
    assert isinstance(outcome, Mapped)
    assert outcome.units[0].record.title.value == "Pèr"


def test_a_file_of_cnmarc_is_recognised_and_read_in_gb18030() -> None:
    data = marc(("001", "1"), ("200", "1 $aABCDEF"), ("801", " 0$aCN"), leader=LEADER)
    data = data.replace(b"ABCDEF", "红楼梦".encode("gb18030"))
    assert recognise(data) == "cnmarc"
    ((_, outcome),) = map_file(compiled("base/cnmarc"), data, CONTEXT, name="file")
    assert isinstance(outcome, Mapped)
    assert outcome.units[0].record.title.value == "红楼梦"


@pytest.mark.parametrize("namespace", ["http://www.loc.gov/MARC21/slim", "info:lc/xmlns/marcxchange-v2"])
@pytest.mark.parametrize(
    ("fields", "format_"),
    [({"245": "a"}, "marc21"), ({"200": "a"}, "unimarc"), ({"200": "a", "690": "a"}, "cnmarc")],
)
def test_xml_is_recognised_by_its_fields(namespace: str, fields: dict[str, str], format_: str) -> None:
    inner = "".join(
        f'<datafield tag="{tag}" ind1=" " ind2=" "><subfield code="{code}">T</subfield></datafield>'
        for tag, code in fields.items()
    )
    body = f'<collection xmlns="{namespace}"><record><leader>{LEADER}</leader>{inner}</record></collection>'.encode()
    assert recognise(body) == format_
    ((_, outcome),) = map_file(compiled(f"base/{format_}"), body, CONTEXT, name="file")
    assert isinstance(outcome, Mapped)
