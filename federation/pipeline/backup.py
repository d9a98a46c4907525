"""Backup and restore of an embedded exchange: its database as of one moment, its keys and settings, and a manifest.

The index is left out: it is made again from the store. The manifest is written last: a backup without one was cut off.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR, Entry
from federation.pipeline.ledger_check import verify
from federation.storage import backups, ledger
from federation.storage.durable import put_in_place, settle
from federation.storage.engine import DATABASE, Store, embedded_url
from federation.storage.room import told_of
from federation.storage.schema import open_schema, revision

MANIFEST = "manifest.json"
#: what lies beside the database and cannot be made again
KEPT = ("*.key", "exchange.toml", "secrets.toml")


class KeptFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    made_at: str
    #: revision of the schema
    schema: str
    files: tuple[KeptFile, ...]
    ledger_size: int
    #: hexadecimal
    ledger_root: str


def back_up(store: Store, folder: Path, target: Path) -> Manifest:
    """Copies the exchange in `folder` to the new or empty folder `target`, while it goes on working.

    raises  RequestRefused where the store is not embedded, or `target` is not empty; StorageFull where `target` takes
            nothing more: then nothing is left in it
    """
    if store.dialect != "sqlite":
        raise RequestRefused("not_embedded", "a PostgreSQL store is backed up by its own means, such as pg_dump")
    with told_of(target):
        is_new = _take(target)
        try:
            manifest = _copied(store, folder, target)
        except BaseException:
            _give_up(target, is_new=is_new)
            raise
    with store.transaction(actor=OPERATOR) as tx:
        backups.note(tx, manifest.ledger_size)
        ledger.append(tx, [Entry(act="backup.made", object=f"backup:{manifest.ledger_size}", actor=OPERATOR)])
    return manifest


def _copied(store: Store, folder: Path, target: Path) -> Manifest:
    store.backup_to(target / DATABASE)
    for path in _kept(folder):
        shutil.copy2(path, target / path.name)
    copy = Store(embedded_url(target))
    try:
        with copy.reading() as connection:
            state = ledger.state_of(connection)
        schema = revision(copy)
    finally:
        copy.close()
    _settle(target)
    manifest = Manifest(
        made_at=f"{store.now():%Y-%m-%dT%H:%M:%SZ}",
        schema=schema,
        files=tuple(_described(path) for path in (target / DATABASE, *_kept(target))),
        ledger_size=state.size,
        ledger_root=state.root.hex(),
    )
    _write(target / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def restore(source: Path, folder: Path) -> Manifest:
    """Puts a backup into the new or empty folder `folder`, once every hash and the ledger have proved right.

    raises  RequestRefused (`no_backup`, `backup_damaged`, `not_empty`), StorageFull; then nothing is left in `folder`
    """
    manifest = _manifest(source)
    with told_of(folder):
        is_new = _take(folder)
        try:
            _put_back(source, folder, manifest)
        except BaseException:
            _give_up(folder, is_new=is_new)
            raise
    return manifest


def _put_back(source: Path, folder: Path, manifest: Manifest) -> None:
    for kept in manifest.files:
        shutil.copy2(source / kept.path, folder / kept.path)
        if _described(folder / kept.path) != kept:
            raise RequestRefused("backup_damaged", f"{kept.path} is not what the manifest says")
    _prove(folder, manifest)


def _manifest(source: Path) -> Manifest:
    try:
        found = msgspec.json.decode((source / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RequestRefused("no_backup", f"expected {MANIFEST} in {source}: no backup, or one cut off") from error
    except msgspec.MsgspecError as error:
        raise RequestRefused("backup_damaged", f"{MANIFEST} cannot be read: {error}") from error
    for kept in found.files:
        if Path(kept.path).name != kept.path or not (source / kept.path).is_file():
            raise RequestRefused("backup_damaged", f"expected a file {kept.path} in {source}")
    return found


def _prove(folder: Path, manifest: Manifest) -> None:
    store = Store(embedded_url(folder))
    try:
        checked = verify(store)
        if not checked.whole or (checked.entries, checked.root) != (manifest.ledger_size, manifest.ledger_root):
            raise RequestRefused("backup_damaged", f"its ledger does not prove right: {len(checked.findings)} findings")
        open_schema(store)
        with store.transaction(actor=OPERATOR) as tx:
            ledger.append(tx, [Entry(act="backup.restored", object=f"backup:{manifest.ledger_size}", actor=OPERATOR)])
    finally:
        store.close()


def _take(folder: Path) -> bool:
    """A new or empty folder, for its owner alone; whether it is new."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise RequestRefused("not_empty", f"expected {folder} to be empty")
    return is_new


def _give_up(folder: Path, *, is_new: bool) -> None:
    """Takes out what was begun; a folder that was there may be a disk of its own, and stays."""
    for path in folder.iterdir():
        path.unlink()
    if is_new:
        folder.rmdir()


def _kept(folder: Path) -> list[Path]:
    return sorted(path for pattern in KEPT for path in folder.glob(pattern) if path.is_file())


def _settle(target: Path) -> None:
    """One file, whole by itself: without a log beside it, and on the disk."""
    with closing(sqlite3.connect(target / DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    for path in target.iterdir():
        settle(path)


def _described(path: Path) -> KeptFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return KeptFile(path=path.name, size=path.stat().st_size, sha256=digest.hexdigest())


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}.part")
    fresh.write_bytes(data)
    put_in_place(fresh, path)
