"""Dumps of a ResourceSync source: read before its lists, checked, and passed by where they are broken.

What they share with lists, the keeping of a fetch, is tried on both databases by `test_resourcesync`.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from federation.pipeline.fetching import fetch_feed
from federation.storage import uploads
from federation.storage.engine import Store
from harvester.fetching import resourcesync_packages
from harvester.ports import Blocked, Complete, Incomplete
from harvester.settings import Limits
from harvester.slices import Postponed
from tests.federation.pipeline.test_fetching import add_feed, fetch, last_run, verdict
from tests.federation.pipeline.test_harvest import PatientClock
from tests.federation.pipeline.test_resourcesync import WHOLE, held, titles
from tests.peers.resourcesync import ResourceSyncSource, serving_resources, title
from tests.peers.resourcesync_dumps import Dump

AT = 'at="2026-01-20T00:00:00Z"'


@pytest.fixture
def store(embedded: Store) -> Store:
    return embedded


def dump_of(resources: dict[str, str], at: str = AT, **fields: object) -> Dump:
    return Dump([(name, body, "") for name, body in resources.items()], at, **fields)  # type: ignore[arg-type]


def change(name: str, kind: str, day: int, body: str = "") -> tuple[str, str, str]:
    return name, body, f'change="{kind}" datetime="2026-01-{day:02}T00:00:00Z"'


def dumped(count: int = 60, **fields: object) -> ResourceSyncSource:
    """A source whose lists and whose dump hold the same."""
    return ResourceSyncSource(titles(count), dumps={"resourcedump": dump_of(titles(count), **fields)})


def note(store: Store) -> str:
    with store.reading() as connection:
        return uploads.of_feed(connection, "k")[0].detail


@pytest.mark.parametrize(("package_size", "part_size"), [(0, 0), (7, 0), (7, 2)])
async def test_a_first_reading_takes_packages_and_asks_for_no_resource(
    store: Store, package_size: int, part_size: int
) -> None:
    source = dumped(package_size=package_size, part_size=part_size)
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert await verdict(store, feed) == WHOLE
        assert not source.fetched()
        assert held(store).keys() == source.resources.keys()
        assert "Letter 3 信" in held(store)["3.xml"]
        assert not note(store)
        assert await verdict(store, feed) == Complete(evidence="unchanged"), "the change list goes on from the dump"


async def test_a_dump_may_be_the_address_of_a_feed_and_all_that_a_source_offers(store: Store) -> None:
    source = dumped(10)
    source.lists = False
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", f"{root}/resourcedump")
        assert await verdict(store, feed) == WHOLE
        assert await verdict(store, feed) == Complete(evidence="unchanged")
        assert source.asked.count("/resourcedump-0.zip") == 1, "what is known is not asked for again"
        source.dumps = {"resourcedump": dump_of(titles(9), 'at="2026-01-22T00:00:00Z"')}
        assert await verdict(store, feed) == WHOLE
    assert last_run(store).counts.absent == 1


async def test_a_dump_that_does_not_say_when_it_held_stands_behind_the_list(store: Store) -> None:
    """It may be years old: what has come since would count as gone."""
    source = ResourceSyncSource(titles(10), dumps={"resourcedump": dump_of(titles(7), at="")})
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert await verdict(store, feed) == WHOLE
        assert held(store).keys() == titles(10).keys()
        source.lists = False
        assert await verdict(store, feed) == WHOLE, "where there is no list it is better than nothing"


def without_manifest(_: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as package:
        package.writestr("resources/0.xml", title("Letter"))
    return kept.getvalue()


def leading_out(body: bytes) -> bytes:
    kept = io.BytesIO(body)
    with zipfile.ZipFile(kept, "a") as package:
        package.writestr("../0.xml", title("Letter"))
    return kept.getvalue()


def bomb(body: bytes) -> bytes:
    kept = io.BytesIO(body)
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("manifest.xml", b" " * (60 << 20))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("mangled", "stated", "reason"),
    [
        (lambda body: body[: len(body) // 2], "", "package_broken"),
        (lambda _: b"<html/>", "", "package_broken"),
        (without_manifest, "", "manifest_missing"),
        (leading_out, "", "package_name"),
        (bomb, "", "package_bomb"),
        (bytes, 'length="7"', "length_differs"),
        (bytes, 'hash="md5:00"', "hash_differs"),
    ],
)
async def test_a_package_that_cannot_be_read_is_passed_by_and_the_run_says_why(
    store: Store, mangled: Callable[[bytes], bytes], stated: str, reason: str
) -> None:
    source = dumped(10, mangled=mangled, stated=stated)
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == WHOLE
    assert len(source.fetched()) == 10
    assert held(store).keys() == source.resources.keys()
    assert note(store) == f"resourcedump not read: {reason}"


@pytest.mark.parametrize("status", [404, 403, 500])
async def test_a_dump_that_is_not_given_leaves_the_list(store: Store, status: int) -> None:
    source = dumped(10, statuses=[status] * 100)
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == WHOLE
    assert len(source.fetched()) == 10
    assert note(store) == f"resourcedump not read: status_{status}"


async def test_a_list_of_packages_that_is_gone_leaves_the_list(store: Store) -> None:
    source = dumped(10, status=404)
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == WHOLE
    assert note(store) == "resourcedump not read: status_404"


async def test_a_broken_dump_without_a_list_blocks_with_its_reason(store: Store) -> None:
    source = dumped(10, mangled=without_manifest)
    source.lists = False
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == Blocked(reason="manifest_missing")
    assert not held(store)


async def test_a_source_that_is_busy_is_waited_for(store: Store) -> None:
    source = dumped(10, statuses=[503])
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert isinstance(await fetch(store, feed, patience=0), Postponed)
        assert await verdict(store, feed) == WHOLE
    assert not source.fetched()


@pytest.mark.parametrize("lie", [None, title("Another 1 信"), "<broken"])
async def test_what_a_package_lacks_is_asked_for_at_its_own_address(store: Store, lie: str | None) -> None:
    source = dumped(10, lies={"1.xml": lie})
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == WHOLE
    assert source.fetched() == ["1.xml"]
    assert held(store).keys() == source.resources.keys()


async def test_what_neither_package_nor_address_gives_is_named_and_owed(store: Store) -> None:
    source = dumped(10, lies={"1.xml": None})
    source.statuses = {"1.xml": [404]}
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert await verdict(store, feed) == Incomplete(missing=1, reason="quarantined")
        assert "1.xml" not in held(store)
        source.asked.clear()
        assert isinstance(await verdict(store, feed), Complete)
        assert source.fetched() == ["1.xml"]
    assert held(store).keys() == source.resources.keys()


async def test_a_package_may_hold_records_of_other_hosts_which_are_not_asked_there(store: Store) -> None:
    source = dumped(3)
    source.dumps["resourcedump"].packed.append(("9.xml", title("Lent"), ""))

    def lent(body: bytes) -> bytes:
        kept = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(body)) as given, zipfile.ZipFile(kept, "w") as package:
            for name in given.namelist():
                text = given.read(name).decode()
                package.writestr(name, text.replace(f"{root}/r/9.xml", "http://elsewhere.example/9.xml"))
        return kept.getvalue()

    source.dumps["resourcedump"].mangled = lent
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert await verdict(store, feed) == WHOLE
    assert "9.xml" in held(store)


# --- changes ----------------------------------------------------------------------------------------------------------


async def test_changes_come_in_packages_and_the_change_list_tells_of_what_is_newer(store: Store) -> None:
    source = dumped(10)
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        source.resources |= {"1.xml": title("Mended"), "new.xml": title("New"), "late.xml": title("Late")}
        del source.resources["2.xml"]
        packed = [
            change("0.xml", "updated", 18, title("Older than what is known")),
            change("1.xml", "updated", 21, title("Mended first")),
            change("1.xml", "updated", 22, title("Mended")),
            change("new.xml", "created", 22, title("New")),
            change("2.xml", "deleted", 23),
        ]
        said = 'from="2026-01-01T00:00:00Z" until="2026-01-24T00:00:00Z"'
        source.dumps["changedump"] = Dump(packed, said, package_size=2)
        source.changes = [("late.xml", "created", "2026-01-25T00:00:00Z")]
        source.changes_since = "2026-01-24T00:00:00Z"
        assert isinstance(await verdict(store, feed), Complete)
        assert source.fetched() == ["late.xml"]
        assert held(store).keys() == source.resources.keys()
        assert "Mended<" in held(store)["1.xml"]
        assert last_run(store).counts.deleted == 1
        source.asked.clear()
        await verdict(store, feed)
        assert last_run(store).counts.changed == 0


async def test_a_broken_change_dump_leaves_the_change_list(store: Store) -> None:
    source = dumped(10)
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        source.resources["new.xml"] = title("New")
        packed = [change("new.xml", "created", 22, title("New"))]
        source.dumps["changedump"] = Dump(packed, 'from="2026-01-01T00:00:00Z"', manifest="elsewhere.xml")
        source.changes = [("new.xml", "created", "2026-01-22T00:00:00Z")]
        assert isinstance(await verdict(store, feed), Complete)
        assert source.fetched() == ["new.xml"]
        assert note(store) == "changedump not read: manifest_missing"
    assert held(store).keys() == source.resources.keys()


async def test_a_gap_between_change_dump_and_change_list_is_closed_by_reading_everything(store: Store) -> None:
    source = dumped(10)
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        source.resources |= {"new.xml": title("New"), "between.xml": title("Told of by nobody")}
        packed = [change("new.xml", "created", 22, title("New"))]
        source.dumps["changedump"] = Dump(packed, 'from="2026-01-01T00:00:00Z"')
        source.changes_since = "2026-01-24T00:00:00Z"
        assert await verdict(store, feed) == WHOLE
        assert note(store) == "changedump not read: changes_gap"
    assert held(store).keys() == source.resources.keys()


async def test_what_was_owed_is_asked_for_once_with_the_change_dump(store: Store) -> None:
    source = dumped(10, lies={"1.xml": None})
    source.statuses = {"1.xml": [404, 404]}
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        source.asked.clear()
        source.dumps["changedump"] = Dump([], 'from="2026-01-01T00:00:00Z"')
        assert await verdict(store, feed) == Incomplete(missing=1, reason="quarantined")
        assert source.fetched() == ["1.xml"]
        assert isinstance(await verdict(store, feed), Complete)
    assert held(store).keys() == source.resources.keys()


async def test_a_package_in_hand_is_read_to_its_end(store: Store) -> None:
    source = dumped(3_000)
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await fetch_feed(store, feed, clock=PatientClock(), user_agent="test", limits=Limits(slice_seconds=-1.0))
        assert await verdict(store, feed) == WHOLE
    assert source.asked.count("/resourcedump-0.zip") == 1


async def test_a_fetch_that_is_cut_in_a_package_goes_on_behind_its_last_resource(store: Store) -> None:
    source = dumped(3_000)
    cut = Limits(slice_seconds=-2.0, page_seconds=1.0)
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        for _ in range(2):
            await fetch_feed(store, feed, clock=PatientClock(), user_agent="test", limits=cut)
        assert await verdict(store, feed) == WHOLE
    assert source.asked.count("/resourcedump-0.zip") == 3
    assert len(held(store)) == 3_000


async def test_a_package_that_breaks_off_is_gone_on_with_where_it_ended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resourcesync_packages, "_PART_BYTES", 1_000)
    packed = [(f"{n}.xml", title(f"Letter {n} {random.Random(n).random()}"), "") for n in range(60)]
    dump = Dump(packed, 'at="2026-01-20T00:00:00Z"', breaks_after=2_000, etag='"one"')
    source = ResourceSyncSource({name: body for name, body, _ in packed}, dumps={"resourcedump": dump})
    async with serving_resources(source) as root:
        assert isinstance(await verdict(store, add_feed(store, "resourcesync", root)), Complete)
    assert not source.fetched(), "no resource is asked for alone"
    assert len(dump.ranges) > 2
    assert dump.ranges[0] == ""
    assert all(asked.startswith("bytes=") for asked in dump.ranges[1:])


@pytest.mark.parametrize("etag", ["", 'W/"one"'])
async def test_without_a_strong_validator_a_package_is_asked_for_whole(store: Store, etag: str) -> None:
    packed = [(f"{n}.xml", title(f"Letter {n} {random.Random(n).random()}"), "") for n in range(60)]
    dump = Dump(packed, 'at="2026-01-20T00:00:00Z"', breaks_after=2_000, etag=etag)
    source = ResourceSyncSource({name: body for name, body, _ in packed}, dumps={"resourcedump": dump})
    async with serving_resources(source) as root:
        await verdict(store, add_feed(store, "resourcesync", root))
    assert set(dump.ranges) == {""}
