"""Settings: files, environment, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_api.config import ExchangeSection, HttpSection, Settings, check_listening, load
from portal_api.errors import SettingsInvalid


def write(folder: Path, text: str) -> Path:
    (folder / "exchange.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    loaded = load(tmp_path, {})
    assert loaded.settings.exchange.authority == "archive-exchange.example"
    assert {origin.origin for origin in loaded.origins} == {"default"}


def test_the_environment_outranks_the_file_and_each_value_names_its_origin(tmp_path: Path) -> None:
    write(tmp_path, '[exchange]\nauthority = "example.org"\n[http]\nport = 8081\n')
    loaded = load(tmp_path, {"EXCHANGE_HTTP__PORT": "9000", "EXCHANGE_TEST_REQUIRE": "postgres", "HOME": "/"})
    assert (loaded.settings.exchange.authority, loaded.settings.http.port) == ("example.org", 9000)
    origins = {(o.section, o.key): o.origin for o in loaded.origins}
    assert origins["http", "port"] == "EXCHANGE_HTTP__PORT"
    assert origins["exchange", "authority"].endswith("exchange.toml")


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ('[exchange]\nautority = "a"\n', "did you mean exchange.authority?", 2),
        ("[htpp]\nport = 1\n", "did you mean http?", 0),
        ('[http]\n\nport = "many"\n', "http.port", 3),
        ("[http]\nport = 99999\n", "from 0 to 65535, found 99999", 2),
        ("[http]\nport = -1\n", "from 0 to 65535, found -1", 2),
        ("[http\n", "not TOML", 1),
        ('[exchange]\nauthority = "bad ns"\n', "exchange.authority: expected a domain name", 2),
        ('[exchange]\nadmin_email = "nobody"\n', "expected an e-mail address at a domain", 2),
        ('[exchange]\nadmin_email = "me@localhost"\n', "that others reach, such as admin@exchange.example", 2),
        ('[exchange]\nadmin_email = "me@LocalHost.localdomain"\n', "found 'me@LocalHost.localdomain'", 2),
        ('[exchange]\nadmin_email = "a b@archive.example"\n', "expected an e-mail address at a domain", 2),
        ('[exchange]\nadmin_email = "me@archive..example"\n', "expected an e-mail address at a domain", 2),
        ('[exchange]\nadmin_email = "me@10.0.0.5"\n', "expected an e-mail address at a domain", 2),
        ('[exchange]\npublic_url = "exchange.example"\n', "exchange.public_url: expected an http or https", 2),
        ('[storage]\nurl = "garbage"\n', "storage.url: expected an address", 2),
        ('[http]\ntrusted_proxies = ["10.0.0.5", "proxy"]\n', "http.trusted_proxies: expected an address", 2),
        ('[egress]\nnetworks = ["10.3.0.0/99"]\n', "found '10.3.0.0/99'", 2),
        ("[egress]\nmin_interval_seconds = -1\n", "a number of 0 or more, found -1", 2),
        ("[search]\nshards = 0\n", "a whole number of 1 or more, found 0", 2),
        ("[work]\nprocesses = -3\n", "a whole number of 0 or more, found -3", 2),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, text: str, said: str, line: int) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        load(write(tmp_path, text), {})
    assert said in str(caught.value)
    assert line == 0 or caught.value.line == line


def test_an_unknown_key_of_the_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"EXCHANGE_STORAGE__URI.*did you mean storage\.url"):
        load(tmp_path, {"EXCHANGE_STORAGE__URI": "x"})


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("sqlite:///x.db\n", encoding="utf-8")
    write(tmp_path, '[storage]\nurl_file = "url"\n')
    secret.chmod(0o600)
    assert load(tmp_path, {}).settings.storage.url == "sqlite:///x.db"
    secret.chmod(0o644)
    with pytest.raises(SettingsInvalid, match="0600"):
        load(tmp_path, {})


def test_a_secret_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    secret = tmp_path / "word"
    secret.write_text("open sesame\n", encoding="utf-8")
    secret.chmod(0o600)
    loaded = load(tmp_path, {"EXCHANGE_SEARCH__PASSWORD_FILE": str(secret)})
    assert loaded.settings.search.password == "open sesame"
    assert "open sesame" not in str(loaded.origins)
    with pytest.raises(SettingsInvalid, match=r"EXCHANGE_SEARCH__PASSWORD_FILE.*no file"):
        load(tmp_path, {"EXCHANGE_SEARCH__PASSWORD_FILE": "nowhere"})


def test_a_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql://ada:sesame@127.0.0.1:5432/exchange"
    loaded = load(tmp_path, {"EXCHANGE_STORAGE__URL": url})
    assert loaded.settings.storage.url == url
    shown = {(each.section, each.key): each.value for each in loaded.origins}
    assert shown["storage", "url"] == "postgresql://ada:***@127.0.0.1:5432/exchange"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exchange.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsInvalid, match="expected UTF-8"):
        load(tmp_path, {})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_needs_no_encryption(host: str) -> None:
    check_listening(Settings(), host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "exchange.example"])
def test_other_machines_are_answered_only_behind_a_proxy_that_speaks_https(host: str) -> None:
    secure, proxies = ExchangeSection(public_url="https://exchange.example"), HttpSection(trusted_proxies=("10.0.0.5",))
    for lacking in (Settings(), Settings(exchange=secure), Settings(http=proxies)):
        with pytest.raises(SettingsInvalid, match="https"):
            check_listening(lacking, host)
    check_listening(Settings(exchange=secure, http=proxies), host)


def test_a_list_in_the_environment_is_parted_by_commas(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"EXCHANGE_EGRESS__NETWORKS": "10.3.0.0/16, 127.0.0.0/8"})
    assert loaded.settings.egress.networks == ("10.3.0.0/16", "127.0.0.0/8")
