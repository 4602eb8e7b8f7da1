"""Tests of the generated photos and their labels."""

import numpy as np
import pytest

from benchmarks.photo_dataset import dataset, pages, symbols
from benchmarks.photo_dataset.dataset import KINDS, Photo
from benchmarks.photo_dataset.writers import Writers
from digitdraw.training import datasets


@pytest.fixture(scope="module")
def photos(data_folder) -> list[Photo]:
    """One photo of every kind."""
    return list(dataset.make_photos(data_folder, len(KINDS), seed=11))


def assert_labels_spell_the_numbers(photo: Photo) -> None:
    spelled = [""] * len(photo.numbers)
    for label, number in zip(photo.labels, photo.number_of, strict=True):
        spelled[number] += str(label)
    assert spelled == ["".join(c for c in number if c.isdigit()) for number in photo.numbers]
    assert len(photo.boxes) == len(photo.labels)


def test_a_photo_depends_on_seed_and_index_alone(data_folder, photos):
    again = dataset.make_photo(Writers(data_folder), 11, 2)
    assert np.array_equal(again.picture, photos[2].picture)
    assert (again.numbers, again.boxes) == (photos[2].numbers, photos[2].boxes)
    other_seed = dataset.make_photo(Writers(data_folder), 12, 2)
    assert not np.array_equal(other_seed.picture, again.picture)


def test_validation_photos_differ_from_test_photos(data_folder, photos):
    (validation,) = dataset.make_photos(data_folder, 1, seed=11, part="validation")
    assert not np.array_equal(validation.picture, photos[0].picture)


def test_photos_of_fonts_have_the_same_kinds_and_different_digits(data_folder, photos):
    (font_photo,) = dataset.of_fonts(data_folder, 1, seed=11)
    assert font_photo.kind == photos[0].kind
    assert not np.array_equal(font_photo.picture, photos[0].picture)


def test_all_kinds_take_turns(photos):
    assert tuple(photo.kind for photo in photos) == KINDS


def test_pictures_are_rgb_and_have_the_size_of_photos(photos):
    for photo in photos:
        assert photo.picture.dtype == np.uint8
        assert photo.picture.shape[2] == 3
        low, high = (100, 400) if photo.kind == "small" else (640, 1600)
        assert low <= max(photo.picture.shape) <= high


def test_the_labels_spell_the_numbers(photos):
    for photo in photos:
        assert_labels_spell_the_numbers(photo)


def test_all_boxes_lie_inside_the_picture(photos):
    for photo in photos:
        height, width = photo.picture.shape[:2]
        for x, y, w, h in photo.boxes:
            assert x >= 0 and y >= 0 and w > 0 and h > 0
            assert x + w <= width and y + h <= height


def test_photos_without_digits_have_no_labels(data_folder):
    photos = list(dataset.without_digits(data_folder, 5, seed=3))
    assert tuple(photo.kind for photo in photos) == dataset.WITHOUT_DIGITS
    assert all(photo.numbers == photo.boxes == photo.labels == [] for photo in photos)
    again = next(dataset.without_digits(data_folder, 1, seed=3))
    assert np.array_equal(again.picture, photos[0].picture)


def test_photos_of_few_digits_have_one_number_of_one_or_two_digits(data_folder):
    photos = list(dataset.few_digits(data_folder, 12, seed=3))
    assert {len(photo.labels) for photo in photos} == {1, 2}
    assert all(photo.numbers == ["".join(map(str, photo.labels))] for photo in photos)


def test_photos_of_whole_pages_are_large_and_their_digits_are_small(data_folder):
    (photo,) = dataset.whole_pages(data_folder, 1, seed=3)
    assert sorted(photo.picture.shape[:2]) == [3000, 4000]
    heights = [height for _, _, _, height in photo.boxes]
    assert len(heights) > 10
    assert 15 < np.median(heights) < 110


def test_cropped_pictures_have_one_number_and_all_ink_inside_boxes(data_folder):
    for photo in dataset.cropped(data_folder, 12, seed=3):
        assert len(photo.numbers) == 1
        assert photo.numbers[0] == "".join(map(str, photo.labels))
        assert (len(photo.labels) == 1) == (photo.kind == "one digit")
        grey = photo.picture[..., 0].astype(int)
        in_box = np.zeros(grey.shape, bool)
        for x, y, width, height in photo.boxes:
            in_box[y : y + height, x : x + width] = True
        paper = np.median(grey[~in_box]) if (~in_box).any() else grey[0, 0]
        assert (abs(grey - paper)[~in_box] < 130).all()


def test_photos_with_symbols_have_numbers_as_written(data_folder):
    photos = list(dataset.with_symbols(data_folder, len(symbols.KINDS), seed=4))
    assert [photo.kind for photo in photos] == list(symbols.KINDS)
    for photo in photos:
        assert_labels_spell_the_numbers(photo)
    by_kind = {photo.kind: photo for photo in photos}
    assert all(number.count("/") == 2 for number in by_kind["dates"].numbers)
    assert all(":" in number for number in by_kind["times"].numbers)
    assert all(set(number) <= set("0123456789.,") for number in by_kind["money"].numbers)


@pytest.mark.parametrize(("part", "count"), [("validation", len(pages.KINDS)), ("test", 3)])
def test_pages_as_people_write_them_have_all_kinds_and_numbers_as_written(data_folder, part, count):
    photos = list(dataset.as_people_write(data_folder, count, 6, part))
    assert [photo.kind for photo in photos] == list(pages.KINDS)[:count]
    for photo in photos:
        assert_labels_spell_the_numbers(photo)
        height, width = photo.picture.shape[:2]
        for x, y, box_width, box_height in photo.boxes:
            assert x >= 0 and y >= 0 and x + box_width <= width and y + box_height <= height


def test_a_page_depends_on_seed_and_index_alone(data_folder):
    *_, second = dataset.as_people_write(data_folder, 2, 3)
    *_, again = dataset.as_people_write(data_folder, 2, 3)
    assert np.array_equal(second.picture, again.picture)
    assert (second.numbers, second.boxes) == (again.numbers, again.boxes)


def test_the_checks_are_the_scans_of_the_test_part(data_folder):
    photos = dataset.checks(data_folder)
    if not photos:
        pytest.skip("needs ORAND-CAR-A")
    assert len(photos) == datasets.SCANS_TEST
    for photo in photos:
        assert photo.numbers == ["".join(map(str, photo.labels))]
        assert len(photo.boxes) == len(photo.labels) == len(photo.number_of)
        assert photo.picture.shape[2] == 3


def test_without_scans_there_are_no_checks(tmp_path):
    assert dataset.checks(tmp_path) == []
