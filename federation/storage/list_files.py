"""Lists written to a file for whoever asked for them: what was asked, how far it is, and until when it is kept.

queued -> running -> ready -> expired; or failed, or cancelled. A ready one that may name what was withheld is checking
until that is known. The file itself lies in the data folder. A list of somebody without an account is found by its id
alone, which nobody guesses.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage.columns import Instant, Json
from federation.storage.locks import LISTS, lock_own
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

State = Literal["queued", "running", "ready", "checking", "failed", "cancelled", "expired"]
#: why one failed, or is kept no longer although its time is not over; each has its sentence on the list's page
Why = Literal["", "too_many", "query_unread", "too_large", "fault", "closed"]
#: a line a thing, or a line a record of an institution
Of = Literal["clusters", "members"]
#: how long a file is kept, of a person and of somebody without an account, and how long is known of it
KEPT, KEPT_OF_ANYBODY, KNOWN = timedelta(days=3), timedelta(days=1), timedelta(days=30)
#: of one person: lists that are not written yet, and files
MOST_OPEN, MOST_READY = 3, 20
#: of all who have no account: lists that are not written yet
MOST_OPEN_OF_ANYBODY = 20
#: bytes that the files of one person may take; a list says which number held when it was asked for
MOST_BYTES = 20 << 30
MOST_ERROR = 500
#: why a file is kept no longer although its time is not over
CLOSED = "something that it names was withheld, hidden or deleted since; ask for it again"
_ID_BYTES = 16

Counts = dict[str, dict[str, int]]
#: among counted values: those that are not counted by name
OTHERS = "others"

list_file = sa.Table(
    "list_file",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    #: empty = somebody without an account
    sa.Column("account", sa.Text, nullable=False, index=True),
    #: whose turn is shared: the account, else what stands for a network and tells nothing of it
    sa.Column("asker", sa.Text, nullable=False, index=True),
    #: slug of the institution that the person acted for; empty = none
    sa.Column("acting_for", sa.Text, nullable=False),
    #: the query of the results page's address; empty where ids were named
    sa.Column("asked", sa.Text, nullable=False),
    #: `index.request.SearchRequest` as JSON; empty where ids were named
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("ids", Json(tuple[str, ...]), nullable=False),
    sa.Column("of", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    #: the exchange's own address, as whoever asked reached it
    sa.Column("base", sa.Text, nullable=False),
    #: things that it may have
    sa.Column("most", sa.BigInteger, nullable=False),
    #: bytes that all files of whoever asked may take
    sa.Column("most_bytes", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    #: grows each time that a list is worked on; the least is next
    sa.Column("turn", sa.BigInteger, nullable=False),
    #: a step of it was begun and has not ended
    sa.Column("in_hand", sa.Boolean, nullable=False),
    #: things asked for; of these taken up; records written
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("written", sa.BigInteger, nullable=False),
    #: bytes of the files that belong to `done`: of the list, of the ids read, of what was left out
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("ids_at", sa.BigInteger, nullable=False),
    sa.Column("skipped_bytes", sa.BigInteger, nullable=False),
    #: marks of the records that it names, in a file beside it (`federation.pipeline.list_names`)
    sa.Column("names", sa.BigInteger, nullable=False),
    #: what was counted on the way: kind -> value -> number
    sa.Column("counts", Json(Counts), nullable=False),
    #: of the index, and its last change, that fixed the ids
    sa.Column("generation", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    #: numbers that belong to `why`
    sa.Column("figures", Json(dict[str, int]), nullable=False),
    #: the same in English
    sa.Column("error", sa.Text, nullable=False),
    #: something of it lies in the folder
    sa.Column("kept", sa.Boolean, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ended_at", Instant, nullable=True),
    sa.Column("until_at", Instant, nullable=True),
    sa.Index("list_file_state", "state", "until_at"),
)


class ListFile(msgspec.Struct, frozen=True, kw_only=True):
    """A list that somebody asked for."""

    id: str
    account: str
    asker: str = ""
    acting_for: str = ""
    asked: str = ""
    request: str = ""
    ids: tuple[str, ...] = ()
    of: Of = "clusters"
    format: str
    base: str
    most: int
    most_bytes: int = MOST_BYTES
    state: State = "queued"
    turn: int = 0
    in_hand: bool = False
    total: int = 0
    done: int = 0
    written: int = 0
    size_bytes: int = 0
    ids_at: int = 0
    skipped_bytes: int = 0
    names: int = 0
    counts: Counts = {}
    generation: str = ""
    seq: int = 0
    sha256: str = ""
    why: Why = ""
    figures: dict[str, int] = {}
    error: str = ""
    kept: bool = False
    made_at: datetime
    ended_at: datetime | None = None
    until_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be written."""
        return self.state in _OPEN

    def failed(self, why: Why, error: str, now: datetime, **figures: int) -> ListFile:
        """The list as it ends without a file."""
        return msgspec.structs.replace(
            self, state="failed", why=why, figures=figures, error=error[:MOST_ERROR], ended_at=now
        )

    def may_name(self, institution: str) -> bool:
        """Whether records of an institution's are in it; of very many institutions not all are counted by name."""
        named = self.counts.get("institutions", {})
        return institution in named or OTHERS in named


