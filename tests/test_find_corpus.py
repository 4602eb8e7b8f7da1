"""What is found on composed pages becomes glyphs with the digits that they are."""

import numpy as np
import pytest
from test_strip_corpus import PAGE

from digitdraw import find_corpus, weights
from digitdraw.find_corpus import EITHER, NONE
from digitdraw.reading import TOLD_BY


@pytest.mark.parametrize(
    ("box", "label"),
    [
        ((36, 20, 10, 20), 3),
        ((18, 18, 13, 22), 7),
        ((74, 20, 10, 20), NONE),
        ((36, 0, 10, 20), NONE),
        ((210, 20, 10, 20), EITHER),
    ],
)
def test_a_find_is_the_digit_that_it_covers(box, label):
    assert find_corpus.labels_of(PAGE, np.array([box], float)).tolist() == [label]


def test_a_digit_that_is_found_twice_is_one_find():
    boxes = np.array([[38, 20, 10, 20], [36, 20, 10, 20]], float)
    assert find_corpus.labels_of(PAGE, boxes).tolist() == [NONE, 3]
    assert find_corpus.labels_of(PAGE, boxes[:0]).tolist() == []


@pytest.fixture(scope="module")
def pool(data_folder):
    return find_corpus.build(data_folder, weights.FOLDER, seed=3, count=12, workers=1)


def test_finds_are_digits_as_glyphs(pool):
    assert pool.pixels.shape == (len(pool.labels), 28, 28) and pool.pixels.dtype == np.uint8
    assert pool.per_epoch == len(pool.labels) > 30
    assert pool.labels.min() >= 0 and pool.labels.max() <= 9
    assert pool.pixels.any(axis=(1, 2)).all()


def test_most_finds_can_be_told(pool, recognizer):
    bars = recognizer.predict_batch(pool.pixels.astype(np.float32) / 255)
    read = [int(np.argmax(each.probabilities)) for each in bars]
    assert (np.array(read) == pool.labels).mean() > 0.75, TOLD_BY


def test_the_same_seed_gives_the_same_finds_whoever_makes_them(pool, data_folder):
    for workers in (1, 2):
        made = find_corpus.build(data_folder, weights.FOLDER, seed=3, count=12, workers=workers)
        assert np.array_equal(made.pixels, pool.pixels)
        assert np.array_equal(made.labels, pool.labels)
    other = find_corpus.build(data_folder, weights.FOLDER, seed=4, count=4, workers=1)
    assert not np.array_equal(other.labels[:20], pool.labels[:20])
