"""The one table from errors to what a door says: HTTP status, exit code, code and words (RFC 9457).

An error is looked up by its class, then by the classes above it; so a new error without a row of its own is told as its
parent is. No error knows its status.
"""

from __future__ import annotations

import msgspec

from federation.errors import (
    FederationError,
    FolderHeld,
    JudgementRefused,
    LeaseLost,
    LedgerBroken,
    RecordChanged,
    RequestRefused,
    SchemaMismatch,
    StorageFull,
    StoreRefused,
)
from index.errors import (
    BackendUnavailable,
    CursorInvalid,
    GenerationRefused,
    NoGeneration,
    QueryInvalid,
    TooManyHits,
    TreeInvalid,
)
from mappings.errors import CrosswalkInvalid, DocumentRefused, ExchangeError
from portal_api import errors as portal
from portal_api.http.marking import N_

#: exit codes of the command line
OK, FAULT, USAGE, BACKEND, SPACE, RETRY, SETTINGS = 0, 1, 2, 69, 73, 75, 78


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of error is told."""

    code: str
    status: int
    exit_code: int
    title: str
    #: what a reader can do next
    next: str = ""


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault of several."""

    code: str
    detail: str
    parameter: str | None = None
    #: into a tree in JSON (RFC 6901); of a crosswalk's fault its file and line
    pointer: str | None = None
    #: code points from the start of the value
    position: int | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str = ""
    #: the request's id
    instance: str = ""
    errors: tuple[ErrorDetail, ...] = ()
    retry_after_seconds: int | None = None


_BACK = N_("Go back and change what the message names.")
_LATER = N_("Try again in a moment.")

_FAULT = Row(
    code="fault",
    status=500,
    exit_code=FAULT,
    title=N_("Something went wrong here"),
    next=N_("It is noted with the number below. Nothing of yours was lost; try again."),
)

_NOT_FOUND = Row(
    code="not-found",
    status=404,
    exit_code=FAULT,
    title=N_("Nothing is known under this address"),
    next=N_("Check the address, or search for what you are looking for."),
)

