"""Who signs a version before it goes live, as the operator set it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline import crosswalk_life
from federation.settings import Approval
from federation.storage import ledger
from federation.storage.accounts import RoleGrant
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from tests.federation.pipeline.test_crosswalk_life import person
from tests.federation.pipeline.versions import drafted, feed_of, filled, rule, state, tried

CLOSED = rule(3, "access.status", "closed")
OPEN = rule(3, "access.status", "open")
RUNS = RoleGrant(role="harvest_admin", institution="peer")


def approved(store: Store, number: int, account: str, approval: Approval) -> Version:
    with store.transaction() as tx:
        return crosswalk_life.approve(tx, feed_of(store), number, account, "well", approval=approval)


def activated(store: Store, number: int, approval: Approval) -> Version:
    with store.transaction() as tx:
        return crosswalk_life.activate(tx, feed_of(store), number, approval=approval)


def acts(store: Store) -> list[str]:
    with store.reading() as connection:
        bodies = connection.execute(sa.select(ledger.ledger_entry.c.body)).scalars()
        return [json.loads(body)["act"] for body in bodies]


def refused(store: Store, number: int, account: str, approval: Approval) -> str:
    with pytest.raises(RequestRefused) as found:
        approved(store, number, account, approval)
    return found.value.reason


@pytest.mark.parametrize("approval", ["second", "self"])
async def test_what_nobody_signed_does_not_go_live_where_a_sign_is_asked_for(
    embedded: Store, approval: Approval
) -> None:
    await filled(embedded, 4)
    number = drafted(embedded, CLOSED).number
    tried(embedded, number)
    with pytest.raises(RequestRefused) as found:
        activated(embedded, number, approval)
    assert found.value.reason == "not_approved"
    with pytest.raises(RequestRefused) as found, embedded.transaction() as tx:
        crosswalk_life.try_in_sets(tx, feed_of(embedded), number, ("maps",), approval=approval)
    assert found.value.reason == "not_approved"


async def test_a_second_person_signs_what_no_gate_stops_and_the_author_does_not(embedded: Store) -> None:
    await filled(embedded, 4)
    ada, ben = person(embedded, "ada", RUNS), person(embedded, "ben", RUNS)
    nobody = person(embedded, "eve", RoleGrant(role="reader", institution="peer"))
    number = drafted(embedded, CLOSED, author=ada).number
    tried(embedded, number)
    assert refused(embedded, number, ada, "second") == "own_work"
    assert refused(embedded, number, nobody, "second") == "role_missing"
    assert approved(embedded, number, ben, "second").confirmed_by == ben
    assert activated(embedded, number, "second").state == "active"
    assert "crosswalk.approved" in acts(embedded)


async def test_an_author_may_sign_alone_where_that_is_set_and_the_ledger_says_so(embedded: Store) -> None:
    await filled(embedded, 4)
    ada = person(embedded, "ada", RUNS)
    number = drafted(embedded, CLOSED, author=ada).number
    tried(embedded, number)
    approved(embedded, number, ada, "self")
    assert activated(embedded, number, "self").state == "active"
    assert "crosswalk.approved_alone" in acts(embedded)


async def test_what_a_gate_stops_waits_for_another_person_whatever_is_set(embedded: Store) -> None:
    await filled(embedded, 4)
    decides = RoleGrant(role="institution_admin", institution="peer")
    ada, ben = person(embedded, "ada", RUNS, decides), person(embedded, "ben", decides)
    number = drafted(embedded, OPEN, author=ada).number
    tried(embedded, number)
    assert refused(embedded, number, ada, "self") == "own_work"
    approved(embedded, number, ben, "self")
    assert state(embedded, number) == "confirmed"
