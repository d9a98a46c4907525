"""What is kept of a generation: words that cannot be read now keep no search from being answered."""

from __future__ import annotations

from collections.abc import Mapping

from index.elastic.dialect import Json
from index.elastic.known import Known
from index.elastic.searching import Bucket, Buckets
from index.errors import BackendUnavailable


def words(query: Json, wanted: Json) -> Mapping[str, Buckets]:
    """A cluster of one word."""
    return {"title": Buckets(buckets=(Bucket(key="parish", doc_count=2),))}


def nothing_in_time(query: Json, wanted: Json) -> Mapping[str, Buckets]:
    """A cluster that is too slow."""
    raise BackendUnavailable("the search engine did not answer in time")


def test_words_that_are_not_given_in_time_are_asked_for_again_soon() -> None:
    time = [0.0]
    known = Known(lambda: time[0])
    assert known.words(nothing_in_time).words == ()
    assert known.words(words).words == ()
    time[0] = 31.0
    assert known.words(words).words == ("parish",)


def test_words_known_before_serve_while_new_ones_are_not_given() -> None:
    time = [0.0]
    known = Known(lambda: time[0])
    assert known.words(words).words == ("parish",)
    time[0] = 301.0
    assert known.words(nothing_in_time).words == ("parish",)