TABLE: dict[type[BaseException], Row] = {
    ExchangeError: _FAULT,
    CrosswalkInvalid: Row(
        code="crosswalk-invalid", status=422, exit_code=FAULT, title=N_("The crosswalk has faults"), next=_BACK
    ),
    DocumentRefused: Row(
        code="body-invalid", status=422, exit_code=FAULT, title=N_("The document cannot be read"), next=_BACK
    ),
    QueryInvalid: Row(
        code="query-invalid", status=400, exit_code=USAGE, title=N_("The query cannot be read"), next=_BACK
    ),
    CursorInvalid: Row(
        code="cursor-invalid",
        status=400,
        exit_code=USAGE,
        title=N_("This list cannot be gone on with"),
        next=N_("Start the search anew: a place in a list is kept for one search and one reader, for 24 hours."),
    ),
    BackendUnavailable: Row(
        code="search-unavailable",
        status=503,
        exit_code=BACKEND,
        title=N_("Search is resting"),
        next=N_("Record and institution pages answer meanwhile. Try the search again in a moment."),
    ),
    TooManyHits: Row(
        code="export-too-large",
        status=422,
        exit_code=FAULT,
        title=N_("The list would be too long"),
        next=N_("Narrow the search. Longer lists are given to readers who have signed in."),
    ),
    GenerationRefused: Row(
        code="state-passed", status=409, exit_code=FAULT, title=N_("This can no longer be done"), next=_BACK
    ),
    NoGeneration: Row(
        code="setting-up", status=503, exit_code=BACKEND, title=N_("The exchange is being set up"), next=_LATER
    ),
    FederationError: _FAULT,
    RecordChanged: Row(
        code="changed-meanwhile",
        status=412,
        exit_code=RETRY,
        title=N_("Somebody changed this in the meantime"),
        next=N_("Load the page again and look at what changed."),
    ),
    RequestRefused: Row(
        code="request-refused", status=409, exit_code=FAULT, title=N_("The rules do not allow this"), next=_BACK
    ),
    JudgementRefused: Row(
        code="request-refused", status=409, exit_code=FAULT, title=N_("The rules do not allow this"), next=_BACK
    ),
    LedgerBroken: Row(
        code="ledger-broken", status=500, exit_code=FAULT, title=N_("The ledger does not agree with its entries")
    ),
    LeaseLost: Row(code="busy", status=503, exit_code=RETRY, title=N_("The exchange is busy"), next=_LATER),
    FolderHeld: Row(code="busy", status=503, exit_code=RETRY, title=N_("The exchange is busy"), next=_LATER),
    StorageFull: Row(code="busy", status=503, exit_code=SPACE, title=N_("There is no room left to store this")),
    SchemaMismatch: Row(code="fault", status=500, exit_code=SETTINGS, title=N_("The store has another version")),
    StoreRefused: Row(code="fault", status=500, exit_code=SETTINGS, title=N_("The store cannot be used")),
    portal.SettingsInvalid: Row(code="fault", status=500, exit_code=SETTINGS, title=N_("A setting cannot be used")),
    portal.NoExchange: Row(
        code="fault", status=500, exit_code=SETTINGS, title=N_("There is no exchange in this folder")
    ),
    portal.DependencyTooOld: Row(code="fault", status=500, exit_code=SETTINGS, title=N_("A library is too old")),
    portal.ParametersInvalid: Row(
        code="parameter-invalid",
        status=400,
        exit_code=USAGE,
        title=N_("A parameter cannot be used"),
        next=_BACK,
    ),
    portal.BodyInvalid: Row(
        code="body-invalid", status=422, exit_code=USAGE, title=N_("The form is not complete"), next=_BACK
    ),
    portal.TrialFailed: Row(
        code="body-invalid", status=422, exit_code=FAULT, title=N_("The document cannot be read"), next=_BACK
    ),
    portal.TooLarge: Row(code="too-large", status=413, exit_code=USAGE, title=N_("This is too large"), next=_BACK),
    portal.NotSignedIn: Row(
        code="sign-in-needed",
        status=401,
        exit_code=FAULT,
        title=N_("Please sign in"),
        next=N_("This address is for people with an account here."),
    ),
    portal.NotAllowed: Row(
        code="not-allowed",
        status=403,
        exit_code=FAULT,
        title=N_("Your role does not open this"),
        next=N_("Ask an administrator of your institution for the role that the message names."),
    ),
    portal.KeyInvalid: Row(
        code="key-invalid",
        status=401,
        exit_code=FAULT,
        title=N_("This key opens nothing"),
        next=N_("Make a key at your account, and send the whole of it."),
    ),
    portal.KeyAndCookie: Row(
        code="key-and-cookie",
        status=400,
        exit_code=USAGE,
        title=N_("A key and a session came together"),
        next=N_("Send the key without cookies, or sign in without a key."),
    ),
    portal.ScopeMissing: Row(
        code="not-allowed",
        status=403,
        exit_code=FAULT,
        title=N_("The key is not for this"),
        next=N_("Make a key with the scope that the message names."),
    ),
    portal.PersonNeeded: Row(
        code="not-allowed",
        status=403,
        exit_code=FAULT,
        title=N_("No key opens this address"),
        next=N_("Open it in a browser, without a key."),
    ),
    portal.PointsSpent: Row(
        code="slow-down",
        status=429,
        exit_code=RETRY,
        title=N_("The key has spent its points"),
        next=N_("It has new ones at midnight (UTC)."),
    ),
    portal.FormExpired: Row(
        code="form-expired",
        status=403,
        exit_code=FAULT,
        title=N_("The form has expired"),
        next=N_("Load the page again and send the form once more."),
    ),
    portal.PlacesTaken: Row(code="busy", status=503, exit_code=RETRY, title=N_("The exchange is busy"), next=_LATER),
    portal.OverBudget: Row(code="slow-down", status=429, exit_code=RETRY, title=N_("Too many requests"), next=_LATER),
    portal.TrialsSpent: Row(code="slow-down", status=429, exit_code=RETRY, title=N_("Too many trials")),
    portal.FormatUnavailable: Row(
        code="format-unavailable", status=406, exit_code=USAGE, title=N_("There is no such format here"), next=_BACK
    ),
    portal.PreconditionMissing: Row(
        code="condition-required", status=428, exit_code=USAGE, title=N_("Say which state you are changing")
    ),
    portal.NotFound: _NOT_FOUND,
    portal.NoneOfThese: _NOT_FOUND,
    portal.WrongMethod: Row(
        code="method-not-allowed",
        status=405,
        exit_code=FAULT,
        title=N_("This address is not asked in this way"),
        next=N_("It belongs to a button of a page. Go back, load the page again and press the button there."),
    ),
    portal.Withdrawn: Row(
        code="withdrawn",
        status=410,
        exit_code=FAULT,
        title=N_("This description was withdrawn"),
        next=N_("The holding institution can say more."),
    ),
    portal.StatePassed: Row(
        code="state-passed",
        status=409,
        exit_code=FAULT,
        title=N_("This can no longer be done"),
        next=N_("Load the page again to see the present state."),
    ),
    portal.BodyDiffers: Row(
        code="body-differs",
        status=422,
        exit_code=USAGE,
        title=N_("This key belongs to another request"),
        next=N_("Send a new key with each new request, and the same key only with the same request."),
    ),
    portal.AlreadyRunning: Row(
        code="already-running",
        status=409,
        exit_code=RETRY,
        title=N_("The same request is still under way"),
        next=N_("Send it again in a moment for its answer."),
    ),
    portal.SettingUp: Row(
        code="setting-up", status=503, exit_code=RETRY, title=N_("The exchange is being set up"), next=_LATER
    ),
}


