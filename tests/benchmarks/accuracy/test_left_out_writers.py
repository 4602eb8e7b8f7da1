"""Networks that have not seen some writers."""

import numpy as np

from benchmarks.accuracy import left_out_writers
from digitdraw.training import datasets
from tests.conftest import SAMPLE


def test_every_writer_is_left_out_once_and_a_person_with_two_names_together():
    folds = [left_out_writers.fold_of(d.writer, seed=0) for d in left_out_writers.drawings(SAMPLE)]
    assert set(folds) <= set(range(left_out_writers.FOLDS))
    for name, other in left_out_writers.SAME_PERSON.items():
        assert left_out_writers.fold_of(name, 0) == left_out_writers.fold_of(other, 0)


def test_a_small_training_is_kept_and_loaded_again(tmp_path, monkeypatch):
    for name, value in (("FOLDS", 2), ("EPOCHS", 1), ("VARIANTS", 2), ("NON_DIGITS", 40)):
        monkeypatch.setattr(left_out_writers, name, value)
    drawn = left_out_writers.drawings(SAMPLE)[::4]
    monkeypatch.setattr(left_out_writers, "drawings", lambda root: drawn)
    fonts = datasets.font_drawings("train")[:20]
    monkeypatch.setattr(datasets, "font_drawings", lambda split: fonts)
    first = left_out_writers.classifiers(SAMPLE, tmp_path, seed=0)
    monkeypatch.setattr(left_out_writers, "_train", None)
    again = left_out_writers.classifiers(SAMPLE, tmp_path, seed=0)
    glyphs = np.zeros((1, 28, 28), np.float32)
    for classifier, other in zip(first, again, strict=True):
        assert np.array_equal(classifier.logits(glyphs), other.logits(glyphs))
