"""What was odd or wrong about one record: an outcome, never an exception."""

from __future__ import annotations

import msgspec

#: excerpts are cut to this many characters
EXCERPT_LENGTH = 200


class Issue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One finding on one record."""

    #: snake_case, from the tables of the chapters: `title_missing`, `date_unread`, `record_cleaned` …
    code: str
    #: dotted path of the common record, or the source path; empty where the whole record is meant
    field: str = ""
    #: id of the rule that met it, empty outside mapping
    rule: str = ""
    excerpt: str = ""


def issue(code: str, *, field: str = "", rule: str = "", excerpt: str = "") -> Issue:
    """An `Issue` whose excerpt is cut to `EXCERPT_LENGTH`."""
    return Issue(code=code, field=field, rule=rule, excerpt=excerpt[:EXCERPT_LENGTH])
