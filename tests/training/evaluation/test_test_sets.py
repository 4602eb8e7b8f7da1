"""The test sets: digits in few pixels are still digits."""

import numpy as np

from digitdraw.preprocessing import strokes
from digitdraw.training import datasets
from digitdraw.training.classifier import dataset
from digitdraw.training.evaluation import test_sets
from digitdraw.training.evaluation.test_sets import EvaluationData
from tests.support.drawings import DIGITS
from tests.support.trainings import DRAWINGS


def test_pictures_of_few_pixels_are_still_read(recognizer):
    pixelated = test_sets._pixelate(DRAWINGS)
    assert pixelated.shape == (10, 28, 28) and set(np.unique(pixelated)) == {0, 255}
    assert (pixelated[:, [0, -1]] == 255).all() and (pixelated[:, :, [0, -1]] == 255).all()
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    small = (glyphs * 255).astype(np.uint8)
    batches = [
        test_sets._crop(255 - pixelated),
        dataset.renormalized(pixelated, workers=1) / np.float32(255),
        test_sets._crop(small, 16),
        test_sets._few_pixels(small),
    ]
    for batch in batches:
        answers = [prediction.ranking[0] for prediction in recognizer.predict_batch(batch)]
        assert sum(a == b for a, b in zip(answers, DIGITS, strict=True)) >= 9


def test_only_what_is_asked_for_is_read(tmp_path):
    data = EvaluationData(tmp_path)  # an empty folder: MNIST would be downloaded
    sets = data.load(["noise, as a picture", "scribble", "handwriting fonts"])
    assert list(sets) == ["handwriting fonts", "scribble", "noise, as a picture"]
    assert all(test.glyphs.shape[1:] == (28, 28) for test in sets.values())
    assert sets["scribble"].labels is None
    assert len(sets["handwriting fonts"].labels) == len(sets["handwriting fonts"].glyphs)
    alone = EvaluationData(tmp_path).load(["scribble"])
    assert np.array_equal(alone["scribble"].glyphs, sets["scribble"].glyphs)


def test_missing_files_have_the_names_of_their_test_sets(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "font_drawings", lambda split: [])
    missing = EvaluationData(tmp_path).missing()
    assert missing["unipen-letters/letters.jsonl.gz"] == ["letters"]
    assert missing["fonts/digits.jsonl.gz"] == ["handwriting fonts"]
    assert {"drawn digits", "two digits"} < set(missing["unipen-digits/dev.jsonl.gz"])


def test_drawn_test_sets_have_the_labels_of_the_drawings(data_folder):
    sets = EvaluationData(data_folder).load(["drawn digits", "drawn anywhere", "two digits"])
    drawn, anywhere, pairs = sets["drawn digits"], sets["drawn anywhere"], sets["two digits"]
    assert len(drawn.glyphs) == len(drawn.labels) == len(drawn.readable) == len(anywhere.labels)
    assert drawn.readable.mean() > 0.9 and len(pairs.glyphs) == 500
