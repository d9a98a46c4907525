"""RiC-O as Turtle 1.1 (`.ttl`): the graph of `ric_o` in the form that people read."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import ric_o

SUFFIX, CONTENT_TYPE = "ttl", "text/turtle"
LOSSES = ric_o.LOSSES


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The document; arguments and errors as `ric_o.write`."""
    import rdflib  # takes a while to load, and few readers ask for Turtle

    graph = rdflib.Graph().parse(data=ric_o.write(unified, identifiers=identifiers), format="json-ld")
    graph.bind("rico", ric_o.RICO)
    return graph.serialize(format="turtle")
