"""`digitdraw read`: photos of a folder as words, JSON and CSV; errors and the exit status."""

import csv
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from digitdraw.cli import read
from digitdraw.cli.main import main
from digitdraw.photo import detection
from tests.support.painted import painted_reader, photo
from tests.support.readings import reading_of

TWO_NUMBERS = [(40, 40), (54, 40), (40, 110)]
"""Where the photo has its blots, which the painted reader takes for digits."""


@pytest.fixture(autouse=True)
def loaded(monkeypatch):
    """The options that the recognizer was loaded with."""
    options = []

    class Recognizer:
        photo_reader = painted_reader()

    monkeypatch.setattr(read, "load", lambda *given: options.append(given) or Recognizer())
    return options


@pytest.fixture
def folder(tmp_path):
    """A folder with two photos and a text file, and a subfolder with a third photo."""
    (tmp_path / "more").mkdir()
    for name, blots in (("b.png", TWO_NUMBERS), ("more/c.jpg", [(90, 80)]), ("a.png", [])):
        Image.fromarray(photo(blots)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no photo")
    return tmp_path


def test_a_folder_is_read_in_order_and_summed_up(folder, capsys):
    assert main(["read", str(folder)]) == 0
    captured = capsys.readouterr()
    names = [line.split(": ")[0].removeprefix(f"{folder}/") for line in captured.out.splitlines()]
    assert names == ["a.png", "b.png", "more/c.jpg"]
    assert captured.out.splitlines()[0].endswith(": no digits")
    assert captured.err == "digitdraw read: 3 photos read, 3 numbers found, 0 failed\n"


def test_json_is_one_object_per_photo(folder, capsys):
    assert main(["read", "--json", str(folder / "b.png")]) == 0
    (answer,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert answer["picture"] == str(folder / "b.png")
    assert [len(number["number"]) for number in answer["numbers"]] == [2, 1]
    assert [digit["number"] for digit in answer["digits"]] == [0, 0, 1]


def show(reading, capsys, *options) -> str:
    """What the command prints about a photo with this reading."""
    if "--csv" in options:
        read._csv_writer()(Path("a.png"), reading)
    else:
        (read._show_json if "--json" in options else read._show_words)(Path("a.png"), reading)
    return capsys.readouterr().out


def test_csv_has_a_row_for_each_line_of_the_page(folder, capsys):
    assert main(["read", "--csv", str(folder)]) == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert head == ["picture", "numbers"]
    assert [(Path(row[0]).name, row[1:]) for row in rows] == [
        ("b.png", ["07"]), ("b.png", ["0"]), ("c.jpg", ["0"]),
    ]  # fmt: skip


def test_csv_keeps_the_rows_and_columns_of_a_table(capsys):
    reading = reading_of(["43", "", "24"], [], ["12.50", "7?", "-5"], ["", "58?", ""])
    assert show(reading, capsys, "--csv").splitlines()[1:] == [
        '"a.png","43","24"', '"a.png","12.50","-5"',
    ]  # fmt: skip
    gaps = reading_of(["1", "2", "3"], ["", "5", ""])
    assert read.table(gaps.items) == [["1", "2", "3"], ["", "5", ""]]


def test_numbers_that_form_no_table_are_in_one_column(capsys):
    assert read.table(reading_of(["12"], ["", "7"], [], ["", "", "3"]).items) == [
        ["12"], ["7"], ["3"],
    ]  # fmt: skip
    assert read.table(()) == []


def test_numbers_stay_numbers_in_csv_and_formulas_do_not(capsys):
    texts = ["-5", "-1,250.00", "12-5", "1/2", "-5-3"]
    (row,) = show(reading_of(texts), capsys, "--csv").splitlines()[1:]
    assert row == '"a.png","-5","-1,250.00","12-5","1/2","\'-5-3"'


def test_words_name_doubtful_numbers_and_a_turn(capsys):
    assert show(reading_of(["12.50", "7?"], turned=90), capsys) == (
        "a.png: 12.50 (90%); doubtful: 7 (30%); turned by 90 degrees\n"
    )
    assert show(reading_of(["7?"]), capsys) == "a.png: no certain numbers; doubtful: 7 (30%)\n"


def test_json_has_items_text_and_turn(capsys):
    answer = json.loads(show(reading_of(["12.50", "7?"], turned=180), capsys, "--json"))
    assert (answer["text"], answer["turned"]) == ("12.50 7", 180)
    assert [number["number"] for number in answer["numbers"]] == ["12.50"]
    places = [(item["text"], item["status"], item["column"]) for item in answer["items"]]
    assert places == [("12.50", "listed", 0), ("7", "doubtful", 1)]
    assert [digit["digit"] for digit in answer["digits"]] == [1, 2, 5, 0]


@pytest.mark.parametrize(
    "name", ["=cmd|' !A1.png", "+1.png", "-1.png", "@SUM(1).png", " =1", "\t.png", "\uff1d1.png"]
)
def test_a_file_name_is_no_formula_in_csv(folder, monkeypatch, capsys, name):
    (folder / "b.png").rename(folder / name)
    monkeypatch.chdir(folder)
    assert main(["read", "--csv", "--", name]) == 0
    text = capsys.readouterr().out
    assert {row["picture"] for row in csv.DictReader(io.StringIO(text))} == {f"'{name}"}


def test_a_file_name_begins_no_new_cell_in_csv(folder, monkeypatch, capsys):
    # A spreadsheet in another language separates cells by semicolons or tabs.
    (folder / "b.png").rename(folder / "a;=1+1\t=1.png")
    monkeypatch.chdir(folder)
    assert main(["read", "--csv", "a;=1+1\t=1.png"]) == 0
    assert '"a;=1+1\t=1.png","' in capsys.readouterr().out


def test_bad_files_are_named_and_the_others_are_read(folder, capsys):
    bad, missing = folder / "notes.txt", folder / "missing.png"
    assert main(["read", str(bad), str(folder / "b.png"), str(missing)]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{folder / 'b.png'}: ")
    first, second, summary = captured.err.splitlines()
    assert first.startswith(f"digitdraw read: {bad}: ")
    assert second.startswith(f"digitdraw read: {missing}: ")
    assert summary == "digitdraw read: 1 photo read, 2 numbers found, 2 failed"


def test_only_a_few_photos_are_in_memory_at_once(tmp_path, monkeypatch, capsys):
    for index in range(20):
        Image.fromarray(photo([(90, 80)])).save(tmp_path / f"{index:02}.png")
    batch_sizes = []
    read_batch = painted_reader().read_batch
    monkeypatch.setattr(
        read.load("").photo_reader,
        "read_batch",
        lambda photos: batch_sizes.append(len(photos)) or read_batch(photos),
    )
    assert main(["read", str(tmp_path)]) == 0
    assert sum(batch_sizes) == 20 and max(batch_sizes) <= read.BATCH_SIZE
    assert len(capsys.readouterr().out.splitlines()) == 20


def test_a_folder_of_weights_is_passed_on(folder, loaded, capsys):
    assert main(["read", str(folder)]) == 0
    assert main(["read", str(folder), "--weights", "runs", "--model", "tiny"]) == 0
    assert loaded == [("default", "auto", None), ("tiny", "auto", "runs")]


def test_a_photo_of_very_many_digits_does_not_keep_others_from_being_read(
    folder, monkeypatch, capsys
):
    monkeypatch.setattr(detection, "MAX_DIGITS", 2)
    assert main(["read", str(folder)]) == 1
    captured = capsys.readouterr()
    assert [line.split(": ")[0] for line in captured.out.splitlines()] == [
        str(folder / "a.png"), str(folder / "more/c.jpg"),
    ]  # fmt: skip
    assert f"{folder / 'b.png'}: The picture shows over 2 digits" in captured.err
