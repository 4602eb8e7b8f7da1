"""Training data: splits by writer, missing and damaged files."""

import gzip
import json

import numpy as np
import pytest

from digitdraw.errors import DataError
from digitdraw.training import datasets


def write_drawings(path, writers, label="3"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt") as file:
        for writer in writers:
            strokes = [[[0, 0], [5, 5]], []]
            file.write(json.dumps({"label": label, "writer": writer, "strokes": strokes}) + "\n")


def test_no_writer_is_in_two_parts(tmp_path):
    writers = [f"w{i % 40}" for i in range(200)]
    write_drawings(tmp_path / "unipen-digits" / "train.jsonl.gz", writers)
    train, validation = (datasets.drawings(tmp_path, part) for part in ("train", "validation"))
    assert len(train) + len(validation) == 200
    assert not {d.writer for d in train} & {d.writer for d in validation}
    assert train and validation


def test_empty_strokes_are_left_out(tmp_path):
    write_drawings(tmp_path / "unipen-digits" / "dev.jsonl.gz", ["w"])
    (drawing,) = datasets.drawings(tmp_path, "test")
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[0, 0], [5, 5]]]


def test_missing_drawings_are_none(tmp_path):
    assert datasets.drawings(tmp_path, "train") == []
    assert datasets.letters(tmp_path, "test") == []


@pytest.mark.parametrize("part", sorted(datasets.UNREADABLE))
def test_drawings_that_nobody_can_read_are_left_out(data_folder, part):
    drawn, readable = (
        make(data_folder, part) for make in (datasets.drawings, datasets.readable_drawings)
    )
    assert len(readable) == len(drawn) - len(datasets.UNREADABLE[part])
    assert not any(_is_level(each) for each in readable)


def test_of_a_file_that_nobody_looked_at_all_drawings_are_taken(tmp_path):
    write_drawings(tmp_path / "unipen-digits" / "dev.jsonl.gz", ["w"] * 100)
    assert len(datasets.readable_drawings(tmp_path, "test")) == 100
    assert datasets.readable_drawings(tmp_path, "train") == []


def _is_level(drawing):
    """Whether it is a line from left to right, as no digit is."""
    width, height = np.ptp(np.concatenate(drawing.strokes), axis=0)
    return height < 0.25 * width


def test_damaged_drawings_are_named_with_their_hash(tmp_path):
    path = tmp_path / "unipen-digits" / "dev.jsonl.gz"
    write_drawings(path, ["w"])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"dev\.jsonl\.gz is damaged .* SHA-256 is [0-9a-f]{64}"):
        datasets.drawings(tmp_path, "test")


def test_a_damaged_mnist_file_is_named_with_both_hashes(tmp_path, data_folder):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (data_folder / "MNIST" / "raw").iterdir():
        content = bytearray(path.read_bytes())
        if path.name.startswith("t10k-labels"):
            content[-1] ^= 1
        (raw / path.name).write_bytes(content)
    with pytest.raises(DataError, match=r"t10k-labels.*[0-9a-f]{64}, expected [0-9a-f]{64}"):
        datasets.mnist(tmp_path, "test")


def test_missing_mnist_that_cannot_be_downloaded_says_which_files_to_put_where(
    tmp_path, monkeypatch
):
    def no_network(*args, **kwargs):
        raise RuntimeError("Error downloading train-images-idx3-ubyte.gz")

    monkeypatch.setattr(datasets, "MNIST", no_network)
    with pytest.raises(DataError, match=r"MNIST/raw .*Put its four .*train-images-idx3-ubyte"):
        datasets.mnist(tmp_path, "train")


def test_mnist_is_split_once(data_folder):
    train, validation, test = (
        datasets.mnist(data_folder, part) for part in ("train", "validation", "test")
    )
    assert [len(each.labels) for each in (train, validation, test)] == [55_000, 5_000, 10_000]
    assert train.pixels.shape[1:] == (28, 28) and train.pixels.dtype == np.uint8


def test_letters_of_the_test_writers_are_never_trained_on(data_folder):
    parts = {part: datasets.letters(data_folder, part) for part in ("train", "validation", "test")}
    writers = [{d.writer for d in part} for part in parts.values()]
    assert all(writers)
    assert sum(map(len, writers)) == len(set.union(*writers))


def test_hands_of_fonts_are_in_one_part_each_and_come_with_the_package():
    parts = [datasets.font_drawings(part) for part in ("train", "validation", "test")]
    hands = [{drawing.writer for drawing in part} for part in parts]
    assert sum(map(len, hands)) == len(set.union(*hands)) > 150
    assert all({drawing.label for drawing in part} == set("0123456789") for part in parts)
    assert all(drawing.strokes for part in parts for drawing in part)


def test_hashes_of_the_data_are_recorded(data_folder):
    hashes = datasets.file_hashes(data_folder)
    assert len(hashes[datasets.FONT_DIGITS]) == 64
    assert datasets.FONT_DIGITS not in datasets.file_hashes(data_folder, drawn=False)
    assert hashes["MNIST/raw/train-images-idx3-ubyte"].startswith("ba891046")
    assert not any("dev" in name or "t10k" in name for name in hashes)


def test_scans_are_split_by_name_and_their_boxes_belong_to_their_digits(data_folder):
    parts = {part: datasets.scans(data_folder, part) for part in ("train", "validation", "test")}
    if not parts["test"]:
        pytest.skip("there is no orand-car-a in the data folder")
    names = [scan.name for part in parts.values() for scan in part]
    assert len(names) == len(set(names)) == 1080
    assert (len(parts["validation"]), len(parts["test"])) == (80, 200)
    for scan in parts["validation"]:
        height, width = scan.picture.shape
        assert len(scan.boxes) == len(scan.labels) > 0
        assert (scan.boxes[:, :2] + scan.boxes[:, 2:] <= [width + 2, height + 2]).all()


def test_a_data_folder_without_scans_has_none(tmp_path):
    assert datasets.scans(tmp_path, "train") == []


def test_a_scan_that_is_missing_is_said_to_be_so(tmp_path):
    folder = tmp_path / "orand-car-a"
    folder.mkdir()
    entry = {"image": "gone.jpg", "number": "1", "boxes": [[0, 0, 1, 1]]}
    lines = [json.dumps({**entry, "image": f"gone{i}.jpg"}) for i in range(300)]
    (folder / "labels.jsonl").write_text("\n".join(lines))
    with pytest.raises(DataError, match="gone"):
        datasets.scans(tmp_path, "test")
