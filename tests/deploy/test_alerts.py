"""The alert rules are rules of Prometheus, and speak when what they watch goes wrong."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yml"
CASES = Path(__file__).with_name("alerts.test.yml")


@pytest.mark.promtool
def test_every_rule_speaks_when_it_has_to_and_once() -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool, of Debian's prometheus, is not on this machine")
    for words in (("check", "rules", str(RULES)), ("test", "rules", str(CASES))):
        done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_has_a_case_in_which_it_speaks() -> None:
    reader = YAML(typ="safe")
    rules = [rule["alert"] for group in reader.load(RULES.read_text())["groups"] for rule in group["rules"]]
    cases = [case for each in reader.load(CASES.read_text())["tests"] for case in each["alert_rule_test"]]
    assert {case["alertname"] for case in cases if case.get("exp_alerts")} == set(rules)
