"""The trainer of the detector: it learns, resumes, and generates its pages in any process."""

from dataclasses import replace

import numpy as np
import torch

from digitdraw.training.detector.trainer import DetectorTrainer, _generate
from digitdraw.training.recipes import RECIPES
from digitdraw.training.synthesis import pages
from digitdraw.training.synthesis.canvas import Page
from digitdraw.training.synthesis.sources import Sources
from tests.support.trainings import DRAWINGS, assert_resumes_as_unbroken

SMALL = replace(RECIPES["detector"], batch_size=2, pages_per_epoch=8, page_side=128)
SOURCES = Sources(DRAWINGS, None, [], [])


def start(epochs=3, workers=0):
    trainer = DetectorTrainer("detector", SMALL, epochs, 0, torch.device("cpu"))
    trainer.set_data(SOURCES, workers=workers)
    return trainer


def test_a_resumed_training_equals_an_unbroken_one(tmp_path):
    assert_resumes_as_unbroken(start, tmp_path)


def test_training_lowers_the_loss():
    trainer = start(epochs=12)
    for _ in range(12):
        trainer.train_epoch()
    losses = [epoch["loss"] for epoch in trainer.history]
    # Each epoch has different pages, some with few digits.
    assert np.mean(losses[-4:]) < 0.9 * np.mean(losses[:4])


def test_worker_processes_generate_the_same_pages():
    alone, with_worker = start(), start(workers=1)
    alone.train_epoch()
    with_worker.train_epoch()
    assert alone.history == with_worker.history


def test_a_third_of_the_pages_are_clear(monkeypatch):
    page = Page(np.zeros((128, 128), np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, int))
    makers = []
    for name in ("clear_page", "random_page"):
        monkeypatch.setattr(pages, name, lambda *_, name=name: makers.append(name) or page)
    _generate(SOURCES, 128, 0, range(300))
    assert len(makers) == 300
    assert 75 < makers.count("clear_page") < 125


def test_samples_are_pages_with_their_boxes():
    figure = start().samples(12)
    assert sum(len(axes.patches) for axes in figure.axes) > 4
