import cv2
import numpy as np
import pytest

from benchmarks.accuracy import photo_ceiling
from benchmarks.accuracy.read_photos import (
    Answer,
    Result,
    failure_sheet,
    installed,
    kinds_table,
    levenshtein,
    measure,
    numbers_in,
    percent,
    reading_order,
    score,
    summary_table,
)
from benchmarks.photo_dataset import dataset as photos
from benchmarks.photo_dataset import ink as photo_ink
from benchmarks.photo_dataset import paper as photo_papers
from benchmarks.photo_dataset import people as photo_people
from benchmarks.photo_dataset import symbols as photo_signs
from benchmarks.photo_dataset import texts as photo_texts
from benchmarks.photo_dataset import writing as photo_writing
from benchmarks.photo_dataset.dataset import KINDS, Photo
from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.people import PARTS, People
from benchmarks.photo_dataset.writing import Mark
from digitdraw.training import datasets

BOXES = [(10, 10, 20, 30), (40, 10, 20, 30), (10, 60, 20, 30)]
PAGE = Photo(np.full((100, 120, 3), 255, np.uint8), ["12", "3"], BOXES, [1, 2, 3], [0, 0, 1], "x")


def counted(*answers: Answer, photo: Photo = PAGE):
    return score(Result(photo, answer, 0.5) for answer in answers)


@pytest.fixture(scope="module")
def made(data_folder) -> list[Photo]:
    """One photo of every kind."""
    return list(photos.make(data_folder, len(KINDS), seed=11))


def test_a_photo_follows_from_seed_and_index(data_folder, made):
    again = photos.one(People(data_folder), 11, 2)
    assert np.array_equal(again.picture, made[2].picture)
    assert (again.numbers, again.boxes) == (made[2].numbers, made[2].boxes)
    assert not np.array_equal(photos.one(People(data_folder), 12, 2).picture, again.picture)


def test_digits_by_themselves_are_those_of_the_photos(data_folder, made):
    alone = list(photo_ceiling.digits_of(People(data_folder), photo_texts.texts, 3, seed=11))
    assert [[mark.label for mark in each] for each in alone] == [each.labels for each in made[:3]]


def test_digits_by_themselves_count_as_wrong_where_they_are_not_what_was_written(recognizer):
    one = np.array([[0.5, 0.0], [0.5, 1.0]])
    marks = [Mark([one], 1), Mark([one], 7), Mark([one], 1)]
    assert photo_ceiling.read(recognizer, marks) == 1


def test_validation_photos_are_written_by_others(data_folder, made):
    (other,) = photos.make(data_folder, 1, seed=11, part="validation")
    assert not np.array_equal(other.picture, made[0].picture)
    validation, test = (set(photo_people.hands(People(data_folder, part))[0]) for part in PARTS)
    assert validation and test and not validation & test


def test_photos_in_the_forms_of_fonts_are_of_fonts_that_training_never_sees(data_folder, made):
    (other,) = photos.of_fonts(data_folder, 1, seed=11)
    assert other.kind == made[0].kind
    assert not np.array_equal(other.picture, made[0].picture)
    fonts = {part: set(photo_people.hands(People(data_folder, part, True))[0]) for part in PARTS}
    trained = {drawing.writer for drawing in datasets.font_drawings("train")}
    assert all(fonts.values())
    assert not fonts["test"] & fonts["validation"]
    assert not trained & set.union(*fonts.values())


@pytest.mark.parametrize("part", PARTS)
def test_drawings_that_nobody_can_read_are_not_written(data_folder, part):
    _, by_digit, _ = photo_people.hands(People(data_folder, part))
    drawn = datasets.drawings(data_folder, part)
    assert sum(map(len, by_digit.values())) == len(drawn) - len(datasets.UNREADABLE[part])


def test_every_kind_comes_in_turn(made):
    assert tuple(photo.kind for photo in made) == KINDS


