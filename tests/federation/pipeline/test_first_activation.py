"""Own rules that nobody tried yet show nothing that the base of their format would not: what they open is held back."""

from __future__ import annotations

import os
import random
from typing import Any

import msgspec
import pytest

from federation.pipeline import crosswalk_life
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.dry_run_report import DryRun
from federation.pipeline.safe_default import HELD_BACK, opens
from federation.storage import accounts, crosswalks, feeds, institutions, raw_records
from federation.storage.engine import Store
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped, Rejected, Skipped
from mappings.schema.access import Access
from mappings.schema.holding import Institution
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord
from tests.factories import raw_record
from tests.federation.pipeline.test_crosswalk_life import person
from tests.federation.pipeline.test_harvest import harvest
from tests.federation.pipeline.test_opening import CONDITIONS, KEEP, LOOSEN, Specs, Terms, rules_of
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.trees import Branch
from tests.federation.pipeline.versions import HEAD, activated, feed_of, record, rolled_back, rule, state, tried
from tests.peers.courteous.repository import Item, Repository, items, serving

OPENS_THREE = HEAD + rule(3, "access.status", "open")


def added(store: Store, text: str, url: str = "https://peer.example/oai") -> feeds.StoredFeed:
    """A feed `k` that is added with rules of its own."""
    wanted = feeds.StoredFeed(
        key="k", name="Peer", institution="peer", base_url=url, networks=("127.0.0.0/8",), due_at=store.now(),
        crosswalk="peer", crosswalk_text=text,
    )  # fmt: skip
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        feeds.add(tx, wanted)
    return feed_of(store)


async def taken(store: Store, text: str, *given: Item) -> None:
    """A feed with rules of its own, harvested and mapped."""
    async with serving(Repository(list(given) or items(6, deleted_every=100))) as url:
        await harvest(store, added(store, text, url))
    map_all(store)


def of_record(store: Store, number: int) -> Any:
    """What the mapping stage makes of `oai:peer:<number>` now."""
    return mapped(store, raw_record(identifier=f"oai:peer:{number}"))


def mapped(store: Store, raw: RawRecord) -> Any:
    outcome, _ = FeedMapper(store)(msgspec.structs.replace(raw, feed="k"))
    return outcome


def copied(store: Store, author: str = "ada") -> int:
    """A draft that says what is live."""
    with store.transaction() as tx:
        return crosswalk_life.begin(tx, feed_of(store), author).number


def confirmed(store: Store, number: int) -> None:
    second = person(store, "ben", accounts.RoleGrant(role="institution_admin", institution="peer"))
    with store.transaction() as tx:
        crosswalk_life.confirm(tx, feed_of(store), number, second, "the catalogue is public")


async def test_what_own_rules_open_at_first_is_held_back_and_the_rest_is_shown(store: Store) -> None:
    await taken(store, OPENS_THREE)
    assert of_record(store, 3) == Skipped(reason=HELD_BACK)
    assert record(store, 2).access == Access()
    assert record(store, 2).source.crosswalk == "peer@1"


async def test_it_is_shown_once_a_second_person_confirmed_what_the_rules_open(store: Store) -> None:
    await taken(store, OPENS_THREE)
    number = copied(store)
    report: DryRun = tried(store, number)
    assert {gate.code: gate.number for gate in report.stops} == {"access_loosened": 1}
    assert state(store, number) == "awaiting"
    confirmed(store, number)
    activated(store, number)
    assert record(store, 3).access.status == "open"
    assert not feed_of(store).is_guarded
    assert isinstance(of_record(store, 3), Mapped)


async def test_going_back_to_rules_that_nobody_tried_holds_it_back_again(embedded: Store) -> None:
    store = embedded
    await taken(store, OPENS_THREE)
    number = copied(store)
    tried(store, number)
    confirmed(store, number)
    activated(store, number)
    rolled_back(store)
    assert feed_of(store).is_guarded
    assert of_record(store, 3) == Skipped(reason=HELD_BACK)


def test_a_dry_run_over_no_record_lets_nothing_through(embedded: Store) -> None:
    added(embedded, HEAD.replace("rules:\n", "rules: []\n"))
    number = copied(embedded)
    with embedded.transaction() as tx:
        draft = crosswalks.found(tx.connection, "k", number)
        crosswalk_life.save(tx, feed_of(embedded), number, OPENS_THREE, "ada", seen=draft.sha256, message="")
    assert tried(embedded, number).records == 0
    activated(embedded, number)
    assert feed_of(embedded).is_guarded
    assert of_record(embedded, 3) == Skipped(reason=HELD_BACK)


def test_a_base_confirms_itself_and_so_do_rules_that_ship(embedded: Store) -> None:
    with embedded.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        feeds.add(tx, feeds.StoredFeed(key="b", name="B", institution="peer"))
        own = feeds.StoredFeed(key="s", name="S", institution="peer", crosswalk="s", crosswalk_text=OPENS_THREE)
        feeds.add(tx, own, rules_ship=True)
    with embedded.reading() as connection:
        assert not any(feed.is_guarded for feed in feeds.everyone(connection))


