"""What goes on to other harvesters, and where from: what feeds and licences allow, nothing that came from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.origins import abouts, origins_of
from federation.pipeline.reexposing import reexposed
from federation.storage import feeds
from federation.storage.feeds import Reexpose
from mappings.schema.unified import UnifiedRecord


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it is given on."""

    record: UnifiedRecord
    #: `<about>` elements that say where its members come from
    about: str = ""


#: how records are given on: as they were merged, or each by itself
Form = Literal["merged", "alone"]
_ENOUGH: dict[Form, tuple[Reexpose, ...]] = {"merged": ("merged", "all"), "alone": ("all",)}


def given_on(
    connection: sa.Connection,
    found: Iterable[UnifiedRecord],
    settings: ExportSettings,
    *,
    form: Form = "merged",
    own: str = "",
) -> dict[str, Given]:
    """The records that may go on, by id; those that may not are absent.

    own   the institution that they are given back to, for whose own records nobody needs to be asked
    """
    everyone = feeds.everyone(connection)
    giving = {feed.key: feed for feed in everyone if feed.gives in _ENOUGH[form] or feed.institution == own}
    narrowed = [shown for unified in found if (shown := reexposed(unified, _of_feeds(unified, giving))) is not None]
    members = [member for shown in narrowed for member in shown.members]
    origins = origins_of(connection, members, giving, settings)
    refused = {record for record, origin in origins.items() if origin.is_refused}
    given = {}
    for shown in narrowed:
        left = reexposed(shown, _members(shown) - refused)
        if left is not None:
            told = [origins[each.record] for each in left.members if each.record in origins]
            given[left.id] = Given(record=left, about=abouts(told))
    return given


def _of_feeds(unified: UnifiedRecord, giving: Iterable[str]) -> set[str]:
    keys = set(giving)
    return {member.record for member in unified.members if member.feed in keys}


def _members(shown: UnifiedRecord) -> set[str]:
    return {member.record for member in shown.members}
