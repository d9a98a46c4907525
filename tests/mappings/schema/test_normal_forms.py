"""Normal forms and shapes of identifiers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import isbn

from mappings.schema.normal_forms import SCHEMES, normalise, recognise


@pytest.mark.parametrize(
    ("scheme", "value", "normal"),
    [
        ("isbn", "0-19-852663-6", "9780198526636"),
        ("isbn", "978-0-19-852663-6 (pbk.) :", "9780198526636"),
        ("isbn", "0198526631", None),
        ("issn", "0378 5955", "0378-5955"),
        ("issn", "0378-5954", None),
        ("isni", "0000 0001 2281 955X", "000000012281955X"),
        ("doi", "https://doi.org/10.1000/ABC", "10.1000/abc"),
        ("doi", "10.1000", None),
        ("handle", "http://hdl.handle.net/2027/mdp.39015", "2027/mdp.39015"),
        ("ark", "https://n2t.net/ark:/12148/btv1b84-49691v/", "ark:12148/btv1b8449691v"),
        ("urn", "URN:NBN:de:bvb:12-bsb1", "urn:nbn:de:bvb:12-bsb1"),
        ("oclc", "(OCoLC)ocm00012345 ", "12345"),
        ("lccn", " n78-890351 ", "n78890351"),
        ("lccn", "75-425165//r75", "75425165"),
        ("lccn", "85-2", "85000002"),
        ("oai", "oai:riverside.example:1", "oai:riverside.example:1"),
        ("url", "HTTP://Example.ORG:80/a?b#c", "http://example.org/a?b"),
        ("url", "ftp://example.org/", None),
        ("url", "http://[", None),
        ("unified_book_number", "统一书号：10019・1563", "10019·1563"),
        ("document_number", "国发 [2019] 12号", "国发〔2019〕12号"),
        ("local", " A  1 ", "A 1"),
        ("reel", "7", "7"),
    ],
)
def test_normal_forms(scheme: str, value: str, normal: str | None) -> None:
    found = normalise(scheme, value)
    assert (found.normalised, found.valid) == (normal, normal is not None)


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        ("ISBN 0-19-852663-6", "isbn"),
        ("urn:isbn:0198526636", "isbn"),
        ("9780198526636", "isbn"),
        ("9780198526637", None),
        ("1914-1918", None),
        ("ISSN: 0378-5955", "issn"),
        ("2434-561X", "issn"),
        ("https://dx.doi.org/10.1000/1", "doi"),
        ("https://example.org/ark:/12148/x", "ark"),
        ("hdl:2027/x", "handle"),
        ("(OCoLC)1", "oclc"),
        ("lccn: 85-2", "lccn"),
        ("oai:a.b:c", "oai"),
        ("urn:nbn:de:1", "urn"),
        ("https://isni.org/isni/000000012281955X", "isni"),
        ("https://example.org/x", "url"),
        ("Box 7", None),
        ("", None),
    ],
)
def test_shapes_that_leave_no_doubt(value: str, scheme: str | None) -> None:
    found = recognise(value)
    assert (found and found.scheme) == scheme
    assert found is None or found.valid


@example("document_number", "A´")
@given(st.sampled_from(SCHEMES), st.text())
def test_any_value_gives_an_identifier_whose_normal_form_is_its_own(scheme: str, value: str) -> None:
    found = normalise(scheme, value)
    if found.normalised is not None:
        assert normalise(scheme, found.normalised).normalised == found.normalised
    recognise(value)


#: nine figures of an ISBN with any figure in the place of the check
tens = st.tuples(st.integers(0, 10**9 - 1), st.sampled_from("0123456789X")).map(lambda pair: f"{pair[0]:09}{pair[1]}")
thirteens = st.tuples(st.sampled_from(["978", "979"]), st.integers(0, 10**10 - 1)).map(
    lambda pair: f"{pair[0]}{pair[1]:010}"
)


@given(st.one_of(tens, thirteens))
@example("0198526636")
@example("080442957X")
@example("9780198526636")
def test_an_isbn_is_right_where_another_reader_finds_it_right(written: str) -> None:
    expected = str(isbn.compact(written, convert=True)) if isbn.is_valid(written) else None
    assert normalise("isbn", written).normalised == expected
    assert normalise("isbn", f"{written[:5]}-{written[5:]} (pbk.)").normalised == expected
