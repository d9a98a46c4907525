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
        [DIGEST.replace(" ", "\t", 1)],
        [f"Negotiate, {DIGEST.replace(' ', '  ', 1)}"],
    ],
)
def test_the_digest_is_found_with_its_own_parameters(stated: list[str]) -> None:
    assert digest_challenge(stated) == DIGEST


@pytest.mark.parametrize(
    ("algorithms", "chosen"),
    [
        (["SHA-512-256", "MD5"], "MD5"),
        (["MD5", "SHA-256"], "SHA-256"),
        (["SHA-256", "sha-512", "MD5"], "sha-512"),
        (["MD5-sess", "MD5"], "MD5-sess"),
    ],
)
@pytest.mark.parametrize("between", [None, ", "], ids=["in several headers", "in one"])
def test_of_several_digests_the_strongest_that_can_be_answered_is_taken(
    between: str | None, algorithms: list[str], chosen: str
) -> None:
    stated = [f"{DIGEST}, algorithm={algorithm}" for algorithm in algorithms]
    assert digest_challenge([between.join(stated)] if between else stated) == f"{DIGEST}, algorithm={chosen}"


def test_a_digest_without_an_algorithm_is_the_weakest() -> None:
    assert digest_challenge([DIGEST, f"{DIGEST}, algorithm=SHA-256"]) == f"{DIGEST}, algorithm=SHA-256"
    assert digest_challenge([f"{DIGEST}, algorithm=SHA-512-256", DIGEST]) == DIGEST


@pytest.mark.parametrize(
    "unanswerable",
    [
        f"{DIGEST}, algorithm=SHA-512-256",
        'Digest realm="a"',
        'Digest realm="a", nonce=""',
        'Digest nonce="n"',
        'Digest realm="a", nonce="n", qop="other"',
        'Digest realm="a", nonce="n", qop=" "',
    ],
)
def test_a_digest_that_cannot_be_answered_is_none(unanswerable: str) -> None:
    assert digest_challenge([unanswerable]) == ""
    assert digest_challenge([unanswerable, DIGEST]) == DIGEST


@pytest.mark.parametrize("stated", [[], [""], ['Basic realm="Digest x"'], ["Digest"], ['Basic realm="peer'], ['=,"=']])
def test_where_none_is_stated_none_is_found(stated: list[str]) -> None:
    assert digest_challenge(stated) == ""
