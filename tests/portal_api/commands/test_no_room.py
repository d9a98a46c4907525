"""Where nothing can be written a command says which folder and why, ends with 73 and leaves nothing behind.

The room that is used up is the size of a file that the system allows a process.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from federation.errors import StorageFull
from portal_api.signing_keys import API_KEYS, signing_key
from portal_api.wiring import open_store


@contextmanager
def without_room(size_bytes: int) -> Iterator[None]:
    """No file grows beyond so much."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def run(*arguments: str, size_bytes: int = resource.RLIM_INFINITY) -> tuple[int, str]:
    """Exit code of a command that has so much room, and what it said on standard error."""
    room = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size_bytes}, {size_bytes}))"
    code = f"import resource; {room}; from portal_api.commands import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return found.returncode, found.stderr


@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("migrate",)])
def test_a_full_disk_on_which_an_exchange_is_begun_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, said = run(*arguments, "--data", str(tmp_path), size_bytes=4096)
    assert (code, len(said.splitlines()), str(tmp_path) in said) == (73, 1, True)


@pytest.mark.parametrize("arguments", [("work", "--until-idle"), ("feed", "list"), ("ledger", "verify")])
def test_a_full_disk_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run("migrate", "--data", str(tmp_path))
    code, said = run(*arguments, "--data", str(tmp_path), size_bytes=4096)
    assert (code, len(said.splitlines()), str(tmp_path) in said) == (73, 1, True)


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    code, said = run("migrate", "--data", str(tmp_path / "file" / "data"))
    assert (code, len(said.splitlines()), "there is a file in its place" in said) == (73, 1, True)


def test_a_backup_without_room_leaves_nothing_and_succeeds_later(tmp_path: Path) -> None:
    data, target = tmp_path / "data", tmp_path / "saved"
    with open_store(data):
        pass
    target.mkdir()
    code, said = run("backup", str(target), "--data", str(data), size_bytes=200_000)
    assert (code, len(said.splitlines()), str(target) in said) == (73, 1, True)
    assert list(target.iterdir()) == []
    assert run("backup", str(target), "--data", str(data))[0] == 0


def test_a_key_that_could_not_be_written_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too large"), without_room(0):
        signing_key(tmp_path, API_KEYS)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StorageFull), without_room(0), open_store(tmp_path / "data"):
        pass
