"""What the federation refuses or cannot do."""

from __future__ import annotations

from mappings.errors import ExchangeError


class FederationError(ExchangeError):
    """Anything that storage, pipeline, linkage, access or ledger refuse."""


class RecordChanged(FederationError):
    """A row is no longer what the caller read: somebody changed it in between.

    object   which row, as the ledger names it
    """

    def __init__(self, object: str, message: str = "") -> None:
        super().__init__(message or f"{object} was changed by somebody else in the meantime")
        self.object = object


class RequestRefused(FederationError):
    """An act that the rules of the exchange do not allow.

    reason   snake_case, such as `name_taken`, `no_such_feed`
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{message} [{reason}]")
        self.reason = reason


class LedgerBroken(FederationError):
    """The ledger does not derive from its entries.

    entry   index of the first entry at fault
    """

    def __init__(self, entry: int, message: str) -> None:
        super().__init__(f"ledger entry {entry}: {message}")
        self.entry = entry


class LeaseLost(FederationError):
    """The job in hand was given to another owner: nothing of this attempt may be kept."""

    def __init__(self, job: int, fence: int) -> None:
        super().__init__(f"job {job} is no longer held with fence {fence}")
        self.job, self.fence = job, fence


class StepOverdue(FederationError):
    """A step was told to end where it stood: it took longer than it may."""


class FeedTooSlow(FederationError):
    """A batch was given up over a feed too many of whose records were too slow: the next takes fewer of them."""

    def __init__(self, feed: str) -> None:
        super().__init__(f"too many records of the feed {feed} came to no end")
        self.feed = feed


class TrialTooSlow(FederationError):
    """A dry run was ended early: too many records came to no end, and the others were not tried."""

    def __init__(self, slow: int, first: str, rule: str, tried: int, records: int) -> None:
        where = f", in the rule {rule}" if rule else ""
        super().__init__(
            f"{slow} records came to no end (the first: {first}{where}); "
            f"{tried} of {records} records were tried, {records - tried} were not"
        )
        self.slow, self.tried, self.records = slow, tried, records


class RuleTooSlow(FederationError):
    """A record was ended in its midst: its unit took more CPU time than it may."""

    def __init__(self, seconds: float, rule: str = "") -> None:
        super().__init__(f"no end after {seconds:g} s of CPU time")
        self.rule = rule


class WorkerLost(FederationError):
    """The worker process that was asked for something is gone, and with it whatever it had not committed.

    hung_seconds   after so long without an end it was killed; None where it died by itself
    """

    def __init__(self, hung_seconds: float | None = None) -> None:
        hung = f"the worker process was killed, as there was no end after {hung_seconds:g} s" if hung_seconds else ""
        super().__init__(hung or "the worker process died")
        self.hung_seconds = hung_seconds


class StorageFull(FederationError):
    """A folder or a disk takes nothing more: it is full, can only be read, or fails; the message names both."""


class SchemaMismatch(FederationError):
    """The database has a schema that this version of the software does not serve.

    found, expected   revisions
    """

    def __init__(self, found: str, expected: str, message: str) -> None:
        super().__init__(f"{message} (found {found or 'no schema'}, this version serves {expected})")
        self.found, self.expected = found, expected


class StoreRefused(FederationError):
    """A database that would lose what it acknowledged, or cannot be opened.

    reason   `network_file_system`, `not_durable`, `not_a_store`, `no_such_store`
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{message} [{reason}]")
        self.reason = reason


class FolderHeld(FederationError):
    """Another process runs the exchange on this folder.

    holder   what that process wrote of itself; empty where it wrote nothing
    """

    def __init__(self, folder: str, holder: str) -> None:
        super().__init__(f"{folder} is in use by another exchange process" + (f" ({holder})" if holder else ""))
        self.folder, self.holder = folder, holder


class RulesetInvalid(FederationError):
    """Linkage rules that cannot be used."""


class JudgementRefused(FederationError):
    """A judgement that contradicts another or names what is not there."""
