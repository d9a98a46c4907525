"""Primitives in Elasticsearch's own queries. No text of a person is read as syntax: every form is built here."""

from __future__ import annotations

import re

from index.query import primitives as p

Json = dict[str, object]

#: what the engine would read as a mask of its own
_ESCAPED = re.compile(r"\\")


def spoken(primitive: p.Primitive) -> Json:
    """The query that Elasticsearch runs."""
    match primitive:
        case p.Term(field, text):
            return {"term": {field: {"value": text}}}
        case p.Boost(of, by):
            return _boosted(of, by)
        case p.DisMax(of, tie):
            return {"dis_max": {"queries": list(map(spoken, of)), "tie_breaker": tie}}
        case p.Bool():
            return _boolean(primitive)
        case p.Constant(of, score):
            return {"constant_score": {"filter": spoken(of), "boost": score}}
        case p.Phrase(field, texts, slop):
            return _phrase(field, texts, slop)
        case p.Terms(field, texts):
            return {"terms": {field: list(texts)}}
        case p.Range(field, low, high):
            return _range(field, low, high)
        case p.Prefix(field, text):
            return _scoreless("prefix", field, {"value": text}) if text else {"match_none": {}}
        case p.Pattern(field, text):
            return _scoreless("wildcard", field, {"value": _ESCAPED.sub(r"\\\\", text)})
        case p.Fuzzy(field, text, edits):
            return _scoreless("fuzzy", field, {"value": text, "fuzziness": edits, "transpositions": True})
        case p.All():
            return {"match_all": {}}
        case p.Nothing():
            return {"match_none": {}}


def _boosted(of: p.Primitive, by: float) -> Json:
    """A leaf takes its boost itself; anything else is lifted as a whole."""
    match of:
        case p.Term(field, text):
            return {"term": {field: {"value": text, "boost": by}}}
        case p.Phrase(field, texts, 0) if len(texts) > 1:
            return {"match_phrase": {field: _side_by_side(texts) | {"boost": by}}}
        case _:
            return {"bool": {"must": [spoken(of)], "boost": by}}


def _boolean(wanted: p.Bool) -> Json:
    narrowing = [each.of for each in wanted.must if isinstance(each, p.Constant) and each.score == 0.0]
    ranking = [each for each in wanted.must if not (isinstance(each, p.Constant) and each.score == 0.0)]
    said: Json = {
        "filter": list(map(spoken, narrowing)),
        "must": list(map(spoken, ranking)),
        "should": list(map(spoken, wanted.should)),
        "must_not": list(map(spoken, wanted.must_not)),
    }
    if wanted.should:
        said["minimum_should_match"] = wanted.minimum or (0 if wanted.must else 1)
    return {"bool": {name: value for name, value in said.items() if value or name == "minimum_should_match"}}


def _range(field: str, low: int | None, high: int | None) -> Json:
    if low is None and high is None:
        return {"exists": {"field": field}}
    bounds = {"gte": low, "lte": high}
    return {"range": {field: {name: bound for name, bound in bounds.items() if bound is not None}}}


def _phrase(field: str, texts: tuple[str, ...], slop: int) -> Json:
    if len(texts) < 2:
        return {"term": {field: {"value": texts[0]}}}
    if not slop:
        return {"match_phrase": {field: _side_by_side(texts)}}
    ordered: Json = {"query": " ".join(texts), "ordered": True, "max_gaps": slop, "analyzer": "whitespace"}
    return {"intervals": {field: {"match": ordered}}}


def _side_by_side(texts: tuple[str, ...]) -> Json:
    return {"query": " ".join(texts), "analyzer": "whitespace"}


def _scoreless(kind: str, field: str, said: Json) -> Json:
    return {kind: {field: said | {"rewrite": "constant_score"}}}
