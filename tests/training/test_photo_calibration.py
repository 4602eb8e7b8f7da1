"""What each network's word counts for is chosen on pages whose truth is known."""

import json

import numpy as np
import pytest

from digitdraw.cli import calibrate
from digitdraw.models import weights
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.models.registry import architecture
from digitdraw.models.weights import Weights
from digitdraw.photo.reader import GLYPH_CLASSIFIER
from digitdraw.training import photo_calibration
from digitdraw.training.detector.validation import DetectorValidation
from digitdraw.training.photo_calibration import count_errors, score_pages
from digitdraw.training.synthesis.canvas import IGNORED, Page
from tests.support.painted import Painted, PaintedGlyphs, PaintedSequence, painted_reader, photo
from tests.support.synthesis import STROKES_ONLY

EMPTY = Page(np.full((90, 120), 200, np.uint8), np.zeros((0, 4), np.float32), np.zeros(0))
BLOTS = [(40, 40), (54, 40), (68, 40), (120, 110)]


def page(labels, places=BLOTS):
    """A page that is read 074 and 0, and what stands there in truth."""
    reading = painted_reader().read(photo(BLOTS))
    boxes = np.array([each.box for each in reading.digits], np.float32)
    known = [BLOTS.index(each) for each in places]
    return Page(photo(BLOTS), boxes[known], np.array(labels))


def network(made, name):
    return Weights(name, made, 0.0, 1.0, PhotoCalibration(), "")


@pytest.fixture
def painted():
    return (
        network(Painted(), "detector"),
        network(PaintedSequence(), "line-recognizer"),
        network(PaintedGlyphs(), GLYPH_CLASSIFIER),
    )


def test_what_is_found_is_a_digit_or_not_or_may_be_either(painted):
    judged = score_pages([page([0, 7, IGNORED], BLOTS[:3])], *painted)
    assert sorted(judged.labels.tolist()) == [-1, 0, 7]
    assert judged.logits.shape == (3, 11)
    assert judged.classes.shape == (3, 10)
    assert judged.told.shape == (3, 10)
    assert judged.evidence.shape == (3, 4)


def test_judging_leaves_the_networks_as_they_were():
    names = "detector", "line-recognizer", GLYPH_CLASSIFIER
    real = [network(architecture(name).build().eval(), name) for name in names]
    before = [set(each.network.state_dict()) for each in real]
    score_pages([page([0, 7, 4, 0])], *real)
    assert [set(each.network.state_dict()) for each in real] == before


def test_a_page_without_finds_gives_nothing_to_judge(painted):
    judged = score_pages([EMPTY], *painted)
    assert judged.logits.shape == (0, 11)
    assert judged.pages.shape == (0,)


def test_what_is_judged_knows_its_number_and_its_page(painted):
    judged = score_pages([page([0, 7, 4, 0]), EMPTY, page([0, 7, 4], BLOTS[:3])], *painted)
    assert judged.pages.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]
    assert judged.numbers.tolist() == [0, 0, 0, 1, 2, 2, 2, 3]


def test_pages_with_nothing_but_what_may_be_a_digit_or_not_are_without_digits(painted):
    some = page([0, 7, IGNORED], BLOTS[:3]), EMPTY, page([IGNORED], BLOTS[:1])
    assert score_pages(list(some), *painted).without == 2


def test_photos_with_one_number_and_with_none_are_among_those_it_is_judged_by(monkeypatch):
    full = DetectorValidation([page([0, 7, 4, 0])], [])
    monkeypatch.setattr(DetectorValidation, "load", lambda root: full)
    monkeypatch.setattr(photo_calibration, "load_sources", lambda root, part: STROKES_ONLY)
    monkeypatch.setattr(photo_calibration, "OTHERS", {"one number": 3, "no digits": 3})
    monkeypatch.setattr(photo_calibration, "CLEAR", 2)
    kinds = photo_calibration._kinds(None)
    assert kinds["pages"] == full.pages and len(kinds["clear"]) == 2
    assert [(each.labels != IGNORED).sum() for each in kinds["no digits"]] == [0, 0, 0]
    assert all(each.labels.size for each in kinds["one number"])


def test_digits_are_counted_as_right_misread_missed_and_extra():
    reader = painted_reader()
    assert count_errors([page([0, 7, 4, 0])], reader) == {
        "right": 4, "misread": 0, "missed": 0, "extra": 0, "exactly": 1,
    }  # fmt: skip
    assert count_errors([page([0, 1, IGNORED], BLOTS[:3])], reader) == {
        "right": 1, "misread": 1, "missed": 0, "extra": 1, "exactly": 0,
    }  # fmt: skip
    hidden = page([0, 7, 4, 0])
    hidden.picture[:60] = 230
    assert count_errors([hidden], reader)["missed"] == 3


def test_the_command_weighs_and_writes_what_it_found(painted, tmp_path, monkeypatch, capsys):
    pages = [page([0, 7, 4], BLOTS[:3]), page([0, 7, 4, 0])]
    kinds = {"pages": pages, "scans": pages[:1], "no digits": [EMPTY]}
    monkeypatch.setattr(calibrate, "_kinds", lambda root: kinds)
    of = {each.name: each for each in painted}
    monkeypatch.setattr(weights, "load", lambda name, folder=None: of[name])
    entries = {"line-recognizer": {"file": "line-recognizer.pt", "calibration": {}}, "other": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(entries))
    assert calibrate.main(["--weights", str(tmp_path), "--write"]) == 0
    said = capsys.readouterr().out
    assert "AUROC of digits against others, both:" in said
    assert "digits that are read right, all:" in said
    assert "weighed, 1 scans:" in said
    assert "weighed, 1 no digits:" in said
    written = json.loads((tmp_path / "manifest.json").read_text())
    assert written["line-recognizer"]["file"] == "line-recognizer.pt"
    assert written["other"] == {}
    assert PhotoCalibration(**written["line-recognizer"]["calibration"]) != PhotoCalibration()


def test_missing_weights_get_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(calibrate, "_kinds", lambda root: {})
    assert calibrate.main(["--weights", str(tmp_path)]) == 1
    assert "manifest.json" in capsys.readouterr().err
