"""The command `digitdraw evaluate` and its help."""

import pytest

from digitdraw.cli.main import main


def test_help_is_short(capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    text = capsys.readouterr().out
    assert text.startswith("usage: digitdraw evaluate")
    options = ("--data", "--model", "--write", "--show", "--device")
    assert all(option in text for option in options)
    assert text.count("\n") < 30


def test_a_missing_data_folder_is_an_error_of_one_line(tmp_path, capsys):
    assert main(["evaluate", "--data", str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
