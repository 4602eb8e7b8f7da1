"""Test of the command that writes test photos."""

import sys

import numpy as np
from PIL import Image

from benchmarks.photo_dataset import __main__, dataset


def test_the_command_writes_photos_and_prints_their_numbers(
    data_folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(__main__, "SETS", {"few": dataset.few_digits})
    options = ["--data", str(data_folder), "--out", str(tmp_path), "--count", "1", "--seed", "3"]
    monkeypatch.setattr(sys, "argv", ["photo_dataset", *options])
    __main__.main()
    (photo,) = dataset.few_digits(data_folder, 1, seed=3)
    path = tmp_path / "few-000-plain.png"
    assert np.array_equal(np.asarray(Image.open(path)), photo.picture)
    assert capsys.readouterr().out == f"{path}: {photo.numbers[0]}\n"
