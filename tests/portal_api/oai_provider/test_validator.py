"""The protocol's own validator finds the provider compliant, and what is broken on purpose not."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from federation.storage.engine import Store
from portal_api.oai_provider import verbs
from tests.peers.validator import SETTING, checkout, validated
from tests.portal_api.oai_provider.exported import serving
from tests.portal_api.oai_provider.test_judges import fixture_clock as fixture_clock
from tests.portal_api.oai_provider.test_judges import fixture_small_pages as fixture_small_pages
from tests.portal_api.oai_provider.test_judges import fixture_store as fixture_store

#: says what it is told to, in the four words of the validator's that are used
_STAND_IN = """package HTTP::OAIPMH::Validator;
sub new { my ($class, %said) = @_; return bless {%said}, $class }
sub log { return $_[0] }
sub fh {}
sub run_complete_validation { BODY }
sub status { return 'STATUS' }
1;
"""


@pytest.mark.validator
async def test_the_provider_is_compliant(store: Store, tmp_path: Path) -> None:
    folder = checkout()
    async with serving(store, tmp_path) as url:
        found = await asyncio.to_thread(validated, folder, url)
    assert found.verdict == "COMPLIANT", found.log


@pytest.mark.validator
async def test_a_provider_that_is_broken_on_purpose_is_not(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, answer = checkout(), verbs.answer

    def broken(*arguments: object) -> str:
        return answer(*arguments).replace("badVerb", "badArgument")  # type: ignore[arg-type]

    monkeypatch.setattr("portal_api.oai_provider.requests.answer", broken)
    async with serving(store, tmp_path) as url:
        found = await asyncio.to_thread(validated, folder, url)
    assert found.verdict not in ("COMPLIANT", ""), found.log


@pytest.mark.skipif(shutil.which("perl") is None, reason="no Perl on this machine")
@pytest.mark.parametrize(
    ("body", "status", "verdict"),
    [("return 1", "COMPLIANT", "COMPLIANT"), ("die 'lost'", "FAILED", "FAILED"), ("exit 3", "COMPLIANT", "")],
)
def test_only_a_validator_that_came_to_its_end_has_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, status: str, verdict: str
) -> None:
    module = tmp_path / "lib" / "HTTP" / "OAIPMH" / "Validator.pm"
    module.parent.mkdir(parents=True)
    module.write_text(_STAND_IN.replace("BODY", body).replace("STATUS", status))
    monkeypatch.setenv(SETTING, str(tmp_path))
    assert validated(checkout(), "http://127.0.0.1:9/oai").verdict == verdict


def test_without_a_checkout_it_is_skipped_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="HTTP::OAIPMH::Validator"):
        checkout()
