"""Which arrivals of a run are held already under identifiers that begin otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from federation.storage import held_records, raw_records
from federation.storage.held_records import held_record
from federation.storage.raw_records import Held, raw_record
from harvester.renames import TRIES, Renaming, Rule, fewest, holds, local_part, rule_between

#: arrivals by which a rule is sought, and records that each is held against
_SAMPLES, _CANDIDATES = 3, 20
_PART = 500


def noted(
    connection: sa.Connection,
    feed: str,
    run: int,
    arrivals: Mapping[str, str],
    known: Renaming,
    *,
    live: int,
    count: bool = True,
) -> Renaming:
    """What a run knows of a renaming with these arrivals.

    live       records that were live before it
    arrivals   identifier -> SHA-256 of its content, of live records that were never held; empty = not known
    count      whether they are taken in now; else only a rule is sought
    """
    if known.rule is None:
        if len(arrivals) < fewest(live) or known.sought >= TRIES:
            return known
        known = Renaming(rule=_sought(connection, feed, run, arrivals), sought=known.sought + 1)
    if known.rule is None or not count:
        return known
    found = _pairs(connection, feed, run, known.rule, list(arrivals))
    return msgspec.structs.replace(known, pairs=known.pairs + found)


def _sought(connection: sa.Connection, feed: str, run: int, arrivals: Mapping[str, str]) -> Rule | None:
    names = list(arrivals)
    samples = names[:: max(len(names) // _SAMPLES, 1)][:_SAMPLES]
    rules = Counter(rule for name in samples for rule in set(_rules(connection, feed, name, arrivals[name])))
    for rule, _ in rules.most_common():
        if holds(_pairs(connection, feed, run, rule, names), len(names)):
            return rule
    return None


def _rules(connection: sa.Connection, feed: str, name: str, content: str) -> Iterator[Rule]:
    """Rules that make of a held record's identifier the name of an arrival with its local part, or its content."""
    local = local_part(name)
    alike = raw_record.c.content_sha256 == content
    if local:
        alike = alike | raw_record.c.identifier.endswith(local, autoescape=True)
    query = sa.select(raw_record.c.identifier).where(raw_record.c.feed == feed, alike).limit(_CANDIDATES)
    for old in connection.execute(query).scalars():
        rule = rule_between(old, name)
        if rule is not None:
            yield rule


def matches(connection: sa.Connection, feed: str, rule: Rule, names: Sequence[str]) -> dict[str, Held]:
    """Present name -> what is held under the former one."""
    former = {old: name for name in names if (old := rule.former(name)) is not None}
    olds = list(former)
    found: dict[str, Held] = {}
    for start in range(0, len(olds), _PART):
        found |= raw_records.held(connection, feed, olds[start : start + _PART])
    return {former[old]: held for old, held in found.items()}


def _pairs(connection: sa.Connection, feed: str, run: int, rule: Rule, names: Sequence[str]) -> int:
    """How many names have a former one that the run does not list as live, too."""
    found = matches(connection, feed, rule, names).values()
    seen = [held.identifier for held in found if held.seen_run == run and not held.deleted]
    gone = [each for each in held_records.known(connection, feed, seen).values() if each.deleted]
    return len(found) - len(seen) + len(gone)


def held_pairs(connection: sa.Connection, feed: str, run: int, rule: Rule) -> int:
    """How many of the records that a run holds back are held already under their former names."""
    query = sa.select(held_record.c.identifier).where(held_record.c.run == run, held_record.c.effect == "new")
    return _pairs(connection, feed, run, rule, list(connection.execute(query).scalars()))
