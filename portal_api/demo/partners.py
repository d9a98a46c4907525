"""Who the demonstration partners are: names, feeds, formats and licences.

Feed keys are fixed, so that the same records have the same addresses on every machine.
"""

from __future__ import annotations

from importlib.resources import files

import msgspec

from portal_api.demo.records import DemoRecord, read_records
from portal_api.oai_provider.formats import WRITTEN, Format

PUBLIC_DOMAIN = "http://creativecommons.org/publicdomain/mark/1.0/"
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"
MIT = "https://spdx.org/licenses/MIT"

#: what partners offer
_FORMATS: dict[str, Format] = WRITTEN | {
    "lido": Format(
        prefix="lido",
        schema="http://www.lido-schema.org/schema/v1.0/lido-v1.0.xsd",
        namespace="http://www.lido-schema.org",
    )
}


class DemoPartner(msgspec.Struct, frozen=True, kw_only=True):
    """One partner with its one feed."""

    slug: str
    name: str
    isil: str | None = None
    #: fixed; record ids derive from it
    feed_key: str
    feed_name: str
    metadata_prefix: str = "oai_dc"
    #: a base, or the name of the packaged crosswalk whose text is `crosswalk_text`
    crosswalk: str
    crosswalk_text: str = ""
    #: licence URI of the metadata
    licence: str
    #: file in `data/`, without its endings
    data_file: str
    authority: str
    #: describes nothing twice: poems of one title by one poet are two poems
    duplicate_free: bool = False

    @property
    def format(self) -> Format:
        """The one format that the partner's repository offers."""
        return _FORMATS[self.metadata_prefix]

    def records(self) -> tuple[DemoRecord, ...]:
        """The partner's records, oldest first."""
        packed = files("portal_api.demo").joinpath("data", f"{self.data_file}.jsonl.gz")
        return read_records(packed.read_bytes())


def partners() -> tuple[DemoPartner, ...]:
    """All demonstration partners, in the order of their slugs."""
    return tuple(sorted((_libraries() + _museums() + _archives() + _chinese()), key=lambda partner: partner.slug))


def _libraries() -> tuple[DemoPartner, ...]:
    return (
        _partner("loc", "Library of Congress (sample)", "marc21", "demo/loc", PUBLIC_DOMAIN, isil="US-DLC"),
        _partner("gpo", "U.S. Government Publishing Office (sample)", "marc21", "base/marc21", PUBLIC_DOMAIN),
        _partner("michigan", "University of Michigan Library (HathiTrust sample)", "oai_dc", "base/oai_dc", MIT),
        _partner("california", "University of California Libraries (HathiTrust sample)", "oai_qdc", "base/qdc", MIT),
        _partner("nypl", "New York Public Library (sample)", "oai_qdc", "base/qdc", CC0),
    )


def _museums() -> tuple[DemoPartner, ...]:
    return (
        _partner("tate", "Tate (sample)", "oai_dc", "base/oai_dc", CC0),
        _partner("carnegie", "Carnegie Museum of Art (sample)", "oai_dc", "base/oai_dc", CC0, authority="cmoa"),
        _partner("romania", "Museums of Romania (sample)", "lido", "demo/romania", CC0),
    )


def _archives() -> tuple[DemoPartner, ...]:
    return (
        _partner("minnesota", "University of Minnesota Archives (sample)", "ead3", "demo/minnesota", CC0),
        _partner("ncsu", "North Carolina State University Archives (sample)", "ead3", "demo/ncsu", CC0),
    )


def _chinese() -> tuple[DemoPartner, ...]:
    return (
        msgspec.structs.replace(
            _partner("poetry", "Chinese Poetry 中华古诗词 (sample)", "oai_qdc", "base/qdc", MIT), duplicate_free=True
        ),
        _partner(
            "reading-room",
            "East Asian Reading Room 东亚阅览室 (demonstration)",
            "oai_qdc",
            "demo/reading-room",
            PUBLIC_DOMAIN,
            authority="reading-room",
        ),
    )


def _partner(
    slug: str,
    name: str,
    prefix: str,
    crosswalk: str,
    licence: str,
    *,
    isil: str | None = None,
    authority: str = "",
) -> DemoPartner:
    own = crosswalk.removeprefix("demo/") if crosswalk.startswith("demo/") else ""
    return DemoPartner(
        slug=slug,
        name=name,
        isil=isil,
        feed_key=f"demo-{slug}",
        feed_name=f"demo-{slug}",
        metadata_prefix=prefix,
        crosswalk=crosswalk,
        crosswalk_text=crosswalk_text(own) if own else "",
        licence=licence,
        data_file=slug,
        authority=f"{authority or slug}.demo.example",
    )


def crosswalk_text(name: str) -> str:
    """A packaged crosswalk."""
    return files("portal_api.demo").joinpath("crosswalks", f"{name}.yaml").read_text(encoding="utf-8")
