"""Rights URIs and their spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.schema.rights import NOT_EVALUATED, rights_uri

CC = "http://creativecommons.org/"


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("rs:CNE", NOT_EVALUATED),
        ("https://rightsstatements.org/page/InC/1.0/?language=en", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("http://rightsstatements.org/vocab/noc-us/1.0", "http://rightsstatements.org/vocab/NoC-US/1.0/"),
        ("No Copyright – United States", "http://rightsstatements.org/vocab/NoC-US/1.0/"),
        ("cc:by-sa/3.0", CC + "licenses/by-sa/3.0/"),
        ("cc:by", CC + "licenses/by/4.0/"),
        ("CC BY-NC 4.0", CC + "licenses/by-nc/4.0/"),
        ("CC0", CC + "publicdomain/zero/1.0/"),
        ("https://creativecommons.org/publicdomain/mark/1.0/deed.en", CC + "publicdomain/mark/1.0/"),
        ("https://creativecommons.org/licenses/by/3.0/us/", CC + "licenses/by/3.0/us/"),
        ("http://www.europeana.eu/rights/rr-f/", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("http://www.europeana.eu/rights/nothing/", None),
        ("rs:nothing", None),
        ("Ask the archivist", None),
    ],
)
def test_every_spelling_gives_the_canonical_uri(text: str, uri: str | None) -> None:
    assert rights_uri(text) == uri


@given(st.text())
def test_any_text_gives_a_canonical_uri_or_none(text: str) -> None:
    found = rights_uri(text)
    assert found is None or rights_uri(found) == found
