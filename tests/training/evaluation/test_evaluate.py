"""The evaluation: metrics are fractions, what is missing is left out, and errors name it."""

import shutil

import numpy as np
import pytest

from digitdraw.cli.main import main
from digitdraw.models import weights
from digitdraw.preprocessing import strokes
from digitdraw.training.evaluation import evaluate
from digitdraw.training.evaluation.test_sets import EvaluationSet
from tests.conftest import SAMPLE
from tests.support.drawings import DIGITS

GLYPHS = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
DRAWN = EvaluationSet(GLYPHS, np.arange(10), np.arange(10) != 4)
LETTERS = EvaluationSet(GLYPHS[:, ::-1].copy())


@pytest.fixture
def mnist_alone(tmp_path):
    (tmp_path / "MNIST").symlink_to(SAMPLE / "MNIST")
    return tmp_path


def test_mnist_alone_is_enough(mnist_alone, capsys, monkeypatch):
    monkeypatch.setattr(evaluate, "milliseconds", lambda *_: 1.0)
    assert main(["evaluate", "--model", "softmax", "--data", str(mnist_alone)]) == 0
    out, notes = capsys.readouterr()
    (row,) = (line for line in out.splitlines() if line.startswith("| `softmax`"))
    assert row.count("\N{EN DASH}") == 5  # drawn digits, letters and calibration
    assert "| MNIST test, as pictures |" in out and "AUROC of digitness |" not in out
    for file in ("unipen-digits/dev.jsonl.gz", "unipen-letters/letters.jsonl.gz", "orand-car-a"):
        (note,) = (line for line in notes.splitlines() if file in line)
        assert "left out: " in note


def test_tables_are_only_written_in_a_checkout(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(evaluate, "README", tmp_path / "README.md")
    assert main(["evaluate", "--write", "--data", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "checkout" in error and str(tmp_path / "README.md") in error
    assert list(tmp_path.iterdir()) == []


def test_tables_are_not_written_without_all_test_sets(mnist_alone, capsys):
    assert main(["evaluate", "--write", "--data", str(mnist_alone)]) == 1
    out, error = capsys.readouterr()
    assert out == "" and "unipen-digits/dev.jsonl.gz and no unipen-letters" in error


def test_one_test_set_can_be_chosen(mnist_alone, capsys):
    options = ["--only", "MNIST test", "--model", "cnn", "--model", "softmax"]
    assert main(["evaluate", *options, "--data", str(mnist_alone)]) == 0
    out, notes = capsys.readouterr()
    assert out.count("| MNIST test | ") == 2 and "figure" not in out and notes == ""


def test_a_test_set_that_is_unknown_or_missing_is_an_error(mnist_alone, capsys):
    for name, reason in (("MNIST", "known are: MNIST test; "), ("letters", "letters.jsonl.gz")):
        assert main(["evaluate", "--only", name, "--data", str(mnist_alone)]) == 1
        assert reason in capsys.readouterr().err


def test_a_model_or_a_folder_without_weights_is_an_error(tmp_path, capsys):
    assert main(["evaluate", "--model", "nonesuch"]) == 1
    assert "known are: cnn" in capsys.readouterr().err
    assert main(["evaluate", str(tmp_path)]) == 1
    assert f"{tmp_path} has no weights" in capsys.readouterr().err


def test_several_folders_give_the_range_of_their_seeds(mnist_alone, capsys):
    other = mnist_alone / "seed1"
    other.mkdir()
    for name in ("manifest.json", "softmax.pt"):
        shutil.copy(weights.FOLDER / name, other)
    options = ["--only", "MNIST test", "--model", "softmax", "--data", str(mnist_alone)]
    assert main(["evaluate", str(weights.FOLDER), str(other), *options]) == 0
    assert "| MNIST test | " in capsys.readouterr().out


def test_metrics_are_fractions(recognizer):
    measured = evaluate.evaluate(recognizer.classifier, {"drawn digits": DRAWN, "letters": LETTERS})
    assert measured["drawn digits: correct"] == 1.0
    assert {"drawn digits: rejected", "letters: rejected"} <= set(measured)
    assert {"drawn digits, readable: correct", "letters: AUROC of digitness"} <= set(measured)
    assert all(0 <= metric <= 1 for metric in measured.values())


def test_only_what_the_test_sets_allow_is_measured(recognizer):
    measured = evaluate.evaluate(recognizer.classifier, {"letters": LETTERS})
    assert set(measured) == {"letters: rejected"}
