"""`work` and `jobs` as an operator runs them: processes of their own on a folder."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import msgspec
import pytest

from federation.pipeline.folder_lock import holding
from federation.pipeline.lags import lags
from federation.storage import catalogue_records, feeds, jobs
from federation.storage.engine import Store
from tests.federation.pipeline.test_harvest import add_feed
from tests.peers.courteous.repository import Repository, items, serving

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


async def command(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `archive-exchange` with these words."""
    code = "from portal_api.commands import main; main()"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, *words, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_work_until_idle_ends_with_everything_harvested_mapped_and_linked(
    embedded: Store, tmp_path: Path
) -> None:
    async with serving(Repository(items(40))) as url:
        add_feed(embedded, url)
        exit_code, _, errors = await command("work", "--until-idle", "--data", str(tmp_path))
    assert (exit_code, errors) == (0, "")
    with embedded.reading() as connection:
        assert catalogue_records.count_alive(connection) == 38
        assert {job.state for job in jobs.listed(connection)} == {"done"}
    assert lags(embedded).none
    _, listed, _ = await command("jobs", "list", "--lane", "harvest", "--json", "--data", str(tmp_path))
    (job,) = [msgspec.json.decode(line, type=jobs.Job) for line in listed.splitlines()]
    assert (job.kind, job.state) == ("harvest.slice", "done")


async def test_work_until_idle_makes_an_index_that_was_lost_and_a_search_says_who_does(
    embedded: Store, tmp_path: Path
) -> None:
    async with serving(Repository(items(5))) as url:
        add_feed(embedded, url)
        await command("work", "--until-idle", "--data", str(tmp_path))
    shutil.rmtree(tmp_path / "index")
    exit_code, _, errors = await command("search", "item", "--data", str(tmp_path))
    assert (exit_code, "`work`" in errors) == (69, True)
    assert (await command("work", "--until-idle", "--data", str(tmp_path)))[0] == 0
    assert (await command("index", "verify", "--data", str(tmp_path)))[:2] == (0, "5 documents, 0 findings\n")


async def test_a_folder_that_is_held_is_left_alone(embedded: Store, tmp_path: Path) -> None:
    with holding(tmp_path):
        exit_code, _, errors = await command("work", "--until-idle", "--data", str(tmp_path))
    assert (exit_code, "in use" in errors) == (75, True)


async def test_a_parked_job_is_retried_and_cancelled_from_the_command_line(embedded: Store, tmp_path: Path) -> None:
    with embedded.transaction() as tx:
        jobs.enqueue(tx, jobs.Wanted(kind="map", lane="process", dedupe_key="map", group_key="map:0"))
        tx.connection.execute(jobs.job.update().values(state="parked"))
    _, told, _ = await command("jobs", "retry", "1", "--json", "--data", str(tmp_path))
    assert msgspec.json.decode(told, type=jobs.Job).state == "ready"
    assert (await command("jobs", "cancel", "1", "--data", str(tmp_path)))[1] == "job 1 (map): cancelled\n"
    exit_code, _, errors = await command("jobs", "cancel", "1", "--data", str(tmp_path))
    assert (exit_code != 0, "job_not_waiting" in errors) == (True, True)


async def test_jobs_alone_lists_them(embedded: Store, tmp_path: Path) -> None:
    with embedded.transaction() as tx:
        jobs.enqueue(tx, jobs.Wanted(kind="map", lane="process", dedupe_key="map", group_key="map:0"))
    listed = await command("jobs", "list", "--json", "--data", str(tmp_path))
    assert listed[0] == 0
    assert "map" in listed[1]
    assert await command("jobs", "--json", "--data", str(tmp_path)) == listed
    assert (await command("jobs", "--lane", "harvest", "--data", str(tmp_path)))[:2] == (0, "")
    assert (await command("jobs", "--data", str(tmp_path / "none")))[0] == 78


async def test_an_option_before_the_verb_is_not_passed_over(embedded: Store, tmp_path: Path) -> None:
    exit_code, _, errors = await command("jobs", "--data", str(tmp_path), "cancel", "1")
    assert (exit_code, "behind it" in errors) == (2, True)


async def test_a_second_process_on_a_folder_that_is_served_ends_at_once(embedded: Store, tmp_path: Path) -> None:
    code = "from portal_api.commands import main; main()"
    words = ("serve", "--port", "0", "--data", str(tmp_path))
    served = await asyncio.create_subprocess_exec(sys.executable, "-c", code, *words, stdout=asyncio.subprocess.PIPE)
    assert served.stdout is not None
    assert b"Listening on" in await served.stdout.readline()
    for verb in (("serve", "--port", "0"), ("work",)):
        exit_code, _, errors = await command(*verb, "--data", str(tmp_path))
        assert (exit_code, f"process {served.pid}" in errors) == (75, True)
    served.terminate()
    await served.communicate()
    assert served.returncode == 0


@pytest.mark.parametrize("verb", [("serve", "--port", "0"), ("work", "--until-idle"), ("jobs", "list")], ids=" ".join)
async def test_a_store_of_a_newer_version_is_left_as_it_is(
    embedded: Store, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    with embedded.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    exit_code, _, errors = await command(*verb, "--data", str(tmp_path))
    assert (exit_code, "newer version" in errors) == (78, True)
    with embedded.reading() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"


@pytest.mark.parametrize("words", [("work", "--until-idle"), ("serve", "--port", "0")])
async def test_another_authority_is_refused_once_an_identifier_was_given_out(
    embedded: Store, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "exchange.toml").write_text('[exchange]\nauthority = "first.example"\n', encoding="utf-8")
    async with serving(Repository(items(3))) as url:
        with_licence = msgspec.structs.replace(add_feed(embedded, url), metadata_licence=LICENCE)
        with embedded.transaction() as tx:
            feeds.change(tx, with_licence)
        assert (await command("work", "--until-idle", "--data", str(tmp_path)))[0] == 0
    (tmp_path / "exchange.toml").write_text('[exchange]\nauthority = "other.example"\n', encoding="utf-8")
    exit_code, _, errors = await command(*words, "--data", str(tmp_path))
    assert (exit_code, "expected first.example" in errors) == (78, True)


async def test_the_authority_may_change_until_an_identifier_was_given_out(embedded: Store, tmp_path: Path) -> None:
    for authority in ("first.example", "other.example"):
        (tmp_path / "exchange.toml").write_text(f'[exchange]\nauthority = "{authority}"\n', encoding="utf-8")
        assert (await command("work", "--until-idle", "--data", str(tmp_path)))[0] == 0
