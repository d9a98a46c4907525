"""Authorities' identifiers: one spelling for each, whoever wrote it."""

from __future__ import annotations

import pytest

from mappings.schema.authorities import read_authority


@pytest.mark.parametrize(
    ("text", "source", "scheme", "value"),
    [
        ("(DE-588)118540238", "", "gnd", "https://d-nb.info/gnd/118540238"),
        ("http://d-nb.info/gnd/118540238", "", "gnd", "https://d-nb.info/gnd/118540238"),
        ("118540238", "gnd", "gnd", "https://d-nb.info/gnd/118540238"),
        ("(DE-588)4011413-2", "", "gnd", "https://d-nb.info/gnd/4011413-2"),
        ("2098277-x", "gnd", "gnd", "https://d-nb.info/gnd/2098277-X"),
        ("119895342X", "gnd", "gnd", "https://d-nb.info/gnd/119895342X"),
        ("026927608", "idref", "idref", "https://www.idref.fr/026927608/id"),
        ("n 79-21383", "lcnaf", "lcnaf", "http://id.loc.gov/authorities/names/n79021383"),
        ("(DLC)sh 85-82139/AC/r86", "", "lcsh", "http://id.loc.gov/authorities/subjects/sh85082139"),
        ("n 2001-50268", "dlc", "lcnaf", "http://id.loc.gov/authorities/names/n2001050268"),
        ("(DLC)n  79021164", "", "lcnaf", "http://id.loc.gov/authorities/names/n79021164"),
        ("(DLC)sh 85082139", "", "lcsh", "http://id.loc.gov/authorities/subjects/sh85082139"),
        (
            "https://id.loc.gov/authorities/names/n79021164.html",
            "",
            "lcnaf",
            "http://id.loc.gov/authorities/names/n79021164",
        ),
        ("(uri)http://viaf.org/viaf/46768838/", "", "viaf", "http://viaf.org/viaf/46768838"),
        ("https://www.wikidata.org/wiki/Q23114", "", "wikidata", "http://www.wikidata.org/entity/Q23114"),
        ("0000 0001 2144 1970", "isni", "isni", "https://isni.org/isni/0000000121441970"),
        ("https://orcid.org/0000-0002-1825-0097", "", "orcid", "https://orcid.org/0000-0002-1825-0097"),
        ("(OCoLC)fst00001234", "", "fast", "http://id.worldcat.org/fast/1234"),
        ("https://museum.example/people/7", "ulan", "ulan", "https://museum.example/people/7"),
        ("n 79021164", "lcsh", "lcnaf", "http://id.loc.gov/authorities/names/n79021164"),
        ("(naf)sh 85082139", "", "lcsh", "http://id.loc.gov/authorities/subjects/sh85082139"),
        (
            "http://id.loc.gov/authorities/subjects/sh85101206-781",
            "",
            "lcsh",
            "http://id.loc.gov/authorities/subjects/sh85101206",
        ),
        ("(The Museum)P-77", "", "the museum", "P-77"),
        ("P-77", "museum", "museum", "P-77"),
        ("(XX-MUS)P-77", "", "xx-mus", "P-77"),
        ("P-77", "", "authority", "P-77"),
    ],
)
def test_an_identifier_has_one_spelling(text: str, source: str, scheme: str, value: str) -> None:
    found = read_authority(text, source)
    assert found
    assert (found.scheme, found.value) == (scheme, value)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("0000 0001 2144 1971", "isni"),
        ("0000-0002-1825-0098", "orcid"),
        ("118540239", "gnd"),
        ("(DE-588)4011413-3", ""),
        ("026927609", "idref"),
        ("n 79-2138312", "lcnaf"),
        ("n 79-", "lcnaf"),
        ("Lu Xun", "viaf"),
        ("Q", "wikidata"),
    ],
)
def test_what_cannot_be_a_number_of_the_file_is_none(text: str, source: str) -> None:
    assert read_authority(text, source) is None


@pytest.mark.parametrize("source", ["", "isni", "viaf"])
@pytest.mark.parametrize(
    "text",
    [
        "https://isni.org/isni/0000000121032684",
        "https://orcid.org/0000-0002-1825-0098",
        "(uri)https://d-nb.info/gnd/118540239",
        "https://www.idref.fr/026927609/id",
        "http://viaf.org/viaf/",
        "https://www.viaf.org/viaf",
    ],
)
def test_an_address_of_an_authority_without_a_right_number_is_none(text: str, source: str) -> None:
    assert read_authority(text, source) is None
