"""How much one record of a page may hold, and which pages are read record by record."""

from __future__ import annotations

import pytest

from harvester.oaipmh.bounds import is_long, limits_of
from mappings.formats.xml import RECORD, TREE


@pytest.mark.parametrize("prefix", ["ead", "oai_ead", "ead3", "oai_ead3", "mets"])
def test_a_prefix_of_trees_has_room_for_trees(prefix: str) -> None:
    assert limits_of(prefix, "<record/>") == TREE


@pytest.mark.parametrize(
    ("root", "limits"),
    [
        ("<ead>", TREE),
        (' <!-- a -- b --> <?pi x?>\n<m:mets xmlns:m="u">', TREE),
        ("<oai_dc:dc><ead/>", RECORD),
        ("<eadlike>", RECORD),
        ("", RECORD),
    ],
)
def test_under_any_other_prefix_the_root_says_how_much_there_may_be(root: str, limits: object) -> None:
    assert limits_of("own", f"<record><header/><o:metadata a='b'>{root}</o:metadata></record>") == limits


def test_a_page_beyond_8_mib_or_400_000_tags_is_read_record_by_record() -> None:
    assert [is_long(b"x" * size, "") for size in (8 << 20, (8 << 20) + 1)] == [False, True]
    assert [is_long(b"", "<" * tags) for tags in (400_000, 400_001)] == [False, True]
