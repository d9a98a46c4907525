"""Words of a query that only the index knows: Latin ones that spell Chinese ones, and reference codes.

Words are looked for as what they spell where they are hardly words themselves.

`honglou` is 红楼, and `change` might be 嫦娥: what stands in several of the reader's documents as it was typed is
a word and nothing else, and so is what would find nothing.
"""

from __future__ import annotations

from index.analysis.romanised import readings
from index.engine import Engine
from index.fields import PINYIN, SEARCHED, exact
from index.holders import holders_of
from index.meanings.claims import Holders, Sounds
from index.meanings.reading import coded, coded_with_blanks, romanised
from index.query import primitives as p
from index.query.compile import matching, narrowing, side_by_side
from index.query.limits import leaves
from index.query.model import Phrase, QueryNode, Under, Words
from index.query.whole_values import below
from index.request import SearchRequest
from index.understanding import Asking, understand
from mappings.schema.access import Visibility
from mappings.schema.folding import words

#: a word stands in so many documents
_FEW = 3
#: spans that are counted for one query; spans with blanks that are counted together
_MOST, _TOGETHER = 6, 24


def sounds_of_query(engine: Engine, visibility: Visibility, tree: QueryNode, holders: Holders) -> Sounds:
    """The spans of the unquoted words of a tree that are looked for as what they spell, and those that are codes."""
    texts = [leaf.text for leaf in leaves(tree) if isinstance(leaf, Words) and leaf.field is None]
    spans = list(dict.fromkeys(span for text in texts for span in romanised(text, holders)))[:_MOST]
    base = narrowing(SearchRequest(visibility=visibility))
    spelt = (span for span in spans if _is_rare(engine, base, span) and _finds(engine, base, span))
    typed = list(dict.fromkeys(word for text in texts for word in coded(text)))[:_MOST]
    parted = list(dict.fromkeys(span for text in texts for span in coded_with_blanks(text)))[:_TOGETHER]
    # seldom is one of them a code, and one count says so of all
    likely = parted if parted and _is_code(engine, base, *parted) else []
    return frozenset((*spelt, *(each for each in (*typed, *likely) if _is_code(engine, base, each))))


def _is_code(engine: Engine, base: tuple[p.Primitive, ...], *spans: str) -> bool:
    """Whether one of the spans is a code, or stands above one."""
    held = p.any_of(tuple(matching(Under(field="code_path", value=below(span))) for span in spans))
    return engine.count(p.Bool(must=(p.filtered(held), *base))) > 0


def _is_rare(engine: Engine, base: tuple[p.Primitive, ...], span: str) -> bool:
    tokens = tuple(words(span))
    typed = p.any_of(tuple(side_by_side(exact(column), tokens) for column in SEARCHED))
    return engine.count(p.Bool(must=(p.filtered(typed), *base))) < _FEW


def _finds(engine: Engine, base: tuple[p.Primitive, ...], span: str) -> bool:
    spelt = p.filtered(matching(Phrase(text=span, field=PINYIN)))
    return bool(readings(span)) and engine.count(p.Bool(must=(spelt, *base))) > 0


def understood(engine: Engine, request: SearchRequest) -> Asking:
    """A request as it is read over one engine's documents; raises QueryInvalid as `understand` does."""
    return understand(
        request,
        lambda: holders_of(engine, request.visibility),
        lambda tree, holders: sounds_of_query(engine, request.visibility, tree, holders),
    )
