"""What each network's word counts for is chosen on pages whose truth is known."""

import json

import numpy as np
import pytest
from painted import Painted, PaintedGlyphs, PaintedSequence, painted_reader, photo
from test_pages import STROKES_ALONE

from digitdraw import reading_validation, weights
from digitdraw.finder_validation import FinderValidation
from digitdraw.models import architecture
from digitdraw.page_ink import IGNORED, Page
from digitdraw.reading import TOLD_BY
from digitdraw.reading_validation import count, judge
from digitdraw.weights import Calibration, Weights

EMPTY = Page(np.full((90, 120), 200, np.uint8), np.zeros((0, 4), np.float32), np.zeros(0))
BLOTS = [(40, 40), (54, 40), (68, 40), (120, 110)]


def page(labels, places=BLOTS):
    """A page that is read 074 and 0, and what stands there in truth."""
    reading = painted_reader().read(photo(BLOTS))
    boxes = np.array([each.box for each in reading.digits], np.float32)
    known = [BLOTS.index(each) for each in places]
    return Page(photo(BLOTS), boxes[known], np.array(labels))


def network(made, name):
    return Weights(name, made, 0.0, 1.0, Calibration(), "")


@pytest.fixture
def painted():
    return (
        network(Painted(), "reader"),
        network(PaintedSequence(), "sequence"),
        network(PaintedGlyphs(), TOLD_BY),
    )


def test_what_is_found_is_a_digit_or_not_or_may_be_either(painted):
    judged = judge([page([0, 7, IGNORED], BLOTS[:3])], *painted)
    assert sorted(judged.labels.tolist()) == [-1, 0, 7]
    assert judged.logits.shape == (3, 11)
    assert judged.classes.shape == (3, 10)
    assert judged.told.shape == (3, 10)
    assert judged.evidence.shape == (3, 4)


def test_judging_leaves_the_networks_as_they_were():
    names = "reader", "sequence", TOLD_BY
    real = [network(architecture(name).build().eval(), name) for name in names]
    before = [set(each.network.state_dict()) for each in real]
    judge([page([0, 7, 4, 0])], *real)
    assert [set(each.network.state_dict()) for each in real] == before


def test_a_page_without_finds_gives_nothing_to_judge(painted):
    judged = judge([EMPTY], *painted)
    assert judged.logits.shape == (0, 11)
    assert judged.pages.shape == (0,)


def test_what_is_judged_knows_its_number_and_its_page(painted):
    judged = judge([page([0, 7, 4, 0]), EMPTY, page([0, 7, 4], BLOTS[:3])], *painted)
    assert judged.pages.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]
    assert judged.numbers.tolist() == [0, 0, 0, 1, 2, 2, 2, 3]


def test_pages_with_nothing_but_what_may_be_a_digit_or_not_are_without_digits(painted):
    some = page([0, 7, IGNORED], BLOTS[:3]), EMPTY, page([IGNORED], BLOTS[:1])
    assert judge(list(some), *painted).without == 2


def test_photos_with_one_number_and_with_none_are_among_those_it_is_judged_by(monkeypatch):
    full = FinderValidation([page([0, 7, 4, 0])], [])
    monkeypatch.setattr(FinderValidation, "load", lambda root: full)
    monkeypatch.setattr(reading_validation, "sources", lambda root, part: STROKES_ALONE)
    monkeypatch.setattr(reading_validation, "OTHERS", {"one number": 3, "no digits": 3})
    monkeypatch.setattr(reading_validation, "CLEAR", 2)
    kinds = reading_validation._kinds(None)
    assert kinds["pages"] == full.pages and len(kinds["clear"]) == 2
    assert [(each.labels != IGNORED).sum() for each in kinds["no digits"]] == [0, 0, 0]
    assert all(each.labels.size for each in kinds["one number"])


def test_digits_are_counted_as_right_misread_missed_and_extra():
    reader = painted_reader()
    assert count([page([0, 7, 4, 0])], reader) == {
        "right": 4, "misread": 0, "missed": 0, "extra": 0, "exactly": 1,
    }  # fmt: skip
    assert count([page([0, 1, IGNORED], BLOTS[:3])], reader) == {
        "right": 1, "misread": 1, "missed": 0, "extra": 1, "exactly": 0,
    }  # fmt: skip
    hidden = page([0, 7, 4, 0])
    hidden.picture[:60] = 230
    assert count([hidden], reader)["missed"] == 3


def test_the_command_weighs_and_writes_what_it_found(painted, tmp_path, monkeypatch, capsys):
    pages = [page([0, 7, 4], BLOTS[:3]), page([0, 7, 4, 0])]
    kinds = {"pages": pages, "scans": pages[:1], "no digits": [EMPTY]}
    monkeypatch.setattr(reading_validation, "_kinds", lambda root: kinds)
    of = {each.name: each for each in painted}
    monkeypatch.setattr(weights, "load", lambda name, folder=None: of[name])
    entries = {"sequence": {"file": "sequence.pt", "calibration": {}}, "other": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(entries))
    assert reading_validation.main(["--weights", str(tmp_path), "--write"]) == 0
    said = capsys.readouterr().out
    assert "AUROC of digits against others, both:" in said
    assert "digits that are read right, all:" in said
    assert "weighed, 1 scans:" in said
    assert "weighed, 1 no digits:" in said
    written = json.loads((tmp_path / "manifest.json").read_text())
    assert written["sequence"]["file"] == "sequence.pt"
    assert written["other"] == {}
    assert Calibration(**written["sequence"]["calibration"]) != Calibration()


def test_missing_weights_get_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reading_validation, "_kinds", lambda root: {})
    assert reading_validation.main(["--weights", str(tmp_path)]) == 1
    assert "manifest.json" in capsys.readouterr().err
