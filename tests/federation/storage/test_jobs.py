"""The contract of jobs, on every database: one effect, whatever is lost, late or twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from federation.errors import LeaseLost, RequestRefused
from federation.storage import jobs, ledger
from federation.storage.engine import Store, utc_now
from federation.storage.jobs import Job, Lane, Wanted
from tests.peers.postgresql import Server

START = datetime(2026, 1, 31, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(store: Store, clock: Clock) -> Iterator[Store]:
    timed = Store(store.url, now=clock, database_now=clock)
    yield timed
    timed.close()


def ask(
    store: Store,
    key: str = "a",
    *,
    group: str = "",
    lane: Lane = "process",
    run_at: datetime | None = None,
    turn: str = "",
) -> None:
    wanted = Wanted(
        kind="map",
        lane=lane,
        dedupe_key=key,
        group_key=group or key,
        arguments={"n": 1},
        run_at=run_at,
        turn_key=turn,
    )
    with store.transaction() as tx:
        jobs.enqueue(tx, wanted)


def take(store: Store, limit: int = 10, *, lane: Lane = "process", owner: str = "me") -> list[Job]:
    with store.transaction() as tx:
        return jobs.claim(tx, lane, owner, limit)


def take_one(store: Store) -> Job:
    (job,) = take(store)
    return job


def rows(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [(job.dedupe_key, job.state) for job in reversed(jobs.listed(connection))]


def finish(store: Store, job: Job) -> None:
    with store.transaction() as tx:
        jobs.finish(tx, job)


def fail(store: Store, job: Job, error: str = "Odd: no") -> None:
    with store.transaction() as tx:
        jobs.fail(tx, job, error, random.Random(1))


def test_a_job_is_taken_once_and_done_once(timed: Store) -> None:
    ask(timed)
    job = take_one(timed)
    assert (job.kind, job.arguments, job.state, job.fence, job.attempt) == ("map", {"n": 1}, "leased", 1, 1)
    assert job.lease_until == START + jobs.LEASE
    assert take(timed) == []
    finish(timed, job)
    assert rows(timed) == [("a", "done")]
    with pytest.raises(LeaseLost):
        finish(timed, job)


def test_two_ready_jobs_with_one_key_are_one_and_keep_the_earlier_time(timed: Store) -> None:
    ask(timed, run_at=START + MINUTE)
    ask(timed, run_at=START)
    ask(timed, run_at=START + 2 * MINUTE)
    assert take_one(timed).run_at == START


def test_a_change_that_arrives_while_its_job_runs_is_not_swallowed(timed: Store) -> None:
    ask(timed)
    job = take_one(timed)
    ask(timed)
    assert take(timed) == [], "its group is in hand"
    finish(timed, job)
    assert take_one(timed).id != job.id


def test_of_a_group_one_is_in_hand(timed: Store) -> None:
    for key in "abc":
        ask(timed, key, group="origin")
    first = take_one(timed)
    assert (first.dedupe_key, take(timed, owner="other")) == ("a", [])
    finish(timed, first)
    assert take_one(timed).dedupe_key == "b"


def test_jobs_are_taken_by_lane_in_the_order_of_their_time_as_many_as_wanted(timed: Store) -> None:
    ask(timed, "late", run_at=START - MINUTE)
    ask(timed, "early", run_at=START - 2 * MINUTE)
    ask(timed, "tomorrow", run_at=START + timedelta(days=1))
    ask(timed, "other", lane="harvest")
    assert [job.dedupe_key for job in take(timed, 1)] == ["early"]
    assert [job.dedupe_key for job in take(timed, 9)] == ["late"]
    assert [job.dedupe_key for job in take(timed, 9, lane="harvest")] == ["other"]


def test_those_of_many_take_turns_and_of_each_the_oldest_comes_first(timed: Store) -> None:
    for number in range(30):
        ask(timed, f"large{number:02}", turn="large", run_at=START - timedelta(seconds=60 - number))
    ask(timed, "small1", turn="small", run_at=START - timedelta(seconds=2))
    ask(timed, "small2", turn="small", run_at=START - timedelta(seconds=1))
    ask(timed, "other", turn="other", run_at=START)
    assert [job.dedupe_key for job in take(timed, 4)] == ["large00", "small1", "other", "large01"]
    assert [job.dedupe_key for job in take(timed, 2)] == ["small2", "large02"]


def test_whoever_has_most_in_hand_comes_last_however_long_the_rest_waited(timed: Store) -> None:
    for number in range(8):
        ask(timed, f"large{number}", turn="large", run_at=START - MINUTE)
    held = take(timed, 5)
    ask(timed, "late", turn="small")
    assert [job.dedupe_key for job in take(timed, 1)] == ["late"]
    for job in held:
        finish(timed, job)
    assert [job.dedupe_key for job in take(timed)] == ["large5", "large6", "large7"]


def test_jobs_that_one_group_holds_back_take_no_turn(timed: Store) -> None:
    ask(timed, "held", group="origin", turn="large", run_at=START - MINUTE)
    assert len(take(timed)) == 1
    ask(timed, "behind", group="origin", turn="small", run_at=START - MINUTE)
    ask(timed, "free", turn="small")
    ask(timed, "more", turn="large")
    assert [job.dedupe_key for job in take(timed)] == ["free", "more"]


def test_a_postponed_job_has_not_failed(timed: Store, clock: Clock) -> None:
    ask(timed)
    with timed.transaction() as tx:
        jobs.postpone(tx, take_on(tx), START + MINUTE)
    assert take(timed) == []
    clock.now += MINUTE
    assert (take_one(timed).attempt, rows(timed)) == (1, [("a", "leased")])


def take_on(tx: jobs.Transaction) -> Job:
    (job,) = jobs.claim(tx, "process", "me", 1)
    return job


def test_going_back_beside_a_ready_twin_ends_the_job(timed: Store) -> None:
    ask(timed)
    job = take_one(timed)
    ask(timed)
    with timed.transaction() as tx:
        jobs.postpone(tx, job, START)
    assert rows(timed) == [("a", "done"), ("a", "ready")]


def test_each_failure_waits_longer_and_the_fifth_parks(timed: Store, clock: Clock) -> None:
    ask(timed)
    waits = []
    for _ in range(jobs.MOST_ATTEMPTS):
        job = take_one(timed)
        fail(timed, job)
        with timed.reading() as connection:
            after = jobs.get(connection, job.id)
        assert after is not None
        waits.append((after.run_at - clock.now).total_seconds())
        clock.now = after.run_at
    assert [full / 2 <= waited <= full for full, waited in zip((15, 60, 240, 960), waits, strict=False)] == [True] * 4
    assert (rows(timed), after.error) == ([("a", "parked")], "Odd: no")
    clock.now += timedelta(days=30)
    assert take(timed) == []


def test_no_wait_exceeds_an_hour() -> None:
    assert jobs.wait(9, random.Random(3)) <= jobs.LONGEST_WAIT


def test_a_lease_that_runs_out_goes_to_somebody_else_and_the_first_may_commit_nothing(
    timed: Store, clock: Clock
) -> None:
    ask(timed)
    first = take_one(timed)
    clock.now += jobs.LEASE + MINUTE
    with timed.transaction() as tx:
        assert jobs.sweep(tx, random.Random(1)) == 1
    clock.now += MINUTE
    second = take_one(timed)
    assert (second.id, second.fence, second.attempt, second.solo) == (first.id, 2, 2, True)
    for refused in (jobs.check, jobs.finish):
        with pytest.raises(LeaseLost), timed.transaction() as tx:
            refused(tx, first)
    with pytest.raises(LeaseLost):
        fail(timed, first)
    finish(timed, second)


def test_a_heartbeat_prolongs_and_tells_what_is_lost(timed: Store, clock: Clock) -> None:
    ask(timed, "a")
    ask(timed, "b")
    a, b = take(timed)
    finish(timed, a)
    clock.now += MINUTE
    with timed.transaction() as tx:
        assert jobs.heartbeat(tx, [a, b]) == {b.id}
    clock.now += jobs.LEASE - timedelta(seconds=1)
    with timed.transaction() as tx:
        assert jobs.sweep(tx, random.Random(1)) == 0


def test_leases_of_a_process_that_is_gone_return_as_if_never_taken(timed: Store) -> None:
    ask(timed)
    for _ in range(jobs.MOST_ATTEMPTS + 1):
        assert take_one(timed).attempt == 1
        with timed.transaction() as tx:
            assert jobs.release_all(tx, "somebody") == 0
            assert jobs.release_all(tx) == 1


def test_a_transaction_that_fails_asks_for_nothing(timed: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        _ask_and_fail(timed)
    assert rows(timed) == []


def _ask_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        jobs.enqueue(tx, Wanted(kind="map", lane="process", dedupe_key="a", group_key="a"))
        raise ZeroDivisionError


def test_a_person_retries_or_cancels_what_is_parked_and_the_ledger_says_so(timed: Store, clock: Clock) -> None:
    for key in "ab":
        ask(timed, key)
    for _ in range(jobs.MOST_ATTEMPTS):
        for job in take(timed):
            fail(timed, job)
        clock.now += timedelta(hours=2)
    (a, b) = (job.id for job in listed(timed))
    with timed.transaction(actor="operator") as tx:
        jobs.retry(tx, a)
        jobs.cancel(tx, b)
    assert sorted(rows(timed)) == [("a", "ready"), ("b", "cancelled")]
    assert take_one(timed).attempt == 1
    with timed.reading() as connection:
        assert ledger.state_of(connection).size == 2
    with pytest.raises(RequestRefused, match="job_not_waiting"), timed.transaction() as tx:
        jobs.cancel(tx, a)
    with pytest.raises(RequestRefused, match="no_such_job"), timed.transaction() as tx:
        jobs.retry(tx, 999)


def listed(store: Store) -> list[Job]:
    with store.reading() as connection:
        return jobs.listed(connection, lane="process", state="parked")[::-1]


def test_finished_jobs_are_kept_a_week(timed: Store, clock: Clock) -> None:
    ask(timed)
    finish(timed, take_one(timed))
    for passed, left in ((timedelta(days=6), 1), (timedelta(days=2), 0)):
        clock.now += passed
        with timed.transaction() as tx:
            jobs.sweep(tx, random.Random(1))
        assert len(rows(timed)) == left


def test_payload_does_not_travel_in_a_job(timed: Store) -> None:
    with pytest.raises(ValueError, match="4096 bytes"), timed.transaction() as tx:
        jobs.enqueue(
            tx, Wanted(kind="map", lane="process", dedupe_key="a", group_key="a", arguments={"payload": "x" * 4096})
        )


def test_counts_are_by_lane_and_state(timed: Store) -> None:
    ask(timed, "a")
    ask(timed, "b")
    take(timed, 1)
    with timed.reading() as connection:
        assert jobs.counts(connection) == {("process", "ready"): 1, ("process", "leased"): 1}


@pytest.mark.postgres
def test_machines_whose_clocks_differ_take_nothing_from_one_another(postgresql: Server) -> None:
    name = postgresql.create(postgresql.template)
    hour = timedelta(hours=1)
    fast = Store(postgresql.url(name), now=lambda: utc_now() + hour)
    slow = Store(postgresql.url(name), now=lambda: utc_now() - hour)
    for giving, taking, other in ((fast, slow, fast), (slow, fast, slow)):
        ask(giving)
        with taking.reading() as connection:
            assert jobs.is_due(connection, taking.database_now(connection)), "what is due is due for everybody"
        job = take_one(taking)
        for each in (other, taking):
            with each.transaction() as tx:
                assert jobs.sweep(tx, random.Random(1)) == 0
        with taking.transaction() as tx:
            assert jobs.heartbeat(tx, [job]) == {job.id}
        finish(taking, job)
        assert rows(other)[-1] == ("a", "done")
    fast.close()
    slow.close()
    postgresql.drop(name)


@pytest.mark.postgres
def test_what_another_runner_has_just_taken_of_a_group_costs_nobody_else_his_turn(postgresql: Server) -> None:
    name = postgresql.create(postgresql.template)
    first, second = Store(postgresql.url(name)), Store(postgresql.url(name))
    ask(first, "a", group="g")
    with ThreadPoolExecutor(1) as pool:
        with first.transaction() as tx:
            assert [job.dedupe_key for job in jobs.claim(tx, "process", "first", 5)] == ["a"]
            ask(second, "b", group="g")
            ask(second, "c")
            taken = pool.submit(take, second, owner="second")
            with pytest.raises(TimeoutError):
                taken.result(0.3)
        assert [job.dedupe_key for job in taken.result(30)] == ["c"]
    first.close()
    second.close()
    postgresql.drop(name)