_OPEN: tuple[State, ...] = ("queued", "running")
#: of which a file is kept until its time is over
_WHOLE: tuple[State, ...] = ("ready", "checking")


def fresh_id() -> str:
    """An id that nobody guesses."""
    return f"x-{secrets.token_hex(_ID_BYTES)}"


def add(tx: Transaction, wanted: ListFile) -> None:
    """Asks for a list; raises RequestRefused where whoever asks has as many, or as many bytes, as they may."""
    lock_own(tx.connection, LISTS, wanted.account)
    if len(open_of(tx.connection, wanted.account)) >= (MOST_OPEN if wanted.account else MOST_OPEN_OF_ANYBODY):
        raise RequestRefused("lists_open", "as many lists as can be are being written; wait for one, or cancel it")
    if wanted.account and _count(tx.connection, wanted.account, *_WHOLE) >= MOST_READY:
        raise RequestRefused("lists_kept", f"at most {MOST_READY} lists are kept for a person; remove one first")
    if (kept := kept_bytes(tx.connection, wanted.account)) >= wanted.most_bytes:
        whose = "a person" if wanted.account else "people without an account"
        raise RequestRefused(
            "lists_full", f"expected files of {whose} of less than {wanted.most_bytes:,} bytes, found {kept:,}"
        )
    turn = _next_turn(tx.connection)
    queued = msgspec.structs.replace(wanted, turn=turn, asker=wanted.asker or wanted.account)
    tx.connection.execute(list_file.insert().values(**msgspec.structs.asdict(queued)))


def kept_bytes(connection: sa.Connection, account: str) -> int:
    """What the files of somebody take; empty = of all who have no account."""
    size = sa.func.sum(list_file.c.size_bytes + list_file.c.skipped_bytes)
    own = (list_file.c.account == account) & list_file.c.kept
    return int(connection.execute(sa.select(size).where(own)).scalar() or 0)


def _next_turn(connection: sa.Connection) -> int:
    return (connection.execute(sa.select(sa.func.max(list_file.c.turn))).scalar() or 0) + 1


def _count(connection: sa.Connection, account: str, *states: State) -> int:
    own = (list_file.c.account == account) & list_file.c.state.in_(states)
    return connection.execute(sa.select(sa.func.count()).select_from(list_file).where(own)).scalar_one()


def open_of(connection: sa.Connection, account: str) -> list[ListFile]:
    """What of somebody's is still to be written."""
    return _read(connection, (list_file.c.account == account) & list_file.c.state.in_(_OPEN))


def get(connection: sa.Connection, list_id: str) -> ListFile | None:
    """One of them."""
    return next(iter(_read(connection, list_file.c.id == list_id)), None)


def of(connection: sa.Connection, account: str) -> list[ListFile]:
    """Somebody's, newest first."""
    return _read(connection, list_file.c.account == account)


def take(tx: Transaction) -> ListFile | None:
    """The list that is worked on next, named as in hand until `put`: of whoever waits longest, so that all go on.

    Those who ask take turns, whatever number of lists each has; of one asker's the least recently worked is next.
    What is in hand still, because its step came to no end, is next again: whoever gives up gives up that one.
    """
    theirs = list_file.alias()
    served = sa.select(sa.func.max(theirs.c.turn)).where(theirs.c.asker == list_file.c.asker).scalar_subquery()
    query = sa.select(list_file).where(list_file.c.state.in_(_OPEN))
    ordered = query.order_by(list_file.c.in_hand.desc(), served, list_file.c.turn, list_file.c.id)
    row = tx.connection.execute(ordered.limit(1)).mappings().first()
    if row is None:
        return None
    taken = msgspec.structs.replace(ListFile(**row), in_hand=True, turn=_next_turn(tx.connection))
    named = list_file.update().where(list_file.c.id == taken.id).values(in_hand=True, turn=taken.turn)
    tx.connection.execute(named)
    return taken


def in_hand(connection: sa.Connection) -> ListFile | None:
    """The list whose step was begun and has not ended."""
    return next(iter(_read(connection, list_file.c.in_hand & list_file.c.state.in_(_OPEN))), None)


