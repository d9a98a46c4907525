"""A digest is what the standard's own examples say, whatever it covers and however it is hashed."""

from __future__ import annotations

import hashlib

import pytest

from harvester.challenges import parameters
from harvester.digests import Asked, Challenge, Nonces, Person, authorization, challenge_of, response

MUFASA = Person(username="Mufasa", password="Circle of Life")
ASKED = Asked(method="GET", target="/dir/index.html")
NONCE, OWN = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
NONCES = Nonces(first=NONCE, current=NONCE, own=OWN, count=1)


def md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode()).hexdigest()


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_the_standard(algorithm: str, expected: str) -> None:
    """RFC 7616, 3.9.1."""
    challenge = Challenge(realm="http-auth@example.org", nonce=NONCE, algorithm=algorithm, qop="auth")
    assert response(challenge, MUFASA, ASKED, NONCES) == expected


def test_the_example_of_the_standard_before_it_and_its_form_without_a_choice() -> None:
    """RFC 2617, 3.5; and 3.2.2.1 where qop is absent."""
    person = Person(username="Mufasa", password="Circle Of Life")
    nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
    nonces = Nonces(first=nonce, current=nonce, own="0a4f113b", count=1)
    challenge = Challenge(
        realm="testrealm@host.com", nonce=nonce, qop="auth", opaque="5ccc069c403ebaf9f0171e9517f40e41"
    )
    assert response(challenge, person, ASKED, nonces) == "6629fae49393a05397450978507c4ef1"
    old = Challenge(realm="testrealm@host.com", nonce=nonce)
    assert response(old, person, ASKED, nonces) == "670fd8c2df070c60b045671b8b24ff02"
    assert not parameters(authorization(old, person, ASKED, nonces)).keys() & {"qop", "nc", "cnonce", "algorithm"}


def test_a_digest_may_cover_the_body() -> None:
    challenge = Challenge(realm="r", nonce=NONCE, qop="auth-int")
    asked = Asked(method="post", target="/oai", body=b"verb=Identify")
    covered = md5("POST", "/oai", hashlib.md5(b"verb=Identify").hexdigest())
    secret = md5("Mufasa", "r", "Circle of Life")
    expected = md5(secret, NONCE, "00000001", OWN, "auth-int", covered)
    assert response(challenge, MUFASA, asked, NONCES) == expected


def test_a_session_hashes_the_password_with_the_nonces_of_its_begin() -> None:
    challenge = Challenge(realm="r", nonce=NONCE, algorithm="md5-sess", qop="auth")
    later = Nonces(first=NONCE, current="later", own=OWN, count=2)
    secret = md5(md5("Mufasa", "r", "Circle of Life"), NONCE, OWN)
    expected = md5(secret, "later", "00000002", OWN, "auth", md5("GET", "/dir/index.html"))
    assert response(challenge, MUFASA, ASKED, later) == expected


def test_what_is_sent_names_what_it_answers() -> None:
    challenge = Challenge(realm='a "b"', nonce=NONCE, algorithm="SHA-256", qop="auth", opaque="o\\p")
    sent = authorization(challenge, MUFASA, ASKED, NONCES)
    assert sent.startswith('Digest username="Mufasa", realm="a \\"b\\"", nonce=')
    said = parameters(sent)
    assert (said["realm"], said["opaque"], said["uri"]) == ('a "b"', "o\\p", "/dir/index.html")
    assert ", algorithm=SHA-256, " in sent
    assert "qop=auth, nc=00000001, cnonce=" in sent


@pytest.mark.parametrize(
    ("stated", "qop"),
    [
        ('realm="r", nonce="n"', ""),
        ('realm="r", nonce="n", qop=""', ""),
        ('realm="r", nonce="n", qop=auth', "auth"),
        ('REALM="", Nonce=n, QOP="auth, auth-int"', "auth-int"),
        ('realm="r", nonce="n", qop="other, AUTH"', "auth"),
    ],
)
def test_the_most_that_is_offered_is_covered(stated: str, qop: str) -> None:
    challenge = challenge_of(parameters(stated))
    assert challenge is not None
    assert challenge.qop == qop
