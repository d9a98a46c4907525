"""Documents of ResourceSync as they are read: any bytes give one, nothing, or the named error."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.resourcesync.documents import (
    Document,
    Entry,
    Measured,
    is_record,
    last_words,
    parts_since,
    read_document,
    read_moment,
)
from mappings.errors import DocumentRefused

NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:rs="http://www.openarchives.org/rs/terms/"'


def moment(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


def test_a_change_list_says_what_changed_and_when() -> None:
    body = f"""<urlset {NAMESPACES}><rs:ln rel="up" href="http://a/c.xml"/>
      <rs:md capability="changelist" from="2026-11-01"/>
      <url><loc> http://a/1 </loc><lastmod>2026-11-02T00:00:00Z</lastmod>
        <rs:md change="updated" datetime="2026-11-03T01:00:00+01:00"
          hash="md5:x sha-256:y" length="7" type="text/xml"/></url>
      <url><loc>http://a/2</loc><rs:md change="deleted"/></url><url/></urlset>"""
    entry = Entry(
        address="http://a/1", change="updated", changed=moment(3), hashes="md5:x sha-256:y", length=7,
        media_type="text/xml",
    )  # fmt: skip
    assert read_document(body.encode()) == Document(
        capability="changelist",
        is_index=False,
        since=moment(1),
        entries=(entry, Entry(address="http://a/2", change="deleted")),
    )


@pytest.mark.parametrize("body", [b"<html/>", f"<urlset {NAMESPACES}/>".encode(), b"<urlset/>"])
def test_a_page_or_a_plain_sitemap_is_no_document(body: bytes) -> None:
    assert read_document(body) is None


def test_a_document_with_entities_is_refused_unread() -> None:
    with pytest.raises(DocumentRefused):
        read_document(b'<!DOCTYPE a [<!ENTITY b "c">]><urlset>&b;</urlset>')


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_the_named_error(body: bytes) -> None:
    try:
        assert read_document(body) is None
    except DocumentRefused:
        return


@given(st.text(max_size=40))
def test_any_text_is_a_moment_with_its_zone_or_none(text: str) -> None:
    found = read_moment(text)
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-13-01", ""])
def test_a_moment_that_no_calendar_has_is_none(text: str) -> None:
    assert read_moment(text) is None


def difference(entry: Entry, body: bytes) -> str:
    return Measured(body).difference(entry)


def test_the_strongest_hash_decides_and_an_unknown_one_says_nothing() -> None:
    right, md5 = hashlib.sha256(b"abc").hexdigest(), hashlib.md5(b"abc", usedforsecurity=False).hexdigest()
    assert difference(Entry(address="a", hashes=f"md5:0 sha-256:{right.upper()}"), b"abc") == ""
    assert difference(Entry(address="a", hashes=f"md5:{md5}", length=3), b"abc") == ""
    assert difference(Entry(address="a", hashes="sha-256:0"), b"abc") == "hash_differs"
    assert difference(Entry(address="a", length=4), b"abc") == "length_differs"
    assert difference(Entry(address="a", hashes="sha-512:0"), b"abc") == ""


def test_a_body_that_comes_in_parts_is_measured_as_one() -> None:
    measured = Measured()
    measured.take(b"a")
    measured.take(b"bc")
    assert (
        measured.difference(Entry(address="a", hashes=f"sha-256:{hashlib.sha256(b'abc').hexdigest()}", length=3)) == ""
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("", True), ("application/rdf+xml", True), ("text/xml; charset=x", True), ("image/png", False)],
)
def test_what_may_be_a_record_shows_in_its_type(kind: str, expected: bool) -> None:
    assert is_record(Entry(address="a", media_type=kind)) is expected


def test_of_one_resource_the_last_change_counts_whatever_the_order() -> None:
    told = [
        Entry(address="a", changed=moment(4)),
        Entry(address="b", changed=moment(1)),
        Entry(address="a", changed=moment(2)),
    ]
    assert [each.changed for each in last_words(told, moment(2))] == [moment(4)]


def test_parts_that_ended_before_are_passed_by() -> None:
    parts = [Entry(address="open", since=moment(3)), Entry(address="old", since=moment(1), until=moment(2))]
    assert [each.address for each in parts_since(parts, moment(3))] == ["open"]
    assert [each.address for each in parts_since(parts, moment(2))] == ["old", "open"]
