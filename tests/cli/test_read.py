"""The read command: photos of a folder, in words, JSON and CSV; bad files named, and a status."""

import csv
import io
import json

import pytest
from PIL import Image

from digitdraw.__main__ import main
from digitdraw.cli import read
from tests.support.painted import painted_reader, photo

TWO_NUMBERS = [(40, 40), (54, 40), (40, 110)]


@pytest.fixture(autouse=True)
def loaded(monkeypatch):
    class Recognizer:
        photo_reader = painted_reader()

    monkeypatch.setattr(read, "load", lambda device: Recognizer())


@pytest.fixture
def folder(tmp_path):
    """Three photos, one of which holds nothing, in two folders; and what is no photo."""
    (tmp_path / "more").mkdir()
    for name, places in (("b.png", TWO_NUMBERS), ("more/c.jpg", [(90, 80)]), ("a.png", [])):
        Image.fromarray(photo(places)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no photo")
    return tmp_path


def test_a_folder_is_read_in_order_and_summed_up(folder, capsys):
    assert main(["read", str(folder)]) == 0
    captured = capsys.readouterr()
    names = [line.split(": ")[0].removeprefix(f"{folder}/") for line in captured.out.splitlines()]
    assert names == ["a.png", "b.png", "more/c.jpg"]
    assert captured.out.splitlines()[0].endswith(": no digits")
    assert captured.err == "digitdraw: 3 photos read, 3 numbers found, 0 failed\n"


def test_json_is_one_object_a_line(folder, capsys):
    assert main(["read", "--json", str(folder / "b.png")]) == 0
    (told,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert told["picture"] == str(folder / "b.png")
    assert [len(each["number"]) for each in told["numbers"]] == [2, 1]
    assert [each["number"] for each in told["digits"]] == [0, 0, 1]


def test_csv_has_a_line_for_each_number(folder, capsys):
    assert main(["read", "--csv", str(folder)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [len(row["number"]) for row in rows] == [2, 1, 1]
    assert all(0 < float(row["confidence"]) <= 1 and float(row["width"]) > 0 for row in rows)


def test_bad_files_are_named_and_the_others_are_read(folder, capsys):
    bad, missing = folder / "notes.txt", folder / "missing.png"
    assert main(["read", str(bad), str(folder / "b.png"), str(missing)]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{folder / 'b.png'}: ")
    first, second, summary = captured.err.splitlines()
    assert first.startswith(f"digitdraw: {bad}: The file is no picture")
    assert second.startswith(f"digitdraw: {missing}: Cannot read")
    assert summary == "digitdraw: 1 photo read, 2 numbers found, 2 failed"


def test_more_photos_than_fit_in_memory_are_read_a_few_at_a_time(tmp_path, monkeypatch, capsys):
    for index in range(20):
        Image.fromarray(photo([(90, 80)])).save(tmp_path / f"{index:02}.png")
    held = []
    read_batch = painted_reader().read_batch
    monkeypatch.setattr(
        read.load("").photo_reader,
        "read_batch",
        lambda photos: held.append(len(photos)) or read_batch(photos),
    )
    assert main(["read", str(tmp_path)]) == 0
    assert sum(held) == 20 and max(held) <= read.TOGETHER
    assert len(capsys.readouterr().out.splitlines()) == 20
