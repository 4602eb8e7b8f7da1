"""Training data: splits by writer, missing and damaged files, hashes."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from digitdraw.errors import DataError
from digitdraw.training import datasets

FOLDER = Path(datasets.__file__).parent
SPLITS = {"train": 6_063, "validation": 1_203, "test": 1_604}
"""Drawings in each split without the faulty ones."""


def write_drawings(path, writers, label="3"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt") as file:
        for writer in writers:
            strokes = [[[0, 0], [5, 5]], []]
            file.write(json.dumps({"label": label, "writer": writer, "strokes": strokes}) + "\n")


def test_no_writer_is_in_two_splits(tmp_path):
    writers = [f"w{i % 40}" for i in range(200)]
    write_drawings(tmp_path / "unipen-digits" / "train.jsonl.gz", writers)
    train, validation = (datasets.drawings(tmp_path, split) for split in ("train", "validation"))
    assert len(train) + len(validation) == 200
    assert not {d.writer for d in train} & {d.writer for d in validation}
    assert train and validation


def test_empty_strokes_are_dropped(tmp_path):
    write_drawings(tmp_path / "unipen-digits" / "dev.jsonl.gz", ["w"])
    (drawing,) = datasets.drawings(tmp_path, "test")
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[0, 0], [5, 5]]]


def test_missing_files_give_no_drawings(tmp_path):
    assert datasets.drawings(tmp_path, "train") == []
    assert datasets.letters(tmp_path, "test") == []


def test_the_faults_are_those_that_the_data_states(full_data_folder):
    stated = json.loads((full_data_folder / "unipen-digits" / "faults.json").read_text())
    known = json.loads((FOLDER / datasets.FAULTS).read_text())
    train, test = known["train.jsonl.gz"], known["dev.jsonl.gz"]
    assert train["suspect"] == stated["train_suspect"]
    assert test["suspect"] == stated["dev_suspect"]
    assert test["identical to train"] == stated["dev_identical_to_train"]
    same = {f"dev {a}": f"train {b}" for a, b in test["writers of train"].items()}
    assert same == stated["same_person"]


def test_faulty_drawings_are_left_out_of_all_splits(full_data_folder):
    splits = {name: datasets.drawings(full_data_folder, name) for name in SPLITS}
    assert {name: len(drawings) for name, drawings in splits.items()} == SPLITS
    train = {_strokes(drawing) for name in ("train", "validation") for drawing in splits[name]}
    assert not train & {_strokes(drawing) for drawing in splits["test"]}
    assert not {"w150", "w124", "w027", "w121"} & {drawing.writer for drawing in splits["test"]}


def test_unreadable_drawings_are_dropped(full_data_folder):
    for split, unreadable in {"train": 24, "validation": 0, "test": 4}.items():
        drawings = datasets.drawings(full_data_folder, split)
        readable = datasets.readable_drawings(full_data_folder, split)
        assert len(readable) == len(drawings) - unreadable > 0
        assert not any(_is_horizontal_line(drawing) for drawing in readable)


def test_all_drawings_of_an_unknown_file_are_readable(tmp_path):
    write_drawings(tmp_path / "unipen-digits" / "dev.jsonl.gz", ["w"] * 100)
    assert len(datasets.readable_drawings(tmp_path, "test")) == 100
    assert datasets.readable_drawings(tmp_path, "train") == []


def _strokes(drawing):
    return drawing.label, tuple(stroke.tobytes() for stroke in drawing.strokes)


def _is_horizontal_line(drawing):
    """True for a line from left to right; no digit looks like that."""
    width, height = np.ptp(np.concatenate(drawing.strokes), axis=0)
    return height < 0.25 * width


def test_the_error_for_damaged_drawings_names_file_and_hash(tmp_path):
    path = tmp_path / "unipen-digits" / "dev.jsonl.gz"
    write_drawings(path, ["w"])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"dev\.jsonl\.gz is damaged .* SHA-256 is [0-9a-f]{64}"):
        datasets.drawings(tmp_path, "test")


def test_the_error_for_a_damaged_mnist_file_names_both_hashes(tmp_path, data_folder):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (data_folder / "MNIST" / "raw").iterdir():
        content = bytearray(path.read_bytes())
        if path.name.startswith("t10k-labels"):
            content[-1] ^= 1
        (raw / path.name).write_bytes(content)
    with pytest.raises(DataError, match=r"t10k-labels.*[0-9a-f]{64}, expected [0-9a-f]{64}"):
        datasets.mnist(tmp_path, "test")


def test_mnist_has_the_usual_sizes(data_folder):
    splits = [datasets.mnist(data_folder, split) for split in ("train", "validation", "test")]
    sizes = [len(digits.labels) for digits in splits]
    assert sizes in ([55_000, 5_000, 10_000], [256, 64, 80])  # all of MNIST, or the sample
    train = splits[0]
    assert train.pixels.shape[1:] == (28, 28) and train.pixels.dtype == np.uint8


def test_no_letter_writer_is_in_two_splits(data_folder):
    splits = [datasets.letters(data_folder, split) for split in ("train", "validation", "test")]
    writers = [{drawing.writer for drawing in letters} for letters in splits]
    assert all(writers)
    assert sum(map(len, writers)) == len(set.union(*writers))


def test_no_font_is_in_two_splits_and_all_splits_have_all_digits():
    splits = [datasets.font_drawings(split) for split in ("train", "validation", "test")]
    fonts = [{drawing.writer for drawing in drawings} for drawings in splits]
    assert sum(map(len, fonts)) == len(set.union(*fonts)) > 150
    assert all({drawing.label for drawing in drawings} == set("0123456789") for drawings in splits)
    assert all(drawing.strokes for drawings in splits for drawing in drawings)


def test_file_hashes_cover_training_files_only(data_folder):
    hashes = datasets.file_hashes(data_folder)
    assert len(hashes[datasets.FONT_DIGITS]) == 64
    assert datasets.FONT_DIGITS not in datasets.file_hashes(data_folder, mnist_only=True)
    images = "train-images-idx3-ubyte"
    known = datasets.SHA256[images], datasets.SAMPLE_SHA256[images]
    assert hashes[f"MNIST/raw/{images}"] in known
    assert not any("dev" in name or "t10k" in name for name in hashes)


def test_no_scan_is_in_two_splits_and_boxes_are_in_the_picture(data_folder):
    splits = {name: datasets.scans(data_folder, name) for name in ("train", "validation", "test")}
    if not splits["test"]:
        pytest.skip("there is no orand-car-a in the data folder")
    names = [scan.name for scans in splits.values() for scan in scans]
    assert len(names) == len(set(names)) == 1080
    assert (len(splits["validation"]), len(splits["test"])) == (80, 200)
    for scan in splits["validation"]:
        height, width = scan.picture.shape
        assert len(scan.boxes) == len(scan.labels) > 0
        assert (scan.boxes[:, :2] + scan.boxes[:, 2:] <= [width + 2, height + 2]).all()


def test_a_data_folder_without_scans_gives_none(tmp_path):
    assert datasets.scans(tmp_path, "train") == []


def test_the_error_for_a_missing_scan_names_it(tmp_path):
    folder = tmp_path / "orand-car-a"
    folder.mkdir()
    entry = {"image": "gone.jpg", "number": "1", "boxes": [[0, 0, 1, 1]]}
    lines = [json.dumps({**entry, "image": f"gone{i}.jpg"}) for i in range(300)]
    (folder / "labels.jsonl").write_text("\n".join(lines))
    with pytest.raises(DataError, match="gone"):
        datasets.scans(tmp_path, "test")


def test_symbols_letters_and_words_are_split_by_the_file(tmp_path):
    entry = {"label": ".", "writer": "a", "strokes": [[[0, 0]]], "size": 0.1, "place": None}
    dev = {**entry, "label": ",", "writer": "b", "split": "dev"}
    for name in ("symbols", "characters", "words"):
        path = tmp_path / f"unipen-{name}" / f"{name}.jsonl.gz"
        path.parent.mkdir()
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in ({**entry, "split": "train"}, dev))
        load = getattr(datasets, name)
        assert [drawing.label for drawing in load(tmp_path, "train")] == ["."]
        assert [drawing.writer for drawing in load(tmp_path, "validation")] == ["b"]
        assert load(tmp_path / "missing", "train") == []
    (symbol,) = datasets.symbols(tmp_path, "train")
    assert (symbol.size, symbol.place) == (0.1, None)
    assert len(datasets.text_hashes(tmp_path)) == 3
    (tmp_path / "unipen-words" / "words.jsonl.gz").write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"words\.jsonl\.gz is damaged"):
        datasets.words(tmp_path, "train")