def test_pictures_are_rgb_of_a_photos_size(made):
    for photo in made:
        assert photo.picture.dtype == np.uint8
        assert photo.picture.shape[2] == 3
        low, high = (100, 400) if photo.kind == "small" else (640, 1600)
        assert low <= max(photo.picture.shape) <= high


def test_labels_spell_the_numbers(made):
    for photo in made:
        spelled = [""] * len(photo.numbers)
        for label, number in zip(photo.labels, photo.number_of, strict=True):
            spelled[number] += str(label)
        assert spelled == photo.numbers
        assert all(number.isdigit() for number in photo.numbers)
        assert len(photo.boxes) == len(photo.labels)


def test_boxes_lie_inside_the_picture(made):
    for photo in made:
        height, width = photo.picture.shape[:2]
        for x, y, wide, tall in photo.boxes:
            assert x >= 0 and y >= 0 and wide > 0 and tall > 0
            assert x + wide <= width and y + tall <= height


def test_boxes_hold_the_ink_of_their_digit_and_no_more():
    rng = np.random.default_rng(0)
    plane = np.array([[0.9, -0.2, 60], [0.2, 0.9, 10], [2e-4, 1e-4, 1]])
    zero = np.stack([np.sin(np.linspace(0, 6.3, 60)), np.cos(np.linspace(0, 6.3, 60))], 1)
    marks = [photo_writing.Mark([zero * 40 + at], 0, 0) for at in ([80, 90], [250, 120])]
    look = Look(size=(400, 300))
    cover, boxes = photo_ink.ink_cover(marks, plane, 80.0, look, rng)
    for mark, (x, y, wide, tall) in zip(marks, boxes, strict=True):
        seen = photo_ink.apply(plane, mark.strokes[0])
        pen = 0.09 * 80
        assert (seen.min(axis=0) - [x, y] < pen).all()
        assert (seen.min(axis=0) >= [x, y]).all()
        assert (seen.max(axis=0) <= [x + wide, y + tall]).all()
        window = cover[y : y + tall, x : x + wide]
        bounds = cv2.boundingRect((window > 0.3).astype(np.uint8))
        assert bounds == (0, 0, wide, tall)
        cover[y : y + tall, x : x + wide] = 0
    assert cover.max() <= 0.3


def test_separators_are_no_part_of_a_number():
    rng = np.random.default_rng(0)
    texts = [photo_texts.number(rng, True, 12) for _ in range(50)]
    assert all(
        any(sign in text for sign in photo_texts.SEPARATORS) for text in texts if len(text) > 5
    )
    hand = {digit: [[np.array([[0.0, 0.0], [0.0, 9.0]])]] for digit in range(10)}
    marks = photo_writing.number_marks("1,2-3", hand, Look(), 0.2, 4, rng)
    assert [mark.label for mark in marks] == [1, None, 2, None, 3]
    assert {mark.number for mark in marks} == {4}


def test_every_paper_can_be_printed():
    points = np.array([[40.0, 40.0], [160.0, 80.0]])
    u, v = np.meshgrid(np.arange(200, dtype=np.float32), np.arange(120, dtype=np.float32))
    papers = [
        photo_papers.paper(u, v, points, 30.0, 45.0, Look(print=name), np.random.default_rng(0))
        for name in ("plain", "ruled", "squared", "patterned", "form", "board")
    ]
    for paper in papers:
        assert paper.shape == (120, 200, 3)
        assert paper.min() >= 0 and paper.max() <= 1
    assert all(np.abs(paper - papers[0]).max() > 0.01 for paper in papers[1:])


def test_photos_without_digits_have_none(data_folder):
    empty = list(photos.without_digits(data_folder, 5, seed=3))
    assert tuple(photo.kind for photo in empty) == photos.WITHOUT_DIGITS
    assert all(photo.numbers == photo.boxes == photo.labels == [] for photo in empty)
    again = next(photos.without_digits(data_folder, 1, seed=3))
    assert np.array_equal(again.picture, empty[0].picture)


