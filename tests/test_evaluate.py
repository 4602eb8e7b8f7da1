"""The test figures: drawings on a canvas, and the table."""

import numpy as np
from drawings import DIGITS

from digitdraw import evaluate, preprocess, strokes


def test_a_drawing_on_a_canvas_stays_on_it_and_stays_the_drawing():
    rng = np.random.default_rng(0)
    lines = [np.array(stroke, float) for stroke in DIGITS[3]]
    for _ in range(40):
        placed, picture = evaluate.on_canvas(lines, rng)
        points = np.concatenate(placed)
        assert (points >= 0).all() and (points <= evaluate.CANVAS).all()
        assert picture.shape == (evaluate.CANVAS, evaluate.CANVAS)
        seen, drawn = preprocess.to_glyph(picture), strokes.to_glyph(placed)
        assert np.minimum(seen, drawn).sum() / np.maximum(seen, drawn).sum() > 0.5


def test_missing_test_data_is_said(tmp_path, capsys, data_folder):
    (tmp_path / "MNIST").symlink_to(data_folder / "MNIST")
    assert evaluate.main(["--data", str(tmp_path)]) == 1
    assert "unipen-digits/dev.jsonl.gz" in capsys.readouterr().err


def test_figures_are_shares(recognizer):
    cases = evaluate.Cases.__new__(evaluate.Cases)
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    cases.digits = {"drawn digits": glyphs}
    cases.labels = {"drawn digits": np.arange(10)}
    cases.others = {"letters": glyphs[:, ::-1].copy()}
    figures = evaluate.evaluate(recognizer, cases)
    assert figures["drawn digits: right"] == 1.0
    assert all(0 <= figure <= 1 for figure in figures.values())
