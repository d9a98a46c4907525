"""What each door of `/api/v1` is asked with and answers, by its handler; `http.openapi` tells it to programs."""

from __future__ import annotations

from typing import Any, get_args

from federation.pipeline.feed_coverage import FeedCoverage
from federation.pipeline.finding_raw import RawHits
from federation.pipeline.lookup_tables import Miss
from federation.storage.lookup_tables import LookupTable
from federation.storage.outcomes import IssueCount
from mappings.serialisations.with_origins import Thing
from portal_api.api import (
    administration,
    bases,
    catalogue,
    coverage,
    crosswalks,
    described,
    exports,
    finding,
    finding_raw,
    hierarchies,
    keys,
    posted_search,
    profiles,
    queries,
    saved,
    tables,
    trials,
    uploads,
)
from portal_api.exchange import Health, InstitutionLine
from portal_api.http.doors import Handler
from portal_api.http.openapi import Contract
from portal_api.pages.admin.comparing import DiffParameters, ExplainParameters
from portal_api.pages.admin.finding import FindParameters
from portal_api.views.bases import BaseLine, BaseView
from portal_api.views.crosswalks import ComparedVersions, CrosswalkLine
from portal_api.views.explained import ExplainedView
from portal_api.views.exports import ExportView
from portal_api.views.feeds import FeedsView, FeedView
from portal_api.views.filters import API_FACETS
from portal_api.views.jobs import JobsParameters, JobsView
from portal_api.views.profile import ProfileLine
from portal_api.views.runs import RunPlace, RunView
from portal_api.views.saved import SavedView
from portal_api.views.search import ApiSearchParameters
from portal_api.views.tables import TableLine
from portal_api.views.trials import TriedView
from portal_api.views.uploads import FilesView, UploadState

#: a thing's former name leads to its present one, and tells of a thing that was withdrawn
_MOVES = (301, 410)
_GONE = (410,)
_ONCE = ("Idempotency-Key",)
_TEXT, _FILE = ("text/plain",), ("*/*",)
_OpenSearch = tuple[str, list[str]]

CONTRACTS: dict[Handler, Contract] = {
    described.openapi: Contract(answer=dict[str, Any]),
    catalogue.health: Contract(answer=Health),
    catalogue.search: Contract(asked=ApiSearchParameters, answer=catalogue.FoundPage),
    posted_search.search: Contract(body=posted_search.SearchBody, answer=posted_search.FoundChanges),
    finding.facet_values: Contract(
        asked=finding.FacetParameters, answer=finding.FacetValues, choices={"field": API_FACETS}
    ),
    finding.suggest: Contract(asked=finding.SuggestParameters, answer=finding.Suggestions | _OpenSearch),
    queries.parsed: Contract(asked=queries.QueryParameters, answer=queries.ParsedQuery),
    exports.listed: Contract(answer=exports.Exports),
    exports.add: Contract(body=exports.NewExport, answer=ExportView, status=202, headers=_ONCE),
    exports.one: Contract(answer=ExportView),
    exports.remove: Contract(status=204),
    exports.part: Contract(media="*/*"),
    catalogue.institutions: Contract(answer=list[InstitutionLine]),
    trials.trials: Contract(asked=trials.TrialParameters, body=trials.AskedAddress, bodies=_FILE, answer=TriedView),
    catalogue.cluster: Contract(answer=Thing, also=_MOVES),
    catalogue.members: Contract(answer=catalogue.Members, also=_MOVES),
    catalogue.why: Contract(answer=catalogue.Bonds, also=_MOVES),
    finding.similar: Contract(answer=finding.SimilarThings, also=_MOVES),
    catalogue.record: Contract(answer=Thing, also=_GONE),
    hierarchies.children: Contract(asked=hierarchies.ChildrenParameters, answer=hierarchies.Children, also=_GONE),
    hierarchies.ancestors: Contract(answer=hierarchies.Ancestors, also=_GONE),
    catalogue.raw: Contract(media="application/octet-stream"),
    catalogue.trace: Contract(answer=catalogue.Traced),
    keys.listed: Contract(answer=keys.Keys),
    keys.add: Contract(body=keys.NewKey, answer=keys.MadeKey, status=201),
    keys.remove: Contract(status=204),
    saved.searches: Contract(answer=saved.SavedSearches),
    saved.add: Contract(body=saved.NewSearch, answer=SavedView, status=201, headers=_ONCE),
    saved.search: Contract(answer=saved.SavedFound),
    saved.remove: Contract(status=204),
    saved.seen: Contract(status=204),
    administration.feeds: Contract(answer=FeedsView),
    administration.feed: Contract(answer=FeedView),
    profiles.profile: Contract(answer=list[ProfileLine]),
    profiles.pinned: Contract(body=profiles.PinsBody, answer=list[ProfileLine]),
    administration.run: Contract(asked=RunPlace, answer=RunView),
    administration.numbered_run: Contract(asked=RunPlace, answer=RunView),
    administration.jobs: Contract(asked=JobsParameters, answer=JobsView),
    administration.issues: Contract(asked=administration.IssuesParameters, answer=list[IssueCount]),
    uploads.listed: Contract(answer=FilesView),
    uploads.bring: Contract(asked=uploads.BringParameters, bodies=_FILE, answer=UploadState, status=202, headers=_ONCE),
    uploads.one: Contract(answer=UploadState),
    uploads.decided: Contract(asked=uploads.DecideParameters, answer=UploadState, headers=_ONCE),
    crosswalks.listed: Contract(answer=list[CrosswalkLine]),
    crosswalks.of_feed: Contract(answer=crosswalks.Versions),
    crosswalks.begin: Contract(body=crosswalks.BeginBody, answer=crosswalks.VersionFound, headers=_ONCE),
    crosswalks.version: Contract(answer=crosswalks.VersionFound),
    crosswalks.save: Contract(
        asked=crosswalks.SaveParameters, bodies=_TEXT, answer=crosswalks.VersionFound, headers=("If-Match",)
    ),
    crosswalks.diff: Contract(asked=DiffParameters, answer=ComparedVersions),
    crosswalks.check: Contract(bodies=_TEXT, answer=crosswalks.VersionFound),
    crosswalks.preview: Contract(bodies=_TEXT, answer=crosswalks.VersionFound),
    crosswalks.pin: Contract(body=crosswalks.PinBody, answer=crosswalks.VersionFound),
    crosswalks.acted: Contract(body=crosswalks.ActBody, answer=crosswalks.VersionFound, headers=_ONCE),
    bases.listed: Contract(answer=list[BaseLine]),
    bases.one: Contract(answer=BaseView),
    bases.acted: Contract(body=bases.RiseBody, answer=bases.Acted, headers=_ONCE),
    finding_raw.find: Contract(asked=FindParameters, answer=RawHits),
    tables.tables: Contract(answer=list[TableLine]),
    tables.table: Contract(asked=tables.TableParameters, answer=LookupTable),
    tables.put: Contract(asked=tables.WriteParameters, bodies=_FILE, answer=LookupTable, headers=("If-Match",)),
    tables.file: Contract(media="*/*"),
    tables.misses: Contract(answer=list[Miss]),
    tables.add: Contract(body=tables.AddBody, answer=tables.Added, headers=_ONCE),
    coverage.coverage: Contract(answer=FeedCoverage),
    coverage.explain: Contract(asked=ExplainParameters, answer=ExplainedView),
    coverage.listed: Contract(media="text/csv", choices={"list": get_args(coverage.Listing)}),
}
