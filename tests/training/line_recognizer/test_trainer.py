"""The trainer of the line recognizer: it learns, resumes, and batches crops of similar width."""

from dataclasses import replace

import numpy as np
import torch

from digitdraw.models import alphabet
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc, line_crop
from digitdraw.photo.line_crop import HEIGHT
from digitdraw.training.line_recognizer.dataset import PER_EPOCH
from digitdraw.training.line_recognizer.trainer import LineRecognizerTrainer, ctc_loss, reads_as
from digitdraw.training.recipes import RECIPES
from tests.support.line_crops import bar_crop, line_crops
from tests.support.painted import PaintedLineRecognizer
from tests.support.trainings import assert_resumes_as_unbroken

SMALL = replace(RECIPES["line-recognizer"], batch_size=8)
FRACTION = 0.003


def start(epochs=3):
    trainer = LineRecognizerTrainer("line-recognizer", SMALL, epochs, 0, torch.device("cpu"))
    trainer.set_data(line_crops(48), fraction=FRACTION)
    return trainer


def test_a_resumed_training_equals_an_unbroken_one(tmp_path):
    trainer = assert_resumes_as_unbroken(start, tmp_path)
    assert trainer.history[-1]["loss"] < trainer.history[0]["loss"]


def test_batches_have_crops_of_similar_width_and_of_every_kind():
    trainer = start()
    expected = sum(int(PER_EPOCH[subset.kind] * FRACTION) for subset in line_crops(48))
    batches = trainer._choose(np.random.default_rng(0))
    assert sum(map(len, batches)) == trainer.examples_per_epoch == expected
    assert max(map(len, batches)) == SMALL.batch_size
    ranges = [np.ptp(trainer._crops.widths[batch]) for batch in batches]
    assert np.median(ranges) <= 12
    assert any(index >= 48 for batch in batches for index in batch)


def test_the_loss_is_small_for_correct_digits():
    expected = [np.array([0, 7]), np.zeros(0, np.int64)]
    crops = [line_crop.from_uint8(bar_crop(6, 6)), np.zeros((HEIGHT, 9), np.float32)]
    x, columns = ctc.pad_batch(crops)
    assert columns.tolist() == [6, 3]
    logits = PaintedLineRecognizer()(x[:, None])
    all_read = torch.tensor([False, False])
    assert ctc_loss(logits, columns, expected, all_read).item() < 0.01
    wrong = ctc_loss(logits, columns, [np.array([0, 4]), np.array([7])], all_read)
    assert wrong.item() > 1
    too_many = ctc_loss(logits[1:], columns[1:], [np.array([1, 1, 1])], all_read[1:])
    assert too_many.item() == 0  # three columns are too few for three equal digits


def test_symbols_are_not_punished_where_labels_are_digits_only():
    logits = torch.full((1, 5, alphabet.OUTPUTS), -9.0)
    for column, label in enumerate([1, alphabet.BLANK, *alphabet.encode(","), 5, alphabet.BLANK]):
        logits[0, column, label] = 9
    columns, digits = torch.tensor([5]), [np.array([1, 5])]
    assert ctc_loss(logits, columns, digits, torch.tensor([True])).item() < 0.01
    assert ctc_loss(logits, columns, digits, torch.tensor([False])).item() > 1
    assert ctc_loss(logits, columns, [np.array([1, 6])], torch.tensor([True])).item() > 1


def test_a_text_is_right_up_to_what_changes_no_number():
    read, truth = alphabet.encode("25+6=31 ?"), alphabet.encode("25 + 6 = 31 ? ?")
    assert reads_as(read, truth, digits_only=False)
    assert not reads_as(alphabet.encode("12,50"), alphabet.encode("12.50"), digits_only=False)
    assert reads_as(alphabet.encode("12,50"), alphabet.encode("1250"), digits_only=True)


def test_a_training_may_start_from_weights_of_another_alphabet():
    trainer, old = start(), LineRecognizer(11, row_width=96)
    trainer.start_from(old)
    assert_equal = torch.testing.assert_close
    assert_equal(trainer.network.features[0][0].weight, old.features[0][0].weight)
    assert_equal(trainer.result.features[4].first[0].weight, old.features[4].first[0].weight)
    assert trainer.network.head.out_channels == alphabet.OUTPUTS


def test_samples_are_line_crops_with_their_digits():
    titles = [axes.get_title() for axes in start().samples(6).axes]
    assert len(titles) >= 6
    assert all(title.isdigit() or title == "" for title in titles)
