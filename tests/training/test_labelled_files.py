"""One's own examples: folders of classes, lines of labels, their splits and their errors."""

import gzip
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.errors import DataError
from digitdraw.training import labelled_files
from digitdraw.training.labelled_files import SHARES, SPLITS, Example, split_examples
from tests.support.labelled_sets import write_lines, write_pictures

STROKES = [[[0, 0], [5, 5]]]
A = {"label": "a", "strokes": STROKES}


def drawn(label, writer="", split=""):
    return Example(label, STROKES, "line", writer, split)


def read(folder, *entries, name="labels.jsonl"):
    return labelled_files.read_examples(write_lines(folder / name, entries))


def test_a_line_has_a_label_and_a_picture_or_strokes(tmp_path):
    first, second = read(
        tmp_path,
        {"label": 7, "image": "pictures/7.png", "writer": 3, "split": "val"},
        {**A, "size": 0.5, "writer": None, "split": None},
    )
    assert first.label == "7" and first.content == tmp_path / "pictures" / "7.png"
    assert (first.writer, first.split) == ("3", "validation")
    assert second.content == STROKES and second.place == f"{tmp_path / 'labels.jsonl'}, line 2"
    assert (second.writer, second.split) == ("", "")


@pytest.mark.parametrize("name", ["labels.jsonl", "labels.jsonl.gz", "characters.jsonl.gz"])
def test_a_folder_and_its_file_of_labels_are_the_same(name, tmp_path):
    read(tmp_path / "mine", A, name=name)
    own = "mine" if name.startswith("labels") else "characters"
    for path in (tmp_path / "mine", tmp_path / "mine" / name):
        assert [example.label for example in labelled_files.read_examples(path)] == ["a"]
        assert labelled_files.labels_file(path) == tmp_path / "mine" / name
        assert labelled_files.name_of(path) == own


def test_classes_and_splits_may_be_folders(tmp_path):
    write_pictures(tmp_path / "cats", 2)
    write_pictures(tmp_path / "dogs", 1)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "cats" / "readme.txt").write_text("no picture")
    found = labelled_files.read_examples(tmp_path)
    assert [(example.label, example.content.name) for example in found] == [
        ("cats", "0.png"),
        ("cats", "1.png"),
        ("dogs", "0.png"),
    ]
    parts = tmp_path / "parts"
    for split in ("train", "val", "test"):
        write_pictures(parts / split / "cats", 1)
    assert {(e.label, e.split) for e in labelled_files.read_examples(parts)} == {
        ("cats", split) for split in SPLITS
    }


def test_a_class_may_be_called_train(tmp_path):
    write_pictures(tmp_path / "train", 1)
    write_pictures(tmp_path / "car", 1)
    assert [e.label for e in labelled_files.read_examples(tmp_path)] == ["car", "train"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"strokes": STROKES}, '"label" is missing'),
        ({"label": "", "strokes": STROKES}, '"label" is missing'),
        ({"label": 1.5, "strokes": STROKES}, "neither a text nor an integer"),
        ({"label": "a"}, 'either "image" or "strokes"'),
        ({**A, "image": "a.png"}, 'either "image" or "strokes"'),
        ({"label": "a", "image": 5}, '"image" is not the path'),
        ({**A, "split": "holdout"}, "'holdout'; allowed are train, test, validation, val"),
        ([1], "not a JSON object"),
    ],
)
def test_a_wrong_line_is_named_by_its_number(line, reason, tmp_path):
    with pytest.raises(DataError, match=rf"labels\.jsonl, line 2: .*{re.escape(reason)}"):
        read(tmp_path, A, line)


