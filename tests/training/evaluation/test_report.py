"""Test figures as tables: summed up over seeds, shown, and put where the README has its place."""

import pytest

from digitdraw.errors import DigitDrawError
from digitdraw.training.evaluation import report

FIGURES = {
    "seeds": 2,
    "parameters": 1234,
    "kilobytes": 5,
    "milliseconds": {"1": 0.5, "64": 8.25},
    "figures": report.summary(
        [
            {"MNIST test: right": 0.99, "blank: refused": 1},
            {"MNIST test: right": 0.97, "blank: refused": 1},
        ]
    ),
}


def test_the_summary_holds_mean_and_spread_over_seeds():
    assert FIGURES["figures"]["MNIST test: right"] == {"mean": 0.98, "least": 0.97, "most": 0.99}


def test_the_table_of_one_model_shows_the_spread_where_there_are_several_seeds():
    line = "| MNIST test: right | 98.00% | 97.00% to 99.00% |"
    assert line in report.figures_table(FIGURES)
    assert "| MNIST test: right | 98.00% |\n" in report.figures_table({**FIGURES, "seeds": 1})


def test_the_table_of_all_models_has_a_dash_where_a_model_has_no_such_figure():
    title, _, line = report.models_table({"tiny": FIGURES}).splitlines()
    assert title.count("|") == line.count("|")
    assert line.startswith("| `tiny` | 98.00% | \N{EN DASH} |")
    assert line.endswith("| 1,234 | 5 | 0.50 | 8.25 |")


def test_a_table_is_put_in_its_place_and_nowhere_else(tmp_path):
    text = "before\n<!-- all models -->\nold\n<!-- end -->\nafter\n"
    once = report.insert(text, "all models", "new \\1")
    assert once == "before\n<!-- all models -->\nnew \\1\n<!-- end -->\nafter\n"
    assert report.insert(once, "all models", "new \\1") == once
    with pytest.raises(DigitDrawError, match="no place"):
        report.insert("nothing", "all models", "new")