def row_of(error: BaseException) -> Row:
    """The row of `error`'s class, or of the nearest class above it."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), _FAULT)


def exit_code(error: BaseException) -> int:
    """The exit code with which a command ends that met `error`."""
    return row_of(error).exit_code


def problem_of(error: BaseException, *, request_id: str = "") -> Problem:
    """`error` as problem details; what is not the house's own error tells nothing of itself."""
    row = row_of(error)
    return Problem(
        type=f"/about/problems#{_code(error, row)}",
        title=row.title,
        status=row.status,
        detail=str(error) if isinstance(error, ExchangeError) and row.status != 500 else "",
        instance=request_id,
        errors=_details(error),
        retry_after_seconds=_patience(error),
    )


def _code(error: BaseException, row: Row) -> str:
    if isinstance(error, portal.ParametersInvalid) and error.faults:
        return error.faults[0].code
    return row.code


def _patience(error: BaseException) -> int | None:
    seconds = getattr(error, "retry_after_seconds", None)
    return max(1, int(seconds)) if seconds is not None else None


def _details(error: BaseException) -> tuple[ErrorDetail, ...]:
    match error:
        case portal.ParametersInvalid(faults=faults) | portal.BodyInvalid(faults=faults):
            return tuple(ErrorDetail(code=f.code, detail=f.detail, parameter=f.parameter) for f in faults)
        case QueryInvalid(parameter=parameter, position=position):
            pointer = error.pointer if isinstance(error, TreeInvalid) else None
            detail = str(error)
            return (
                ErrorDetail(
                    code="query-invalid", detail=detail, parameter=parameter, pointer=pointer, position=position
                ),
            )
        case CrosswalkInvalid():
            return tuple(
                ErrorDetail(code=fault.code, detail=fault.message, pointer=f"{fault.file}:{fault.line}")
                for fault in error.faults
            )
    return ()
