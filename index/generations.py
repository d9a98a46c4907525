"""The generations of an embedded index: folders of which one is live, and the others are being made or put away.

`CURRENT` names the live one and is replaced whole. A generation has two indices: `open` holds what the public may see,
`closed` what institutions alone see, so that what the public searches does not even hold what is hidden. States:
building, live, retired (its day over, it is dropped).
"""

from __future__ import annotations

import fcntl
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from index.embedded.cursor import read_place
from index.fingerprint import Fingerprint, fingerprint
from index.place import Place

_CURRENT = "CURRENT"
_ALL = "generations"
_STATE = "generation.json"
#: on which the engine holds a lock (flock(2)) while a writer is open
_WRITER_LOCK = ".tantivy-writer.lock"

Part = Literal["open", "closed"]
PARTS: tuple[Part, ...] = ("open", "closed")
#: a retired generation is kept so long
KEPT = timedelta(hours=24)


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """One complete index."""

    name: str
    folder: Path

    def part(self, part: Part) -> Path:
        """The folder of one of its indices."""
        return self.folder / part

    @property
    def place(self) -> Place | None:
        """How far both of its indices have read their source; None where that is not known."""
        places = [read_place(self.part(part)) for part in PARTS]
        known = [place for place in places if place is not None]
        return min(known, key=lambda place: place.order) if len(known) == len(PARTS) else None

    @property
    def is_being_written(self) -> bool:
        """Whether somebody has a writer on it; the lock of one that was killed is nobody's."""
        return any(_is_held(self.part(part) / _WRITER_LOCK) for part in PARTS)


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


#: `next`: whole, and made beside the live one that it is to follow
StandingState = Literal["building", "next", "live", "retired", "put_away"]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A generation as `index status` tells of it."""

    name: str
    state: StandingState
    #: the last change that it holds; None while it is being built
    seq: int | None
    #: this version of the program would make it the same way
    up_to_date: bool


class _State(msgspec.Struct, frozen=True, kw_only=True):
    made_with: Fingerprint
    retired: datetime | None = None


def all_generations(folder: Path) -> list[Generation]:
    """Every generation, oldest first."""
    found = sorted(each for each in (folder / _ALL).glob("*") if each.is_dir())
    return [Generation(name=each.name, folder=each) for each in found]


def current(folder: Path) -> Generation | None:
    """The generation that `CURRENT` names, whatever its state."""
    try:
        name = (folder / _CURRENT).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    found = Generation(name=name, folder=folder / _ALL / name)
    return found if name and (found.part("open") / "meta.json").exists() else None


def live(folder: Path) -> Generation | None:
    """The generation that answers; None where there is none, or only one of another schema."""
    found = current(folder)
    made_with = _made_with(found) if found is not None else None
    return found if made_with is not None and made_with.schema == fingerprint().schema else None


def is_up_to_date(generation: Generation) -> bool:
    """Whether this program would make it the same way."""
    return _made_with(generation) == fingerprint()


def _made_with(generation: Generation) -> Fingerprint | None:
    state = _state(generation)
    return state.made_with if state else None


def _state(generation: Generation) -> _State | None:
    try:
        return msgspec.json.decode((generation.folder / _STATE).read_bytes(), type=_State)
    except (OSError, msgspec.DecodeError):
        return None


def start(folder: Path) -> Generation:
    """A new generation, to be built."""
    numbers = [int(each.name) for each in all_generations(folder) if each.name.isdigit()]
    name = f"{max(numbers, default=0) + 1:06}"
    made = Generation(name=name, folder=folder / _ALL / name)
    made.folder.mkdir(parents=True)
    _write(made.folder / _STATE, msgspec.json.encode(_State(made_with=fingerprint())))
    return made


def make_live(folder: Path, generation: Generation, now: datetime) -> None:
    """From now on this one answers; the one before it is retired, those whose day is over are dropped."""
    before = current(folder)
    _write(folder / _CURRENT, f"{generation.name}\n".encode())
    if before is not None and before != generation and (state := _state(before)):
        _write(before.folder / _STATE, msgspec.json.encode(msgspec.structs.replace(state, retired=now)))
    drop_old(folder, now)


def next_one(folder: Path) -> Generation | None:
    """The newest generation after the live one that this program can go on with; None where there is none."""
    now = current(folder)
    later = [each for each in all_generations(folder) if now is None or each.name > now.name]
    return next((each for each in reversed(later) if each.place is not None and is_up_to_date(each)), None)


def standing(folder: Path) -> list[Standing]:
    """Every generation and how it stands, oldest first."""
    now, found = current(folder), all_generations(folder)
    return [_standing(each, now) for each in found]


def _standing(generation: Generation, now: Generation | None) -> Standing:
    state, place = _state(generation), generation.place
    retired = state is not None and state.retired is not None
    return standing_of(
        generation.name,
        place,
        live=now.name if now else None,
        is_known=state is not None,
        is_retired=retired,
        is_current=is_up_to_date(generation),
    )


def standing_of(
    name: str, place: Place | None, *, live: str | None, is_known: bool, is_retired: bool, is_current: bool
) -> Standing:
    """How a generation stands, from what is kept of it; `live` is the name of the one that answers."""
    seq = place.seq if place is not None and place.scanned is None else None
    state: StandingState = "put_away"
    if name == live:
        state = "live"
    elif is_retired:
        state = "retired"
    elif is_known and (live is None or name > live):
        state = "building" if seq is None else "next"
    return Standing(name=name, state=state, seq=seq, up_to_date=is_current)


def put_away(generation: Generation) -> None:
    """This one is never gone on with: nobody knows any more what it was made with."""
    (generation.folder / _STATE).unlink(missing_ok=True)


def drop(folder: Path, generation: Generation) -> None:
    """Takes a generation away."""
    shutil.rmtree(folder / _ALL / generation.name, ignore_errors=True)


def drop_old(folder: Path, now: datetime) -> None:
    """Drops what was retired a day ago, and what was begun before the live one and never finished.

    One that somebody is writing goes when they have done.
    """
    kept = current(folder)
    for each in all_generations(folder):
        if kept is None or each.name >= kept.name:
            continue
        state = _state(each)
        if (state is None or state.retired is None) and each.is_being_written:
            continue
        if state is None or state.retired is None or state.retired + KEPT <= now:
            shutil.rmtree(each.folder, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    made = path.with_name(f"{path.name}.new")
    made.write_bytes(data)
    made.replace(path)
