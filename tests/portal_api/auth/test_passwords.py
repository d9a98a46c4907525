"""A password is known by its argon2id hash; no account takes as long as a wrong password."""

from __future__ import annotations

from portal_api.auth.passwords import hash_password, matches, outdated


def test_only_the_password_matches_its_hash() -> None:
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(stored, "correct horse battery")
    assert not matches(stored, "another")
    assert not matches(None, "nobody has this password")
    assert not matches("no hash", "x")
    assert not outdated(stored)
