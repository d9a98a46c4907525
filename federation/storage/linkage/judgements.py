"""What people decided about records: these are one, these are not. Revoked, never deleted; by record id, so that a
judgement outlives re-harvest, deletion and return."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import combinations, pairwise
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.errors import JudgementRefused
from federation.linkage.cluster import Bonds
from federation.storage import ledger
from federation.storage.linkage.tables import LIVE, judgement, judgement_member, link_record, link_state
from federation.storage.transactions import Transaction

Verdict = Literal["same", "different"]
MOST_MEMBERS = 200


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word on records."""

    id: str
    verdict: Verdict
    #: record ids; of `different` each side is one thing
    sides: tuple[tuple[str, ...], ...]
    who: str
    at: datetime
    note: str = ""
    revoked_by: str | None = None


def add(tx: Transaction, verdict: Verdict, sides: Sequence[Sequence[str]], *, who: str, note: str = "") -> Judgement:
    """Writes a judgement and has its records linked again; of `same` there is one side.

    raises  JudgementRefused for unknown records, too many, or a word that contradicts one in force
    """
    ids = [record_id for side in sides for record_id in side]
    _check(tx.connection, ids)
    made = Judgement(
        id=f"j-{secrets.token_hex(8)}",
        verdict=verdict,
        sides=tuple(tuple(side) for side in sides),
        who=who,
        at=tx.now,
        note=note,
    )
    _refuse_contradiction(tx.connection, made)
    values = {"id": made.id, "verdict": verdict, "who": who, "at": tx.now, "note": note}
    tx.connection.execute(judgement.insert().values(**values))
    for number, side in enumerate(made.sides):
        for record_id in side:
            row = {"judgement": made.id, "record_id": record_id, "side": number}
            tx.connection.execute(judgement_member.insert().values(**row))
            ledger.append_row(tx, "judgement.made", "judgement_member", made.id, record_id)
    ledger.append_row(tx, "judgement.made", "judgement", made.id)
    relink(tx, ids)
    return made


def revoke(tx: Transaction, judgement_id: str, *, who: str) -> None:
    """Takes a judgement back; its records are linked again as if it had never been."""
    found = get(tx.connection, judgement_id)
    if found is None or found.revoked_by is not None:
        raise JudgementRefused(f"no judgement {judgement_id} is in force")
    ended = judgement.update().where(judgement.c.id == judgement_id)
    tx.connection.execute(ended.values(revoked_by=who, revoked_at=tx.now))
    ledger.append_row(tx, "judgement.revoked", "judgement", judgement_id)
    relink(tx, [record_id for side in found.sides for record_id in side])


def rename(tx: Transaction, renamed: Mapping[str, str]) -> None:
    """Has judgements speak of records by their new identifiers."""
    member = judgement_member.c
    said = tx.connection.execute(sa.select(member.judgement, member.record_id)).all()
    for judgement_id, old in said:
        if (new := renamed.get(old)) is None:
            continue
        where = (member.judgement == judgement_id) & (member.record_id == old)
        tx.connection.execute(judgement_member.update().where(where).values(record_id=new))
        for record_id in (old, new):
            ledger.append_row(tx, "judgement.made", "judgement_member", judgement_id, record_id)


def relink(tx: Transaction, record_ids: Collection[str]) -> None:
    """Has these records linked again by the next batch."""
    query = sa.select(link_record.c.rid).where(link_record.c.record_id.in_(sorted(record_ids)))
    for rid in tx.connection.execute(query.order_by(link_record.c.rid)).scalars().all():
        where = (link_state.c.slot == LIVE) & (link_state.c.rid == rid)
        tx.connection.execute(link_state.update().where(where).values(seq=tx.next_seq()))


def get(connection: sa.Connection, judgement_id: str) -> Judgement | None:
    """One judgement, revoked ones too."""
    return next(iter(_read(connection, judgement.c.id == judgement_id)), None)


def in_force(connection: sa.Connection, record_ids: Collection[str]) -> list[Judgement]:
    """The judgements in force that name any of these records."""
    named = sa.select(judgement_member.c.judgement).where(judgement_member.c.record_id.in_(sorted(record_ids)))
    return _read(connection, judgement.c.id.in_(named) & judgement.c.revoked_at.is_(None))


def all_in_force(connection: sa.Connection) -> list[Judgement]:
    """Everybody's word that is in force."""
    return _read(connection, judgement.c.revoked_at.is_(None))


def any_in_force(connection: sa.Connection) -> bool:
    """Whether anybody's word is in force at all."""
    return (
        connection.execute(sa.select(judgement.c.id).where(judgement.c.revoked_at.is_(None)).limit(1)).first()
        is not None
    )


def bonds(judgements: Sequence[Judgement], numbers: dict[str, int]) -> Bonds:
    """The pairs that judgements bind and part, by number; records without one are passed over."""
    must: set[tuple[int, int]] = set()
    cannot: set[tuple[int, int]] = set()
    for each in judgements:
        sides = [sorted(numbers[name] for name in side if name in numbers) for side in each.sides]
        for side in sides:
            must.update(pairwise(side))
        if each.verdict == "different":
            pairs = [(a, b) for one, other in combinations(sides, 2) for a in one for b in other]
            cannot.update((min(a, b), max(a, b)) for a, b in pairs)
    return Bonds(frozenset(must), frozenset(cannot))


def _check(connection: sa.Connection, ids: Sequence[str]) -> None:
    if not 2 <= len(set(ids)) <= MOST_MEMBERS or len(set(ids)) != len(ids):
        raise JudgementRefused(f"expected 2 to {MOST_MEMBERS} different records, found {len(ids)}")
    query = sa.select(link_record.c.record_id).where(link_record.c.record_id.in_(ids))
    missing = sorted(set(ids) - set(connection.execute(query).scalars()))
    if missing:
        raise JudgementRefused(f"no record {', '.join(missing)} is known")


def _refuse_contradiction(connection: sa.Connection, made: Judgement) -> None:
    ids = [record_id for side in made.sides for record_id in side]
    number = {name: at for at, name in enumerate(ids)}
    own = bonds([made], number)
    for other in in_force(connection, ids):
        theirs = bonds([other], number)
        if own.must & theirs.cannot or own.cannot & theirs.must:
            raise JudgementRefused(f"judgement {other.id} of {other.at:%Y-%m-%d} says {other.verdict}; revoke it first")


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Judgement]:
    rows = connection.execute(sa.select(judgement).where(where).order_by(judgement.c.at, judgement.c.id)).all()
    sides: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    members = sa.select(judgement_member).where(judgement_member.c.judgement.in_([row.id for row in rows]))
    for member in connection.execute(members.order_by(judgement_member.c.record_id)):
        sides[member.judgement][member.side].append(member.record_id)
    return [
        Judgement(
            id=row.id,
            verdict=row.verdict,
            sides=tuple(tuple(side) for _, side in sorted(sides[row.id].items())),
            who=row.who,
            at=row.at,
            note=row.note,
            revoked_by=row.revoked_by,
        )
        for row in rows
    ]
