"""The cache of a generated dataset says what it was made from, and fits nothing else."""

import re

import numpy as np
import pytest

from digitdraw.errors import DataError
from digitdraw.training import dataset_cache

MADE_FROM = {"--seed": 0, "--variants": 24, "pages": {"clear": 3}, "MNIST": "4d8def" * 10}
ARRAYS = {"a/pixels": np.arange(4), "b": np.zeros((0, 3), np.uint8)}


@pytest.fixture
def path(tmp_path):
    dataset_cache.save(tmp_path / "cache.npz", ARRAYS, MADE_FROM)
    return tmp_path / "cache.npz"


def test_arrays_come_back(path):
    loaded = dataset_cache.load(path, MADE_FROM)
    assert loaded.keys() == ARRAYS.keys()
    assert all(np.array_equal(loaded[name], array) for name, array in ARRAYS.items())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"--variants": 3}, "--variants (was 24, now 3)."),
        ({"--seed": 1, "--variants": 3}, "--seed (was 0, now 1), --variants (was 24, now 3)."),
        ({"MNIST": "0" * 64}, "MNIST (was 4d8def4d8def, now 000000000000)."),
        ({"letters": "1" * 64}, "letters (was none, now 111111111111)."),
        ({"--seed": None, "--variants": 3}, "options: --variants (was 24, now 3)."),
    ],
)
def test_other_options_or_data_are_an_error_that_names_them(change, named, path):
    with pytest.raises(DataError, match=re.escape(named)) as caught:
        dataset_cache.load(path, MADE_FROM | change)
    assert str(path) in str(caught.value) and "or delete this one" in str(caught.value)


def test_missing_data_is_an_error(path):
    without = {key: value for key, value in MADE_FROM.items() if key != "MNIST"}
    with pytest.raises(DataError, match=r"MNIST \(was 4d8def4d8def, now none\)"):
        dataset_cache.load(path, without)


def test_none_stands_for_any_value(path):
    assert dataset_cache.load(path, MADE_FROM | {"--seed": None}).keys() == ARRAYS.keys()


def test_a_cache_of_an_older_version_is_to_be_deleted(tmp_path):
    np.savez(tmp_path / "old.npz", **ARRAYS)
    with pytest.raises(DataError, match=r"old\.npz does not say what it was made from.* Delete it"):
        dataset_cache.load(tmp_path / "old.npz", MADE_FROM)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_a_damaged_cache_is_named(content, tmp_path):
    (tmp_path / "cut.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"cut\.npz is no dataset cache, or is damaged"):
        dataset_cache.load(tmp_path / "cut.npz", MADE_FROM)


def test_a_cut_cache_is_named(path):
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="is damaged"):
        dataset_cache.load(path, MADE_FROM)
