"""What became of every raw record: mapped, deleted, rejected or skipped, with the reason (promise 3).

    harvested = mapped + deleted + rejected + skipped + waiting + held

A raw record whose `seq` the mapping stage has not reached is waiting. One of which a newer form waits for a person's
word is held, whatever stands of it meanwhile; so is one of which nothing else stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    Subquery,
    Table,
    Text,
    func,
    literal,
    select,
    union_all,
)

from federation.storage import absences, held_records
from federation.storage.metadata import metadata
from federation.storage.raw_records import raw_record
from federation.storage.set_aside import CODE, set_aside
from federation.storage.withheld import WITHHELD
from mappings.schema.issue import Issue

Kind = Literal["mapped", "deleted", "rejected", "skipped"]

mapping_outcome = Table(
    "mapping_outcome",
    metadata,
    #: of the raw record
    Column("rid", Integer, primary_key=True, autoincrement=False),
    Column("feed", Text, nullable=False),
    Column("run", Integer, nullable=False),
    #: `seq` of the raw version that was mapped
    Column("raw_seq", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    #: why it was rejected or skipped; empty otherwise
    Column("code", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("issues", Text, nullable=False),
    Index("mapping_outcome_feed", "feed", "outcome"),
)

mapping_issue = Table(
    "mapping_issue",
    metadata,
    Column("rid", Integer, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("feed", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Index("mapping_issue_code", "feed", "code"),
)


#: code of a record that is given when it is asked for, and that no list names
UNLISTED = "unlisted"
#: stages whose set-aside records are told by their own outcome
_MAPPING = ("map", "remap")


def issues() -> Subquery:
    """Every issue, of mapping, of what a later stage set aside, or of what is given though no list names it.

    rid of the raw record, feed, code, field, rule, excerpt
    """
    told = select(*(mapping_issue.c[name] for name in ("rid", "feed", "code", "field", "rule", "excerpt")))
    aside = set_aside.c
    set_apart = (
        select(raw_record.c.rid, aside.feed, literal(CODE).label("code"), literal("").label("field"))
        .add_columns(aside.stage.label("rule"), aside.error.label("excerpt"))
        .join(set_aside, (raw_record.c.feed == aside.feed) & (raw_record.c.identifier == aside.identifier))
        .where(aside.stage.not_in(_MAPPING))
    )
    given = absences.absence.c
    unlisted = (
        select(given.rid, given.feed, literal(UNLISTED).label("code"), literal("").label("field"))
        .add_columns(literal("").label("rule"), literal("").label("excerpt"))
        .where(given.state == "unlisted")
    )
    return union_all(told, set_apart, unlisted).subquery("issue")


def of_many_units(connection: Connection, rids: Sequence[int]) -> set[int]:
    """The raw records among `rids` that gave more than one unit when they were last mapped."""
    query = select(mapping_outcome.c.rid).where(mapping_outcome.c.rid.in_(rids), mapping_outcome.c.units > 1)
    return set(connection.execute(query).scalars())


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of promise 3 for one feed or for all."""

    harvested: int
    mapped: int = 0
    deleted: int = 0
    rejected: int = 0
    skipped: int = 0
    waiting: int = 0
    held: int = 0

    @property
    def exact(self) -> bool:
        """Whether the identity holds."""
        parts = self.mapped + self.deleted + self.rejected + self.skipped + self.waiting + self.held
        return self.harvested == parts


class FeedTally(msgspec.Struct, frozen=True, kw_only=True):
    """A feed in a list, in numbers."""

    harvested: int = 0
    mapped: int = 0
    rejected: int = 0
    #: different codes of issues
    issue_codes: int = 0


class IssueCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a code was met, with examples."""

    code: str
    field: str
    rule: str
    count: int
    #: (OAI identifier, excerpt)
    examples: tuple[tuple[str, str], ...]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was not mapped, and why."""

    identifier: str
    outcome: str
    code: str
    issues: tuple[Issue, ...]


_issues = msgspec.json.Decoder(tuple[Issue, ...])


def accounts(connection: Connection, cursor: int, feed: str | None = None) -> Accounts:
    """The accounting identity as it stands, `cursor` being the mapping stage's."""
    not_held = raw_record.c.rid.not_in(held_records.rids())
    raw = select(func.count()).select_from(raw_record)
    done = (
        select(mapping_outcome.c.outcome, func.count().label("number"))
        .join(raw_record, raw_record.c.rid == mapping_outcome.c.rid)
        .where(raw_record.c.seq <= cursor, not_held)
        .group_by(mapping_outcome.c.outcome)
    )
    waiting = select(func.count()).select_from(raw_record).where(raw_record.c.seq > cursor, not_held)
    if feed is not None:
        raw, waiting = raw.where(raw_record.c.feed == feed), waiting.where(raw_record.c.feed == feed)
        done = done.where(raw_record.c.feed == feed)
    sums = {row.outcome: row.number for row in connection.execute(done)}
    return Accounts(
        harvested=connection.execute(raw).scalar_one() + held_records.count(connection, feed, unknown=True),
        waiting=connection.execute(waiting).scalar_one(),
        held=held_records.count(connection, feed),
        **{kind: sums.get(kind, 0) for kind in ("mapped", "deleted", "rejected", "skipped")},
    )


