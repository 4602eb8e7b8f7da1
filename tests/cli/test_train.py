"""The command `digitdraw train`: its options, and errors of one line."""

import re
import urllib.request
from urllib.error import URLError

import pytest

from digitdraw.cli.main import main
from digitdraw.training.classifier import speedrun
from digitdraw.training.recipes import RECIPES


def test_a_missing_name_is_an_error_that_lists_the_models(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["train"])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "NAME" in error and all(name in error for name in RECIPES)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "0"),
        ("--epochs", "-1"),
        ("--epochs", "many"),
        ("--fraction", "0"),
        ("--fraction", "1.5"),
        ("--fraction", "-0.5"),
        ("--fraction", "nan"),
        ("--fraction", "inf"),
        ("--fraction", "half"),
        ("--log", "paper"),
    ],
)
def test_a_number_outside_its_range_is_an_error(option, value, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["train", "default", option, value])
    assert stopped.value.code == 2
    assert option in capsys.readouterr().err.splitlines()[-1]


def test_help_is_short_and_grouped(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = capsys.readouterr().out
    assert text.startswith("usage: digitdraw train")
    groups = ("examples", "training", "advanced training", "advanced data")
    places = [text.index(f"\n{group}:") for group in groups]
    assert places == sorted(places)
    first = text[places[1] : places[2]]
    assert all(option in first for option in ("--data", "--epochs", "--out", "--explain"))
    assert all(name in text for name in RECIPES)
    assert text.count("\n") < 60


def test_missing_data_is_an_error_of_one_line(tmp_path, capsys, monkeypatch):
    def fail(*arguments, **options):
        raise URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    folders = ["--data", str(tmp_path), "--out", str(tmp_path)]
    assert main(["train", "default", *folders, "--device", "cpu"]) == 1
    error = capsys.readouterr().err
    assert "lacks train-images-idx3-ubyte" in error and "--data" in error


def test_a_speedrun_needs_no_name_and_prints_seconds_and_accuracy(data_folder, monkeypatch, capsys):
    monkeypatch.setattr(speedrun, "EPOCHS", 0.1)
    assert main(["train", "--speedrun", "--data", str(data_folder), "--device", "cpu"]) == 0
    assert re.match(r"[\d.]+ s to \d+\.\d\d% of MNIST's", capsys.readouterr().out)
