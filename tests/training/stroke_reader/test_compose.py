"""Composed numbers: texts, and the digits and symbols of one writer side by side."""

import numpy as np
import pytest

from digitdraw.training import datasets
from digitdraw.training.datasets import Symbol
from digitdraw.training.stroke_reader import compose
from digitdraw.training.stroke_reader.compose import Looks, Writers
from tests.conftest import SAMPLE

EVEN = Looks(gaps=(0.2, 0.2), heights=0.0, baseline=0.0, delayed=0.0)


@pytest.fixture(scope="module")
def writers() -> Writers:
    loaded = Writers.load(SAMPLE, "test")
    lines = {
        ".": [np.array([[0.0, 0], [3, 2]])],
        ",": [np.array([[30.0, 0], [0, 1000]])],
        "-": [np.array([[0.0, 0], [1000, 0]])],
        ":": [np.zeros((1, 2)), np.array([[0.0, 1000]])],
        "/": [np.array([[400.0, 0], [0, 1000]])],
    }
    for label, strokes in lines.items():
        loaded.symbols[label]["w1"] = [Symbol(label, "w1", strokes)]
    return loaded


def test_usual_numbers_have_one_to_six_digits_and_the_symbols_of_the_set():
    rng = np.random.default_rng(0)
    texts = [compose.usual_text(rng) for _ in range(4000)]
    assert {sum(map(str.isdigit, text)) for text in texts} == {1, 2, 3, 4, 5, 6}
    with_point = np.mean([("." in text or "," in text) for text in texts])
    with_dash = np.mean(["-" in text for text in texts])
    assert with_point == pytest.approx(0.2, abs=0.02)
    assert with_dash == pytest.approx(0.1, abs=0.02)


def test_any_numbers_have_all_symbols():
    rng = np.random.default_rng(0)
    assert set("".join(compose.any_text(rng) for _ in range(500))) == set("0123456789.,-/:")


def test_characters_stand_side_by_side_with_the_gap_and_on_the_base_line(writers):
    rng = np.random.default_rng(0)
    parts = compose.compose("1/1", writers, EVEN, rng)
    boxes = np.array([[*part.min(axis=0), *part.max(axis=0)] for part in parts])
    left, right = boxes[0::2], boxes[1::2]
    gaps = boxes[1:, 0] - boxes[:-1, 2]
    assert len(left) and len(right) and gaps == pytest.approx([0.2, 0.2])
    assert boxes[[0, 2], 3] == pytest.approx([1, 1])


@pytest.mark.parametrize("symbol", ".,-/:")
def test_symbols_have_their_usual_size_and_place(writers, symbol):
    parts = compose.compose(symbol, writers, EVEN, np.random.default_rng(0))
    points = np.concatenate(parts)
    height, place = np.ptp(points[:, 1]), points[:, 1].min() + np.ptp(points[:, 1]) / 2
    usual_height, usual_place = compose._USUAL[symbol]
    assert place == pytest.approx(usual_place)
    assert height <= usual_height + 1e-9


def test_delayed_strokes_come_last(writers):
    looks = Looks(delayed=1.0)
    drawings = [
        compose.compose("44", writers, looks, np.random.default_rng(seed)) for seed in range(20)
    ]
    assert any(
        len(strokes) == 4 and strokes[1][:, 0].min() > strokes[2][:, 0].max()
        for strokes in drawings
    )


def test_the_sample_is_by_writers_of_the_test_split(writers):
    assert set(writers.digits) == {d.writer for d in datasets.readable_drawings(SAMPLE, "test")}
