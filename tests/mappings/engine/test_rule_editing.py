"""A rule changed by its keys: what was not asked for stays, to the last comment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.library import check_text
from mappings.engine.rule_editing import RuleFixed, flow, rule_in, with_rule_changed
from mappings.engine.yaml_nodes import plain, read_yaml

TEXT = """crosswalk: own
extends: base/oai_dc@1
rules:
  # --- who
  - {id: names, from: dc:creator, do: [squeeze], to: "genre[]"}
  # --- what
  - id: what
    # as the cards say it
    from: ["dc:subject | dc:type", dc:format]
    do:
      - squeeze
      - strip_end: " .:"
    to: genre[]
  # the last one
  - {id: note, const: Seen, to: "descriptions[]"}
tests:
  - {input: {inline: "<dc:subject>Maps.</dc:subject>"}, expect: {"genre[0].label.value": Maps}}
"""


def test_only_the_keys_that_are_named_change_and_comments_stay() -> None:
    changed = with_rule_changed(TEXT, "what", {"do": ["squeeze"], "note": "no full stop: it is a heading"})
    assert rule_in(changed, "what") == {
        "id": "what",
        "from": ["dc:subject | dc:type", "dc:format"],
        "do": ["squeeze"],
        "to": "genre[]",
        "note": "no full stop: it is a heading",
    }
    kept = [line for line in TEXT.splitlines() if "#" in line or "{" in line]
    assert [line for line in kept if line.strip() not in [each.strip() for each in changed.splitlines()]] == []
    assert {fault.code for fault in check_text(changed, file="own")} == {"test_failed"}


def test_an_empty_key_is_taken_away() -> None:
    assert "do" not in rule_in(with_rule_changed(TEXT, "names", {"do": None, "from": "dc:creator"}), "names")


@pytest.mark.parametrize("rule", ["names", "what", "note"])
def test_nothing_changed_means_the_same(rule: str) -> None:
    assert plain(read_yaml(with_rule_changed(TEXT, rule, {}), file="own")) == plain(read_yaml(TEXT, file="own"))
    windows = TEXT.replace("\n", "\r\n")
    assert with_rule_changed(windows, rule, {}).count("\r\n") == with_rule_changed(windows, rule, {}).count("\n")


@pytest.mark.parametrize(
    "text", [TEXT, "crosswalk: own\nrules: [{id: gone, from: a, to: title}]\n", "crosswalk: own\n"]
)
def test_a_rule_that_cannot_be_taken_out_alone_is_refused(text: str) -> None:
    with pytest.raises(RuleFixed):
        with_rule_changed(text, "gone", {})


_SCALARS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])) | st.integers() | st.booleans()


@given(st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc_", min_size=1), inner)))
def test_whatever_is_written_is_read_again(value: object) -> None:
    read = read_yaml(f"value: {flow(value)}", file="own").get("value")
    assert read is not None
    assert plain(read) == value
