"""Patterns that hang other engines, over values made for them: each record has an outcome, and the batch goes on."""

from __future__ import annotations

from federation.storage.engine import Store
from tests.federation.pipeline.test_map import accounts
from tests.federation.pipeline.trees import FLAT, Tree, fonds

PATTERNS = ("(a+)+$", "(a|aa)+$", "(x*)*y", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*=.*", "(a|b|ab)*c", "([a-z]+)*[0-9]$")
RULES = "".join(
    f"  - {{id: r{number}, from: dc:title, do: [extract: {{pattern: '{pattern}'}}], to: \"genre[]\"}}\n"
    for number, pattern in enumerate(PATTERNS)
)
#: asks for more steps than a record may take: one for each KiB and transform
MANY = "".join(
    f'  - {{id: s{number}, from: dc:title, do: [squeeze, squeeze, squeeze], to: "genre[]"}}\n' for number in range(120)
)


async def test_a_batch_with_values_made_to_hang_has_an_outcome_for_each(store: Store) -> None:
    tree = Tree(store, text=FLAT.replace("rules: []\n", f"rules:\n{RULES}{MANY}"))
    await tree.take(
        fonds(identifier="first", title="Letters"),
        fonds(identifier="evil", title="a" * 20_000 + "!"),
        fonds(identifier="huge", title="a" * 400_000 + "!"),
        fonds(identifier="last", title="Maps"),
    )
    found = accounts(store)
    assert found.exact
    assert (found.harvested, found.mapped, found.rejected) == (4, 3, 1)
    assert set(tree.records()) == {"first", "evil", "last"}