def put(tx: Transaction, now: ListFile) -> bool:
    """Writes how a list in hand stands; False where it was cancelled, or is to begin anew, since it was taken."""
    mine = (list_file.c.id == now.id) & (list_file.c.turn == now.turn) & list_file.c.state.in_(_OPEN)
    values = msgspec.structs.asdict(msgspec.structs.replace(now, in_hand=False))
    return tx.connection.execute(list_file.update().where(mine).values(**values)).rowcount == 1


def withdraw(tx: Transaction, institution: str) -> None:
    """Something of an institution's is shown to nobody from now on: no file that may name it is given any more.

    A file with records of the institution is looked through before it is given again (`looked_through`); of lists that
    are being written the step in hand is not kept. No step is kept between the reading and this transaction's end.
    """
    for each in _read(tx.connection, list_file.c.state.in_((*_OPEN, *_WHOLE)), held=True):
        turn = {"turn": _next_turn(tx.connection)}
        _set(tx, each.id, {"in_hand": False, **turn}, list_file.c.state == "running")
        if each.may_name(institution):
            _set(tx, each.id, {"state": "checking", **turn}, list_file.c.state.in_(_WHOLE))


def with_names(connection: sa.Connection) -> list[ListFile]:
    """Those of which something is written that may name what is closed since."""
    return _read(connection, list_file.c.state.in_(("running", *_WHOLE)))


def looked_through(tx: Transaction, named: Sequence[ListFile], others: Sequence[ListFile]) -> None:
    """Of `named` the written ones expire and those that are being written begin anew; of `others` none names it.

    What was withheld from meanwhile is looked through once more.
    """
    for each in named:
        _set(tx, each.id, {"state": "expired", "why": "closed", "error": CLOSED}, list_file.c.state.in_(_WHOLE))
        anew = {**_ANEW, "turn": _next_turn(tx.connection)}
        _set(tx, each.id, anew, list_file.c.state == "running")
    for each in others:
        _set(tx, each.id, {"state": "ready"}, (list_file.c.state == "checking") & (list_file.c.turn == each.turn))


_ANEW: dict[str, object] = {
    "state": "queued",
    "in_hand": False,
    **dict.fromkeys(("total", "done", "written", "size_bytes", "ids_at", "skipped_bytes", "names"), 0),
    "counts": {},
}


def _set(tx: Transaction, list_id: str, values: dict[str, object], standing: sa.ColumnElement[bool]) -> None:
    """Changes a list that stands so."""
    tx.connection.execute(list_file.update().where((list_file.c.id == list_id) & standing).values(values))


def cancel(tx: Transaction, list_id: str) -> None:
    """Whoever asked wants it no longer: it is not written on, or its file goes."""
    standing = list_file.c.state.in_((*_OPEN, *_WHOLE))
    _set(tx, list_id, {"state": "cancelled", "ended_at": tx.now, "until_at": None}, standing)


def tidy(tx: Transaction) -> bool:
    """Lets files expire whose time is over, and forgets what ended long ago; whether files are to be cleared away."""
    over = list_file.c.state.in_(_WHOLE) & (list_file.c.until_at <= tx.now)
    tx.connection.execute(list_file.update().where(over).values(state="expired"))
    old = ~list_file.c.kept & (list_file.c.ended_at <= tx.now - KNOWN) & list_file.c.state.not_in(_OPEN)
    tx.connection.execute(list_file.delete().where(old))
    return bool(to_clear(tx.connection))


def to_clear(connection: sa.Connection) -> list[str]:
    """Ids of those that ended otherwise than ready and of which something lies in the folder."""
    ended = list_file.c.state.not_in((*_OPEN, *_WHOLE)) & list_file.c.kept
    return list(connection.execute(sa.select(list_file.c.id).where(ended)).scalars())


def note_cleared(tx: Transaction, list_ids: list[str]) -> None:
    """Nothing of these lies in the folder any more."""
    tx.connection.execute(list_file.update().where(list_file.c.id.in_(list_ids)).values(kept=False))


def waiting(connection: sa.Connection) -> int:
    """How many are to be written on, to be looked through or to be cleared away."""
    still = list_file.c.state.in_((*_OPEN, "checking"))
    over = list_file.c.kept & list_file.c.state.not_in((*_OPEN, *_WHOLE))
    return connection.execute(sa.select(sa.func.count()).select_from(list_file).where(still | over)).scalar_one()


def _read(connection: sa.Connection, where: sa.ColumnElement[bool], *, held: bool = False) -> list[ListFile]:
    """Those that stand so; `held` = as the last commit left them, and nobody changes them until this one."""
    query = sa.select(list_file).where(where).order_by(list_file.c.made_at.desc(), list_file.c.id)
    # SQLite has one writer at a time since BEGIN IMMEDIATE, and no such clause
    query = query.with_for_update() if held else query
    return [ListFile(**row) for row in connection.execute(query).mappings()]
