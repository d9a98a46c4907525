"""Tables that ship: the newest version by its name, former ones beside it, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings.engine.tables import TableMissing, shelved, shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A table and phrases of which a former version ships, and a list that is no table."""
    texts = {
        "kinds.tsv": "# kinds@3\nkey\tvalue\na\tb\n",
        "kinds@2.tsv": "# kinds@2\nkey\tvalue\na\tc\n",
        "words.yaml": "# Words.\nversion: 2\nphrases: []\n",
        "words@1.yaml": "# Words.\nversion: 1\nphrases: []\n",
        "places.tsv": "# Places that one may mean\nA\tB\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("label", "file"),
    [
        ("kinds", "kinds.tsv"),
        ("kinds@3", "kinds.tsv"),
        ("kinds@2", "kinds@2.tsv"),
        ("words@2", "words.yaml"),
        ("words@1", "words@1.yaml"),
    ],
)
def test_a_version_that_was_pinned_is_found_beside_the_newest(folder: Path, label: str, file: str) -> None:
    assert shelved(label, folder).name == file


@pytest.mark.parametrize(
    "label", ["kinds@1", "kinds@x", "kinds@../words", "places", "nothing", "../words", "kinds@2.tsv"]
)
def test_what_does_not_ship_is_missing(folder: Path, label: str) -> None:
    with pytest.raises(TableMissing):
        shelved(label, folder)


def test_a_shipped_table_says_its_name_and_version() -> None:
    assert shipped("dcmi_types").label == "dcmi_types@1"
    assert shipped("access_phrases@1").rows == {}
