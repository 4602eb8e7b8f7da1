"""The command `digitdraw evaluate`: its help, and options that do not go together."""

import pytest

from digitdraw.cli.main import main
from digitdraw.training.torchvision_sets import TorchvisionSet


def test_help_is_short(capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    text = capsys.readouterr().out
    assert text.startswith("usage: digitdraw evaluate")
    options = ("--data", "--model", "--only", "--dataset", "--show", "--out", "--device", "--write")
    assert all(option in text for option in options)
    assert text.count("\n") < 40


def test_data_that_cannot_be_downloaded_is_an_error_of_one_line(tmp_path, capsys, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no network")

    monkeypatch.setattr(TorchvisionSet, "load", fail)
    assert main(["evaluate", "--data", str(tmp_path), "--only", "MNIST test"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--write", "--show", "2"],
        ["--write", "--only", "letters"],
        ["--write", "--dataset", "mnist"],
        ["--only", "letters", "--show", "2"],
        ["--show", "-2"],
    ],
)
def test_options_that_do_not_go_together_are_an_error(options, capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", *options])
    assert options[0] in capsys.readouterr().err.splitlines()[-1]
