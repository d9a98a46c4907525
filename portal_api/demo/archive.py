"""A demonstration archive without a repository: it brings its catalogue as a table after DA/T 18 and DA/T 22.

The archive, its fonds and every row of its catalogue are invented, and its name says so. The table holds case files and
their items, which stand in each other by their codes, dates of the Qing and of the Republic, and grades of secrecy that
keep rows out of every channel.
"""

from __future__ import annotations

from importlib.resources import files

from federation.ledger.entry import OPERATOR
from federation.pipeline import uploads as pipeline
from federation.storage import feeds, institutions, uploads
from federation.storage.engine import Store
from portal_api.demo.partners import PUBLIC_DOMAIN, crosswalk_text

SLUG = "city-archive"
NAME = "Example City Archive 示例市档案馆 (demonstration)"
#: fixed; record ids derive from it
FEED_KEY = "demo-city-archive"
FILE = "city-archive.csv"


def catalogue() -> bytes:
    """The table as the archive would send it."""
    return files("portal_api.demo").joinpath("data", FILE).read_bytes()


def bring(store: Store) -> None:
    """Puts the archive and its feed in, and has its table applied; one that was brought before changes nothing."""
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug=SLUG, name=NAME))
        if feeds.get(tx.connection, FEED_KEY) is None:
            feeds.add(tx, _feed())
    received = uploads.receive(store, FEED_KEY, SLUG, FILE, "replace", [catalogue()], actor=OPERATOR)
    if pipeline.check(store, received.id).state == "checked":
        with store.transaction(actor=OPERATOR) as tx:
            pipeline.approve(tx, received.id, SLUG, released=True)


def _feed() -> feeds.StoredFeed:
    return feeds.StoredFeed(
        key=FEED_KEY,
        name=FEED_KEY,
        institution=SLUG,
        source="upload",
        crosswalk="demo/city-archive",
        crosswalk_text=crosswalk_text("city-archive"),
        metadata_licence=PUBLIC_DOMAIN,
    )
