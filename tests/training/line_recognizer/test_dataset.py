"""The dataset of the line recognizer: line crops and the digits inside."""

from functools import partial

import numpy as np
import pytest

from digitdraw.errors import DataError
from digitdraw.models import weights
from digitdraw.photo import line_crop
from digitdraw.photo.line_crop import LineTransform
from digitdraw.training.line_recognizer import dataset
from digitdraw.training.line_recognizer.dataset import LineCrops
from digitdraw.training.synthesis.canvas import IGNORED, Page
from digitdraw.training.synthesis.sources import Sources
from tests.support.painted import PaintedDetector
from tests.support.trainings import DRAWINGS

GREY = np.full((60, 260), 0.9, np.float32)
GREY[20:40, 20:30] = GREY[20:40, 36:46] = GREY[20:40, 116:126] = 0.1
PAGE = Page(
    (GREY * 255).astype(np.uint8),
    np.array(
        [[36, 20, 10, 20], [20, 20, 10, 20], [116, 20, 10, 20], [210, 20, 10, 20]], np.float32
    ),
    np.array([3, 7, 5, IGNORED]),
)


@pytest.mark.parametrize(
    ("boxes", "digits"),
    [
        ([(20, 20, 10, 20), (36, 20, 10, 20)], [7, 3]),
        ([(20, 20, 10, 20)], [7, 3]),  # the detector may have missed the 3
        ([(116, 20, 10, 20)], [5]),
        ([(74, 20, 10, 20)], []),
        ([(58, 20, 10, 20)], None),  # half of the 3
        ([(210, 20, 10, 20)], None),  # ignored
    ],
)
def test_a_line_crop_has_the_digits_that_are_whole_inside(boxes, digits):
    inside = dataset.digits_in(PAGE, LineTransform.around(np.array(boxes, float)))
    assert inside is None if digits is None else inside.tolist() == digits
    cuts = dataset.cut_line_crops(PAGE, [np.array(boxes, float)])
    assert [cut[1].tolist() for cut in cuts] == ([] if digits is None else [digits])
    assert all(crop.shape[0] == line_crop.HEIGHT and crop.dtype == np.uint8 for crop, _ in cuts)


def test_a_page_without_digits_has_empty_line_crops():
    empty = Page(PAGE.picture, np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    ((_, digits),) = dataset.cut_line_crops(empty, [np.array([[1.0, 1, 9, 9]])])
    assert digits.tolist() == []


@pytest.mark.parametrize("kind", ["clear", "written"])
def test_the_same_seed_gives_the_same_line_crops(kind):
    sources = Sources(DRAWINGS, None, [], [])
    first, second = (
        dataset._cut_pages(sources, PaintedDetector(), 3, kind, True, range(2)) for _ in range(2)
    )
    assert len(first) == len(second) > 4
    for (crop, digits), (same_crop, same_digits) in zip(first, second, strict=True):
        assert np.array_equal(crop, same_crop)
        assert np.array_equal(digits, same_digits)


def test_each_kind_of_page_has_a_maker_a_side_and_a_number_for_an_epoch():
    kinds = set(dataset.PAGES)
    assert kinds == set(dataset.SIDES) == set(dataset._MAKERS)
    assert kinds | {"empty"} == set(dataset.PER_EPOCH)


def test_a_cached_dataset_is_generated_once(tmp_path, data_folder):
    crops = [np.full((32, width), width, np.uint8) for width in (9, 30)]
    generated = [
        LineCrops("written", crops, [np.array([1, 2]), np.array([3])]),
        LineCrops("empty", crops[:1], [np.zeros(0, np.int64)]),
    ]
    path = tmp_path / "line-crops.npz"
    origin = partial(dataset.made_from, data_folder, weights.FOLDER)
    assert dataset.cached(path, origin(5), lambda: generated) is generated
    # As for --add-line-crops, another seed is allowed.
    loaded = dataset.cached(path, origin(None), lambda: pytest.fail("generated twice"))
    for first, second in zip(generated, loaded, strict=True):
        assert first.kind == second.kind
        arrays = zip(first.crops + first.digits, second.crops + second.digits, strict=True)
        assert all(np.array_equal(*pair) for pair in arrays)
    with pytest.raises(DataError, match=r"--seed \(was 5, now 6\)"):
        dataset.cached(path, origin(6), list)
    with pytest.raises(DataError, match="detector"):
        dataset.cached(path, {**origin(5), "detector": "another"}, list)


def test_several_datasets_are_joined_kind_by_kind():
    def subset(kind, width, *digits):
        return LineCrops(kind, [np.zeros((32, width), np.uint8)], [np.array(digits, np.int64)])

    joined = dataset.concatenate(
        [[subset("written", 9, 1)], [subset("empty", 8), subset("written", 7, 2)]]
    )
    assert [subset.kind for subset in joined] == ["written", "empty"]
    assert [crop.shape[1] for crop in joined[0].crops] == [9, 7]
    assert [digits.tolist() for digits in joined[0].digits] == [[1], [2]]
