"""Dublin Core to a record of the same fields by linkml-map: a slot a rule, no provenance."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from lxml import etree

_ELEMENTS = [
    "title",
    "creator",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
]
_DC = "{http://purl.org/dc/elements/1.1/}"
_SCHEMA = {
    "id": "https://peer.example/dc",
    "name": "dc",
    "prefixes": {"linkml": "https://w3id.org/linkml/"},
    "imports": ["linkml:types"],
    "default_range": "string",
    "classes": {"DublinCore": {"attributes": {name: {"multivalued": True} for name in _ELEMENTS}}},
}
_RULES = {
    "class_derivations": {
        "Record": {
            "populated_from": "DublinCore",
            "slot_derivations": {f"{name}s": {"populated_from": name} for name in _ELEMENTS},
        }
    }
}


def by_linkml() -> Callable[[str], bytes]:
    """The function from a payload to the record as JSON.

    raises  ImportError where linkml-map is not installed
    """
    view = import_module("linkml_runtime").SchemaView(json.dumps(_SCHEMA))
    transformer = import_module("linkml_map.transformer.object_transformer").ObjectTransformer(source_schemaview=view)
    transformer.create_transformer_specification(_RULES)

    def mapped(payload: str) -> bytes:
        said: dict[str, list[str]] = {}
        for element in etree.fromstring(payload.encode()):
            if element.text and str(element.tag).startswith(_DC):
                said.setdefault(str(element.tag).removeprefix(_DC), []).append(element.text)
        made: Any = transformer.map_object(said, source_type="DublinCore")
        return json.dumps(made, ensure_ascii=False).encode()

    return mapped
