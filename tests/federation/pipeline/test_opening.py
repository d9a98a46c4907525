"""Rule changes by the hundred: what loosens one part of one record is stopped, what tightens or keeps is not."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from federation.storage.engine import Store
from mappings.schema.access import LINE_ORDER, STATUS_ORDER
from tests.federation.pipeline.versions import HEAD, drafted, filled, rule, state, tried

#: terms of one record as the rules of `rules_of` state them
Terms = dict[str, Any]
Specs = dict[int, Terms]
CONDITIONS = ("on_site", "permission", "fee")


def terms(chance: random.Random) -> Terms:
    """Terms of access, some of each kind."""
    status = chance.choice(STATUS_ORDER)
    return {
        "status": status,
        "line": chance.choice(LINE_ORDER),
        "until": chance.choice((None, 2030, 2060)) if status != "open" else None,
        "conditions": set(chance.sample(CONDITIONS, chance.randint(0, 2))),
        "requestable": status == "closed" and chance.random() < 0.5,
        "reason": "secrecy" if status == "restricted" and chance.random() < 0.5 else None,
    }


def rules_of(specs: Specs, *, extra: str = "") -> str:
    """Rules that state the terms of each record."""
    lines = [extra]
    for number, found in specs.items():
        lines += [rule(number, "access.status", found["status"]), rule(number, "access.line", found["line"])]
        if found["until"]:
            lines.append(rule(number, "access.until", f'"{found["until"]}"'))
        if found["requestable"]:
            lines.append(rule(number, "access.requestable", "true"))
        if found["reason"]:
            lines.append(rule(number, "access.reason", found["reason"]))
        for condition in sorted(found["conditions"]):
            lines.append(rule(number, "access.conditions[]", condition, name=condition))
    return "".join(lines)


def _open_status(found: Terms, chance: random.Random) -> Terms | None:
    place = STATUS_ORDER.index(found["status"])
    return found | {"status": chance.choice(STATUS_ORDER[:place])} if place else None


def _open_line(found: Terms, chance: random.Random) -> Terms | None:
    place = LINE_ORDER.index(found["line"])
    return found | {"line": chance.choice(LINE_ORDER[:place])} if place else None


def _open_until(found: Terms, chance: random.Random) -> Terms | None:
    return found | {"until": chance.randint(2027, 2029)} if found["status"] != "open" else None


def _open_conditions(found: Terms, chance: random.Random) -> Terms | None:
    taken = chance.choice(sorted(found["conditions"])) if found["conditions"] else None
    return found | {"conditions": found["conditions"] - {taken}} if taken else None


def _open_request(found: Terms, chance: random.Random) -> Terms | None:
    never = found["status"] == "closed" and not found["requestable"] and found["line"] != "hidden"
    return found | {"requestable": True} if never else None


def _open_reason(found: Terms, chance: random.Random) -> Terms | None:
    return found | {"reason": None} if found["reason"] and found["line"] != "hidden" else None


def _shut_status(found: Terms, chance: random.Random) -> Terms:
    place = STATUS_ORDER.index(found["status"])
    return found | {"status": chance.choice(STATUS_ORDER[place:])}


def _shut_line(found: Terms, chance: random.Random) -> Terms:
    return found | {"line": chance.choice(LINE_ORDER[LINE_ORDER.index(found["line"]) :])}


def _shut_until(found: Terms, chance: random.Random) -> Terms:
    return found | {"until": found["until"] and chance.choice((None, found["until"] + chance.randint(0, 40)))}


def _shut_conditions(found: Terms, chance: random.Random) -> Terms:
    return found | {"conditions": found["conditions"] | {chance.choice(CONDITIONS)}}


def _shut_request(found: Terms, chance: random.Random) -> Terms:
    return found | {"requestable": False}


LOOSEN: tuple[Callable[[Terms, random.Random], Terms | None], ...] = (
    _open_status, _open_line, _open_until, _open_conditions, _open_request, _open_reason,
)  # fmt: skip
KEEP: tuple[Callable[[Terms, random.Random], Terms], ...] = (
    _shut_status, _shut_line, _shut_until, _shut_conditions, _shut_request,
)  # fmt: skip


def loosened(specs: Specs, chance: random.Random) -> Specs:
    """`specs` with one part of one record loosened, and perhaps another record shut."""
    while True:
        number, change = chance.choice(list(specs)), chance.choice(LOOSEN)
        changed = change(specs[number], chance)
        if changed is not None:
            return kept({each: specs[each] for each in specs if each != number}, chance) | {number: changed}


def kept(specs: Specs, chance: random.Random) -> Specs:
    """`specs` with some records shut further, or none."""
    changed = dict(specs)
    for number in chance.sample(list(specs), chance.randint(0, min(3, len(specs)))):
        changed[number] = chance.choice(KEEP)(specs[number], chance)
    return changed


def extra(chance: random.Random) -> str:
    """A rule that has nothing to do with access, or none."""
    return '  - {id: note, const: Seen, to: "descriptions[]"}\n' if chance.random() < 0.5 else ""


async def judge(store: Store, records: int, special: int, changes: int, seed: int) -> None:
    """Tries `changes` versions of either kind on `records` records, `special` of which have terms of their own."""
    chance = random.Random(seed)
    specs = {number: terms(chance) for number in range(1, special + 1)}
    await filled(store, records, text=HEAD + rules_of(specs))
    for _ in range(changes):
        for change, expected in ((loosened, "awaiting"), (kept, "tried")):
            changed = change(specs, chance)
            version = drafted(store, rules_of(changed, extra=extra(chance)))
            report = tried(store, version.number)
            assert state(store, version.number) == expected, (specs, changed, report.opened)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_loosens_is_stopped_and_what_does_not_is_not(embedded: Store, seed: int) -> None:
    await judge(embedded, records=10, special=8, changes=10, seed=seed)


@pytest.mark.long
@pytest.mark.skipif(not os.environ.get("EXCHANGE_TEST_LONG"), reason="one of the long runs")
async def test_three_hundred_changes_of_either_kind_on_five_hundred_records(embedded: Store) -> None:
    await judge(embedded, records=500, special=30, changes=300, seed=4)
