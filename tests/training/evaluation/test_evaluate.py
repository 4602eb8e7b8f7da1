"""The test figures: what they are, and what is said where they cannot be had."""

import numpy as np

from digitdraw.cli import evaluate as command
from digitdraw.preprocessing import strokes
from digitdraw.training.evaluation import evaluate
from digitdraw.training.evaluation.test_sets import EvaluationSets
from tests.support.drawings import DIGITS


def test_missing_test_data_is_said(tmp_path, capsys, data_folder):
    (tmp_path / "MNIST").symlink_to(data_folder / "MNIST")
    assert command.main(["--data", str(tmp_path)]) == 1
    assert "unipen-digits/dev.jsonl.gz" in capsys.readouterr().err


def test_figures_are_shares(recognizer):
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    cases = EvaluationSets(
        digits={"drawn digits": glyphs},
        labels={"drawn digits": np.arange(10)},
        readable=np.arange(10) != 4,
        others={"letters": glyphs[:, ::-1].copy()},
    )
    figures = evaluate.evaluate(recognizer, cases)
    assert figures["drawn digits: right"] == 1.0
    assert all(0 <= figure <= 1 for figure in figures.values())
