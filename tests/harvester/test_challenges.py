"""A digest is found among other challenges, before or behind them, in one header or several."""

from __future__ import annotations

import pytest

from harvester.challenges import digest_challenge

DIGEST = 'Digest realm="a, Basic b", nonce="n", qop="auth, auth-int"'


@pytest.mark.parametrize(
    "stated",
    [
        [DIGEST],
        ['Basic realm="peer"', DIGEST],
        [f'Basic realm="peer, Digest x", {DIGEST}'],
        [f'{DIGEST}, Basic realm="peer"'],
        [f"Negotiate, {DIGEST}, Bearer"],
        [f"Negotiate dG9rZW4=, {DIGEST}"],
        [f'Basic realm = "peer" , {DIGEST} ,'],
    ],
)
def test_the_digest_is_found_with_its_own_parameters(stated: list[str]) -> None:
    assert digest_challenge(stated) == DIGEST


@pytest.mark.parametrize("stated", [[], [""], ['Basic realm="Digest x"'], ["Digest"], ['Basic realm="peer'], ['=,"=']])
def test_where_none_is_stated_none_is_found(stated: list[str]) -> None:
    assert digest_challenge(stated) == ""