def test_an_end_of_a_closure_that_the_base_does_not_know_opens_nothing(embedded: Store) -> None:
    added(embedded, HEAD + rule(3, "access.status", "closed") + rule(3, "access.until", '"2040"'))
    outcome = of_record(embedded, 3)
    assert outcome.units[0].record.access == Access(status="closed", until="2040")


@pytest.mark.parametrize(
    ("rights", "is_held"), [("Closed until 2060.", True), ("Open for research.", False), ("", False)]
)
def test_the_base_tells_of_access_where_it_finds_no_title(embedded: Store, rights: str, is_held: bool) -> None:
    titled = '  - {id: t, from: "dc:identifier", to: title}\n'
    added(embedded, "crosswalk: peer\nversion: 1\ninput: {format: oai_dc}\nrules:\n" + titled)
    said = f"<dc:rights>{rights}</dc:rights>" if rights else ""
    outcome = mapped(embedded, raw_record(elements=f"<dc:identifier>X 1</dc:identifier>{said}"))
    assert (outcome == Skipped(reason=HELD_BACK)) == is_held
    assert isinstance(outcome, Skipped if is_held else Mapped)


@pytest.mark.parametrize("code", ["rule_too_slow", "budget_steps"])
def test_what_the_base_came_to_no_end_with_is_held_back(code: str) -> None:
    made = apply(
        compiled("base/oai_dc"), raw_record(), Context(feed="k", institution=Institution(name="P", slug="peer"))
    )
    assert opens(made, Rejected(issue=issue(code)))


async def test_what_stands_below_an_open_record_opens_with_it(store: Store) -> None:
    """The base is told the place that the rules give a record: what comes down from above is not held."""
    text = "crosswalk: peer\nversion: 1\nextends: base/oai_dc@1\nparent: {from: dc:relation}\nrules: []\n"
    fonds = Branch("fonds", "2020-01-01", "Fonds", rights="Open for research.")
    await taken(store, text, fonds, Branch("letter", "2020-01-02", "Letter", above="fonds"))
    with store.reading() as connection:
        letter = raw_records.get(connection, "k", "letter")
    assert letter is not None
    assert mapped(store, letter.raw).units[0].record.access.status == "open"


# --- changes by the hundred -------------------------------------------------------------------------------------------

#: what a source says, as the base reads it
RIGHTS = ("", "Open for research.", "Closed until 2060.", "Restricted.", "Permission is required.")
BY_TERMS = HEAD.replace("rules:", "drop: [access]\nrules:")


def raws_of(count: int, special: int, chance: random.Random) -> dict[int, RawRecord]:
    said = {number: chance.choice(RIGHTS) if number <= special else "" for number in range(1, count + 1)}
    return {
        number: raw_record(
            feed="k",
            identifier=f"oai:peer:{number}",
            elements=f"<dc:title>T {number}</dc:title>" + (f"<dc:rights>{words}</dc:rights>" if words else ""),
        )
        for number, words in said.items()
    }


def terms_of(access: Access) -> Terms:
    return {
        "status": access.status,
        "line": access.line,
        "until": int(access.until) if access.until else None,
        "conditions": set(access.conditions) & set(CONDITIONS),
        "requestable": access.requestable,
        "reason": access.reason,
    }


def judge(store: Store, records: int, special: int, changes: int, seed: int) -> None:
    """Begins a feed by `changes` texts of either kind; `special` of its records say something of access."""
    chance = random.Random(seed)
    raws = raws_of(records, special, chance)
    feed = added(store, HEAD.replace("rules:\n", "rules: []\n"))
    shown = range(1, special + 1)
    base: Specs = {number: terms_of(mapped(store, raws[number]).units[0].record.access) for number in shown}
    for _ in range(changes):
        number = chance.choice([each for each in shown if any(change(base[each], chance) for change in LOOSEN)])
        looser = next(found for change in chance.sample(LOOSEN, len(LOOSEN)) if (found := change(base[number], chance)))
        tighter = chance.choice(KEEP)(base[number], chance)
        for terms, expected in ((looser, {number}), (tighter, set())):
            # every record says by rules what the base reads, but one
            text = BY_TERMS + rules_of(base | {number: terms})
            with store.transaction() as tx:
                feeds.change(tx, msgspec.structs.replace(feed, crosswalk_text=text))
            mapper = FeedMapper(store)
            held = {each for each, raw in raws.items() if mapper(raw)[0] == Skipped(reason=HELD_BACK)}
            assert held == expected, (base[number], terms)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_change_that_loosens_is_held_and_no_other(embedded: Store, seed: int) -> None:
    judge(embedded, records=12, special=8, changes=12, seed=seed)


@pytest.mark.long
@pytest.mark.skipif(not os.environ.get("EXCHANGE_TEST_LONG"), reason="one of the long runs")
def test_three_hundred_first_rules_of_either_kind_on_five_hundred_records(embedded: Store) -> None:
    judge(embedded, records=500, special=30, changes=300, seed=4)
