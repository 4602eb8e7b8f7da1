"""Labelled data sets: classes, sizes and upright pictures, from torchvision and from one's own."""

from functools import partial

import numpy as np
import pytest
from PIL import Image

from digitdraw.errors import DataError
from digitdraw.models.data_format import DIGITS, DataFormat
from digitdraw.preprocessing import binarize
from digitdraw.preprocessing.strokes import to_glyph
from digitdraw.training import datasets, labelled_data
from digitdraw.training.labelled_data import FORMATS, load_labelled
from tests.support.drawings import DIGITS as DRAWN
from tests.support.labelled_sets import (
    idx,
    pictures_of,
    raw_folder,
    write_lines,
    write_pictures,
    write_set,
)


def sizes_of(labelled):
    return [len(part.labels) for part in (labelled.train, labelled.validation, labelled.test)]


def lines_of(*entries, count=20):
    """Repeat lines, each with the name of a picture that exists in the test."""
    return [entry for entry in entries for _ in range(count)]


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist"])
def test_pictures_of_torchvision_are_taken_as_they_are(name, tmp_path):
    write_set(name, tmp_path)
    labelled = load_labelled(name, tmp_path)
    assert labelled.data == FORMATS[name] and labelled.data.preparation == "none"
    assert sizes_of(labelled) == [100, 20, 60]
    together = np.concatenate([labelled.train.pixels, labelled.validation.pixels])
    assert np.array_equal(together, pictures_of(np.arange(120) % 10))
    assert np.array_equal(labelled.validation.labels, np.arange(100, 120) % 10)
    assert len(labelled.hashes) == 2
    assert sizes_of(load_labelled(name, tmp_path, validation=10)) == [110, 10, 60]
    assert sizes_of(load_labelled(name, tmp_path, validation=10_000)) == [96, 24, 60]


def test_the_classes_are_those_of_torchvision():
    assert FORMATS["fashion-mnist"].classes[:2] == ("T-shirt/top", "Trouser")
    assert FORMATS["kmnist"].classes[:2] == ("o", "ki")
    assert "".join(FORMATS["emnist-letters"].classes) == "abcdefghijklmnopqrstuvwxyz"


def test_letters_of_emnist_are_upright_glyphs_with_labels_from_0(tmp_path):
    write_set("emnist-letters", tmp_path, train=156, test=52)
    labelled = load_labelled("emnist-letters", tmp_path)
    assert labelled.data == FORMATS["emnist-letters"]
    assert labelled.data.preparation == "handwriting" and not labelled.data.is_digits
    assert np.array_equal(labelled.test.labels, np.arange(52) % 26)
    assert set(labelled.train.labels) == set(range(26))
    assert sizes_of(labelled) == [130, 26, 52]
    written = pictures_of(np.arange(52) % 26)
    for picture, pixels in zip(written[:5], labelled.test.pixels, strict=False):
        overlap, transposed = (
            np.minimum(pixels, labelled_data._normalize(np.array([p]))[0]).sum()
            for p in (picture, picture.T)
        )
        assert overlap == pixels.sum(dtype=int) > transposed


def test_the_order_of_emnist_is_shuffled_always_alike(tmp_path):
    write_set("emnist-letters", tmp_path, train=156, test=26)
    first, second = (load_labelled("emnist-letters", tmp_path) for _ in range(2))
    assert np.array_equal(first.train.labels, second.train.labels)
    assert not np.array_equal(first.train.labels, np.arange(130) % 26)


def test_labels_beyond_the_classes_are_damage(tmp_path):
    write_set("kmnist", tmp_path)
    path = raw_folder("kmnist", tmp_path) / "t10k-labels-idx1-ubyte"
    path.write_bytes(idx(np.full(60, 10)))
    with pytest.raises(DataError, match=f"{path} is damaged: it has labels beyond 10 classes"):
        load_labelled("kmnist", tmp_path)


def test_mnist_by_name_is_the_same_as_the_recipes_data(data_folder):
    labelled = load_labelled("mnist", data_folder)
    assert labelled.data is DIGITS
    for split in ("train", "validation", "test"):
        expected, part = datasets.mnist(data_folder, split, 10_000), getattr(labelled, split)
        assert np.array_equal(part.pixels, expected.pixels)
        assert np.array_equal(part.labels, expected.labels)
    assert labelled.hashes == datasets.file_hashes(data_folder, mnist_only=True)


def test_drawings_are_rendered_as_the_page_does(tmp_path):
    lines = [{"label": str(d), "strokes": strokes} for d, strokes in DRAWN.items()] * 10
    path = write_lines(tmp_path / "mine" / "labels.jsonl", lines)
    labelled = load_labelled(str(path.parent), tmp_path)
    assert labelled.data == DataFormat("mine", DIGITS.classes) and labelled.data.is_digits
    assert sizes_of(labelled) == [60, 20, 20]
    for pixels, label in zip(labelled.test.pixels, labelled.test.labels, strict=True):
        assert np.array_equal(pixels, np.rint(to_glyph(DRAWN[label]) * 255))
    assert list(labelled.hashes) == ["labels.jsonl"]


