"""What people do with a feed's crosswalk: write a draft, have it tried, confirm it, put it to work, take it back.

Each act is checked here, whatever door it came through, and is an entry in the ledger; one that the rules do not allow
is `RequestRefused`. Going live moves the feed on and has its records mapped again (`federation.pipeline.remapping`).
"""

from __future__ import annotations

import msgspec

from federation.errors import RecordChanged, RequestRefused
from federation.ledger.entry import OPERATOR, Act
from federation.pipeline.crosswalk_texts import based_text, name_in, numbered, raised_text, rule_written
from federation.pipeline.crosswalks import crosswalk_of, warnings_of
from federation.pipeline.dry_run_report import VALID, DryRun, live_sha256, report_of
from federation.pipeline.identity import same_identity
from federation.settings import Approval
from federation.storage import accounts, crosswalks, feeds
from federation.storage.crosswalks import State, Version
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction

#: states from which a version may go live after its dry run
_READY: tuple[State, ...] = ("tried", "confirmed")
#: who may sign what no gate stops
_SIGNERS = ("harvest_admin", "institution_admin")
_TRIABLE: tuple[State, ...] = ("draft", "tried", "awaiting", "confirmed", "retired")
LONGEST_NOTE = 2_000


def begin(tx: Transaction, feed: StoredFeed, author: str) -> Version:
    """A new draft that says what is live now: a copy of an own crosswalk, or one that builds on the feed's base."""
    first = _first_version(tx, feed)
    text = feed.crosswalk_text or based_text(feed, first)
    return _add(tx, feed, text, author)


def raised(tx: Transaction, feed: StoredFeed, base: str, author: str) -> Version:
    """A new draft that differs from what is live by the pin of its base alone; `base` is pinned (`base/oai_dc@2`)."""
    _first_version(tx, feed)
    number, text = _next_number(tx, feed), raised_text(feed.crosswalk_text, base)
    name = feed.crosswalk if text else base
    label = f"{name}@{number}" if text else base
    text = numbered(text, number)
    return _added(tx, feed, number, name=name, label=label, text=text, author=author, raised_to=base)


def with_rule(tx: Transaction, feed: StoredFeed, path: str, author: str) -> Version:
    """The latest draft, or a new one, with one more rule that reads `path`; raises RequestRefused."""
    drafts = (version for version in crosswalks.of_feed(tx.connection, feed.key) if version.state == "draft")
    draft = next(drafts, None) or begin(tx, feed, author)
    return save(tx, feed, draft.number, rule_written(draft.text, path), author, seen=draft.sha256, message="")


def save(tx: Transaction, feed: StoredFeed, number: int, text: str, author: str, *, seen: str, message: str) -> Version:
    """Writes the text of a draft; of a version that is past being a draft, a new draft with this text.

    seen     SHA-256 of the version that the author read
    message  what changes and why, of which `LONGEST_NOTE` characters are kept
    raises   RecordChanged where somebody else wrote it meanwhile; RequestRefused
    """
    version, message = crosswalks.found(tx.connection, feed.key, number), message.strip()[:LONGEST_NOTE]
    if version.sha256 != seen:
        raise RecordChanged(f"crosswalk_version:{feed.key}/{number}")
    if version.state != "draft":
        return _add(tx, feed, text, author, message)
    text = numbered(text, number)
    wanted = msgspec.structs.replace(
        version,
        text=text,
        name=name_in(text, feed),
        label=f"{name_in(text, feed)}@{number}",
        authors=tuple(dict.fromkeys((*version.authors, author))),
        message=message or version.message,
    )
    return version if wanted == version else crosswalks.change(tx, "crosswalk.saved", wanted, was=version)


def ask_for_trial(tx: Transaction, feed: StoredFeed, number: int) -> Version:
    """Has a version tried on every stored record; from here on its text stays.

    raises  CrosswalkInvalid with every fault; RequestRefused
    """
    version = _standing(tx, feed, number, _TRIABLE)
    warnings_of(tx.connection, version)
    wanted = msgspec.structs.replace(
        version, state="trying", trial_sha256="", trial_error="", confirmed_by="", confirmation=""
    )
    return crosswalks.change(tx, "crosswalk.tried", wanted, was=version)


def confirm(tx: Transaction, feed: StoredFeed, number: int, account: str, note: str) -> Version:
    """A second person, by name, lets a version pass the gates that stopped it.

    raises  RequestRefused: `own_work`, `author_unnamed`, `role_missing`, `note_missing`, `dry_run_stale`,
            `state_passed`
    """
    version = _standing(tx, feed, number, ("awaiting",))
    report = _fresh_report(tx, feed, version)
    _may_sign(version, account)
    for role in dict.fromkeys(gate.role for gate in report.stops):
        _holds_one(tx, feed, account, (role,))
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise RequestRefused("note_missing", f"say in 1 to {LONGEST_NOTE} characters why this may be")
    wanted = msgspec.structs.replace(version, state="confirmed", confirmed_by=account, confirmation=note.strip())
    return crosswalks.change(tx, "crosswalk.confirmed", wanted, was=version)