def test_photos_of_few_digits_have_one_number_of_one_or_two(data_folder):
    made = list(photos.few_digits(data_folder, 12, seed=3))
    assert {len(photo.labels) for photo in made} == {1, 2}
    assert all(photo.numbers == ["".join(map(str, photo.labels))] for photo in made)


def test_photos_of_whole_pages_are_large_and_their_digits_small(data_folder):
    (made,) = photos.whole_pages(data_folder, 1, seed=3)
    assert sorted(made.picture.shape[:2]) == [3000, 4000]
    heights = [height for _, _, _, height in made.boxes]
    assert len(heights) > 10
    assert 15 < np.median(heights) < 110


def test_cropped_pictures_hold_one_number_with_all_ink_of_its_digits_boxed(data_folder):
    for made in photos.cropped(data_folder, 12, seed=3):
        assert len(made.numbers) == 1
        assert made.numbers[0] == "".join(map(str, made.labels))
        assert (len(made.labels) == 1) == (made.kind == "one digit")
        grey = made.picture[..., 0].astype(int)
        boxed = np.zeros(grey.shape, bool)
        for x, y, width, height in made.boxes:
            boxed[y : y + height, x : x + width] = True
        corner = np.median(grey[~boxed]) if (~boxed).any() else grey[0, 0]
        assert (abs(grey - corner)[~boxed] < 130).all()


def test_photos_with_signs_have_the_digits_of_their_numbers_and_signs_around_them(data_folder):
    made = list(photos.with_signs(data_folder, len(photo_signs.KINDS), seed=4))
    assert [photo.kind for photo in made] == list(photo_signs.KINDS)
    for photo in made:
        assert all(number.isdigit() for number in photo.numbers)
        assert "".join(photo.numbers) == "".join(map(str, photo.labels))


@pytest.mark.parametrize("kind", photo_signs.KINDS)
def test_every_sign_that_may_be_written_can_be_drawn(kind):
    rng = np.random.default_rng(0)
    said = {c for _ in range(60) for row in photo_signs.texts(kind, rng) for t in row for c in t}
    for sign in said - set("0123456789" + photo_texts.SEPARATORS):
        lines = photo_signs.strokes(sign, rng)
        assert min(points[:, 0].min() for points in lines) == pytest.approx(0)
        assert all(np.isfinite(points).all() for points in lines)


def test_a_ring_is_around_its_number():
    square = [np.array([[10.0, 10], [60, 10], [60, 40], [10, 40]])]
    for seed in range(20):
        (points,) = photo_signs.ring(square, 30.0, np.random.default_rng(seed))
        assert not ((points > [10, 10]) & (points < [60, 40])).all(axis=1).any()
        assert (np.abs(points - [35, 25]) < [60, 45]).all()


def test_the_checks_are_the_scans_kept_for_testing(data_folder):
    made = photos.checks(data_folder)
    if not made:
        pytest.skip("needs ORAND-CAR-A")
    assert len(made) == datasets.SCANS_TEST
    for photo in made:
        assert photo.numbers == ["".join(map(str, photo.labels))]
        assert len(photo.boxes) == len(photo.labels) == len(photo.number_of)
        assert photo.picture.shape[2] == 3


def test_without_scans_there_are_no_checks(tmp_path):
    assert photos.checks(tmp_path) == []


def test_a_perfect_answer_has_nothing_wrong():
    total = counted(Answer(["12", "3"], BOXES, [1, 2, 3]))
    assert (total.photos_exact, total.numbers_found, total.numbers_invented) == (1, 2, 0)
    assert (total.digits_right, total.digits_answered, total.digits) == (3, 3, 3)
    assert total.characters_wrong == 0
    assert total.characters == len("12 3")


