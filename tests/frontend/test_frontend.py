"""The front end's modules: format, lint and unit tests, with Deno."""

import json
import re

import pytest

from digitdraw.ui import assets
from tests.support.deno_tool import run_deno


def test_modules_and_styles_are_formatted():
    run_deno("fmt", "--check")


def test_modules_pass_the_linter():
    run_deno("lint")


def test_pure_modules_pass_their_unit_tests():
    printed = run_deno("test", "--no-check", "--no-remote")
    passed = re.search(r"(\d+) passed \| 0 failed", printed)
    assert passed and int(passed[1]) >= 50, printed


@pytest.mark.parametrize("entry", ["draw", "photo", "compare"])
def test_every_module_is_found_from_the_imports_of_its_tab(entry):
    graph = json.loads(run_deno("info", "--json", f"digitdraw/ui/frontend/{entry}/{entry}.js"))
    paths = {module["specifier"].split("/ui/frontend/")[1] for module in graph["modules"]}
    assert set(assets.modules(f"{entry}/{entry}.js")) == paths


def test_mutated_links_hold_a_drawing_or_nothing():
    script = "tests/frontend/fuzz_links.js"
    found = json.loads(run_deno("run", "--quiet", "--no-remote", script, "1", "500"))
    assert found["broken"] == []
