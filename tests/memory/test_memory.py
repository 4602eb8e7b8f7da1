"""Memory: remembering, forgetting, undo, files, another model, and a data set for training."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import digitdraw
from digitdraw.cli import train
from digitdraw.errors import BadMemoryError, BadStrokesError, UnsupportedError
from digitdraw.memory import file
from digitdraw.memory.memory import Memory
from tests.support.drawings import DIGITS
from tests.support.own_models import LETTERS, save_untrained


@pytest.fixture
def memory(recognizer) -> Memory:
    return Memory(recognizer)


@pytest.fixture(scope="module")
def tiny() -> digitdraw.Recognizer:
    return digitdraw.load("tiny", device="cpu")


def moved(drawing, dx: float, dy: float = 0.0, scale: float = 1.0):
    return [[(x * scale + dx, y * scale + dy) for x, y in stroke] for stroke in drawing]


def test_a_taught_drawing_gets_its_label_and_others_keep_theirs(memory, recognizer):
    memory.remember(DIGITS[1], 7)
    taught = memory.predict_strokes(DIGITS[1])
    assert (taught.prediction.digit, taught.own.digit, taught.changed) == (7, 1, True)
    assert sum(taught.prediction.probabilities) == pytest.approx(1)
    assert taught.prediction.confidence == max(taught.prediction.probabilities)
    for digit in (0, 2, 3, 4, 5, 6, 8, 9):
        other = memory.predict_strokes(DIGITS[digit])
        assert (other.prediction.digit, other.changed) == (digit, False)


def test_a_drawing_that_is_no_digit_can_be_taught(memory, recognizer):
    letter = [[(0, 0), (0, 100)], [(0, 50), (60, 50)], [(60, 0), (60, 100)]]
    assert recognizer.predict_strokes(letter).verdict == "not a digit"
    memory.remember(letter, 4)
    assert memory.predict_strokes(letter).prediction.digit == 4


def test_without_memory_the_answer_is_the_classifier_s_own(memory, recognizer):
    answer = memory.predict_strokes(DIGITS[3])
    assert answer.prediction is answer.own and not answer.changed


def test_a_blank_stays_blank(memory):
    memory.remember(DIGITS[3], 5)
    assert memory.predict_strokes([]).prediction.verdict == "blank"


def test_a_digit_of_a_number_is_adapted_too(memory, recognizer):
    memory.remember(DIGITS[1], 7)
    reading = recognizer.read_strokes([*moved(DIGITS[4], 0), *moved(DIGITS[1], 150)])
    answers = [memory.adapt(digit.prediction).prediction.digit for digit in reading.digits]
    assert answers == [4, 7]


def test_forgetting_undoes_what_was_taught(memory):
    example = memory.remember(DIGITS[1], 7)
    memory.remember(DIGITS[2], 3)
    memory.forget(example)
    assert [example.label for example in memory.examples] == [3]
    assert memory.predict_strokes(DIGITS[1]).prediction.digit == 1
    with pytest.raises(BadMemoryError, match="not remembered"):
        memory.forget(example)


def test_every_change_can_be_undone(memory, recognizer):
    other = Memory(recognizer)
    other.remember(DIGITS[5], 6)
    assert not memory.undo()
    first = memory.remember(DIGITS[1], 7)
    states = [memory.examples]
    for change in (
        lambda: memory.remember(DIGITS[2], 3),
        lambda: memory.import_json(other.export_json()),
        lambda: memory.forget(first),
        memory.forget_all,
    ):
        change()
        states.append(memory.examples)
    for state in states[-2::-1]:
        assert memory.undo()
        assert memory.examples == state


def test_a_drawing_has_the_label_that_was_taught_last(memory):
    memory.remember(DIGITS[1], 7)
    memory.remember(DIGITS[2], 3)
    memory.remember(moved(DIGITS[1], 10, 20, 2), 4)  # the same drawing, elsewhere and larger
    assert [example.label for example in memory.examples] == [3, 4]


def test_beyond_its_size_memory_forgets_the_oldest(memory, monkeypatch):
    monkeypatch.setattr("digitdraw.memory.memory.MAX_EXAMPLES", 2)
    for digit in (1, 2, 3):
        memory.remember(DIGITS[digit], digit)
    assert [example.label for example in memory.examples] == [2, 3]


@pytest.mark.parametrize("label", [10, -1, "7", 7.0, True, None])
def test_labels_are_digits(memory, label):
    with pytest.raises(BadMemoryError, match="whole number from 0 to 9"):
        memory.remember(DIGITS[1], label)


@pytest.mark.parametrize(
    ("drawing", "error", "words"),
    [
        ([], BadMemoryError, "no ink"),
        ("seven", BadStrokesError, "list of strokes"),
        ([[(0, 0)]] * 101, BadMemoryError, "at most 100 strokes and 1,000 points"),
        ([[(x % 2, x) for x in range(1001)]], None, ""),  # close points are dropped
        ([[(x % 2 * 1e3, x) for x in range(1001)]], BadMemoryError, "1,000 points"),
    ],
)
def test_drawings_have_limits(memory, drawing, error, words):
    if error is None:
        memory.remember(drawing, 1)
        return
    with pytest.raises(error, match=words):
        memory.remember(drawing, 1)
    assert memory.examples == ()


def test_an_exported_file_is_imported_as_it_was(memory, recognizer, tmp_path):
    for digit in range(10):
        memory.remember(DIGITS[digit], (digit + 1) % 10)
    memory.export_file(tmp_path / "memory.json")
    other = Memory(recognizer)
    assert other.import_file(tmp_path / "memory.json") == 10
    assert other.examples == memory.examples
    assert other.import_file(tmp_path / "memory.json") == 10  # nothing is remembered twice
    assert len(other.examples) == 10


def test_a_damaged_file_changes_nothing(memory):
    memory.remember(DIGITS[1], 7)
    content = json.loads(memory.export_json())
    content["examples"].append({"label": 12})
    with pytest.raises(BadMemoryError, match="label of drawing 2 is 12"):
        memory.import_json(json.dumps(content))
    assert len(memory.examples) == 1


def test_features_are_computed_again_for_another_model(memory, recognizer, tiny):
    memory.remember(DIGITS[1], 7)
    other = Memory(tiny)
    other.import_json(memory.export_json())
    assert [len(example.features) for example in other.examples] == [40]
    assert other.predict_strokes(DIGITS[1]).prediction.digit == 7
    back = Memory(recognizer)
    back.import_json(other.export_json())
    assert back.examples[0].strokes == memory.examples[0].strokes
    assert json.loads(back.export_json())["model"] == recognizer.sha256


def test_features_of_a_wrong_length_are_computed_again(memory):
    memory.remember(DIGITS[1], 7)
    content = json.loads(memory.export_json())
    content["examples"][0]["features"] = "AAAA"
    memory.forget_all()
    memory.import_json(json.dumps(content))
    assert len(memory.examples[0].features) == 64


def test_models_without_features_or_of_other_classes_cannot_remember(tmp_path):
    letters = digitdraw.load(save_untrained(tmp_path, "tiny", LETTERS, "A"), device="cpu")
    for recognizer in (digitdraw.load("softmax", device="cpu"), letters):
        with pytest.raises(UnsupportedError, match="cannot remember"):
            Memory(recognizer)


def test_a_stroke_s_place_and_size_do_not_matter(memory, recognizer):
    memory.remember(DIGITS[1], 7)

    @given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(0.01, 100))
    def check(dx: float, dy: float, scale: float) -> None:
        answer = memory.predict_strokes(moved(DIGITS[1], dx, dy, scale))
        assert answer.prediction.digit == 7

    check()


def test_taught_drawings_train_a_model(memory, tmp_path):
    for digit in (1, 7):
        for slant in range(12):
            drawing = [[(x + slant * y / 40, y) for x, y in stroke] for stroke in DIGITS[digit]]
            memory.remember(drawing, digit)
    path = memory.export_dataset(tmp_path / "mine")
    assert path.read_text().count("\n") == 24
    options = [
        "--dataset",
        str(tmp_path / "mine"),
        "--out",
        str(tmp_path / "runs"),
        "--epochs",
        "8",
    ]
    assert train.main(["cnn", *options, "--device", "cpu", "--workers", "1"]) == 0
    trained = digitdraw.load(tmp_path / "runs", device="cpu")
    assert trained.data.classes == ("1", "7")
    assert [trained.predict_strokes(DIGITS[digit]).label for digit in (1, 7)] == ["1", "7"]


def test_features_of_a_batch_are_those_of_single_drawings(recognizer):
    glyph = recognizer.predict_strokes(DIGITS[3]).glyph[None]
    again = recognizer.classifier.features(np.repeat(glyph, 3, axis=0))
    assert np.array_equal(again[0], recognizer.features(DIGITS[3]))
    assert again.dtype == np.uint8 and again.max() == 255
    assert again.shape[1] <= file.MAX_FEATURES
