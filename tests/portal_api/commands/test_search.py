"""`search` as it is typed: what was read otherwise than written is said in words."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from portal_api.commands.entry import app
from portal_api.views.vocabulary import NOTICES
from tests.portal_api.pages.public.shown import catalogue_portal


async def test_a_note_says_in_words_what_became_of_which_piece(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path):
        pass
    result = CliRunner().invoke(app, ["search", "novel nosuch:x", "--data", str(tmp_path)], catch_exceptions=False)
    assert f'note: {NOTICES["field_unknown"]} (character 7, "nosuch:x")' in result.stdout
    assert "field_unknown" not in result.stdout


async def test_a_bound_that_is_no_date_is_said_to_be_left_out(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path):
        pass
    result = CliRunner().invoke(app, ["search", "novel", "--from", "xx", "--data", str(tmp_path)])
    assert f"note: {NOTICES['bound_left_out']}\n" in result.stdout
    assert NOTICES["date_unread"] not in result.stdout
