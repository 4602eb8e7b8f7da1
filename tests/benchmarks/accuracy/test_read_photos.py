"""Test of the choice of readers."""

from benchmarks.accuracy.read_photos import installed


def test_a_reader_that_is_not_installed_is_left_out_with_a_message(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.accuracy.readers.shutil.which", lambda name: None)
    assert installed(["tesseract"]) == {}
    assert "tesseract" in capsys.readouterr().out
