"""A record that raises in a stage, ends its process or hangs it stops nobody: it is set aside, and tried again."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from federation.pipeline.lags import lags
from federation.storage import cursors, export_lists, feeds, jobs, outcomes, runs
from federation.storage.engine import Store
from federation.storage.outcomes import Accounts
from index.embedded.backend import EmbeddedSearch
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from tests.faults import poison
from tests.faults.killing import add_feeds
from tests.peers.courteous.repository import Item, Repository, items, serving

DEADLINE_SECONDS = 240
SAID = {
    "raise": "RuntimeError: poisoned",
    "kill": "WorkerLost: the worker process died",
    "sleep": "StepOverdue: there was no end after 5 s",
    "hang": "WorkerLost: the worker process was killed, as there was no end after 6 s",
}


async def worked(folder: Path, environment: dict[str, str]) -> str:
    """What `work --until-idle` says on standard error."""
    code = "from portal_api.commands import main; main()"
    words = ("work", "--until-idle", "--data", str(folder))
    # wide enough for a busy machine: nothing that is good may be taken for hanging
    bounds = {"EXCHANGE_WORK__STEP_CANCEL_SECONDS": "5", "EXCHANGE_WORK__STEP_KILL_SECONDS": "6"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *words, env=environment | bounds, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(DEADLINE_SECONDS):
        _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return errors.decode()


def records(deed: str, *, round_number: int = 0) -> list[Item]:
    """Good records, and one that is bad for each stage; after the first round all are good."""
    stamp = f"2026-02-0{round_number}" if round_number else "2020-06-01"
    bad = [
        Item(f"oai:peer:{stage}", stamp, "Mended" if round_number else poison.title_of(stage, deed))
        for stage in poison.STAGES
    ]
    good = items(12)
    return [*good[:6], *bad, *good[6:]]


def accounts(store: Store) -> Accounts:
    with store.reading() as connection:
        return outcomes.accounts(connection, cursors.get(connection, "map"))


def issues(store: Store) -> dict[str, tuple[str, str]]:
    """Stage -> record and error of what it set aside."""
    with store.reading() as connection:
        found = outcomes.issue_counts(connection, "peer")
    return {each.rule: each.examples[0] for each in found if each.code == "step_crashed" and each.count == 1}


def titles(folder: Path) -> set[str]:
    answer = EmbeddedSearch(folder / "index").search(SearchRequest(visibility=EVERYONE, text="*"))
    return {hit.title for hit in answer.hits}


def exported(store: Store) -> int:
    with store.reading() as connection:
        return export_lists.count(connection, export_lists.Stretch(format="oai_dc", since="", before="9999"))


@pytest.mark.parametrize("deed", ["raise", "kill", "hang", pytest.param("sleep", marks=pytest.mark.long)])
async def test_a_bad_record_is_set_aside_in_every_stage_and_tried_again_once_it_changes(
    embedded: Store, tmp_path: Path, deed: str
) -> None:
    repository = Repository(records(deed))
    environment = poison.environment(tmp_path / "poison")
    async with serving(repository) as url:
        add_feeds(embedded, {"peer": url})
        await worked(tmp_path, environment)
        assert lags(embedded).none
        assert accounts(embedded) == Accounts(harvested=17, mapped=16, rejected=1)
        assert issues(embedded) == {stage: (f"oai:peer:{stage}", SAID[deed]) for stage in poison.STAGES}
        good = {f"Title {number}" for number in range(1, 13)}
        shown = {poison.title_of(stage, deed) for stage in ("key", "link", "export")}
        assert titles(tmp_path) == good | shown
        assert exported(embedded) == len(good) + len({"key", "link", "publish"})
        with embedded.transaction() as tx:
            tx.connection.execute(feeds.feed.update().values(due_at=tx.now))
        repository.records = records(deed, round_number=1)
        assert await worked(tmp_path, environment) == ""
    assert accounts(embedded) == Accounts(harvested=17, mapped=17)
    assert issues(embedded) == {}
    assert titles(tmp_path) == good | {"Mended"}
    with embedded.reading() as connection:
        assert {job.state for job in jobs.listed(connection, limit=1000)} == {"done"}


async def test_a_page_that_ends_its_parser_costs_the_run_one_record_and_the_feed_none_of_its_others(
    embedded: Store, tmp_path: Path
) -> None:
    bad = Item("oai:peer:page", "2020-02-15", poison.title_of("page", "kill"))
    repository = Repository([*items(40, deleted_every=100), bad])
    async with serving(repository) as url:
        add_feeds(embedded, {"peer": url})
        await worked(tmp_path, poison.environment(tmp_path / "poison"))
    with embedded.reading() as connection:
        run = runs.latest(connection, "peer")
    assert run is not None
    assert (run.state, run.verdict, run.missing) == ("ended", "incomplete", 1)
    assert accounts(embedded) == Accounts(harvested=40, mapped=40)
