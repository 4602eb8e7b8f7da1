"""`digitdraw predict`: answers on stdout, errors on stderr, and the exit status."""

import json
import re

import pytest
from PIL import Image

from digitdraw.cli.main import main
from tests.support.own_models import LETTERS, copy_shipped, save_untrained
from tests.support.pictures import digit_picture


@pytest.fixture
def seven(tmp_path):
    path = tmp_path / "seven.png"
    Image.fromarray(digit_picture(7)).save(path)
    return str(path)


def test_the_answer_is_digit_and_confidence(seven, capsys):
    assert main(["predict", seven]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{seven}: 7 (") and out.endswith("%)\n")


def test_json_is_one_object_per_line(seven, tmp_path, capsys):
    blank = tmp_path / "blank.png"
    Image.new("L", (50, 50), 255).save(blank)
    assert main(["predict", "--json", seven, str(blank)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["picture"], first["digit"], first["verdict"]) == (seven, 7, "digit")
    assert len(first["probabilities"]) == 10
    assert (second["digit"], second["verdict"]) == (None, "blank")


def test_a_bad_file_is_named_and_the_next_one_is_read(seven, tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    assert main(["predict", str(bad), seven]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{seven}: 7")
    assert captured.err.startswith(f"digitdraw predict: {bad}: ")
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--model", "nonesuch"], ["--device", "tpu"]])
def test_an_unknown_model_or_device_is_answered_with_the_known_ones(seven, arguments, capsys):
    assert main(["predict", seven, *arguments]) == 1
    assert "known are" in capsys.readouterr().err


def test_a_line_is_not_a_digit(tmp_path, capsys):
    path = tmp_path / "line.png"
    line = Image.new("L", (100, 100), 255)
    line.paste(0, (10, 48, 90, 53))
    line.save(path)
    assert main(["predict", str(path)]) == 0
    assert "not a digit" in capsys.readouterr().out


def test_a_model_of_letters_answers_with_a_letter(seven, tmp_path, capsys):
    folder = str(save_untrained(tmp_path / "runs", "cnn", LETTERS, "Q", temperature=0.25))
    assert main(["predict", seven, "--weights", folder]) == 0
    assert re.fullmatch(rf"{seven}: Q \(9\d\.\d%\)\n", capsys.readouterr().out)
    assert main(["predict", seven, "--weights", folder, "--model", "cnn", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["digit"], answer["label"], answer["verdict"]) == (None, "Q", "label")
    assert answer["classes"][answer["probabilities"].index(answer["confidence"])] == "Q"


def test_an_unsure_model_of_letters_names_two(seven, tmp_path, capsys):
    folder = str(save_untrained(tmp_path / "runs", "cnn", LETTERS, "Q", temperature=5))
    assert main(["predict", seven, "--weights", folder]) == 0
    assert re.search(r"unsure: Q or [A-Z] \(\d\.\d%\)", capsys.readouterr().out)


def test_wrong_folders_and_models_are_answered_with_what_is_allowed(seven, tmp_path, capsys):
    assert main(["predict", seven, "--weights", str(tmp_path / "none")]) == 1
    assert "none does not exist" in capsys.readouterr().err
    copy_shipped(tmp_path / "runs", "cnn", "tiny")
    assert main(["predict", seven, "--weights", str(tmp_path / "runs")]) == 1
    assert "several models: cnn, tiny" in capsys.readouterr().err
