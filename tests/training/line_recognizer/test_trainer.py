"""The sequence reader's training: it learns, goes on as if unbroken, and is told what is wrong."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.models.registry import LINE_RECOGNIZER
from digitdraw.photo import ctc, line_crop
from digitdraw.training.line_recognizer import augment
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.line_recognizer.trainer import LineRecognizerTrainer, ctc_loss
from digitdraw.training.line_recognizer.validation import LineRecognizerValidation
from digitdraw.training.recipes import RECIPES
from tests.support.painted import PaintedLineRecognizer
from tests.support.trainings import resumed_beside_unbroken

SMALL = replace(RECIPES["line-recognizer"], batch=8)
CPU = torch.device("cpu")


def strip(*digits, width=12):
    """A strip with a bar for each digit, the higher the larger."""
    ink = np.zeros((32, width * max(1, len(digits))), np.float32)
    for place, digit in enumerate(digits):
        ink[30 - 3 * digit : 31, place * width + 4 : place * width + 8] = 4
    return line_crop.to_uint8(ink)


def numbers(count=48):
    rng = np.random.default_rng(0)
    digits = [rng.integers(0, 10, rng.integers(1, 4)) for _ in range(count)]
    empty = LineCrops("empty", [strip()] * 8, [np.zeros(0, np.int64)] * 8)
    return [LineCrops("clear", [strip(*each) for each in digits], digits), empty]


def start(epochs=3):
    trainer = LineRecognizerTrainer("line-recognizer", SMALL, epochs, 0, CPU)
    trainer.take(numbers(), share=0.003)
    return trainer


def test_a_restored_training_goes_on_as_if_it_had_not_stopped(tmp_path):
    _, unbroken = resumed_beside_unbroken(start, tmp_path)
    assert unbroken.history[-1]["loss"] < unbroken.history[0]["loss"]


def test_batches_are_of_like_width_and_of_every_kind():
    trainer = start()
    batches = trainer._chosen(np.random.default_rng(0))
    assert sum(map(len, batches)) == sum(trainer.per_epoch) == 42 + 9
    assert max(map(len, batches)) == SMALL.batch
    spread = [np.ptp(trainer._kept.widths[each]) for each in batches]
    assert np.median(spread) <= 12
    assert any(i >= 48 for each in batches for i in each)


@given(st.integers(0, 10_000), st.integers(8, 90))
def test_variation_keeps_the_height_and_about_the_width(seed, width):
    ink = line_crop.from_uint8(np.random.default_rng(seed).integers(0, 255, (32, width), np.uint8))
    varied = augment.augment_crop(ink, np.random.default_rng(seed))
    assert varied.dtype == np.float32
    assert varied.shape[0] == line_crop.HEIGHT
    assert line_crop.MIN_WIDTH <= varied.shape[1] < 2.2 * width
    assert np.isfinite(varied).all()


def test_the_loss_is_small_for_what_is_right():
    wanted = [np.array([0, 7]), np.zeros(0, np.int64)]
    x, columns = ctc.pad_batch([line_crop.from_uint8(strip(6, 6)), np.zeros((32, 9), np.float32)])
    assert columns.tolist() == [6, 3]
    logits = PaintedLineRecognizer()(x[:, None])
    right = ctc_loss(logits, columns, wanted)
    assert right.item() < 0.01
    wrong = ctc_loss(logits, columns, [np.array([0, 4]), np.array([7])])
    assert wrong.item() > 1
    too_many = ctc_loss(logits[1:], columns[1:], [np.array([1, 1, 1])])
    assert too_many.item() == 0  # in three columns nothing can be learned from it


def test_samples_are_strips_with_their_digits():
    figure = start().samples(6)
    titles = [axes.get_title() for axes in figure.axes]
    assert len(titles) >= 6
    assert all(title.isdigit() or title == "" for title in titles)


def test_validation_counts_numbers_and_digits():
    inks = [strip(6, 6, 6), strip(6, 6), strip(6)]
    digits = [np.array([0, 7, 4]), np.array([0, 7]), np.array([1])]
    judged = LineRecognizerValidation(
        [
            LineCrops("written", inks[:2], digits[:2]),
            LineCrops("scanned", inks[2:], digits[2:]),
            LineCrops("empty", [strip(), strip(6)], [np.zeros(0, np.int64)] * 2),
        ]
    )
    answers = judged.logits(PaintedLineRecognizer(), LINE_RECOGNIZER, CPU)
    told = judged.measure(answers)
    assert told["written accuracy"] == 1
    assert told["scanned accuracy"] == 0
    assert told["empty accuracy"] == 0.5
    assert told["digit accuracy"] == pytest.approx(5 / 6)
    assert {type(value) for value in told.values()} == {float}
    calibration, figures = judged.conclude(answers)
    assert 0 < calibration.min_digitness < 1
    assert set(figures) == {"confusion", "reliability", "mistakes"}
    assert [axes.get_title() for axes in figures["mistakes"].axes][:2] == ["none → 0", "1 → 0"]
