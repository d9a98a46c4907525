"""Deletions of what a source gives whole and does not name any more: its files, its lists of resources (harvesting, 5).

Nobody can be asked for a single record there. What one whole list does not name is noted; what the next one, a day
later or more, does not name either counts as deleted, under the brake. A source that says that its last list still
holds has listed everything once more.
"""

from __future__ import annotations

import msgspec

from federation.pipeline.harvest import as_harvested
from federation.storage import absences
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.harvests import Step, StoredHarvest
from harvester import reconciling
from harvester.checkpoint import Checkpoint
from harvester.cost import Meter
from harvester.oaipmh.page import Page
from harvester.ports import PageCommit

#: tombstones that are kept at once
_AT_ONCE = 500


class Inference:
    """The deletions of one run that are inferred.

    step   the job that the run is worked for
    meter  what counts what the run costs
    """

    def __init__(self, store: Store, feed: StoredFeed, step: Step, meter: Meter) -> None:
        self._store, self._feed = store, feed
        self._keeping = StoredHarvest(store, feed, step, meter=meter)

    def compare(self, checkpoint: Checkpoint, *, whole: bool) -> Checkpoint:
        """Notes what the run did not name, and settles what an earlier one did not either; gives where the run stands.

        whole   the run has listed everything; else nothing is taken for absent
        """
        due = self._keeping.reconciled(checkpoint, whole=whole, limit=1)
        return self.settle(checkpoint) if due else checkpoint

    def settle(self, checkpoint: Checkpoint) -> Checkpoint:
        """What was not named for a day counts as deleted; gives where the run stands."""
        if self._feed.deletion_rule == "never_inferred":
            return checkpoint
        key, now = self._feed.key, self._store.now()
        while True:
            with self._store.reading() as connection:
                names = absences.doubtful(connection, key, now, _AT_ONCE)
                rest = absences.count_doubtful(connection, key, now) - len(names)
            if not names:
                return checkpoint
            checkpoint = msgspec.structs.replace(checkpoint, pages=checkpoint.pages + 1, reconcile="done")
            page = reconciling.gone(as_harvested(self._feed), names, now)
            self._keeping.commit_page(self._commit(checkpoint, page, rest))

    def _commit(self, checkpoint: Checkpoint, page: Page, rest: int) -> PageCommit:
        now = self._store.now()
        stamp = {"page": checkpoint.pages, "harvested": now}
        return PageCommit(
            number=checkpoint.pages,
            sha256=reconciling.GONE_SHA256,
            body=b"",
            token_in=None,
            token_out=None,
            records=tuple(
                msgspec.structs.replace(record, ordinal=ordinal, **stamp) for ordinal, record in enumerate(page.records)
            ),
            content_sha256=page.content_sha256,
            quarantined=(),
            start=1,
            next=checkpoint,
            fetched_at=now,
            doubtful=rest,
        )
