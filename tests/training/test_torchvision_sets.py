"""Data sets of torchvision: downloads that leave nothing behind, and damaged files by name."""

import urllib.request
from urllib.error import URLError

import numpy as np
import pytest

from digitdraw.errors import DataError
from digitdraw.training import torchvision_sets
from tests.support.labelled_sets import files_of, idx, pack_set, raw_folder, served, write_set

NAMES = list(torchvision_sets.SETS)


@pytest.fixture
def mirror(tmp_path):
    """A folder, and the address at which its files can be downloaded."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    with served(folder) as address:
        yield folder, address


every_set = pytest.mark.parametrize("name", NAMES)


@every_set
def test_missing_files_are_downloaded_and_nothing_else_is_left(name, tmp_path, mirror, monkeypatch):
    pack_set(name, *mirror, monkeypatch.setattr)
    root = tmp_path / "new" / "data"
    pixels, labels = torchvision_sets.load(name, root, train=True)
    assert pixels.shape == (120, 28, 28) and pixels.dtype == np.uint8
    assert labels.shape == (120,) and labels.dtype == np.int64
    assert sorted(path.name for path in root.iterdir()) == [raw_folder(name, root).parent.name]
    assert {path.name for path in raw_folder(name, root).iterdir()} == set(files_of(name, 1, 1))


@every_set
def test_a_failed_download_leaves_nothing_and_is_tried_again(name, tmp_path, mirror, monkeypatch):
    pack_set(name, *mirror, monkeypatch.setattr)
    damaged = max(mirror[0].iterdir(), key=lambda path: path.name)
    content = damaged.read_bytes()
    damaged.write_bytes(content[:-5])
    root = tmp_path / "new" / "data"
    with pytest.raises(DataError, match=r"the download failed .*--data"):
        torchvision_sets.load(name, root, train=True)
    assert not root.parent.exists()
    damaged.write_bytes(content)
    assert len(torchvision_sets.load(name, root, train=False)[1]) == 60


def test_a_broken_off_download_leaves_nothing(tmp_path, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(urllib.request, "urlopen", stop)
    with pytest.raises(KeyboardInterrupt):
        torchvision_sets.load("mnist", tmp_path / "data", train=True)
    assert not (tmp_path / "data").exists()


def test_without_a_network_the_error_names_what_is_missing_and_where(tmp_path, monkeypatch):
    def no_network(*arguments, **options):
        raise URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    folder = write_set("kmnist", tmp_path)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError) as caught:
        torchvision_sets.load("kmnist", tmp_path, train=True)
    message = str(caught.value)
    assert f"{folder} lacks t10k-labels-idx1-ubyte, and" in message and "no network" in message
    assert "\n" not in message
    assert len(list(folder.iterdir())) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["KMNIST"]


def test_a_download_replaces_only_what_is_missing(tmp_path, mirror, monkeypatch):
    pack_set("kmnist", *mirror, monkeypatch.setattr)
    folder = write_set("kmnist", tmp_path / "data", train=90)
    (folder / "t10k-labels-idx1-ubyte").unlink()
    assert len(torchvision_sets.load("kmnist", tmp_path / "data", train=True)[1]) == 90
    assert len(torchvision_sets.load("kmnist", tmp_path / "data", train=False)[1]) == 60


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda content: content[:-1], "has 135 bytes, but its header says 136"),
        (lambda content: content + b"0", "has 137 bytes, but its header says 136"),
        (lambda content: b"", "does not start as such a file does"),
        (lambda content: content[:6], "does not start as such a file does"),
        (lambda content: b"<html>" + content, "does not start as such a file does"),
    ],
)
def test_a_damaged_file_is_named(damage, reason, tmp_path):
    folder = write_set("fashion-mnist", tmp_path, train=128)
    path = folder / "train-labels-idx1-ubyte"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match=f"{path} is damaged: it {reason}. Delete it"):
        torchvision_sets.load("fashion-mnist", tmp_path, train=True)


def test_pictures_and_labels_of_different_number_are_an_error(tmp_path):
    folder = write_set("fashion-mnist", tmp_path)
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(7)))
    with pytest.raises(DataError, match="120 pictures, 7 labels"):
        torchvision_sets.load("fashion-mnist", tmp_path, train=True)


def test_hashes_are_those_of_the_training_files(tmp_path):
    write_set("kmnist", tmp_path)
    hashes = torchvision_sets.hashes("kmnist", tmp_path)
    assert list(hashes) == [
        "KMNIST/raw/train-images-idx3-ubyte",
        "KMNIST/raw/train-labels-idx1-ubyte",
    ]
    assert all(len(value) == 64 for value in hashes.values())
