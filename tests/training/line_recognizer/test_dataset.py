"""The dataset of the line recognizer: line crops and the texts inside."""

from functools import partial

import numpy as np
import pytest

from digitdraw.errors import DataError
from digitdraw.models import alphabet, weights
from digitdraw.photo import line_crop
from digitdraw.photo.line_crop import HEIGHT
from digitdraw.training.line_recognizer import dataset, validation
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.synthesis import text_pages
from digitdraw.training.synthesis.canvas import Mark, Page
from digitdraw.training.synthesis.sources import Sources
from tests.support.painted import PaintedDetector
from tests.support.trainings import DRAWINGS

GREY = np.full((80, 300), 0.9, np.float32)
GREY[30:50, 30:40] = GREY[30:50, 46:56] = GREY[30:50, 126:136] = 0.1
MARKS = tuple(
    Mark([x, 30, 10, 20], text, item, 0)
    for x, text, item in ((30, "7", 0), (46, "3", 0), (126, "5", 1))
)
PAGE = Page((GREY * 255).astype(np.uint8), np.zeros((0, 4)), np.zeros(0, np.int64), MARKS)


def test_a_line_crop_has_the_text_of_its_row():
    row = np.array([[30.0, 30, 10, 20], [126, 30, 10, 20]])
    ((crop, labels),) = dataset.cut_line_crops(PAGE, [row])
    assert crop.shape[0] == line_crop.HEIGHT and crop.dtype == np.uint8
    assert alphabet.spell(labels) == "73 5"
    ((_, labels),) = dataset.cut_line_crops(PAGE, [np.array([[220.0, 30, 10, 20]])])
    assert labels.tolist() == []
    assert dataset.cut_line_crops(PAGE, [np.array([[101.0, 30, 10, 20]])]) == []  # half of the 5


@pytest.mark.parametrize("kind", ["entries", "words"])
@pytest.mark.parametrize("is_training", [True, False])
def test_the_same_seed_gives_the_same_line_crops(kind, is_training):
    sources = Sources(DRAWINGS, None, [], [])
    first, second = (
        dataset._cut_pages(sources, PaintedDetector(), 3, kind, is_training, range(2))
        for _ in range(2)
    )
    assert len(first) == len(second)
    assert len(first) > 4 or kind == "words"
    for (crop, labels), (same_crop, same_labels) in zip(first, second, strict=True):
        assert np.array_equal(crop, same_crop)
        assert np.array_equal(labels, same_labels)


def test_labels_of_written_pages_are_digits_alone_and_crops_without_digits_stay_there(monkeypatch):
    crop = np.zeros((HEIGHT, 9), np.uint8)
    cuts = [(crop, alphabet.encode("1 ?2")), (crop, alphabet.encode("?"))]
    monkeypatch.setattr(dataset, "_cut_pages", lambda *arguments: cuts)
    monkeypatch.setattr(dataset, "load_text_sources", lambda root, split: Sources([], None, [], []))
    monkeypatch.setattr(
        dataset.parallel, "map_in_order", lambda work, chunks, *rest: map(work, chunks)
    )
    counts = {dataset.WRITTEN: 1, "notes": 1}
    subsets = dataset.generated(None, "train", weights.FOLDER, counts, 0)
    texts = {
        subset.kind: [alphabet.spell(labels) for labels in subset.labels] for subset in subsets
    }
    assert texts == {"notes": ["1 ?2"], "written": ["12", ""], "empty": ["?"]}


def test_imperfect_boxes_are_near_the_digits_and_miss_some():
    whole = Mark([200, 30, 60, 20], "12.5", 2, 0)
    word = Mark([400, 30, 60, 20], "?", 3, 0)
    boxes = [
        dataset.imperfect_boxes((*MARKS, whole, word), np.random.default_rng(seed))
        for seed in range(40)
    ]
    assert {len(found) for found in boxes} >= {5, 6}
    assert max(map(len, boxes)) == 6
    first = np.array([found[0] for found in boxes if len(found) == 6])
    assert np.median(first, axis=0) == pytest.approx([30, 30, 10, 20], abs=1)


def test_each_layout_has_a_number_of_pages_and_of_crops_for_an_epoch():
    kinds = {*text_pages.LAYOUTS, *dataset.DIGITS_ONLY}
    assert kinds == set(dataset.PAGES) == set(validation.PAGES)
    assert kinds - {"words"} | {dataset.EMPTY} == set(dataset.PER_EPOCH)


def test_a_cached_dataset_is_generated_once(tmp_path, data_folder):
    crops = [np.full((HEIGHT, width), width, np.uint8) for width in (9, 30)]
    generated = [
        LineCrops("entries", crops, [np.array([1, 2]), np.array([3])]),
        LineCrops("empty", crops[:1], [np.zeros(0, np.int64)]),
    ]
    path = tmp_path / "line-crops.npz"
    origin = partial(dataset.made_from, data_folder, weights.FOLDER)
    assert dataset.cached(path, origin(5), lambda: generated) is generated
    # As for --add-line-crops, another seed is allowed.
    loaded = dataset.cached(path, origin(None), lambda: pytest.fail("generated twice"))
    for first, second in zip(generated, loaded, strict=True):
        assert first.kind == second.kind
        arrays = zip(first.crops + first.labels, second.crops + second.labels, strict=True)
        assert all(np.array_equal(*pair) for pair in arrays)
    with pytest.raises(DataError, match=r"--seed \(was 5, now 6\)"):
        dataset.cached(path, origin(6), list)
    with pytest.raises(DataError, match="detector"):
        dataset.cached(path, {**origin(5), "detector": "another"}, list)


def test_several_datasets_are_joined_kind_by_kind():
    def subset(kind, width, *digits):
        return LineCrops(kind, [np.zeros((HEIGHT, width), np.uint8)], [np.array(digits, np.int64)])

    joined = dataset.concatenate(
        [[subset("entries", 9, 1)], [subset("empty", 8), subset("entries", 7, 2)]]
    )
    assert [subset.kind for subset in joined] == ["entries", "empty"]
    assert [crop.shape[1] for crop in joined[0].crops] == [9, 7]
    assert [labels.tolist() for labels in joined[0].labels] == [[1], [2]]
