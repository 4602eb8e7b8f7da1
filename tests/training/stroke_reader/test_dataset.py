"""The drawings that the scorer learns from."""

import pytest

from digitdraw.training import datasets
from digitdraw.training.stroke_reader import dataset
from digitdraw.training.stroke_reader.dataset import Counts, gather, readable_text
from tests.conftest import SAMPLE

FEW = Counts(composed=20, letters=10, negatives=2)


@pytest.fixture(autouse=True)
def only_digits(monkeypatch):
    """The sample has no symbols."""
    for name in ("usual_text", "any_text"):
        monkeypatch.setattr(dataset, name, lambda rng: str(rng.integers(10, 1000)))


def test_labels_keep_the_characters_of_numbers():
    assert readable_text("12.50") == "12.50"
    assert readable_text("(415)") == "?415?"
    assert readable_text("57th") == "57?"
    assert readable_text("word") == "?"


def test_drawings_of_a_split_are_numbers_digits_and_no_numbers():
    found = gather(SAMPLE, "train", FEW, seed=0)
    kinds = {item.kind for item in found}
    assert {"composed", "digit", "letter", "negative"} <= kinds
    assert all(len(item.text) == 1 for item in found if item.kind == "digit")
    assert {item.text for item in found if item.kind in ("letter", "negative")} == {"?"}


def test_a_seed_gives_the_same_drawings():
    first, second = (gather(SAMPLE, "train", FEW, seed=3) for _ in range(2))
    assert [item.text for item in first] == [item.text for item in second]
    assert all(
        (a == b).all()
        for left, right in zip(first, second, strict=True)
        for a, b in zip(left.strokes, right.strokes, strict=True)
    )


def test_digits_that_nobody_can_read_are_left_out():
    digits = [item for item in gather(SAMPLE, "train", FEW, 0) if item.kind == "digit"]
    assert len(digits) == len(datasets.readable_drawings(SAMPLE, "train"))
