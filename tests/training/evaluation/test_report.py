"""Test results as tables: means and ranges over seeds, written to their places in documents."""

import json
from pathlib import Path

import pytest

from digitdraw.errors import DigitDrawError
from digitdraw.training.evaluation import report

ROOT = Path(__file__).parents[3]
DASH = "\N{EN DASH}"
MODEL = {
    "seeds": 2,
    "parameters": 1234,
    "kilobytes": 5,
    "milliseconds": {"1": 0.5, "64": 8.25},
    "figures": report.summary(
        [
            {"MNIST test: correct": 0.99, "blank: rejected": 1, "letters: AUROC of digitness": 0.5},
            {"MNIST test: correct": 0.97, "blank: rejected": 1, "letters: AUROC of digitness": 0.5},
        ]
    ),
}


def test_the_summary_has_mean_and_range_over_seeds():
    assert MODEL["figures"]["MNIST test: correct"] == {"mean": 0.98, "least": 0.97, "most": 0.99}


def test_the_table_of_the_readme_has_the_main_test_sets():
    lines = report.main_table(MODEL).splitlines()
    assert f"| MNIST test | 98.00% | {DASH} |" in lines
    assert len(lines) == 2 + 6


def test_the_tables_of_one_model_have_ranges_where_seeds_differ():
    test_sets, other_metrics = report.metrics_table(MODEL).split("\n\n")
    assert f"| MNIST test | 98.00% (97.00 to 99.00) | {DASH} |" in test_sets
    assert f"| blank | {DASH} | 100.00% |" in test_sets
    assert "| letters: AUROC of digitness | 50.00% |" in other_metrics


def test_the_table_of_all_models_has_a_dash_for_a_missing_metric():
    title, _, line = report.models_table({"tiny": MODEL}).splitlines()
    assert title.count("|") == line.count("|")
    assert line.startswith(f"| `tiny` | 98.00% | {DASH} |")
    assert line.endswith("| 1,234 | 5 | 0.50 | 8.25 |")


def test_a_table_replaces_the_text_at_its_place_only():
    text = "before\n<!-- all models -->\nold\n<!-- end -->\nafter\n"
    once = report.insert(text, "all models", "new \\1")
    assert once == "before\n<!-- all models -->\nnew \\1\n<!-- end -->\nafter\n"
    assert report.insert(once, "all models", "new \\1") == once
    with pytest.raises(DigitDrawError, match="no place"):
        report.insert("nothing", "all models", "new")


def test_nothing_is_written_if_a_place_is_missing(tmp_path):
    readme, card = tmp_path / "README.md", tmp_path / "MODEL_CARD.md"
    readme.write_text("<!-- main figures -->\n<!-- end -->\n")
    card.write_text("<!-- all models -->\n<!-- end -->\n")
    with pytest.raises(DigitDrawError, match="default model"):
        report.write({"default": MODEL}, readme, card)
    assert "MNIST" not in readme.read_text() + card.read_text()


def test_the_documents_have_the_tables_of_the_recorded_evaluation(tmp_path):
    models = json.loads((ROOT / "weights" / "evaluation.json").read_text(encoding="utf-8"))
    documents = ROOT / "README.md", ROOT / "weights" / "MODEL_CARD.md"
    copies = [tmp_path / path.name for path in documents]
    for path, copy in zip(documents, copies, strict=True):
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    report.write(models, *copies)
    for path, copy in zip(documents, copies, strict=True):
        assert copy.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_the_table_of_a_labelled_data_set_has_its_worst_classes():
    measured = {"accuracy": 0.8, "a: correct": 0.9, "b: correct": 0.5, "c: correct": 0.7}
    figures, classes = report.labelled_table(report.summary([measured]), 2).split("\n\n")
    assert figures.splitlines()[2:] == ["| accuracy | 80.00% |"]
    assert classes.splitlines()[2:] == ["| b | 50.00% |", "| c | 70.00% |"]
