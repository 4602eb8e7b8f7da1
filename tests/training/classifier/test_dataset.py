"""The dataset of the classifiers: labels stay with their glyphs, and the seed decides."""

import numpy as np
import pytest

from digitdraw.errors import DataError
from digitdraw.preprocessing import binarize, strokes
from digitdraw.training import datasets
from digitdraw.training.classifier import dataset
from digitdraw.training.datasets import Drawing
from tests.support.drawings import DIGITS

DRAWINGS = [Drawing(str(d), "w", [np.array([[0, 0], [d + 1.0, 9]])]) for d in range(10)]


def test_a_variant_keeps_its_label():
    rng = np.random.default_rng(0)
    for index in range(30):
        for make in (dataset.digit_variant, dataset.digit_picture):
            glyph, label = make(DRAWINGS, index, rng)
            assert label == index % 10
            assert glyph.shape == (28, 28) and glyph.dtype == np.uint8
            assert glyph.any()


def test_a_non_digit_has_the_label_of_non_digits():
    rng = np.random.default_rng(0)
    for index in range(30):
        glyph, label = dataset.non_digit(DRAWINGS, DRAWINGS, index, rng)
        assert label == dataset.NOT_A_DIGIT
        assert glyph.shape == (28, 28) and glyph.dtype == np.uint8


def test_a_chunk_depends_on_the_seed_and_its_place_alone():
    first, same = (
        dataset._make_chunk(dataset.digit_variant, DRAWINGS, 5, range(500, 520)) for _ in range(2)
    )
    different = dataset._make_chunk(dataset.digit_variant, DRAWINGS, 6, range(500, 520))
    assert np.array_equal(first[0], same[0]) and np.array_equal(first[1], same[1])
    assert not np.array_equal(first[0], different[0])


def test_glyphs_preprocessed_as_pictures_are_still_read(recognizer):
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    preprocessed = dataset.renormalized((glyphs * 255).astype(np.uint8), workers=1)
    predictions = recognizer.predict_batch(preprocessed.astype(np.float32) / 255)
    assert [prediction.digit for prediction in predictions] == list(DIGITS)


def test_digits_of_scans_are_glyphs_with_their_labels(data_folder, recognizer):
    scans = datasets.scans(data_folder, "train")[:20]
    if not scans:
        pytest.skip("there is no orand-car-a in the data folder")
    pixels, labels = dataset.from_scans(scans, workers=1)
    assert pixels.shape == (len(labels), 28, 28) and pixels.dtype == np.uint8
    predictions = recognizer.predict_batch(pixels.astype(np.float32) / 255)
    correct = [p.ranking[0] == label for p, label in zip(predictions, labels, strict=True)]
    assert np.mean(correct) > 0.85


def test_a_scan_without_digits_gives_no_glyphs():
    paper = datasets.Scan(
        "paper", np.full((40, 60), 200, np.uint8), np.zeros((0, 4)), np.zeros(0, int)
    )
    pixels, labels = dataset.from_scans([paper], workers=1)
    assert pixels.shape == (0, 28, 28) and labels.shape == (0,)


def test_a_drawing_on_a_canvas_is_inside_and_keeps_its_shape():
    rng = np.random.default_rng(0)
    lines = [np.array(stroke, float) for stroke in DIGITS[3]]
    for _ in range(40):
        placed, picture = dataset.on_canvas(lines, rng)
        points = np.concatenate(placed)
        assert (points >= 0).all() and (points <= dataset.CANVAS).all()
        assert picture.shape == (dataset.CANVAS, dataset.CANVAS)
        from_picture, from_strokes = binarize.to_glyph(picture), strokes.to_glyph(placed)
        shared = np.minimum(from_picture, from_strokes).sum()
        assert shared / np.maximum(from_picture, from_strokes).sum() > 0.5


def test_without_drawings_the_dataset_has_mnist_and_fonts(data_folder, tmp_path, monkeypatch):
    (tmp_path / "MNIST").symlink_to(data_folder / "MNIST")
    digits = datasets.mnist(data_folder, "train")
    few = datasets.Glyphs(digits.pixels[:40], digits.labels[:40])
    monkeypatch.setattr(datasets, "mnist", lambda *arguments: few)
    fonts = datasets.font_drawings("train")[:10]
    monkeypatch.setattr(datasets, "font_drawings", lambda part: fonts)
    built = dataset.build(tmp_path, seed=0, variants=2, workers=1)
    assert [subset.name for subset in built] == ["mnist", "mnist as pictures", "fonts"]
    assert [len(subset.labels) for subset in built] == [40, 40, 20]
    assert [subset.per_epoch for subset in built] == [20, 20, 20]


def test_a_cached_dataset_is_generated_once(tmp_path, data_folder):
    subset = dataset.Subset("drawings", np.zeros((3, 28, 28), np.uint8), np.array([1, 2, -1]), 2)
    origin, calls = dataset.made_from(data_folder, 0, 24), []

    def make():
        calls.append(1)
        return dataset.GlyphDataset([subset])

    first, second = (dataset.cached(tmp_path / "dataset.npz", origin, make) for _ in range(2))
    assert len(calls) == 1
    for loaded in (*first, *second):
        assert (loaded.name, loaded.per_epoch) == (subset.name, subset.per_epoch)
        assert np.array_equal(loaded.pixels, subset.pixels)
        assert np.array_equal(loaded.labels, subset.labels)
    with pytest.raises(DataError, match="--variants"):
        dataset.cached(tmp_path / "dataset.npz", dataset.made_from(data_folder, 0, 3), make)


def test_what_a_dataset_is_made_from_names_options_data_and_faults(data_folder):
    origin = dataset.made_from(data_folder, 0, 24)
    assert origin["--variants"] == 24 and origin["seed"] == 0
    assert {"unipen-digits/train.jsonl.gz", datasets.FAULTS, datasets.FONT_DIGITS} < origin.keys()
