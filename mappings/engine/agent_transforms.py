"""Transforms of the names of persons and bodies, and of the words for what they did."""

from __future__ import annotations

from mappings.engine.agent_names import agent_reader, person_name, relator_code, turned
from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, Function, Parameter, transform


@transform("personal_name", Parameter(name="order", default="family_first", words=("family_first", "given_first")))
def personal_name(arguments: Arguments, tables: Tables) -> Function:
    """A name as `Family, Given`, without life dates and closing punctuation; `order` says how the source writes it."""
    turn = arguments.text("order") == "given_first"

    return (lambda text: turned(person_name(text))) if turn else person_name


@transform(
    "agent",
    Parameter(name="role"),
    Parameter(name="kind", words=("person", "corporate", "family")),
    gives="Agent",
)
def agent(arguments: Arguments, tables: Tables) -> Function:
    """A name with its life dates and a role word in brackets; `role` is the relator code where none is stated."""
    role, kind = arguments.text("role"), arguments.text("kind") or None

    return agent_reader(role, kind)  # type: ignore[arg-type]


@transform("relator", Parameter(name="else"), code="relator_unknown")
def relator(arguments: Arguments, tables: Tables) -> Function:
    """A MARC relator code from a code, term or URI; `else` where the word is not known."""
    other = arguments.text("else") or None
    return lambda text: relator_code(text) or other
