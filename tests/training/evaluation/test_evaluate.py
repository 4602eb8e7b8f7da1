"""The evaluation: metrics are fractions, and errors name what is missing."""

import numpy as np

from digitdraw.cli.main import main
from digitdraw.preprocessing import strokes
from digitdraw.training.evaluation import evaluate
from digitdraw.training.evaluation.test_sets import EvaluationSets
from tests.support.drawings import DIGITS


def test_missing_test_data_is_an_error(tmp_path, capsys, data_folder):
    (tmp_path / "MNIST").symlink_to(data_folder / "MNIST")
    assert main(["evaluate", "--data", str(tmp_path)]) == 1
    assert "unipen-digits/dev.jsonl.gz" in capsys.readouterr().err


def test_tables_are_only_written_in_a_checkout(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(evaluate, "README", tmp_path / "README.md")
    assert main(["evaluate", "--write", "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "checkout" in error and str(tmp_path / "README.md") in error
    assert list(tmp_path.iterdir()) == []


def test_metrics_are_fractions(recognizer):
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    sets = EvaluationSets(
        digits={"drawn digits": glyphs},
        labels={"drawn digits": np.arange(10)},
        readable=np.arange(10) != 4,
        non_digits={"letters": glyphs[:, ::-1].copy()},
    )
    measured = evaluate.evaluate(recognizer.classifier, sets)
    assert measured["drawn digits: correct"] == 1.0
    assert {"drawn digits: rejected", "letters: rejected"} <= set(measured)
    assert all(0 <= metric <= 1 for metric in measured.values())
