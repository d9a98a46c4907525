"""The generations of a cluster: pairs of indices of which one pair answers, and the others are made or put away.

`<prefix>-v<schema>-<number>-open` holds what the public may see, `…-closed` what institutions alone see. An alias names
the pair that answers and moves at once; a second alias of each index is what is written to, so that writing never makes
an index. `<prefix>-generations` keeps a document for each: what it was made with, and how far it has read its source.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec

from index.elastic.cluster import Acknowledged, Cluster, Conflict, NotThere
from index.elastic.dialect import Json
from index.elastic.mapping import index_body
from index.fields import SCHEMA_VERSION
from index.fingerprint import Fingerprint, fingerprint
from index.generations import KEPT, PARTS, Part, Standing, standing_of
from index.place import Place


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a generation beside its documents."""

    made_with: Fingerprint
    place: Place | None = None
    retired: datetime | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A generation's state, and which writing of it this is."""

    state: State
    seq_no: int
    term: int


class _Document(msgspec.Struct, frozen=True):
    source: State = msgspec.field(name="_source")
    seq_no: int = msgspec.field(name="_seq_no")
    term: int = msgspec.field(name="_primary_term")


class _Written(msgspec.Struct, frozen=True):
    seq_no: int = msgspec.field(name="_seq_no")
    term: int = msgspec.field(name="_primary_term")


class Shelf:
    """The generations that this version can read."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._states = f"{cluster.settings.prefix}-generations"
        self._stem = f"{cluster.settings.prefix}-v{SCHEMA_VERSION}"

    def index(self, name: str, part: Part) -> str:
        """Name of one index of a generation."""
        return f"{self._stem}-{name}-{part}"

    def written(self, name: str, part: Part) -> str:
        """The alias under which it is written."""
        return f"{self.index(name, part)}.write"

    def all(self) -> list[str]:
        """Every generation, oldest first."""
        found = self._cluster.ask("GET", f"/{self._stem}-*-open/_alias", dict[str, object])
        return sorted(index.removeprefix(f"{self._stem}-").removesuffix("-open") for index in found)

    def live(self) -> str | None:
        """The generation that answers; None where there is none."""
        try:
            found = self._cluster.ask("GET", f"/_alias/{self._alias('open')}", dict[str, object])
        except NotThere:
            return None
        return max(index.removeprefix(f"{self._stem}-").removesuffix("-open") for index in found)

    def _alias(self, part: Part) -> str:
        return f"{self._stem}-{part}"

    def kept(self, name: str) -> Kept | None:
        """What is known of a generation; None where that is lost."""
        with suppress(NotThere):
            found = self._cluster.ask("GET", f"/{self._states}/_doc/{self._stem}-{name}", _Document)
            return Kept(state=found.source, seq_no=found.seq_no, term=found.term)
        return None

    def keep(self, name: str, state: State, over: Kept) -> Kept:
        """Writes a state over the one that was read; raises Conflict where somebody else wrote meanwhile."""
        return self._put(name, state, {"if_seq_no": str(over.seq_no), "if_primary_term": str(over.term)})

    def _put(self, name: str, state: State, params: dict[str, str]) -> Kept:
        body = msgspec.to_builtins(state)
        path = f"/{self._states}/_doc/{self._stem}-{name}"
        found = self._cluster.ask("PUT", path, _Written, body=body, params={"require_alias": "true", **params})
        return Kept(state=state, seq_no=found.seq_no, term=found.term)

    def start(self) -> str:
        """A new generation, to be filled."""
        self._create_states()
        name = f"{max((int(each) for each in self.all() if each.isdigit()), default=0) + 1:06}"
        for part in PARTS:
            body = index_body(self._cluster.settings, (self.written(name, part),))
            self._cluster.ask("PUT", f"/{self.index(name, part)}", Acknowledged, body=body)
        self._put(name, State(made_with=fingerprint()), {})
        return name

    def _create_states(self) -> None:
        settings: Json = {"number_of_shards": 1, "number_of_replicas": self._cluster.settings.replicas}
        body: Json = {
            "settings": {"index": settings},
            "mappings": {"enabled": False},
            "aliases": {self._states: {}},
        }
        try:
            self._cluster.ask("GET", f"/_alias/{self._states}", dict[str, object])
        except NotThere:
            self._cluster.ask("PUT", f"/{self._states}-1", Acknowledged, body=body)

    def next_one(self) -> str | None:
        """The newest generation after the live one that this program can go on with; None where there is none."""
        live = self.live()
        later = [name for name in reversed(self.all()) if live is None or name > live]
        return next((name for name in later if up_to_date(self.kept(name))), None)

    def standing(self) -> list[Standing]:
        """Every generation and how it stands, oldest first."""
        live = self.live()
        return [self._standing(name, live) for name in self.all()]

    def _standing(self, name: str, live: str | None) -> Standing:
        kept = self.kept(name)
        return standing_of(
            name,
            kept.state.place if kept else None,
            live=live,
            is_known=kept is not None,
            is_retired=kept is not None and kept.state.retired is not None,
            is_current=up_to_date(kept),
        )

    def refresh(self, name: str) -> None:
        """What was written is seen from now on."""
        self._cluster.ask("POST", f"/{self.index(name, 'open')},{self.index(name, 'closed')}/_refresh", Acknowledged)

    def make_live(self, name: str, now: datetime) -> None:
        """From now on this one answers; the one before it is retired, those whose day is over are dropped."""
        before = self.live()
        copies: Json = {"index": {"number_of_replicas": self._cluster.settings.replicas}}
        for part in PARTS:
            self._cluster.ask("PUT", f"/{self.index(name, part)}/_settings", Acknowledged, body=copies)
        moves: list[Json] = [{"add": {"index": self.index(name, part), "alias": self._alias(part)}} for part in PARTS]
        if before is not None and before != name:
            moves += [{"remove": {"index": self.index(before, part), "alias": self._alias(part)}} for part in PARTS]
        self._cluster.ask("POST", "/_aliases", Acknowledged, body={"actions": moves})
        if before is not None and before != name and (kept := self.kept(before)):
            with suppress(Conflict):  # a writer of the old one is a step late; it is dropped a day after the next swap
                self.keep(before, msgspec.structs.replace(kept.state, retired=now), kept)
        self.drop_old(now)

    def drop_old(self, now: datetime) -> None:
        """Drops what was retired a day ago, and what was begun before the live one and never finished."""
        live = self.live()
        for name in self.all():
            if live is None or name >= live:
                continue
            kept = self.kept(name)
            if kept is None or kept.state.retired is None or kept.state.retired + KEPT <= now:
                self.drop(name)

    def drop(self, name: str) -> None:
        """Takes a generation away."""
        for part in PARTS:
            with suppress(NotThere):
                self._cluster.ask("DELETE", f"/{self.index(name, part)}", Acknowledged)
        with suppress(NotThere):
            self._cluster.ask("DELETE", f"/{self._states}/_doc/{self._stem}-{name}", Acknowledged)


def up_to_date(kept: Kept | None) -> bool:
    """Whether this program would make a generation the same way."""
    return kept is not None and kept.state.made_with == fingerprint()
