"""What identifiers begin with, and what tells a renamed record from a new one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.renames import Rule, holds, is_weighty, local_part, rule_between


@pytest.mark.parametrize(
    ("identifier", "local"),
    [
        ("oai:host.org:123456789/7", ":123456789/7"),
        ("oai:host.org:map:7", ":map:7"),
        ("http://host.org/items/7", "/items/7"),
        ("hdl:10.1/7", ":10.1/7"),
        ("A7", ""),
    ],
)
def test_the_local_part_follows_the_namespace(identifier: str, local: str) -> None:
    assert local_part(identifier) == local


def test_a_rule_leads_both_ways_and_leaves_other_names_alone() -> None:
    rule = rule_between("oai:old:7", "oai:new:7")
    assert rule is not None
    assert (rule.former("oai:new:12"), rule.present("oai:old:12")) == ("oai:old:12", "oai:new:12")
    assert (rule.former("doi:12"), rule.present("doi:12")) == (None, None)


def test_names_that_end_differently_give_no_rule() -> None:
    assert rule_between("oai:old:7", "oai:new:8") is None
    assert rule_between("oai:old:7", "oai:old:7") is None


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_a_rule_makes_of_each_name_the_other(old: str, new: str, local: str) -> None:
    rule = rule_between(old + local, new + local)
    if rule is None:
        assert old == new
        return
    assert isinstance(rule, Rule)
    assert (rule.present(old + local), rule.former(new + local)) == (new + local, old + local)


def test_most_of_what_arrives_and_a_fifth_of_what_lives() -> None:
    assert holds(19, 20)
    assert not holds(18, 20)
    assert is_weighty(24, 120)
    assert not is_weighty(23, 120)
    assert not is_weighty(9, 20)