def issue_counts(connection: Connection, feed: str, *, examples: int = 3) -> list[IssueCount]:
    """A feed's issues by code, field and rule, most frequent first."""
    found_issues = issues().c
    columns = (found_issues.code, found_issues.field, found_issues.rule)
    number = func.count().label("number")
    query = select(*columns, number).where(found_issues.feed == feed).group_by(*columns)
    return [
        IssueCount(
            code=code,
            field=field,
            rule=rule,
            count=found,
            examples=tuple(_examples(connection, feed, (code, field, rule), examples)),
        )
        for code, field, rule, found in connection.execute(query.order_by(number.desc(), *columns))
    ]


def lookup_misses(connection: Connection, feed: str, limit: int = 500) -> list[tuple[str, str, int]]:
    """What lookups of a feed's rules did not know: rule, value, and how many records say it; most frequent first."""
    met, number = mapping_issue.c, func.count(mapping_issue.c.rid.distinct()).label("number")
    query = select(met.rule, met.excerpt, number).where(met.feed == feed, met.code == "lookup_missed")
    query = query.group_by(met.rule, met.excerpt).order_by(number.desc(), met.rule, met.excerpt).limit(limit)
    return [(rule, value, count) for rule, value, count in connection.execute(query)]


def tallies(connection: Connection) -> dict[str, FeedTally]:
    """The newest outcomes of every feed in numbers; quick, and behind by what waits to be mapped."""
    kinds = select(mapping_outcome.c.feed, mapping_outcome.c.outcome, func.count().label("number"))
    done: dict[str, dict[str, int]] = {}
    for feed, outcome, number in connection.execute(kinds.group_by(mapping_outcome.c.feed, mapping_outcome.c.outcome)):
        done.setdefault(feed, {})[outcome] = number
    met = issues().c
    codes = select(met.feed, func.count(met.code.distinct()).label("codes"))
    issue_codes = {row.feed: row.codes for row in connection.execute(codes.group_by(met.feed))}
    raw = select(raw_record.c.feed, func.count()).group_by(raw_record.c.feed)
    return {
        feed: FeedTally(
            harvested=number,
            mapped=done.get(feed, {}).get("mapped", 0),
            rejected=done.get(feed, {}).get("rejected", 0),
            issue_codes=issue_codes.get(feed, 0),
        )
        for feed, number in connection.execute(raw)
    }


def spread(connection: Connection, feed: str, limit: int) -> list[int]:
    """Numbers of up to `limit` raw records that show what a feed is like: refused, odd, then evenly spread.

    What a person withholds is shown to nobody.
    """
    mapping = mapping_outcome.c
    shown = (mapping.feed == feed) & (mapping.outcome != "deleted") & (mapping.code != WITHHELD)
    number = select(mapping_outcome.c.rid).where(shown).order_by(mapping_outcome.c.rid)
    refused_ones = connection.execute(number.where(mapping_outcome.c.code != "").limit(limit // 4)).scalars().all()
    odd = connection.execute(number.where(mapping_outcome.c.issues != "[]").limit(limit // 2)).scalars().all()
    plain = connection.execute(number.where(mapping_outcome.c.issues == "[]")).scalars().all()
    first = list(dict.fromkeys((*refused_ones, *odd)))[: limit // 2]
    step = max(len(plain) // max(limit - len(first), 1), 1)
    return list(dict.fromkeys((*first, *plain[::step])))[:limit]


def count_refused(connection: Connection, feed: str) -> int:
    """How many of a feed's records are rejected."""
    query = select(func.count()).where(mapping_outcome.c.feed == feed, mapping_outcome.c.outcome == "rejected")
    return connection.execute(query).scalar_one()


def rejected(connection: Connection, rids: Sequence[int]) -> set[int]:
    """Those of `rids` that are rejected."""
    query = select(mapping_outcome.c.rid).where(mapping_outcome.c.rid.in_(rids))
    return set(connection.execute(query.where(mapping_outcome.c.outcome == "rejected")).scalars())


def refused(connection: Connection, rids: Sequence[int]) -> dict[int, str]:
    """Why those of `rids` that gave no record gave none, by number: the code of the refusal."""
    columns = (mapping_outcome.c.rid, mapping_outcome.c.code)
    query = select(*columns).where(mapping_outcome.c.rid.in_(rids), mapping_outcome.c.code != "")
    return {row.rid: row.code for row in connection.execute(query)}


def _examples(connection: Connection, feed: str, of: tuple[str, str, str], limit: int) -> Sequence[tuple[str, str]]:
    code, field, rule = of
    met = issues().c
    query = (
        select(raw_record.c.identifier, met.excerpt)
        .join(raw_record, raw_record.c.rid == met.rid)
        .where(met.feed == feed, met.code == code)
        .where(met.field == field, met.rule == rule)
        .order_by(met.rid)
        .limit(limit)
    )
    return [(identifier, excerpt) for identifier, excerpt in connection.execute(query)]


def refusals(connection: Connection, feed: str, outcome: Kind, limit: int = 100) -> list[Refusal]:
    """A feed's records of one outcome, with their reasons."""
    query = (
        select(raw_record.c.identifier, mapping_outcome.c.outcome, mapping_outcome.c.code, mapping_outcome.c.issues)
        .join(raw_record, raw_record.c.rid == mapping_outcome.c.rid)
        .where(mapping_outcome.c.feed == feed, mapping_outcome.c.outcome == outcome)
        .order_by(mapping_outcome.c.rid)
        .limit(limit)
    )
    return [
        Refusal(identifier=identifier, outcome=kind, code=code, issues=_issues.decode(issues))
        for identifier, kind, code, issues in connection.execute(query)
    ]
