"""The command line: answers on stdout, reasons on stderr, and a status that tells."""

import json

import pytest
from PIL import Image

from digitdraw.__main__ import main
from tests.support.pictures import digit_picture


@pytest.fixture
def seven(tmp_path):
    path = tmp_path / "seven.png"
    Image.fromarray(digit_picture(7)).save(path)
    return str(path)


def test_it_prints_digit_and_confidence(seven, capsys):
    assert main([seven]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{seven}: 7 (") and out.endswith("%)\n")


def test_json_is_one_object_a_line(seven, tmp_path, capsys):
    blank = tmp_path / "blank.png"
    Image.new("L", (50, 50), 255).save(blank)
    assert main(["--json", seven, str(blank)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["picture"], first["digit"], first["verdict"]) == (seven, 7, "digit")
    assert len(first["probabilities"]) == 10
    assert (second["digit"], second["verdict"]) == (None, "blank")


def test_a_bad_file_is_named_and_the_others_are_read(seven, tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    assert main([str(bad), seven]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{seven}: 7")
    assert captured.err.startswith(f"digitdraw: {bad}: The file is no picture")
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--model", "nonesuch"], ["--device", "tpu"]])
def test_an_unknown_model_or_device_is_said_with_the_known_ones(seven, arguments, capsys):
    assert main([seven, *arguments]) == 1
    assert "known are" in capsys.readouterr().err


def test_words_for_what_is_no_digit(tmp_path, capsys):
    path = tmp_path / "line.png"
    line = Image.new("L", (100, 100), 255)
    line.paste(0, (10, 48, 90, 53))
    line.save(path)
    assert main([str(path)]) == 0
    assert "not a digit" in capsys.readouterr().out