def test_damaged_files_are_named(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text("{]\n")
    with pytest.raises(DataError, match=r"labels\.jsonl, line 1: this is not JSON"):
        labelled_files.read_examples(path)
    packed = tmp_path / "cut.jsonl.gz"
    packed.write_bytes(gzip.compress(b'{"label": "a", "strokes": []}\n' * 9)[:-9])
    with pytest.raises(DataError, match=r"cut\.jsonl\.gz is damaged"):
        labelled_files.read_examples(packed)


def test_a_data_set_without_examples_is_an_error_that_says_what_is_allowed(tmp_path):
    with pytest.raises(DataError, match=r"has no examples\. A data set is a folder"):
        labelled_files.read_examples(tmp_path)
    write_lines(tmp_path / "labels.jsonl", [])
    with pytest.raises(DataError, match=r"labels\.jsonl has no examples"):
        labelled_files.read_examples(tmp_path)
    (tmp_path / "labels.csv").write_text("a,b\n")
    with pytest.raises(DataError, match=r"labels\.csv is not \.jsonl or \.jsonl\.gz"):
        labelled_files.read_examples(tmp_path / "labels.csv")


def test_one_of_several_files_of_labels_must_be_chosen(tmp_path):
    for name in ("a.jsonl", "b.jsonl.gz"):
        write_lines(tmp_path / name, [A])
    with pytest.raises(DataError, match=r"a\.jsonl, b\.jsonl\.gz\. Give the path of one"):
        labelled_files.read_examples(tmp_path)
    write_lines(tmp_path / "labels.jsonl", [A, A])
    assert len(labelled_files.read_examples(tmp_path)) == 2


def test_dev_is_the_test_split_if_there_is_none(tmp_path):
    examples = [drawn("a", f"w{i}", "validation" if i % 4 == 0 else "train") for i in range(80)]
    splits = split_examples(examples)
    assert splits["test"] == [example for example in examples if example.split == "validation"]
    assert {e.split for e in splits["train"] + splits["validation"]} == {"train"}
    assert 0 < len(splits["validation"]) < 20
    assert not {e.writer for e in splits["train"]} & {e.writer for e in splits["validation"]}


def test_characters_of_unipen_work_unchanged(full_data_folder):
    path = full_data_folder / "unipen-characters" / "characters.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"{path} is missing")
    splits = split_examples(labelled_files.read_examples(path))
    assert {name: len(part) for name, part in splits.items()} == {
        "train": 11_587,
        "validation": 1_401,
        "test": 3_028,
    }
    writers = [{example.writer for example in part} for part in splits.values()]
    assert sum(map(len, writers)) == len(set.union(*writers))
    assert all(len({example.label for example in part}) == 52 for part in splits.values())


def test_given_splits_are_used():
    examples = [drawn("a", "w", split) for split in SPLITS]
    assert split_examples(examples) == {name: [drawn("a", "w", name)] for name in SPLITS}


def test_validation_is_split_off_if_only_train_and_test_are_given():
    examples = [drawn("a", split="train")] * 100 + [drawn("a", split="test")] * 9
    assert {name: len(part) for name, part in split_examples(examples).items()} == {
        "train": 85,
        "validation": 15,
        "test": 9,
    }


def test_examples_without_writer_are_shuffled_by_class_always_alike():
    examples = [Example(label, i, "") for label in "abc" for i in range(20)]
    splits = split_examples(examples)
    assert splits == split_examples(examples)
    for name, count in {"train": 14, "validation": 3, "test": 3}.items():
        assert Counter(example.label for example in splits[name]) == dict.fromkeys("abc", count)
    assert [e.content for e in splits["test"][:3]] != [0, 1, 2]


def test_a_missing_split_is_an_error():
    with pytest.raises(DataError, match="line: a split is missing here"):
        split_examples([drawn("a", split="train"), drawn("a")])
    with pytest.raises(DataError, match="no example has the split 'train'"):
        split_examples([drawn("a", split="test")])


names = st.lists(st.text(max_size=4), max_size=40)


@given(names)
def test_no_writer_is_in_two_splits_and_no_example_is_lost(writers):
    examples = [Example("a", number, "", writer) for number, writer in enumerate(writers)]
    splits = split_examples(examples)
    together = [example for name in SPLITS for example in splits[name]]
    assert sorted(together, key=lambda e: e.content) == examples
    named = [{e.writer for e in splits[name] if e.writer} for name in SPLITS]
    assert sum(map(len, named)) == len(set.union(*named))


@given(names, names)
def test_a_writer_stays_in_a_split_when_others_are_added(writers, others):
    def split_of(names):
        splits = split_examples([drawn("a", name) for name in names if name])
        return {example.writer: name for name in SHARES for example in splits[name]}

    before, after = split_of(writers), split_of(writers + others)
    assert before == {writer: after[writer] for writer in before}


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_a_class_with_three_examples_is_in_every_split(labels):
    splits = split_examples([Example(label, None, "") for label in labels])
    for label, count in Counter(labels).items():
        if count >= 3:
            assert all(any(e.label == label for e in splits[name]) for name in SPLITS)