def test_a_missed_digit_costs_recall_and_its_number():
    total = counted(Answer(["1", "3"], [BOXES[0], BOXES[2]], [1, 3]))
    assert (total.photos_exact, total.numbers_found, total.numbers_invented) == (0, 1, 1)
    assert (total.digits_right, total.digits_answered, total.digits) == (2, 2, 3)
    assert total.characters_wrong == 1


def test_an_invented_number_costs_precision_and_the_photo():
    total = counted(Answer(["12", "3", "7"], [*BOXES, (90, 80, 10, 15)], [1, 2, 3, 7]))
    assert (total.photos_exact, total.numbers_found, total.numbers_invented) == (0, 2, 1)
    assert (total.digits_right, total.digits_answered, total.digits) == (3, 4, 3)
    assert total.characters_wrong == 2  # the space and the seven


def test_numbers_in_the_wrong_order_are_found_but_the_photo_is_not_exact():
    total = counted(Answer(["3", "12"]))
    assert (total.photos_exact, total.numbers_found, total.numbers_invented) == (0, 2, 0)
    assert total.characters_wrong == levenshtein("12 3", "3 12") > 0


def test_a_number_said_twice_is_found_once():
    total = counted(Answer(["12", "12"]))
    assert (total.numbers_found, total.numbers_invented) == (1, 1)


def test_a_wrong_label_is_placed_but_not_right():
    total = counted(Answer(["17", "3"], BOXES, [1, 7, 3]))
    assert (total.digits_placed, total.digits_right) == (3, 2)


def test_readers_without_boxes_have_no_precision():
    total = counted(Answer(["12", "3"]))
    assert (total.digits, total.digits_answered) == (0, 0)
    assert percent(total.digits_right, total.digits) == "-"


def test_any_find_counts_on_a_picture_without_digits():
    empty = Photo(PAGE.picture, [], [], [], [], "blank")
    total = counted(Answer([]), Answer(["1"]), photo=empty)
    assert (total.photos, total.with_any, total.photos_exact) == (2, 1, 1)


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [("", "", 0), ("12", "", 2), ("", "7", 1), ("123", "132", 2), ("46", "46", 0), ("19", "7", 2)],
)  # fmt: skip
def test_levenshtein(a, b, distance):
    assert levenshtein(a, b) == levenshtein(b, a) == distance


def test_a_texts_words_give_their_digits():
    assert numbers_in("No. 1,234.50 of\n7") == ["123450", "7"]
    assert numbers_in("none ٣") == []


def test_lines_side_by_side_are_read_from_left_to_right():
    lines = [(200, 8, 300, 30, "b"), (0, 60, 90, 80, "c"), (0, 10, 100, 32, "a")]
    assert [line[4] for line in reading_order(lines)] == ["a", "b", "c"]


def test_tables_and_sheet_show_every_reader_and_failure():
    right = Answer(["12", "3"], BOXES, [1, 2, 3])
    good, bad = measure(lambda picture: right, [PAGE]), [Result(PAGE, Answer(["9"]), 0.1)]
    results = {"good": {"photos": good}, "bad": {"photos": bad}}
    table = summary_table(results)
    assert "| good | photos (1) | 100.0% |" in table
    assert "| bad | photos (1) | 0.0% |" in table
    kinds = kinds_table({"good": good, "bad": bad}, "exact", lambda s: str(s.photos_exact))
    assert "| x | 1 | 0 |" in kinds
    assert kinds.endswith("| all | 1 | 0 |")
    sheet = failure_sheet(results)
    assert sheet.dtype == np.uint8
    assert sheet.min() < 200
    assert (failure_sheet({"good": {"photos": good}}) == 255).all()


def test_readers_that_are_not_installed_are_left_out_with_a_line(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.accuracy.read_photos.shutil.which", lambda name: None)
    assert installed(["tesseract"]) == {}
    assert "tesseract" in capsys.readouterr().out
