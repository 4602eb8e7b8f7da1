"""Each kind of training runs through the same code: one tiny epoch, then weights and a record."""

import json
from dataclasses import replace

import numpy as np
import pytest

from digitdraw.cli.main import main
from digitdraw.models import weights
from digitdraw.models.calibration import Calibration, PhotoCalibration
from digitdraw.training import plots, run, tasks
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.line_recognizer import dataset as line_crop_dataset
from digitdraw.training.line_recognizer.validation import LineRecognizerValidation
from digitdraw.training.recipes import RECIPES
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import Page
from digitdraw.training.synthesis.sources import Sources
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
        ("line-recognizer", "digit accuracy"),
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