def approve(
    tx: Transaction, feed: StoredFeed, number: int, account: str, note: str = "", *, approval: Approval = "gates"
) -> Version:
    """Signs a version by name, so that it may go live: what a gate stopped is confirmed, what none stopped is approved.

    approval  with `self` the author may sign what no gate stops, which the ledger tells apart
    raises    RequestRefused: `own_work`, `author_unnamed`, `role_missing`, `note_missing`, `dry_run_stale`,
              `state_passed`
    """
    version = _standing(tx, feed, number, ("awaiting", "tried"))
    if version.state == "awaiting":
        return confirm(tx, feed, number, account, note)
    _fresh_report(tx, feed, version)
    alone = account in version.authors
    if not (alone and approval == "self"):
        _may_sign(version, account)
    _holds_one(tx, feed, account, _SIGNERS)
    note = note.strip()[:LONGEST_NOTE]
    wanted = msgspec.structs.replace(version, state="confirmed", confirmed_by=account, confirmation=note)
    return crosswalks.change(tx, "crosswalk.approved_alone" if alone else "crosswalk.approved", wanted, was=version)


def _may_sign(version: Version, account: str) -> None:
    if account in version.authors:
        raise RequestRefused("own_work", "whoever wrote a version cannot confirm it")
    if OPERATOR in version.authors:
        raise RequestRefused("author_unnamed", "nobody is named as the author: save it again by name")


def _holds_one(tx: Transaction, feed: StoredFeed, account: str, wanted: tuple[str, ...]) -> None:
    person = accounts.get(tx.connection, account)
    roles = accounts.grants_of(tx.connection, account, tx.now) if person and person.state == "active" else ()
    here = (accounts.EVERYWHERE, feed.institution)
    if not any(grant.role in wanted and grant.institution in here for grant in roles):
        raise RequestRefused("role_missing", f"the role {' or '.join(wanted)} in {feed.institution} is needed")


def _is_signed(version: Version, approval: Approval) -> None:
    if version.state == "tried" and approval != "gates":
        raise RequestRefused("not_approved", "here every version is signed by name before it goes live: approve it")


def try_in_sets(
    tx: Transaction, feed: StoredFeed, number: int, sets: tuple[str, ...], *, approval: Approval = "gates"
) -> Version:
    """Puts a version to work for some sets of the feed alone.

    approval  who has to have signed it
    raises    RequestRefused
    """
    if not sets:
        raise RequestRefused("sets_missing", "name the sets for which the version is to be live")
    version = _standing(tx, feed, number, _READY)
    _is_signed(version, approval)
    _keeps_ids(tx, feed, version)
    is_guarded = _is_untried(version, _fresh_report(tx, feed, version))
    _end_canary(tx, feed)
    wanted = msgspec.structs.replace(version, state="canary", canary_sets=sets, was_live=True, is_guarded=is_guarded)
    crosswalks.begin_remapping(tx, feed.key)
    return crosswalks.change(tx, "crosswalk.canary", wanted, was=version)


def activate(
    tx: Transaction, feed: StoredFeed, number: int, *, rekeyed: bool = False, approval: Approval = "gates"
) -> Version:
    """Puts a version to work for the whole feed.

    rekeyed   units get new identifiers, and `federation.pipeline.rekeying` keeps the old ones
    approval  who has to have signed it
    raises    RequestRefused: `state_passed`, `not_approved`, `dry_run_stale`, `ids_change`
    """
    version = _standing(tx, feed, number, (*_READY, "canary"))
    _is_signed(version, approval)
    if not rekeyed:
        _keeps_ids(tx, feed, version)
    if version.state == "canary":
        return _go_live(tx, feed, version)
    is_guarded = _is_untried(version, _fresh_report(tx, feed, version))
    return _go_live(tx, feed, msgspec.structs.replace(version, is_guarded=is_guarded), was=version)


def _is_untried(version: Version, report: DryRun) -> bool:
    """Whether a dry run had no record on which own rules could show what they open."""
    return bool(version.text) and report.records == 0


