"""Evaluation on labelled data: the classes of the model, its own data set, and examples."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from digitdraw.classifier import GlyphClassifier
from digitdraw.cli.main import main
from digitdraw.errors import DataError
from digitdraw.models import weights
from digitdraw.models.calibration import Calibration
from digitdraw.models.data_format import DIGITS, DataFormat
from digitdraw.models.registry import architecture
from digitdraw.training.datasets import Glyphs
from digitdraw.training.evaluation import labelled
from tests.conftest import SAMPLE
from tests.support.drawings import DIGITS as DRAWN

FORMAT = DataFormat("marks", ("one", "seven"))


def save(folder: Path, data: DataFormat, name: str = "softmax") -> None:
    """Write an untrained model for data of this format."""
    network = architecture(name).build(len(data.classes), data.side)
    weights.save(name, network, Calibration(), {}, folder, data=data)


def marks(folder: Path) -> Path:
    """Write drawings of two classes, in each split. Returns the file."""
    path = folder / "marks.jsonl"
    lines = [
        {"label": label, "strokes": [list(map(list, s)) for s in DRAWN[digit]], "split": split}
        for split in ("train", "validation", "test")
        for label, digit in (("one", 1), ("seven", 7))
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def classifier_of(data: DataFormat) -> GlyphClassifier:
    network = architecture("softmax").build(len(data.classes), data.side)
    loaded = weights.Weights("own", network, 0.0, 1.0, Calibration(), "", data)
    return GlyphClassifier(loaded, torch.device("cpu"), "")


def test_a_model_of_other_classes_is_evaluated_on_labelled_data(tmp_path, capsys):
    path = marks(tmp_path)
    save(tmp_path, FORMAT)
    assert main(["evaluate", str(tmp_path), "--dataset", str(path)]) == 0
    out = capsys.readouterr().out
    assert "softmax: 2 test pictures of marks" in out
    for row in ("accuracy", "calibration error", "one", "seven"):
        assert f"| {row} | " in out


def test_its_examples_are_plotted_with_the_names_of_the_classes(tmp_path, capsys):
    path, out = marks(tmp_path), tmp_path / "shown.png"
    save(tmp_path, FORMAT)
    options = ["--dataset", str(path), "--show", "12", "--out", str(out)]
    assert main(["evaluate", str(tmp_path), *options]) == 0
    assert capsys.readouterr().out == f"wrote {out}\n"
    with Image.open(out) as picture:
        assert picture.format == "PNG"


def test_the_place_of_its_own_data_must_be_given(tmp_path, capsys):
    save(tmp_path, FORMAT)
    for more in ([], ["--show", "2"]):
        assert main(["evaluate", str(tmp_path), *more]) == 1
        assert "--dataset FOLDER" in capsys.readouterr().err


def test_it_is_skipped_beside_models_of_digits(tmp_path, capsys):
    (tmp_path / "MNIST").symlink_to(SAMPLE / "MNIST")
    save(tmp_path, FORMAT)
    save(tmp_path, DIGITS, "mlp-relu")
    options = ["--data", str(tmp_path), "--only", "MNIST test"]
    assert main(["evaluate", str(tmp_path), *options]) == 0
    out, notes = capsys.readouterr()
    assert out.startswith("mlp-relu") and "softmax" not in out
    assert "softmax is left out" in notes and "--dataset" in notes


def test_labels_count_the_classes_of_the_model():
    model = classifier_of(dataclasses.replace(FORMAT, classes=("seven", "zero", "one")))
    test = Glyphs(np.zeros((3, 28, 28), np.uint8), np.array([0, 1, 1]))
    assert labelled.with_classes_of(model, FORMAT, test).labels.tolist() == [2, 0, 0]


def test_data_that_the_model_does_not_take_is_an_error():
    test = Glyphs(np.zeros((1, 32, 32), np.uint8), np.array([0]))
    for data, reason in (
        (dataclasses.replace(FORMAT, classes=("one", "eight")), "does not know eight"),
        (dataclasses.replace(FORMAT, side=32), "32 x 32"),
        (dataclasses.replace(FORMAT, preparation="none"), "grey pictures"),
    ):
        with pytest.raises(DataError, match=reason):
            labelled.with_classes_of(classifier_of(FORMAT), data, test)
    assert labelled.own_dataset(classifier_of(DIGITS)) == "mnist"
