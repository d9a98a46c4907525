"""Character sets: claims are believed only where they decode, guesses are plausible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.errors import DocumentRefused
from mappings.formats.charset import decode, undouble

CHINESE = "<t>一九四九年中华人民共和国档案馆藏书目录</t>"
TRADITIONAL = "<t>中華民國檔案館藏書目錄測試文字</t>"


@pytest.mark.parametrize(
    ("body", "declared", "learned", "charset"),
    [
        (b"\xef\xbb\xbf<a>\xc3\xa9</a>", "iso-8859-1", None, "utf-8"),
        ("\ufeff<a>é</a>".encode("utf-16-le"), None, None, "utf-16-le"),
        ("<?xml?><a/>".encode("utf-16-be"), None, None, "utf-16-be"),
        (b'<?xml version="1.0" encoding="GB2312"?>' + CHINESE.encode("gb18030"), "utf-8", None, "gb18030"),
        (CHINESE.encode("gbk"), "GBK", None, "gb18030"),
        ("<a>é</a>".encode(), None, None, "utf-8"),
        (CHINESE.encode("gb18030"), "utf-8", None, "gb18030"),
        (TRADITIONAL.encode("big5"), "utf-8", None, "big5"),
        ("<a>Mémoires d’un café</a>".encode("cp1252"), "utf-8", None, "cp1252"),
        ("<a>жёлтый</a>".encode("cp1251"), "utf-8", "cp1251", "cp1251"),
        ('<?xml version="1.0" encoding="utf-16"?><a>é</a>'.encode(), None, None, "utf-8"),
    ],
)
def test_the_first_claim_that_decodes_strictly_is_believed(
    body: bytes, declared: str | None, learned: str | None, charset: str
) -> None:
    found = decode(body, declared=declared, learned=learned)
    assert (found.charset, found.replaced) == (charset, 0)


def test_the_text_of_a_wrong_claim_is_right() -> None:
    assert decode(CHINESE.encode("gb18030"), declared="utf-8").text == CHINESE
    assert decode(TRADITIONAL.encode("big5"), declared="utf-8").text == TRADITIONAL


def test_a_few_bad_bytes_in_utf8_are_marked_and_counted() -> None:
    found = decode("<a>é è ê ë ü ö ä ß ñ ç à ù</a>".encode() + b"\xff")
    assert (found.charset, found.replaced) == ("utf-8", 1)


def test_double_encoding_is_detected_and_can_be_undone() -> None:
    doubled = "<a>café naïve</a>".encode().decode("cp1252")
    found = decode(doubled.encode())
    assert found.double_encoded
    assert undouble(found.text) == "<a>café naïve</a>"
    assert not decode("<a>Â l'école, Ã, déjà vu</a>".encode()).double_encoded


@pytest.mark.parametrize("name", ["utf-7", "UTF-32LE", "cp500", "UCS-4", "EBCDIC-US"])
def test_refused_character_sets_are_named(name: str) -> None:
    with pytest.raises(DocumentRefused) as caught:
        decode(b"<a/>", declared=name)
    assert caught.value.code == "charset_refused"


@given(st.binary(max_size=400), st.sampled_from([None, "latin-1", "utf-8", "big5", "no-such-set", "gbk", "utf-16"]))
def test_any_bytes_give_text_or_the_named_error(body: bytes, declared: str | None) -> None:
    code = ""
    try:
        decode(body, declared=declared).text.encode("utf-8")
    except DocumentRefused as error:
        code = error.code
    assert code in {"", "charset_refused"}


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_utf8_reads_back(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode()).text == text


def test_one_bad_line_of_a_small_chinese_file_leaves_its_set() -> None:
    lines = ["档号,题名,责任者", "Q1-1-1,任免通知,某局", "Q1-1-2,会议记录,某局"]
    body = "\n".join(lines).encode("gb18030") + b"\nQ1-1-3,\xff\xff\xff\xff,\xff\n"
    found = decode(body)
    assert (found.charset, found.replaced) == ("gb18030", 5)
    assert found.text.startswith("档号,题名")
