"""A folder as a feed: its newest full file, what was added to it, and nothing from outside it."""

from __future__ import annotations

import os
from pathlib import Path

from federation.storage.engine import Store
from harvester.ports import Blocked, Complete
from tests.federation.pipeline.test_fetching import add_feed, file, held, last_run, put, record, verdict


async def test_a_folder_gives_its_newest_full_file_and_then_what_was_added_to_it(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    put(folder, "full-2026-01-01.xml", file(record("old")))
    put(folder, "full-2026-02-01.xml", file(record(1), record(2)))
    put(folder, "delta-2026-01-15.xml", file(record("older")))
    put(folder, "delta-2026-02-02.xml", file(record(3)))
    put(folder, "delta-2026-02-03.xml", file(record(4)))
    put(folder, "full-2026-03-01.xml", file(record("unfinished")), done=False)
    os.utime(folder / "full-2026-03-01.xml")
    feed = add_feed(store, "inbox", str(folder))
    ends = [await verdict(store, feed) for _ in range(4)]
    assert ends[:3] == [Complete(evidence="counted")] * 3
    assert held(store) == ["n1", "n2", "n3", "n4"]
    assert last_run(store).number == 3, "a look at a folder without a new file is no run"


async def test_an_older_full_file_is_not_taken_once_the_newest_is_gone(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    put(folder, "2026-01-01.xml", file(record("old")))
    put(folder, "2026-02-01.xml", file(record("new")))
    feed = add_feed(store, "inbox", str(folder))
    await verdict(store, feed)
    (folder / "2026-02-01.xml").unlink()
    await verdict(store, feed)
    assert held(store) == ["nnew"]


async def test_a_folder_that_is_not_there_is_said_to_be_unreadable(store: Store, tmp_path: Path) -> None:
    feed = add_feed(store, "inbox", str(tmp_path / "nowhere"))
    assert await verdict(store, feed) == Blocked(reason="folder_unreadable")


async def test_one_bad_file_does_not_keep_the_others(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    put(folder, "full-2026-01-01.xml", file(record(1)))
    put(folder, "delta-2026-01-02.xml", b"")
    put(folder, "delta-2026-01-03.xml", file(record(3)))
    feed = add_feed(store, "inbox", str(folder))
    ends = [await verdict(store, feed) for _ in range(3)]
    assert ends == [Complete(evidence="counted"), Blocked(reason="file_empty"), Complete(evidence="counted")]
    assert held(store) == ["n1", "n3"]


async def test_what_cannot_be_a_catalogue_hides_none(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    put(folder, "Thumbs.db", b"thumbs")
    put(folder, "readme.txt", b"Files of the town archive")
    put(folder, "2020-01-01.xml", file(record(1)))
    put(folder, "2021-01-01.xml", b"<html><body>an error of the export</body></html>")
    feed = add_feed(store, "inbox", str(folder))
    assert await verdict(store, feed) == Blocked(reason="not_the_format")
    put(folder, "2022-01-01.xml", file(record(2)))
    assert await verdict(store, feed) == Complete(evidence="counted")
    assert held(store) == ["n2"]


async def test_a_link_out_of_the_folder_is_not_followed(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    put(tmp_path, "secret.xml", file(record("secret")))
    (folder / "secret.xml").symlink_to(tmp_path / "secret.xml")
    (folder / "secret.xml.done").touch()
    await verdict(store, add_feed(store, "inbox", str(folder)))
    assert not held(store)
