"""Tests of the choice of readers, and of folders of pictures with labels."""

import itertools
import json

import numpy as np
import pytest
from PIL import Image

from benchmarks.accuracy.read_photos import installed, labelled_pictures, report
from benchmarks.accuracy.readers import Answer
from benchmarks.accuracy.scoring import measure, split_digits

LABELS = [
    {"image": "one.png", "kind": "single", "truth": 7},
    {"image": "two.png", "kind": "numbers", "truth": [["404", "1000"], ["3"]]},
    {"image": "two.png", "kind": "numbers", "truth": [["1250"]], "written": [["12.50"]]},
]


def labelled_folder(folder):
    for name in ("one.png", "two.png"):
        Image.new("L", (40, 30), 200).save(folder / name)
    lines = "\n".join(map(json.dumps, LABELS))
    (folder / "labels.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


def test_a_reader_that_is_not_installed_is_left_out_with_a_message(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.accuracy.readers.shutil.which", lambda name: None)
    assert installed(["tesseract"]) == {}
    assert "tesseract" in capsys.readouterr().out


def test_pictures_of_numbers_in_a_folder_have_their_labels(tmp_path):
    digits, written = labelled_pictures(labelled_folder(tmp_path))
    assert (digits.numbers, digits.as_written) == (["404", "1000", "3"], False)
    assert (written.numbers, written.as_written) == (["12.50"], True)
    assert digits.picture.shape == (30, 40, 3) and digits.picture.dtype == np.uint8


def test_the_numbers_of_field_as_written_have_the_digits_of_its_labels(full_data_folder):
    folder = full_data_folder / "field"
    if not folder.is_dir():
        pytest.skip("needs field/")
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [entry for entry in map(json.loads, lines) if entry["kind"] == "numbers"]
    photos = labelled_pictures(folder)
    assert [split_digits(photo.numbers) for photo in photos] == [
        list(itertools.chain(*entry["truth"])) for entry in labels
    ]
    assert sum(photo.as_written for photo in photos) == len(photos) - 1  # a dash is cut off in one
    assert "404-1000" in itertools.chain(*(photo.numbers for photo in photos))


def test_a_folder_has_a_row_in_the_report(tmp_path, capsys):
    photos = labelled_pictures(labelled_folder(tmp_path))[:1]
    results = measure(lambda picture: Answer(["404-1000", "8"]), photos)
    empty = {name: [] for name in ("photos", "one or two digits", "whole pages", "cropped")}
    rest = {name: [] for name in ("with symbols", "as people write", "without digits")}
    report({"reader": {**empty, **rest, "field": results}})
    assert "| reader | field (1) | 0.0% | 66.7% | 33.3% | - | - | - |" in capsys.readouterr().out
