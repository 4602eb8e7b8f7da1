"""The training corpus: labels stay with their glyphs, and the seed decides."""

import numpy as np
import pytest

from digitdraw.preprocessing import binarize, strokes
from digitdraw.training import datasets
from digitdraw.training.classifier import dataset
from digitdraw.training.datasets import Drawing
from tests.support.drawings import DIGITS

DRAWN = [Drawing(str(d), "w", [np.array([[0, 0], [d + 1.0, 9]])]) for d in range(10)]


def test_a_variation_keeps_its_label():
    rng = np.random.default_rng(0)
    for index in range(30):
        for make in (dataset.digit_variant, dataset.digit_picture):
            glyph, label = make(DRAWN, index, rng)
            assert label == index % 10
            assert glyph.shape == (28, 28) and glyph.dtype == np.uint8
            assert glyph.any()


def test_what_is_no_digit_is_labelled_so():
    rng = np.random.default_rng(0)
    for index in range(30):
        glyph, label = dataset.non_digit(DRAWN, DRAWN, index, rng)
        assert label == dataset.NOT_A_DIGIT
        assert glyph.shape == (28, 28) and glyph.dtype == np.uint8


def test_chunks_hang_on_the_seed_and_their_place_alone():
    one, other = (
        dataset._render_chunk(dataset.digit_variant, DRAWN, 5, range(500, 520)) for _ in range(2)
    )
    third = dataset._render_chunk(dataset.digit_variant, DRAWN, 6, range(500, 520))
    assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
    assert not np.array_equal(one[0], third[0])


def test_glyphs_sent_in_as_pictures_come_back_as_glyphs(recognizer):
    sent = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    back = dataset.renormalized((sent * 255).astype(np.uint8), workers=1)
    found = recognizer.predict_batch(back.astype(np.float32) / 255)
    assert [each.digit for each in found] == list(DIGITS)


def test_digits_of_scans_come_as_glyphs_with_their_labels(data_folder, recognizer):
    scans = datasets.scans(data_folder, "train")[:20]
    if not scans:
        pytest.skip("there is no orand-car-a in the data folder")
    pixels, labels = dataset.from_scans(scans, workers=1)
    assert pixels.shape == (len(labels), 28, 28) and pixels.dtype == np.uint8
    found = recognizer.predict_batch(pixels.astype(np.float32) / 255)
    right = [each.ranking[0] == label for each, label in zip(found, labels, strict=True)]
    assert np.mean(right) > 0.85


def test_scans_without_a_digit_that_stands_clear_give_no_glyphs():
    paper = datasets.Scan(
        "paper", np.full((40, 60), 200, np.uint8), np.zeros((0, 4)), np.zeros(0, int)
    )
    pixels, labels = dataset.from_scans([paper], workers=1)
    assert pixels.shape == (0, 28, 28) and labels.shape == (0,)


def test_a_drawing_on_a_canvas_stays_on_it_and_stays_the_drawing():
    rng = np.random.default_rng(0)
    lines = [np.array(stroke, float) for stroke in DIGITS[3]]
    for _ in range(40):
        placed, picture = dataset.on_canvas(lines, rng)
        points = np.concatenate(placed)
        assert (points >= 0).all() and (points <= dataset.CANVAS).all()
        assert picture.shape == (dataset.CANVAS, dataset.CANVAS)
        seen, drawn = binarize.to_glyph(picture), strokes.to_glyph(placed)
        assert np.minimum(seen, drawn).sum() / np.maximum(seen, drawn).sum() > 0.5


def test_a_kept_corpus_is_made_once(tmp_path):
    pool = dataset.Subset("some of it", np.zeros((3, 28, 28), np.uint8), np.array([1, 2, -1]), 2)
    made = []

    def make():
        made.append(1)
        return dataset.GlyphDataset([pool])

    first, second = (dataset.cached(tmp_path / "corpus.npz", make) for _ in range(2))
    assert len(made) == 1
    for each in (*first.pools, *second.pools):
        assert (each.name, each.per_epoch) == (pool.name, pool.per_epoch)
        assert np.array_equal(each.pixels, pool.pixels)
        assert np.array_equal(each.labels, pool.labels)
