"""The one parser call: what it refuses, what it cuts, and that it never leaves the document."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.errors import DocumentRefused
from mappings.formats.xml import RECORD, XmlLimits, parse, parse_recovering, read_xml


def refusal(data: bytes | str, **limits: int) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        read_xml(data, limits=XmlLimits(**{"size_bytes": 4 << 20, "elements": 20_000, **limits}))
    return caught.value


def bomb(encoding: str) -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'.encode(
        encoding
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "iso-8859-1"])
def test_an_entity_bomb_is_refused_in_any_character_set_with_its_line(encoding: str) -> None:
    error = refusal(bomb(encoding))
    assert (error.code, error.line) == ("doctype_refused", 2)


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file://{canary}">',
        '<!ENTITY % p SYSTEM "file://{canary}"> %p;',
        '<!ATTLIST x y CDATA "z">',
        " ",
    ],
)
def test_an_internal_subset_is_refused_whatever_it_declares(subset: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("SECRET")
    body = f"<!-- a comment --><!DOCTYPE x [{subset.replace('{canary}', str(canary))}]><x>&x;</x>"
    assert refusal(body).code == "doctype_refused"


def test_a_doctype_without_a_subset_is_cut_and_noted_and_lines_stay() -> None:
    text = '<?xml version="1.0"?>\n<!DOCTYPE ead PUBLIC "+//ISBN [1] > //DTD"\n "http://x.test/ead.dtd">\n<ead>\n<b/></ead>'
    parsed = parse(text)
    assert [note.code for note in parsed.notes] == ["doctype_cut"]
    assert parsed.root[0].sourceline == 5


def test_a_doctype_that_never_ends_is_refused() -> None:
    assert refusal("<!DOCTYPE x SYSTEM 'a").code == "doctype_refused"


def test_the_word_doctype_inside_text_is_only_text() -> None:
    assert read_xml("<a><![CDATA[<!DOCTYPE x [ ]>]]></a>").text == "<!DOCTYPE x [ ]>"


@pytest.mark.parametrize("body", [b"", b"<a>", b"<a>&nbsp;</a>", b"text", b"<a/><b/>", b"<a b=1/>", b"<a>\xff</a>"])
def test_what_is_not_well_formed_is_broken(body: bytes) -> None:
    assert refusal(body).code == "xml_broken"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<a>" * 300 + "</a>" * 300, "too_deep"),
        ("<a>" + "<b/>" * 20_001 + "</a>", "too_large"),
        ("<a " + " ".join(f'a{n}="1"' for n in range(201)) + "/>", "too_large"),
        ("<a>" + "x" * (4 << 20) + "</a>", "too_large"),
    ],
)
def test_each_limit_has_its_code(body: str, code: str) -> None:
    assert refusal(body).code == code


def test_a_text_of_more_than_ten_megabytes_is_refused() -> None:
    assert refusal("<a>" + "x" * 10_100_000 + "</a>", size_bytes=64 << 20).code == "too_large"


def test_limits_count_elements_and_not_angle_brackets() -> None:
    read_xml("<a>" + "<b></b>" * 15_000 + "</a>")
    read_xml("<a " + " ".join(f'a{n}="="' for n in range(200)) + "/>")


@pytest.mark.parametrize("name", ["utf-7", "UTF-32", "cp037", "ebcdic-cp-us"])
def test_character_sets_that_trick_filters_are_refused(name: str) -> None:
    assert refusal(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode()).code == "charset_refused"


def test_a_declaration_that_text_outlived_does_not_matter() -> None:
    assert read_xml('<?xml version="1.0" encoding="utf-16"?><a>é</a>').text == "é"


def test_comments_do_not_part_a_text() -> None:
    assert read_xml("<a>one<!-- two --><?three?> four</a>").text == "one four"


def test_the_recovering_mode_notes_each_error_and_keeps_what_it_can() -> None:
    parsed = parse_recovering("<a><b>one</c><b>two</b></a>")
    assert "one" in "".join(parsed.root.itertext())
    assert {note.code for note in parsed.notes} == {"xml_recovered"}


def test_the_recovering_mode_refuses_what_the_strict_one_refuses() -> None:
    with pytest.raises(DocumentRefused):
        parse_recovering(bomb("utf-8"))
    with pytest.raises(DocumentRefused):
        parse_recovering(b"")


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<a>{text}</a>".encode("utf-8", "ignore")))
def test_any_bytes_give_a_tree_or_the_named_error(data: bytes) -> None:
    codes = set()
    for reader in (parse, parse_recovering):
        try:
            assert reader(data, limits=RECORD).root is not None
        except DocumentRefused as error:
            codes.add(error.code)
    assert codes <= {"doctype_refused", "charset_refused", "xml_broken", "too_large", "too_deep"}
