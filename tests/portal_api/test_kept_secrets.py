"""Secrets are kept by name, in a file that others cannot read or in the environment, and no message repeats one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.errors import CredentialsRefused
from portal_api.kept_secrets import KeptSecrets

VALUE = "s3cret-and-long"


def keep(folder: Path, text: str, mode: int = 0o600) -> KeptSecrets:
    path = folder / "secrets.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return KeptSecrets(folder, {})


def refused(kept: KeptSecrets, name: str = "peer") -> str:
    with pytest.raises(CredentialsRefused) as found:
        kept(name)
    assert VALUE not in f"{found.value!r} {found.value} {found.value.__cause__!r}"
    return found.value.reason


def test_one_stands_in_the_file_with_the_origin_that_it_is_for(tmp_path: Path) -> None:
    found = keep(tmp_path, f'[peer]\norigin = "https://peer.example"\nvalue = "{VALUE}"\n')("peer")
    assert (found.origin, found.value, found.path) == ("https://peer.example", VALUE, "")


def test_one_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "peer.pem").write_text(VALUE + "\n", encoding="utf-8")
    (tmp_path / "peer.pem").chmod(0o600)
    found = keep(tmp_path, '[peer]\norigin = "https://peer.example"\nfile = "peer.pem"\n')("peer")
    assert (found.value, found.path) == (VALUE, str(tmp_path / "peer.pem"))
    (tmp_path / "peer.pem").chmod(0o644)
    assert refused(KeptSecrets(tmp_path, {})) == "secret_readable"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    keep(tmp_path, '[city-archive]\norigin = "https://peer.example"\nvalue = "other"\n')
    given = {"EXCHANGE_SECRET_CITY_ARCHIVE": f"https://peer.example:8443  {VALUE} of two words\n"}
    found = KeptSecrets(tmp_path, given)("city-archive")
    assert (found.origin, found.value) == ("https://peer.example:8443", f"{VALUE} of two words")


@pytest.mark.parametrize(
    ("text", "mode", "reason"),
    [
        ("", 0o600, "secret_missing"),
        ('[other]\norigin = "https://peer.example"\nvalue = "x"\n', 0o600, "secret_missing"),
        (f'[peer]\nvalue = "{VALUE}"\n', 0o600, "secret_invalid"),
        (f'[peer]\norigin = "https://peer.example"\nvalue = "{VALUE}"\nfile = "x"\n', 0o600, "secret_invalid"),
        ('[peer]\norigin = "https://peer.example"\n', 0o600, "secret_invalid"),
        (f'peer = "{VALUE}"\n', 0o600, "secret_invalid"),
        (f'[peer]\nvalue = "{VALUE}\n', 0o600, "secret_invalid"),
        (f'[peer]\norigin = "https://peer.example"\nvalue = "{VALUE}"\n', 0o640, "secret_readable"),
        ('[peer]\norigin = "https://peer.example"\nfile = "nowhere"\n', 0o600, "secret_missing"),
    ],
)
def test_what_is_not_kept_as_it_has_to_be_is_told_without_it(text: str, mode: int, reason: str, tmp_path: Path) -> None:
    assert refused(keep(tmp_path, text, mode)) == reason


def test_without_a_file_the_places_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        CredentialsRefused, match=r"\[city-archive\] in secrets.toml or as EXCHANGE_SECRET_CITY_ARCHIVE"
    ):
        KeptSecrets(tmp_path, {})("city-archive")


def test_a_variable_that_says_not_where_it_may_be_sent_is_none(tmp_path: Path) -> None:
    assert refused(KeptSecrets(tmp_path, {"EXCHANGE_SECRET_PEER": VALUE})) == "secret_invalid"
