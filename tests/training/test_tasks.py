"""Each kind of training runs through the same code: one tiny epoch, then weights and a record."""

import json
from dataclasses import replace

import numpy as np
import pytest

from digitdraw.cli.main import main
from digitdraw.models import weights
from digitdraw.models.calibration import Calibration, PhotoCalibration
from digitdraw.models.data_format import DataFormat
from digitdraw.training import plots, run, tasks
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.line_recognizer import dataset as line_crop_dataset
from digitdraw.training.line_recognizer.validation import LineRecognizerValidation
from digitdraw.training.recipes import RECIPES
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import Page
from digitdraw.training.synthesis.sources import Sources
from tests.support.labelled_sets import write_pictures
from tests.support.line_crops import line_crops
from tests.support.trainings import DRAWINGS, small_glyph_dataset

SMALL_RECIPES = {
    "default": RECIPES["default"],
    "from-scratch": RECIPES["from-scratch"],
    "detector": replace(RECIPES["detector"], batch_size=2, pages_per_epoch=4, page_side=128),
    "line-recognizer": replace(RECIPES["line-recognizer"], batch_size=16),
}


@pytest.fixture
def small_data(monkeypatch):
    """Replaces the data of every kind by a few generated examples."""
    glyphs = small_glyph_dataset()
    digits, non_digits = glyphs
    pixels = {
        "drawings": digits.pixels.astype(np.float32) / 255,
        "other": non_digits.pixels.astype(np.float32) / 255,
    }
    sources = Sources(DRAWINGS, None, [], [])
    page = pages.random_page(sources, np.random.default_rng(0), 128)
    scan = Page(page.picture, page.boxes, page.labels)
    validation = {
        ClassifierValidation: lambda *arguments: ClassifierValidation(
            pixels, {"drawings": digits.labels}, "drawings", arguments[1]
        ),
        DetectorValidation: lambda *arguments: DetectorValidation([page], [scan]),
        LineRecognizerValidation: lambda *arguments: LineRecognizerValidation(line_crops(8)),
    }
    for kind, load in validation.items():
        monkeypatch.setattr(kind, "load", load)
    monkeypatch.setattr(tasks.glyph_dataset, "build", lambda *arguments: glyphs)
    monkeypatch.setattr(tasks.glyph_dataset, "mnist_only", lambda *arguments: [digits])
    test = {"mnist": pixels["drawings"]}, {"mnist": digits.labels}
    monkeypatch.setattr(tasks.ClassifierTask, "_test_sets", lambda task: test)
    monkeypatch.setattr(tasks, "load_sources", lambda *arguments: sources)
    monkeypatch.setattr(line_crop_dataset, "generated", lambda *arguments: line_crops(48))
    monkeypatch.setattr(run, "recipe_for", lambda model, name: SMALL_RECIPES[model])
    monkeypatch.setattr(plots, "write", lambda *arguments: [])


@pytest.mark.parametrize(
    ("model", "metric"),
    [
        ("default", "drawings accuracy"),
        ("from-scratch", "drawings accuracy"),
        ("detector", "F1 accuracy"),
        ("line-recognizer", "digits accuracy"),
    ],
)
def test_each_kind_trains_one_epoch(model, metric, small_data, tmp_path):
    arguments = [model, "--epochs", "1", "--device", "cpu", "--workers", "0"]
    fraction = ["--fraction", "0.003"] if model == "line-recognizer" else []
    folders = ["--data", str(tmp_path / "data"), "--out", str(tmp_path)]
    assert main(["train", *arguments, *fraction, *folders]) == 0
    loaded = weights.load(model, tmp_path)
    assert type(loaded.calibration) is (
        PhotoCalibration if model == "line-recognizer" else Calibration
    )
    record = json.loads((tmp_path / f"{model}.json").read_text())
    assert len(record["history"]) == 1
    assert 0 <= record["validation"][metric] <= 1
    is_classifier = SMALL_RECIPES[model].task == "classifier"
    assert list(record["test"]) == (["mnist accuracy"] if is_classifier else [])
    assert record["recipe"]["task"] == SMALL_RECIPES[model].task
    assert (tmp_path / f"{model}.checkpoint.pt").is_file()


def test_every_recipe_names_a_task():
    assert {recipe.task for recipe in RECIPES.values()} == set(tasks.TASKS)


def train_on(folder, *options, model="cnn"):
    common = ["--device", "cpu", "--workers", "0", "--epochs", "1", "--out", str(folder / "out")]
    return main(["train", model, "--data", str(folder), *common, *options])


def test_a_classifier_learns_a_labelled_data_set(tmp_path, capsys):
    folder = tmp_path / "pets"
    for name, start in {"cats": 0, "dogs": 150, "owls": 200}.items():
        write_pictures(folder / name, 20, side=20, start=start)
    assert train_on(tmp_path, "--dataset", str(folder)) == 0, capsys.readouterr().err
    loaded = weights.load("cnn", tmp_path / "out")
    assert loaded.data == DataFormat("pets", ("cats", "dogs", "owls"), 20, "none")
    record = json.loads((tmp_path / "out" / "cnn.json").read_text())
    assert f"--dataset {folder}" in record["command"]
    assert list(record["data_sha256"]) == ["pictures"]
    assert record["validation"].keys() == {"validation loss", "pets accuracy"}
    assert not any(path.name == "MNIST" for path in tmp_path.iterdir())


def test_a_model_with_digitness_says_that_a_labelled_data_set_teaches_none(tmp_path, capsys):
    folder = tmp_path / "pets"
    for name, start in {"cats": 0, "dogs": 150}.items():
        write_pictures(folder / name, 20, side=20, start=start)
    assert train_on(tmp_path, "--dataset", str(folder), model="tiny") == 0
    assert "pets has no non-digits, so no digitness is learned" in capsys.readouterr().out
    assert weights.load("tiny", tmp_path / "out").calibration.min_digitness == 0


def test_mnist_by_name_gives_the_same_weights_as_the_recipe(data_folder, tmp_path):
    hashes = []
    for options in ((), ("--dataset", "mnist")):
        out = tmp_path / str(len(hashes))
        common = ["--device", "cpu", "--workers", "0", "--epochs", "1", "--fraction", "0.02"]
        arguments = ["softmax", "--data", str(data_folder), "--out", str(out), *common]
        assert main(["train", *arguments, *options]) == 0
        hashes.append(weights.load("softmax", out).sha256)
    assert hashes[0] == hashes[1]


def test_only_classifiers_take_a_data_set(tmp_path, capsys):
    arguments = ["--data", str(tmp_path), "--out", str(tmp_path), "--device", "cpu"]
    assert main(["train", "detector", "--dataset", "mnist", *arguments]) == 1
    assert "--dataset is for classifiers only" in capsys.readouterr().err
    assert main(["train", "cnn", "--dataset", "minst", *arguments]) == 1
    assert "neither one of mnist, fashion-mnist" in capsys.readouterr().err


def test_a_cache_of_other_variants_is_refused(small_data, tmp_path, capsys):
    cache = str(tmp_path / "glyphs.npz")
    common = ["--device", "cpu", "--workers", "0", "--epochs", "1", "--dataset-cache", cache]
    arguments = ["train", "default", "--data", str(tmp_path), *common]
    assert main([*arguments, "--out", str(tmp_path / "first")]) == 0
    assert main([*arguments, "--out", str(tmp_path / "second"), "--variants", "2"]) == 1
    assert "--variants (was 24, now 2)" in capsys.readouterr().err
