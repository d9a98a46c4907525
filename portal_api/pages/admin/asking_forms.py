"""The fields that say how a feed is asked, of the form that adds one and of the one that changes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from federation.errors import RequestRefused
from federation.pipeline.feed_settings import Wanted, settings_of
from federation.storage.feeds import StoredFeed
from harvester.schedule import DAY, HOUR
from portal_api.errors import ParameterFault
from portal_api.http.marking import N_
from portal_api.pages.admin.showing import whole_number
from portal_api.reader import Reader

_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
#: times between two harvests that a form offers, in seconds
OFFERED_TIMES = (HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY)
#: the fields, and what they are called
ASKED = {
    "every": N_("How often it is harvested"),
    "interval": N_("Seconds between two requests"),
    "exclude": N_("Sets that are left out"),
    "quiet_hours": N_("Quiet hours"),
    "look_back": N_("Days that each harvest looks back"),
    "ports": N_("Further ports"),
    "page_mebibytes": N_("MiB of the largest page"),
    "pages": N_("Pages of one harvest at most"),
    "records": N_("Records of one harvest at most"),
}


class AskingForm(msgspec.Struct, frozen=True, kw_only=True):
    """These fields as they were typed."""

    #: seconds between two harvests, of a list to choose from
    every: str = ""
    interval: str = ""
    #: one or several setSpecs, parted by spaces
    exclude: str = ""
    quiet_hours: str = ""
    look_back: str = ""
    ports: str = ""
    page_mebibytes: str = ""
    pages: str = ""
    records: str = ""


def asked_by(form: AskingForm, names: Sequence[str] = tuple(ASKED)) -> Wanted:
    """The settings that the fields of these names ask for; the others stay as they are.

    raises  RequestRefused where no number stands in the place of one
    """
    numbers = ("every", "look_back", "page_mebibytes", "pages", "records")
    found = {name: _number(name, getattr(form, name)) for name in numbers if name in names}
    return Wanted(
        exclude=tuple(form.exclude.split()) if "exclude" in names else None,
        quiet_hours=form.quiet_hours if "quiet_hours" in names else None,
        look_back_days=found.get("look_back"),
        ports=tuple(_number("ports", each) for each in form.ports.split()) if "ports" in names else None,
        page_mebibytes=found.get("page_mebibytes"),
        pages=found.get("pages"),
        records=found.get("records"),
        every_seconds=found.get("every"),
        interval_seconds=_seconds(form.interval) if "interval" in names else None,
    )


def times_offered(feed: StoredFeed | None) -> tuple[int, ...]:
    """Times between two harvests to choose from, the feed's own among them."""
    own = (feed.every_seconds,) if feed is not None else ()
    return tuple(sorted({*OFFERED_TIMES, *own}))


def may_set_ports(reader: Reader, networks: Sequence[str]) -> bool:
    """Whether the reader may say which ports a feed is read from.

    In a private network each further port is a door of it: only who administers the whole exchange opens one.
    """
    return not networks or reader.has("exchange_admin")


def faults_of_asking(feed: StoredFeed, form: AskingForm, names: Sequence[str]) -> Iterator[ParameterFault]:
    """What is wrong in the fields of these names for such a feed, each field on its own."""
    for name in names:
        try:
            settings_of(feed, asked_by(form, (name,)))
        except RequestRefused as refused:
            yield fault_of_asking(refused)


def fault_of_asking(refused: RequestRefused) -> ParameterFault:
    """The field that settings are refused for: each reason is called after it."""
    field = refused.reason.removesuffix("_invalid").removesuffix("_in_network")
    code = refused.reason.replace("_", "-")
    return ParameterFault(parameter=field, code=code, detail=str(refused))


def _seconds(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise RequestRefused("interval_invalid", f"interval: expected seconds such as 0.5, found {text[:20]!r}")
    return float(text)


def _number(name: str, text: str) -> int:
    found = whole_number(text)
    if found is None:
        raise RequestRefused(f"{name}_invalid", f"{name}: expected a number, found {text[:20]!r}")
    return found