def roll_back(tx: Transaction, feed: StoredFeed, number: int | None = None) -> Version:
    """Back to a version that was live, the latest of them unless `number` says which; a canary alone is ended.

    What it would open stays as it is until somebody confirms that: an old confirmation counts no more.
    raises  RequestRefused: `nothing_to_roll_back`, `state_passed`
    """
    canary = _end_canary(tx, feed) if number is None else None
    if canary is not None:
        crosswalks.begin_remapping(tx, feed.key)
        return canary
    lived = [each for each in crosswalks.of_feed(tx.connection, feed.key) if each.was_live and each.state == "retired"]
    if not lived:
        raise RequestRefused("nothing_to_roll_back", "no other version was live before")
    target = max(lived, key=lambda each: each.changed_at).number if number is None else number
    version = _standing(tx, feed, target, ("retired",))
    if not version.was_live:
        raise RequestRefused("state_passed", "this version was never live")
    _keeps_ids(tx, feed, version)
    return _go_live(tx, feed, msgspec.structs.replace(version, confirmed_by="", confirmation=""), was=version)


def _keeps_ids(tx: Transaction, feed: StoredFeed, version: Version) -> None:
    if not same_identity(tx.connection, feed, version):
        raise RequestRefused("ids_change", "identifiers would change: only a rekey keeps the old ones resolving")


def _go_live(tx: Transaction, feed: StoredFeed, version: Version, *, was: Version | None = None) -> Version:
    _first_version(tx, feed)
    for each in crosswalks.of_feed(tx.connection, feed.key):
        if each.state in ("active", "canary") and each.number != version.number:
            _change(tx, "crosswalk.retired", each, "retired")
    lives_by = {"crosswalk": version.name, "crosswalk_text": version.text, "is_guarded": version.is_guarded}
    feeds.change(tx, msgspec.structs.replace(feed, **lives_by))
    crosswalks.begin_remapping(tx, feed.key)
    wanted = msgspec.structs.replace(version, state="active", was_live=True, canary_sets=())
    return crosswalks.change(tx, "crosswalk.activated", wanted, was=was or version)


def _end_canary(tx: Transaction, feed: StoredFeed) -> Version | None:
    for each in crosswalks.of_feed(tx.connection, feed.key):
        if each.state == "canary":
            return _change(tx, "crosswalk.retired", each, "retired")
    return None


def _change(tx: Transaction, act: Act, version: Version, state: State) -> Version:
    wanted = msgspec.structs.replace(version, state=state, canary_sets=())
    return crosswalks.change(tx, act, wanted, was=version)


def _fresh_report(tx: Transaction, feed: StoredFeed, version: Version) -> DryRun:
    """The dry run that speaks of this text, of what is live now and of the last days."""
    report = report_of(tx.connection, version)
    stale = (
        report is None
        or report.text_sha256 != version.sha256
        or report.against_sha256 != live_sha256(feed)
        or tx.now - report.at > VALID
    )
    if report is None or stale:
        raise RequestRefused("dry_run_stale", "what is live, or the records, changed since the dry run: make it again")
    return report


def _standing(tx: Transaction, feed: StoredFeed, number: int, states: tuple[State, ...]) -> Version:
    if feed.state == "retired":
        raise RequestRefused("feed_retired", f"{feed.name} is retired, which is for good")
    version = crosswalks.found(tx.connection, feed.key, number)
    if version.state not in states:
        raise RequestRefused("state_passed", f"version {number} is {version.state}; expected {' or '.join(states)}")
    return version


def _first_version(tx: Transaction, feed: StoredFeed) -> Version:
    """The version that a feed was added with, put on file beside the first draft."""
    known = crosswalks.of_feed(tx.connection, feed.key)
    if known:
        return known[-1]
    program = crosswalk_of(tx.connection, feed)
    first = Version(
        feed=feed.key,
        number=program.crosswalk.version,
        name=feed.crosswalk,
        text=feed.crosswalk_text,
        label=program.label,
        state="active",
        created_at=tx.now,
        changed_at=tx.now,
        was_live=True,
        is_guarded=feed.is_guarded,
    )
    crosswalks.add(tx, first)
    return first


def _add(tx: Transaction, feed: StoredFeed, text: str, author: str, message: str = "") -> Version:
    number = _next_number(tx, feed)
    text = numbered(text, number)
    name = name_in(text, feed)
    return _added(tx, feed, number, name=name, label=f"{name}@{number}", text=text, author=author, message=message)


def _next_number(tx: Transaction, feed: StoredFeed) -> int:
    return crosswalks.of_feed(tx.connection, feed.key)[0].number + 1


def _added(
    tx: Transaction,
    feed: StoredFeed,
    number: int,
    *,
    name: str,
    label: str,
    text: str,
    author: str,
    message: str = "",
    raised_to: str = "",
) -> Version:
    draft = Version(
        feed=feed.key,
        number=number,
        name=name,
        text=text,
        label=label,
        authors=(author,),
        message=message,
        created_at=tx.now,
        changed_at=tx.now,
        raised_to=raised_to,
    )
    crosswalks.add(tx, draft)
    return draft
