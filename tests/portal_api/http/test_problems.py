"""Every error of the house has a status and an exit code, in one table."""

from __future__ import annotations

import pytest

from federation.errors import FolderHeld, SchemaMismatch
from index.errors import BackendUnavailable, BoundInvalid, QueryInvalid, TreeInvalid
from mappings.errors import ExchangeError
from portal_api import errors
from portal_api.http.problems import TABLE, exit_code, problem_of


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (FolderHeld("d", ""), 503, 75),
        (SchemaMismatch("2", "1", "newer"), 500, 78),
        (BackendUnavailable("away", 7), 503, 69),
        (QueryInvalid(3, "a word", "("), 400, 2),
        (errors.NotFound(), 404, 1),
        (errors.OverBudget(9), 429, 75),
        (RuntimeError("secret"), 500, 1),
    ],
)
def test_status_and_exit_code(error: Exception, status: int, code: int) -> None:
    assert (problem_of(error).status, exit_code(error)) == (status, code)


def test_an_unforeseen_error_tells_nothing_of_itself() -> None:
    assert "secret" not in str(problem_of(RuntimeError("secret"), request_id="7"))


def test_patience_and_position_are_told() -> None:
    assert problem_of(BackendUnavailable("away", 7)).retry_after_seconds == 7
    assert problem_of(QueryInvalid(3, "a word", "(")).errors[0].position == 3


def test_an_unknown_parameter_keeps_its_own_code() -> None:
    fault = errors.ParameterFault(parameter="x", code="parameter-unknown", detail="x is not known")
    assert problem_of(errors.ParametersInvalid([fault])).type.endswith("#parameter-unknown")


def test_every_portal_error_has_a_row() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ExchangeError)]
    assert not [kind for kind in kinds if kind not in TABLE and kind is not errors.PortalError]


def test_a_fault_in_a_tree_is_pointed_to() -> None:
    (detail,) = problem_of(TreeInvalid("/of/0/text", 24, "a word", "—")).errors
    assert (detail.parameter, detail.pointer, detail.position) == ("tree", "/of/0/text", 24)
    assert detail.detail == "expected a word at /of/0/text (character 24), found —"


def test_a_date_beside_the_query_is_named_by_its_parameter() -> None:
    (detail,) = problem_of(BoundInvalid("from", "sometime")).errors
    assert (detail.parameter, detail.position) == ("from", 0)
