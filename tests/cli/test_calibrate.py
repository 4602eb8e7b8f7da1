"""Tests of the command `digitdraw calibrate`."""

import json

from digitdraw.cli.main import main
from digitdraw.models import weights
from digitdraw.models.calibration import PhotoCalibration
from digitdraw.training import photo_calibration
from tests.support.painted_pages import page_of, page_with, painted_weights


def test_the_command_prints_what_it_measured_and_writes_the_calibration(
    tmp_path, monkeypatch, capsys
):
    pages = [page_with(*"0240"), page_with(*"0740")]
    kinds = {"tables": pages, "words": [page_of([])]}
    monkeypatch.setattr(photo_calibration, "validation_pages", lambda root: kinds)
    by_name = {network.name: network for network in painted_weights()}
    monkeypatch.setattr(weights, "load", lambda name, folder=None: by_name[name])
    entries = {"line-recognizer": {"file": "line-recognizer.pt", "calibration": {}}, "other": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(entries))
    assert main(["calibrate", "--weights", str(tmp_path), "--write"]) == 0
    output = capsys.readouterr().out
    assert "before, 2 tables: {'numbers': 4, 'found': 3, 'invented': 1}" in output
    assert "fitted, 2 tables: {'numbers': 4," in output
    assert "fitted, 1 words: {'numbers': 0, 'found': 0, 'invented': 0}" in output
    written = json.loads((tmp_path / "manifest.json").read_text())
    assert written["line-recognizer"]["file"] == "line-recognizer.pt"
    assert written["other"] == {}
    assert PhotoCalibration(**written["line-recognizer"]["calibration"]) != PhotoCalibration()


def test_missing_weights_give_one_line_and_status_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(photo_calibration, "validation_pages", lambda root: {})
    assert main(["calibrate", "--weights", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "manifest.json" in error and error.count("\n") == 1
