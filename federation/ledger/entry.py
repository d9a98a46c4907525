"""One line of the ledger: who did what to which object, when, and what the object was before and after.

Entries are canonical JSON: sorted keys, NFC, UTF-8, no floats, integers below 2^53, at most 4 KiB. `before` and `after`
are SHA-256 of the canonical row (`federation.storage.covered`); a batch of derived changes is one entry with the Merkle
root over its members.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from federation.ledger.merkle import leaf_hash, root_of

VERSION = 1
MOST_BYTES = 4096
#: longest object name that is written out; longer ones end in the digest of the whole
_OBJECT_LENGTH = 900

#: whoever acts for nobody in particular: a job, or the person at the command line
SYSTEM, OPERATOR = "system", "operator"
#: the person whose account the object is; their pseudonym beside it would say whose it is
SELF = "self"

Act = Literal[
    "institution.put",
    "institution.key_made",
    "feed.added",
    "feed.changed",
    "feed.retired",
    "crosswalk.saved",
    "crosswalk.tried",
    "crosswalk.confirmed",
    "crosswalk.approved",
    "crosswalk.approved_alone",
    "crosswalk.canary",
    "crosswalk.activated",
    "crosswalk.retired",
    "table.saved",
    "best_bet.put",
    "best_bet.removed",
    "run.ended",
    "page.committed",
    "page.replayed",
    "quarantine.retried",
    "quarantine.acknowledged",
    "upload.received",
    "upload.checked",
    "upload.approved",
    "upload.refused",
    "upload.applied",
    "records.mapped",
    "records.linked",
    "records.renamed",
    "items.exported",
    "judgement.made",
    "judgement.revoked",
    "account.added",
    "account.changed",
    "role.granted",
    "role.ended",
    "session.opened",
    "session.refused",
    "session.ended",
    "acting.chosen",
    "key.made",
    "key.revoked",
    "job.retried",
    "job.cancelled",
    "record.withheld",
    "record.released",
    "run.held",
    "run.released",
    "run.discarded",
    "run.settled",
    "backup.made",
    "backup.restored",
    "index.rebuilt",
]
ACTS: frozenset[str] = frozenset(get_args(Act))

Outcome = Literal["done", "refused"]
#: an object's name and the SHA-256 of its row; None = it is gone
MemberChange = tuple[str, bytes | None]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is written down of one act; its number and time are given when it is written."""

    act: Act
    #: `<kind>:<key>`, such as `feed:…`
    object: str
    #: slug of the institution whose act it is; empty = the exchange's
    institution: str = ""
    #: pseudonym of a person, `operator`, `system` or `self`
    actor: str = SYSTEM
    outcome: Outcome = "done"
    #: SHA-256 of the row, hexadecimal; empty = there was none, there is none
    before: str = ""
    after: str = ""
    #: of a batch: how many members, and the Merkle root over them, hexadecimal
    count: int = 0
    root: str = ""
    #: id of the request that led here
    request: str = ""


class Written(Entry, frozen=True, kw_only=True):
    """An entry in its place."""

    v: int = VERSION
    #: place in the ledger, from 0, without gaps
    seq: int
    #: ISO 8601 UTC, never before the entry above
    at: str


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Written)


def canonical(entry: Entry, *, seq: int, at: str) -> bytes:
    """The body of `entry` at its place; raises ValueError where it is no entry."""
    if entry.act not in ACTS:
        raise ValueError(f"{entry.act} is not an act of the ledger")
    body = _encoder.encode(
        Written(
            **{name: getattr(entry, name) for name in _OTHER_FIELDS},
            object=object_name(entry.object),
            institution=_nfc(entry.institution),
            seq=seq,
            at=at,
        )
    )
    if len(body) > MOST_BYTES:
        raise ValueError(f"an entry has at most {MOST_BYTES} bytes, this one {len(body)}")
    return body


_OTHER_FIELDS = tuple(name for name in Entry.__struct_fields__ if name not in ("object", "institution"))


def decoded(body: bytes | str) -> Written:
    """The entry of a body; raises msgspec.ValidationError or DecodeError."""
    return _decoder.decode(body)


def object_name(name: str) -> str:
    """`name` as entries carry it: NFC; a very long one, and one that NFC alters, is told apart by its digest."""
    if len(name) <= _OBJECT_LENGTH // 3 or len(name.encode("utf-8", "surrogatepass")) <= _OBJECT_LENGTH:
        composed = _nfc(name)
        if composed == name:
            return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_nfc(name[: _OBJECT_LENGTH // 4])}~{digest}"


def former_name(name: str) -> str:
    """`name` as older entries carry it: one that NFC alters was not told apart."""
    is_short = len(name.encode("utf-8", "surrogatepass")) <= _OBJECT_LENGTH
    return _nfc(name) if is_short else object_name(name)


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def member_root(members: Sequence[MemberChange]) -> str:
    """The Merkle root over a batch's members, hexadecimal."""
    return root_of(leaf_hash(name.encode("utf-8", "replace") + b"\0" + (after or b"")) for name, after in members).hex()