def test_equal_small_square_pictures_are_taken_as_they_are(tmp_path):
    for name, start in {"cats": 0, "dogs": 100}.items():
        write_pictures(tmp_path / "pets" / name, 20, side=16, start=start)
    labelled = load_labelled(str(tmp_path / "pets"), tmp_path)
    assert labelled.data == DataFormat("pets", ("cats", "dogs"), 16, "none")
    assert sizes_of(labelled) == [28, 6, 6]
    for part in (labelled.train, labelled.validation, labelled.test):
        assert part.pixels.shape[1:] == (16, 16) and part.pixels.dtype == np.uint8
        assert np.array_equal(part.pixels[:, 0, 0] >= 100, part.labels == 1)
    assert list(labelled.hashes) == ["pictures"]


def test_other_pictures_are_preprocessed_as_the_page_does(tmp_path):
    picture = np.full((80, 60), 230, np.uint8)
    picture[20:60, 28:32] = 20
    for name, angle in {"upright": 0, "lying": 90}.items():
        (tmp_path / name).mkdir()
        for number in range(8):
            turned = Image.fromarray(picture).rotate(angle, expand=True)
            turned.save(tmp_path / name / f"{number}.png")
    labelled = load_labelled(str(tmp_path), tmp_path)
    assert labelled.data.preparation == "handwriting" and labelled.data.side == 28
    expected = np.rint(binarize.to_glyph(picture) * 255)
    upright = labelled.test.labels == labelled.data.classes.index("upright")
    assert upright.any() and (labelled.test.pixels[upright] == expected).all()


def test_pictures_may_be_named_by_lines(tmp_path):
    write_pictures(tmp_path / "all", 20)
    lines = [{"label": n % 2, "image": f"all/{n}.png", "split": "train"} for n in range(20)]
    labelled = load_labelled(str(write_lines(tmp_path / "pairs.jsonl", lines)), tmp_path)
    assert labelled.data == DataFormat("pairs", ("0", "1"), 16, "none")
    assert np.array_equal(labelled.train.pixels[:, 0, 0] % 2, labelled.train.labels)
    assert list(labelled.hashes) == ["pairs.jsonl", "pictures"]


def test_class_names_are_sorted_by_their_numbers(tmp_path):
    for name in ("10", "9", "b2", "b10", "a"):
        write_pictures(tmp_path / name, 7)
    assert load_labelled(str(tmp_path), tmp_path).data.classes == ("9", "10", "a", "b2", "b10")


def test_hashes_change_with_a_picture(tmp_path):
    for name in "ab":
        write_pictures(tmp_path / name, 7)
    load = partial(load_labelled, str(tmp_path), tmp_path)
    before = load().hashes
    assert load().hashes == before
    (tmp_path / "a" / "0.png").write_bytes((tmp_path / "a" / "1.png").read_bytes())
    assert load().hashes != before


def test_an_unknown_data_set_is_an_error_that_lists_the_known_ones(tmp_path):
    with pytest.raises(DataError, match="neither one of mnist, fashion-mnist, kmnist, emnist-"):
        load_labelled(str(tmp_path / "nothing"), tmp_path)


def test_one_class_is_an_error(tmp_path):
    write_pictures(tmp_path / "cats", 9)
    with pytest.raises(DataError, match="has one class only, 'cats'"):
        load_labelled(str(tmp_path), tmp_path)


def test_an_unreadable_picture_is_named(tmp_path):
    for name in "ab":
        write_pictures(tmp_path / name, 7)
    (tmp_path / "a" / "3.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"a/3\.png: This file is no picture"):
        load_labelled(str(tmp_path), tmp_path)


def test_a_missing_picture_and_wrong_strokes_are_named_by_their_line(tmp_path):
    lines = lines_of({"label": "a", "strokes": [[[0, 0]]]}, {"label": "b", "image": "gone.png"})
    path = write_lines(tmp_path / "labels.jsonl", lines)
    with pytest.raises(DataError, match=r"line \d+: Cannot read '.*gone\.png'"):
        load_labelled(str(path), tmp_path)
    write_lines(path, lines_of(lines[0], {"label": "b", "strokes": [[[0, "x"]]]}))
    with pytest.raises(DataError, match=r"line \d+: Point 0 of stroke 0 must be two numbers"):
        load_labelled(str(path), tmp_path)


def test_a_class_that_a_split_lacks_is_an_error_that_names_both(tmp_path):
    line = {"strokes": [[[0, 0], [1, 1]]]}
    lines = [{**line, "label": label, "split": s} for label in "ab" for s in ("train", "val")]
    lines.append({**line, "label": "a", "split": "test"})
    path = write_lines(tmp_path / "labels.jsonl", lines)
    with pytest.raises(DataError, match=r"The test split of .* has no b\. Every split needs"):
        load_labelled(str(path), tmp_path)
