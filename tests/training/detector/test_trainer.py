"""The finder's training: it learns, goes on as if unbroken, and is judged by what it finds."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from digitdraw.photo.detection import Detections
from digitdraw.training import metrics
from digitdraw.training.datasets import Drawing
from digitdraw.training.detector.trainer import DetectorTrainer, _pages
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.recipes import RECIPES
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.sources import Sources
from tests.support.drawings import DIGITS
from tests.support.trainings import resumed_beside_unbroken

DRAWN = [
    Drawing(str(digit), "a", [np.array(stroke, float) for stroke in lines])
    for digit, lines in DIGITS.items()
]
SMALL = replace(RECIPES["detector"], batch=2, pages=8, side=128)


def start(epochs=3):
    trainer = DetectorTrainer("detector", SMALL, epochs, 0, torch.device("cpu"))
    trainer.take(Sources(DRAWN, None, [], []), workers=0)
    return trainer


def test_a_restored_training_goes_on_as_if_it_had_not_stopped(tmp_path):
    resumed_beside_unbroken(start, tmp_path)


def test_a_digit_costs_less_and_less_as_it_learns():
    trainer = start(epochs=12)
    for _ in range(12):
        trainer.one_epoch()
    losses = [epoch["loss"] for epoch in trainer.history]
    # Each epoch has other pages, some with few digits.
    assert np.mean(losses[-4:]) < 0.9 * np.mean(losses[:4])


def test_worker_processes_make_the_same_pages():
    alone, helped = start(), start()
    helped.take(Sources(DRAWN, None, [], []), workers=1)
    alone.one_epoch()
    helped.one_epoch()
    assert alone.history == helped.history


def test_a_third_of_the_pages_are_clear(monkeypatch):
    page = Page(np.zeros((128, 128), np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, int))
    made = []
    for name in ("clear_page", "random_page"):
        monkeypatch.setattr(pages, name, lambda *_, name=name: made.append(name) or page)
    _pages(Sources(DRAWN, None, [], []), 128, 0, range(300))
    assert len(made) == 300
    assert 75 < made.count("clear_page") < 125


def test_samples_are_pages_with_their_boxes():
    figure = start().samples(12)
    assert sum(len(axes.patches) for axes in figure.axes) > 4


def perfect(page, wrong=0):
    """Finds that are the page's digits, the first few of them read wrong."""
    keep = page.labels != IGNORED
    labels = page.labels[keep].copy()
    labels[:wrong] = (labels[:wrong] + 1) % 10
    logits = np.where(np.arange(10) == labels[:, None], 8.0, 0.0).astype(np.float32)
    return Detections(page.boxes[keep], np.full(len(labels), 0.9, np.float32), logits)


def test_validation_counts_what_is_found_and_read_right():
    rng = np.random.default_rng(1)
    made = [pages.random_page(Sources(DRAWN, None, [], []), rng, 128) for _ in range(12)]
    scan = Page(
        np.zeros((40, 90), np.uint8), np.array([[5, 5, 20, 30], [30, 5, 20, 30]]), np.array([3, 7])
    )
    judge = DetectorValidation(made, [scan])
    right = {"pages": [perfect(page) for page in made], "scans": [perfect(scan)]}
    assert judge.measure(right)["F1 accuracy"] == pytest.approx(1, abs=0.06)
    assert judge.measure(right)["scans accuracy"] == 1
    # A checkpoint holds no type but plain ones.
    assert {type(value) for value in judge.measure(right).values()} == {float}
    wrong = {"pages": right["pages"], "scans": [perfect(scan, wrong=1)]}
    assert judge.measure(wrong)["F1 accuracy"] < judge.measure(right)["F1 accuracy"]
    assert judge.measure(wrong)["scans accuracy"] == 0
    calibration, figures = judge.conclude(right)
    assert 0 < calibration.min_digitness < 0.9
    assert set(figures) == {"confusion", "reliability", "mistakes"}
    assert metrics.match_boxes(scan.boxes, right["scans"][0].boxes) == [(0, 0), (1, 1)]
