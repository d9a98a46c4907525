"""A new key of an institution has everything looked at again that its files gave, once each, and nothing else."""

from __future__ import annotations

import sqlalchemy as sa

from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.enriching import key_made
from federation.storage import feeds, hosted, institutions, uploads
from federation.storage.engine import Store
from tests.federation.pipeline.test_uploads import file, record


def bring(store: Store, key: str, institution: str) -> None:
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug=institution, name=institution))
        feeds.add(tx, feeds.StoredFeed(key=key, name=key, institution=institution, source="upload"))
    body = file(record(1), record(2))
    found = pipeline.check(store, uploads.receive(store, key, institution, "f", "add", [body], actor="operator").id)
    with store.transaction() as tx:
        pipeline.approve(tx, found.id, institution, released=False)
    upload_run.load(store, found.id)


def waiting(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [(each.feed, each.identifier) for each in hosted.pending(connection, 100)]


def test_the_files_of_one_institution_are_looked_at_again(store: Store) -> None:
    bring(store, "ours", "town")
    bring(store, "theirs", "hill")
    with store.transaction() as tx:
        key_made(tx, "town")
    assert waiting(store) == [("ours", "n1"), ("ours", "n2")]
    with store.reading() as connection:
        first = connection.execute(sa.select(sa.func.max(hosted.hosted_pending.c.seq))).scalar_one()
    with store.transaction() as tx:
        tx.connection.execute(hosted.hosted_pending.delete().where(hosted.hosted_pending.c.rid == 1))
        key_made(tx, "town")
    assert waiting(store) == [("ours", "n1"), ("ours", "n2")]
    with store.reading() as connection:
        assert hosted.pending(connection, 1)[0].seq > first
