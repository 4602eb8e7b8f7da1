"""Training data: splits by writer, and missing or damaged files."""

import gzip
import json

import numpy as np
import pytest
from torchvision.datasets import MNIST

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


def test_empty_strokes_are_dropped(tmp_path):
    write_drawings(tmp_path / "unipen-digits" / "dev.jsonl.gz", ["w"])
    (drawing,) = datasets.drawings(tmp_path, "test")
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[0, 0], [5, 5]]]


def test_missing_drawings_give_an_empty_list(tmp_path):
    assert datasets.drawings(tmp_path, "train") == []
    assert datasets.letters(tmp_path, "test") == []


@pytest.mark.parametrize("part", sorted(datasets.UNREADABLE))
def test_unreadable_drawings_are_left_out(data_folder, part):
    drawn, readable = (
        load(data_folder, part) for load in (datasets.drawings, datasets.readable_drawings)
    )
    if len(drawn) < 1_000:
        pytest.skip("needs the full file of drawings")
    assert len(readable) == len(drawn) - len(datasets.UNREADABLE[part])
    assert not any(_is_level(drawing) for drawing in readable)


def test_a_file_with_another_hash_is_not_filtered(tmp_path):
    write_drawings(tmp_path / "unipen-digits" / "dev.jsonl.gz", ["w"] * 100)
    assert len(datasets.readable_drawings(tmp_path, "test")) == 100
    assert datasets.readable_drawings(tmp_path, "train") == []


def _is_level(drawing):
    """Return True for a line from left to right, which is no digit."""
    width, height = np.ptp(np.concatenate(drawing.strokes), axis=0)
    return height < 0.25 * width


def test_the_error_for_damaged_drawings_names_the_file_and_its_hash(tmp_path):
    path = tmp_path / "unipen-digits" / "dev.jsonl.gz"
    write_drawings(path, ["w"])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"dev\.jsonl\.gz is damaged .* SHA-256 is [0-9a-f]{64}"):
        datasets.drawings(tmp_path, "test")


def test_the_error_for_a_damaged_mnist_file_names_it_and_both_hashes(tmp_path, data_folder):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (data_folder / "MNIST" / "raw").iterdir():
        content = bytearray(path.read_bytes())
        if path.name.startswith("t10k-labels"):
            content[-1] ^= 1
        (raw / path.name).write_bytes(content)
    with pytest.raises(DataError, match=r"t10k-labels.*[0-9a-f]{64}, expected [0-9a-f]{64}"):
        datasets.mnist(tmp_path, "test")


def test_the_error_for_missing_mnist_names_the_files_and_the_folder(tmp_path, monkeypatch):
    def no_network(*args, **kwargs):
        raise RuntimeError("Error downloading train-images-idx3-ubyte.gz")

    monkeypatch.setattr(datasets, "MNIST", no_network)
    with pytest.raises(DataError, match=r"MNIST/raw .*Put its four .*train-images-idx3-ubyte"):
        datasets.mnist(tmp_path, "train")


def test_the_validation_digits_of_mnist_are_the_last_of_its_training_file(data_folder):
    train, validation = (datasets.mnist(data_folder, part, 40) for part in ("train", "validation"))
    whole = MNIST(data_folder, train=True).data.numpy()
    assert np.array_equal(np.concatenate([train.pixels, validation.pixels]), whole)
    assert len(validation.labels) == 40
    assert train.pixels.shape[1:] == (28, 28) and train.pixels.dtype == np.uint8


def test_letters_of_the_test_writers_are_never_trained_on(data_folder):
    parts = {part: datasets.letters(data_folder, part) for part in ("train", "validation", "test")}
    writers = [{d.writer for d in part} for part in parts.values()]
    assert all(writers)
    assert sum(map(len, writers)) == len(set.union(*writers))


def test_fonts_come_with_the_package_and_each_is_in_one_part():
    parts = [datasets.font_drawings(part) for part in ("train", "validation", "test")]
    fonts = [{drawing.writer for drawing in part} for part in parts]
    assert sum(map(len, fonts)) == len(set.union(*fonts)) > 150
    assert all({drawing.label for drawing in part} == set("0123456789") for part in parts)
    assert all(drawing.strokes for part in parts for drawing in part)


def test_the_hashes_of_training_files_leave_out_test_files(data_folder):
    hashes = datasets.file_hashes(data_folder)
    assert len(hashes[datasets.FONT_DIGITS]) == 64
    assert datasets.FONT_DIGITS not in datasets.file_hashes(data_folder, mnist_only=True)
    assert len(hashes["MNIST/raw/train-images-idx3-ubyte"]) == 64
    assert not any("dev" in name or "t10k" in name for name in hashes)


def test_scans_are_split_by_name_and_have_a_box_for_each_digit(data_folder):
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


def test_missing_scans_give_an_empty_list(tmp_path):
    assert datasets.scans(tmp_path, "train") == []


def test_a_missing_scan_is_an_error(tmp_path):
    folder = tmp_path / "orand-car-a"
    folder.mkdir()
    entry = {"image": "gone.jpg", "number": "1", "boxes": [[0, 0, 1, 1]]}
    lines = [json.dumps({**entry, "image": f"gone{i}.jpg"}) for i in range(300)]
    (folder / "labels.jsonl").write_text("\n".join(lines))
    with pytest.raises(DataError, match="gone"):
        datasets.scans(tmp_path, "test")
