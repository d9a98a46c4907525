"""A thing, and the exchange itself, as schema.org JSON-LD, ready to stand in a page: no `<` can end its element."""

from __future__ import annotations

import json

from markupsafe import Markup

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import schema_org
from mappings.serialisations.cover import EntryHidden


def structured_data(unified: UnifiedRecord, base: str) -> Markup:
    """The JSON text; safe inside `<script type="application/ld+json">`. Empty for what only its institution sees."""
    try:
        return _in_a_page(schema_org.write(unified, base))
    except EntryHidden:
        return Markup()


def site_data(title: str, base: str) -> Markup:
    """The exchange as a web site that is searched (schema.org WebSite, SearchAction)."""
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{base}/search?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    site = {"@context": "https://schema.org", "@type": "WebSite", "name": title, "url": f"{base}/"}
    return _in_a_page(json.dumps({**site, "potentialAction": action}, ensure_ascii=False))


def _in_a_page(written: str) -> Markup:
    return Markup(written.replace("<", "\\u003c"))
