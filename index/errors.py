"""Errors of searching: a query that cannot be read, an engine that is away, a document it will not take."""

from __future__ import annotations

from mappings.errors import ExchangeError


class SearchError(ExchangeError):
    """Anything that keeps a search from being answered."""


class QueryInvalid(SearchError):
    """A query that strict reading refuses.

    position   code points from the start of what was typed
    expected   what would have been right there, in words
    found      what stands there; empty at the end
    length     code points that are at fault; 0 where that is not known
    code       of the fault, as notices have it (`index.query.faults.Code`), `too_dear` or `bound_unread`; empty where
               it has none
    """

    #: of the request, in which it stands
    parameter = "q"

    def __init__(self, position: int, expected: str, found: str, *, length: int = 0, code: str = "") -> None:
        self.position, self.expected, self.found = position, expected, found
        self.length, self.code = length, code
        super().__init__(f"expected {expected} at character {position}, found {found or 'the end'}")


class CursorInvalid(SearchError):
    """A cursor that goes on with no search here: altered, of another search or reader, or too old."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"expected a cursor that this search gave, found one that cannot go on: {reason}")


class TooManyHits(SearchError):
    """A list of hits that is longer than its reader may take; none of it is given."""

    def __init__(self, found: int, most: int) -> None:
        self.found, self.most = found, most
        super().__init__(f"expected at most {most:,} hits in a list, found {found:,}; narrow the search")


class BackendUnavailable(SearchError):
    """The engine cannot answer now: no generation yet, or a fault inside it."""

    def __init__(self, reason: str, retry_after_seconds: int = 5) -> None:
        self.reason, self.retry_after_seconds = reason, retry_after_seconds
        super().__init__(f"{reason}; try again in {retry_after_seconds} s")


class NoGeneration(BackendUnavailable):
    """There is no index yet: the first one is being made.

    reached   the last cluster that it has read, in the order of their ids; empty before the first, None behind the last
    """

    def __init__(self, reached: str | None = "") -> None:
        self.reached = reached
        super().__init__("the search index is being made")


class GenerationUnsound(SearchError):
    """A new index that is not what its source gives; the present one goes on answering."""

    def __init__(self, difference: str) -> None:
        super().__init__(f"the new search index is not taken into use: {difference}")


class GenerationRefused(SearchError):
    """A generation of the index that cannot be made live, or not be dropped."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"generation {name}: {reason}")


class DocumentRejected(SearchError):
    """One document that the engine will not take; the batch goes on without it."""

    def __init__(self, doc_id: str, reason: str) -> None:
        self.doc_id, self.reason = doc_id, reason
        #: of the cluster that the document shows
        self.cluster_id = doc_id.partition(":")[0]
        super().__init__(f"{doc_id}: {reason}")


class CqlInvalid(QueryInvalid):
    """CQL that cannot be read or is not supported.

    diagnostic   number in SRU's list (info:srw/diagnostic/1)
    details      what SRU hands over with it
    """

    parameter = "cql"

    def __init__(self, position: int, expected: str, found: str, *, diagnostic: int, details: str) -> None:
        super().__init__(position, expected, found)
        self.diagnostic, self.details = diagnostic, details


class TreeInvalid(QueryInvalid):
    """A query tree in JSON that cannot be read.

    pointer   to the member at fault (RFC 6901); empty for the whole
    """

    parameter = "tree"

    def __init__(self, pointer: str, position: int, expected: str, found: str) -> None:
        super().__init__(position, expected, found)
        self.pointer = pointer
        self.args = (f"expected {expected} at {pointer or 'the tree'} (character {position}), found {found}",)


class BoundInvalid(QueryInvalid):
    """A date beside the query that cannot be read.

    parameter   `from` or `to`
    """

    def __init__(self, parameter: str, found: str) -> None:
        self.parameter = parameter
        super().__init__(0, "a year, EDTF date or period", found, length=len(found), code="bound_unread")
