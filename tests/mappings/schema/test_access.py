"""Order of looseness, composition and inheritance of conditions of access."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mappings.schema.access import (
    CONDITIONS,
    LINE_ORDER,
    NOTHING_STATED,
    REASONS,
    STATUS_ORDER,
    Access,
    AccessStatement,
    Secrecy,
    inherit,
    is_looser,
    looser_parts,
    settle,
    statement_of,
    strictest,
)

ENDS = st.none() | st.sampled_from(["2030", "2040-05", "2040-05-03", "204X", "[..2050]", "sometime"])
LABELS = ("公开", "国内", "内部", "秘密", "机密", "绝密")
SECRECIES = st.none() | st.integers(0, 5).map(lambda rank: Secrecy(label=LABELS[rank], rank=rank))
CONDITION_SETS = st.sets(st.sampled_from(CONDITIONS), max_size=3).map(
    lambda chosen: tuple(name for name in CONDITIONS if name in chosen)
)
STATEMENTS = st.builds(
    AccessStatement,
    status=st.none() | st.sampled_from(STATUS_ORDER),
    line=st.none() | st.sampled_from(LINE_ORDER),
    conditions=CONDITION_SETS,
    reason=st.none() | st.sampled_from(REASONS),
    until=ENDS,
    closure_years=st.none() | st.integers(1, 99),
    endless=st.booleans(),
    secrecy=SECRECIES,
    requestable=st.none() | st.booleans(),
    unread=st.booleans(),
)
ACCESSES = STATEMENTS.map(settle)


@given(STATEMENTS, STATEMENTS, STATEMENTS)
def test_composition_depends_neither_on_order_nor_on_grouping(
    a: AccessStatement, b: AccessStatement, c: AccessStatement
) -> None:
    assert strictest(a, b) == strictest(b, a)
    assert strictest(strictest(a, b), c) == strictest(a, strictest(b, c)) == strictest(a, b, c)
    assert strictest(a, a) == a


@given(ACCESSES, ACCESSES)
def test_what_is_composed_is_looser_than_none_of_its_parts(a: Access, b: Access) -> None:
    composed = settle(strictest(statement_of(a), statement_of(b)))
    assert looser_parts(a, composed) == ()
    assert looser_parts(b, composed) == ()


@given(ACCESSES)
def test_nothing_is_looser_than_itself(access: Access) -> None:
    assert not is_looser(access, replace(access))


@given(ACCESSES)
def test_a_whole_access_comes_back_from_its_statement(access: Access) -> None:
    assert looser_parts(access, settle(statement_of(access))) == ()


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (Access(status="closed"), Access(status="open"), ("status",)),
        (Access(status="unknown"), Access(status="open"), ("status",)),
        (Access(line="hidden"), Access(line="reduced"), ("line",)),
        (Access(conditions=("notice", "fee")), Access(conditions=("fee",)), ("conditions",)),
        (Access(conditions=("fee",)), Access(conditions=("notice", "fee")), ()),
        (Access(status="closed"), Access(status="closed", until="2040"), ("until",)),
        (Access(status="closed", until="2040"), Access(status="closed", until="2039-06"), ("until",)),
        (Access(status="closed", until="2040"), Access(status="closed", until="2040-06"), ("until",)),
        (Access(status="closed", until="2040"), Access(status="closed", until="2041"), ()),
        (Access(status="closed", until="2040"), Access(status="closed"), ()),
        (Access(status="closed"), Access(status="closed", closure_years=20), ("until",)),
        (Access(status="closed", closure_years=30), Access(status="closed", closure_years=20), ("until",)),
        (Access(status="closed", closure_years=20), Access(status="closed", closure_years=30), ()),
        (Access(secrecy=Secrecy(label="机密", rank=4)), Access(secrecy=Secrecy(label="内部", rank=2)), ("secrecy",)),
        (Access(secrecy=Secrecy(label="机密", rank=4)), Access(), ("secrecy",)),
        (Access(status="closed", line="full"), Access(status="restricted", line="hidden"), ("status",)),
        (Access(status="open"), Access(status="closed", until="2040"), ()),
    ],
)
def test_looser_part_by_part(before: Access, after: Access, parts: tuple[str, ...]) -> None:
    assert looser_parts(before, after) == parts


def test_a_closure_without_end_outlasts_all() -> None:
    endless = AccessStatement(status="closed", endless=True)
    assert settle(strictest(endless, AccessStatement(status="closed", until="2040"))).until is None
    assert settle(strictest(AccessStatement(status="closed"), AccessStatement(until="2040"))).until == "2040"


def test_no_statement_is_unknown_and_an_unread_one_never_opens() -> None:
    assert settle(NOTHING_STATED).status == "unknown"
    assert settle(AccessStatement(status="open", unread=True)).status == "unknown"


def test_the_line_follows_reason_and_secrecy_unless_stated() -> None:
    assert settle(AccessStatement(status="closed", reason="privacy")).line == "reduced"
    assert settle(AccessStatement(status="closed", reason="privacy", line="full")).line == "full"
    assert settle(AccessStatement(status="closed", reason="donor")).line == "full"
    assert settle(AccessStatement(secrecy=Secrecy(label="内部", rank=2), line="full")).line == "hidden"


def test_without_a_statement_the_parents_whole_access_comes_down() -> None:
    parent = Access(status="closed", until="2040", reason="donor")
    assert inherit(parent, NOTHING_STATED, parent_id="r1") == replace(parent, inherited_from="r1")
    assert inherit(replace(parent, inherited_from="r0"), NOTHING_STATED, parent_id="r1").inherited_from == "r0"


def test_an_own_status_stands_but_line_and_secrecy_stay_covered() -> None:
    parent = Access(status="closed", line="hidden", secrecy=Secrecy(label="秘密", rank=3))
    child = inherit(parent, AccessStatement(status="open"))
    assert (child.status, child.line, child.secrecy) == ("open", "hidden", parent.secrecy)
    stated = inherit(parent, AccessStatement(status="open", line="full", secrecy=Secrecy(label="公开", rank=0)))
    assert (stated.line, stated.secrecy and stated.secrecy.rank) == ("full", 0)
    # a rank that comes down hides the entry even where the unit states a line
    assert inherit(parent, AccessStatement(status="open", line="full")).line == "hidden"


@given(ACCESSES, STATEMENTS)
def test_an_unread_statement_or_one_without_a_status_opens_no_part(parent: Access, own: AccessStatement) -> None:
    child = inherit(parent, replace(own, unread=own.status is not None))
    assert looser_parts(parent, child) == ()
