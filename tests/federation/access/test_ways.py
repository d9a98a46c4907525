"""Every combination of access, digital state and reader has exactly one first way, and none opens what is closed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.access.conditions import content_class
from federation.access.ways import KINDS, WaysToSee, ways_to_see
from mappings.schema.access import REASONS, STATUS_ORDER, Access
from mappings.schema.record import Digital, DigitalRole
from mappings.schema.unified import Alternative, UnifiedRecord
from portal_api.reader import ANYBODY, Grant, Reader
from tests import factories as make
from tests.mappings.schema.test_access import ACCESSES

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OWN = Reader(account="a", acting_for="riverside", grants=(Grant(role="harvest_admin", institution="riverside"),))
OTHER = Reader(account="a", acting_for="hill", grants=(Grant(role="harvest_admin", institution="hill"),))
KNOWN = Reader(account="a")
READERS = (ANYBODY, KNOWN, OTHER, OWN)
CONTENT = "https://riverside.example/scan.pdf"
PAGE = "https://riverside.example/1"
DIGITAL: tuple[DigitalRole | None, ...] = (None, "landing", "manifest", "thumbnail", "file", "finding_aid")


def one_member(access: Access, role: DigitalRole | None = None) -> UnifiedRecord:
    digital = (Digital(url=CONTENT, role=role),) if role else ()
    record = make.catalogue_record(access=access, digital=digital)
    return make.unified_record(record, members=(make.member(record, url=PAGE),))


def all_ways(found: WaysToSee) -> list[str]:
    return [found.primary.kind, *(way.kind for holder in found.rest for way in holder.ways)]


def assert_lawful(unified: UnifiedRecord, reader: Reader) -> None:
    """One first way, the best of all; content is named only where the policy gives it."""
    found = ways_to_see(unified, reader, NOW)
    ways = [found.primary, *(way for holder in found.rest for way in holder.ways)]
    assert sum(way is found.primary for way in ways) == 1
    assert KINDS.index(found.primary.kind) == min(KINDS.index(way.kind) for way in ways)
    assert {way.record for way in ways} == {member.record for member in unified.members}
    by_record = {member.record: member for member in unified.members}
    for way in ways:
        member = by_record[way.record]
        allowed = content_class(member.access) == "open"
        allowed |= reader.acting_for == member.institution and content_class(member.access) != "never"
        if not allowed:
            assert way.kind in ("ask", "closed_until", "closed")
            assert CONTENT not in msgspec.json.encode(way).decode()


COMBINATIONS = list(itertools.product(STATUS_ORDER, (None, *REASONS), DIGITAL, READERS, (None, "2020", "2099")))


def test_every_combination_has_one_first_way_and_opens_nothing_closed() -> None:
    for status, reason, role, reader, until in COMBINATIONS:
        for requestable in (False, True):
            access = Access(status=status, reason=reason, until=until, requestable=requestable)
            assert_lawful(one_member(access, role), reader)


@given(st.lists(st.tuples(ACCESSES, st.sampled_from(DIGITAL)), min_size=1, max_size=4), st.sampled_from(READERS))
def test_several_holders_have_one_first_way_and_open_nothing_closed(
    parts: list[tuple[Access, DigitalRole | None]], reader: Reader
) -> None:
    members, digital = [], []
    for number, (access, role) in enumerate(parts):
        record = make.catalogue_record(native_id=f"oai:x:{number}", access=access)
        slug = ("riverside", "hill", "lake", "wood")[number]
        members.append(make.member(record, institution=slug, institution_name=slug.title()))
        if role:
            origin = make.origin(record=record.id)
            digital.append(make.sourced(Digital(url=CONTENT, role=role), origins=(origin,)))
    assert_lawful(make.unified_record(members=tuple(members), digital=tuple(digital)), reader)


@pytest.mark.parametrize(
    ("access", "role", "kind"),
    [
        (Access(status="open"), "file", "view_at_holder"),
        (Access(status="open"), "manifest", "view_at_holder"),
        (Access(status="open"), "landing", "reading_room"),
        (Access(status="open"), None, "reading_room"),
        (Access(status="open", conditions=("permission",)), "file", "ask"),
        (Access(), "file", "ask"),
        (Access(status="restricted", reason="privacy"), "file", "ask"),
        (Access(status="restricted", reason="secrecy"), "file", "closed"),
        (Access(status="closed", until="2099"), "file", "closed_until"),
        (Access(status="closed", closure_years=30), None, "closed_until"),
        (Access(status="closed"), "file", "closed"),
    ],
)
def test_the_public_is_shown_the_way_that_helps_most(access: Access, role: DigitalRole | None, kind: str) -> None:
    assert ways_to_see(one_member(access, role), ANYBODY, NOW).primary.kind == kind


def test_a_closure_that_ended_is_told_and_opens_nothing() -> None:
    way = ways_to_see(one_member(Access(status="closed", until="2020"), "file"), ANYBODY, NOW).primary
    assert (way.kind, way.ended, way.url) == ("closed_until", True, PAGE)


def test_people_of_the_holder_see_their_own_restricted_content() -> None:
    unified = one_member(Access(status="restricted", reason="privacy"), "file")
    assert ways_to_see(unified, OWN, NOW).primary.url == CONTENT
    assert ways_to_see(unified, OTHER, NOW).primary.kind == "ask"


def test_open_digital_material_can_also_be_seen_where_it_is_kept() -> None:
    assert all_ways(ways_to_see(one_member(Access(status="open"), "file"), ANYBODY, NOW)) == [
        "view_at_holder",
        "reading_room",
    ]


def test_a_departing_reading_of_an_address_counts_for_the_member_that_gives_it() -> None:
    record = make.catalogue_record(access=Access(status="open"))
    theirs = make.origin(record="another")
    digital = make.sourced(
        Digital(url="https://hill.example", role="landing"),
        origins=(theirs,),
        others=(Alternative(value=Digital(url=CONTENT, role="file"), origins=(make.origin(record=record.id),)),),
    )
    unified = make.unified_record(record, digital=(digital,))
    assert ways_to_see(unified, ANYBODY, NOW).primary.url == CONTENT
