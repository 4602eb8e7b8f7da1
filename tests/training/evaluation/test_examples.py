"""Examples of test digits, chosen at random and written as a picture."""

import numpy as np
import pytest
from PIL import Image

from digitdraw.cli.main import main
from digitdraw.training import plots
from tests.conftest import SAMPLE


@pytest.fixture
def subjects(monkeypatch):
    """The subject of each picture that is plotted, and its number of examples."""
    plotted, draw = [], plots.examples

    def record(glyphs, *arguments, subject, classes):
        plotted.append((subject, len(glyphs)))
        return draw(glyphs, *arguments, subject=subject, classes=classes)

    monkeypatch.setattr(plots, "examples", record)
    return plotted


def test_examples_need_mnist_alone(tmp_path, capsys, monkeypatch, subjects):
    (tmp_path / "MNIST").symlink_to(SAMPLE / "MNIST")
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "--show", "3", "--model", "cnn", "--data", "."]) == 0
    assert capsys.readouterr().out == "wrote cnn.examples.png\n"
    assert subjects == [("cnn on MNIST test", 3)]
    with Image.open("cnn.examples.png") as picture:
        assert picture.format == "PNG"


def test_half_of_the_examples_are_drawings(tmp_path, data_folder, subjects):
    pictures = []
    for seed in (0, 0, 1):
        out = tmp_path / f"{len(pictures)}.png"
        options = ["--show", "5", "--seed", str(seed), "--out", str(out)]
        assert main(["evaluate", *options, "--data", str(data_folder)]) == 0
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture))
    assert subjects == [("default on MNIST test and drawn digits", 5)] * 3
    assert np.array_equal(*pictures[:2]) and not np.array_equal(*pictures[1:])
