"""`link`: why records are one thing or not, a person's word about it, and how well the rules judge."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.linkage.explanation import Explanation, explain
from federation.storage.engine import Store
from federation.storage.linkage import clusters, judgements, keyed
from federation.storage.linkage.clusters import PREFIX
from federation.storage.linkage.judgements import Judgement, Verdict
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.link_evaluate import evaluate
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.wiring import open_store

app = typer.Typer(help="Which records are one thing, why, and people's word about it.", no_args_is_help=True)
app.command("evaluate")(evaluate)

First = Annotated[str, typer.Argument(metavar="A", help="Id of a record, as in /m/ID or /r/c-ID.")]
Second = Annotated[str, typer.Argument(metavar="B", help="Id of another record.")]
Note = Annotated[str, typer.Option(help="Why you say so; kept with your word.")]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What `link why` tells."""

    #: names of the clusters in which the two stand now
    a: str | None
    b: str | None
    #: judgements in force that name both
    judgements: tuple[Judgement, ...]
    explanation: Explanation


@app.command("why")
def why(a: First, b: Second, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Say why two records are one thing, or what keeps them apart."""
    with open_store(data) as store:
        answer = _answer(store, a.removeprefix(PREFIX), b.removeprefix(PREFIX))
    if as_json:
        print_json(answer)
        return
    found = answer.explanation
    together = answer.a is not None and answer.a == answer.b
    say(f"{'one thing, ' + str(answer.a) if together else f'apart, {answer.a} and {answer.b}'}")
    for each in answer.judgements:
        say(f"judgement {each.id}: {each.verdict}, {each.who}, {each.at:%Y-%m-%d} {each.note}")
    say(f"common keys: {', '.join(f'{key.kind} {key.value!r}' for key in found.keys) or 'none, so never compared'}")
    if found.gate:
        say(f"parted by the gate {found.gate}: {found.verdict}")
        return
    print_rows(("reason", "bits", "compared"), [(each.name, each.bits, each.detail) for each in found.reasons])
    say(f"{found.bits} bits: {found.outcome} ({found.merge:g} merge, {found.review:g} review; {found.ruleset})")


def _answer(store: Store, a: str, b: str) -> Answer:
    with store.reading() as connection:
        numbers = keyed.numbers_of(connection, [a, b])
        found = keyed.get_many(connection, numbers.values())
        for name in (a, b):
            if name not in numbers or found[numbers[name]].features is None:
                raise RequestRefused("no_such_record", f"no living record {name} was linked")
        one, other = (found[numbers[name]].features for name in (a, b))
        assert one is not None
        assert other is not None
        said = [each for each in judgements.in_force(connection, [a, b]) if _names_both(each, a, b)]
        names = [clusters.cluster_of(connection, name) for name in (a, b)]
    return Answer(a=names[0], b=names[1], judgements=tuple(said), explanation=explain(one, other))


def _names_both(judgement: Judgement, a: str, b: str) -> bool:
    return {a, b} <= {name for side in judgement.sides for name in side}


@app.command("same")
def same(a: First, b: Second, note: Note = "", data: DataOption = DEFAULT_FOLDER) -> None:
    """Say that two records are one thing; it outlives every harvest until it is revoked."""
    _judge(data, "same", [[a.removeprefix(PREFIX), b.removeprefix(PREFIX)]], note)


@app.command("different")
def different(a: First, b: Second, note: Note = "", data: DataOption = DEFAULT_FOLDER) -> None:
    """Say that two records are not one thing; it outlives every harvest until it is revoked."""
    _judge(data, "different", [[a.removeprefix(PREFIX)], [b.removeprefix(PREFIX)]], note)


def _judge(data: DataOption, verdict: Verdict, sides: list[list[str]], note: str) -> None:
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        made = judgements.add(tx, verdict, sides, who=OPERATOR, note=note)
    say(f"{made.id}: {verdict}")


@app.command("revoke")
def revoke(
    judgement: Annotated[str, typer.Argument(metavar="ID", help="Id of a judgement, as `link why` shows it.")],
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Take a judgement back; its records are linked as if it had never been."""
    with open_store(data) as store, store.transaction(actor=OPERATOR) as tx:
        judgements.revoke(tx, judgement, who=OPERATOR)
    say(f"{judgement}: revoked")
