"""One date of several stands in lists, on the page of a thing and in its citation."""

from __future__ import annotations

from mappings.schema.shown_date import shown_date
from tests import factories


def test_when_it_was_made_goes_before_what_it_is_about() -> None:
    about, made = factories.date("1100", kind="covered"), factories.date("1700")
    assert shown_date([about, made]) == made
    assert shown_date([about]) == about
    assert shown_date([]) is None


def test_when_it_was_digitised_is_shown_where_nothing_else_is_dated() -> None:
    digitised, about = factories.date("2010", kind="digitised"), factories.date("1100", kind="covered")
    assert shown_date([digitised, about]) == about
    assert shown_date([digitised]) == digitised
