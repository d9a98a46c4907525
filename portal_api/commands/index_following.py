"""An act on the index of a folder that another process holds: it is asked for, and that process is watched at it."""

from __future__ import annotations

import time

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.pipeline import index_acts
from federation.storage import jobs
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.jobs import Job
from portal_api.commands.harvest_following import Followed
from portal_api.http.problems import FAULT, OK, RETRY

#: seconds between two looks
_LOOK = 0.2


def follow(store: Store, kind: str, name: str, patience: float) -> Followed:
    """Asks for an act, and waits until it is done; one that is not taken up within `patience` seconds is withdrawn."""
    number = _ask(store, kind, name)
    waits_since: float | None = time.monotonic()
    while True:
        found = _look(store, number)
        match found.state:
            case "done":
                return Followed(line="", exit_code=OK)
            case "cancelled" | "parked":
                return Followed(line=found.error.partition(": ")[2] or "it was called off", exit_code=FAULT)
            case "leased" if not _is_left(store, found):
                waits_since = None
            case _:
                waits_since = waits_since or time.monotonic()
                if time.monotonic() - waits_since > patience and _withdrawn(store, number):
                    return Followed(line=_impatient(found, patience), exit_code=RETRY)
        time.sleep(_LOOK)


@repeats_clashes
def _ask(store: Store, kind: str, name: str) -> int:
    with store.transaction(actor=OPERATOR) as tx:
        return index_acts.ask(tx, kind, name)


def _look(store: Store, number: int) -> Job:
    with store.reading() as connection:
        found = jobs.get(connection, number)
    if found is None:
        raise RequestRefused("no_such_job", f"there is no job {number}")
    return found


def _is_left(store: Store, found: Job) -> bool:
    """Whether whoever had it in hand is gone."""
    with store.reading() as connection:
        return found.lease_until is not None and found.lease_until < store.database_now(connection)


@repeats_clashes
def _withdrawn(store: Store, number: int) -> bool:
    """Calls it off, that it is not done when nobody waits for it; False where it was taken up meanwhile."""
    try:
        with store.transaction(actor=OPERATOR) as tx:
            jobs.cancel(tx, number)
    except RequestRefused:
        return False
    return True


def _impatient(found: Job, patience: float) -> str:
    why = f" ({found.error})" if found.error else ""
    return f"the process that holds the folder has not done it within {patience:g} s{why}; it is called off"
