"""The test figures: what they are, and what is said where they cannot be had."""

import numpy as np
from drawings import DIGITS

from digitdraw import corpus, evaluate, strokes
from digitdraw.data import Drawing


def test_missing_test_data_is_said(tmp_path, capsys, data_folder):
    (tmp_path / "MNIST").symlink_to(data_folder / "MNIST")
    assert evaluate.main(["--data", str(tmp_path)]) == 1
    assert "unipen-digits/dev.jsonl.gz" in capsys.readouterr().err


def test_pictures_of_few_pixels_still_show_their_digits(recognizer):
    drawn = [Drawing(str(d), "w", [np.array(s, float) for s in DIGITS[d]]) for d in DIGITS]
    painted = evaluate._pixelated(drawn)
    assert painted.shape == (10, 28, 28) and set(np.unique(painted)) == {0, 255}
    assert (painted[:, [0, -1]] == 255).all() and (painted[:, :, [0, -1]] == 255).all()
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    shrunk = evaluate._shrunk((glyphs * 255).astype(np.uint8), 16)
    assert shrunk.shape == (10, 16, 16) and shrunk.dtype == np.uint8
    for pictures in (painted, shrunk):
        seen = corpus.renormalized(pictures, workers=1) / np.float32(255)
        labels = [each.ranking[0] for each in recognizer.predict_batch(seen)]
        assert sum(a == b for a, b in zip(labels, DIGITS, strict=True)) >= 9


def test_figures_are_shares(recognizer):
    cases = evaluate.Cases.__new__(evaluate.Cases)
    glyphs = np.stack([strokes.to_glyph(lines) for lines in DIGITS.values()])
    cases.digits = {"drawn digits": glyphs}
    cases.labels = {"drawn digits": np.arange(10)}
    cases.readable = np.arange(10) != 4
    cases.others = {"letters": glyphs[:, ::-1].copy()}
    figures = evaluate.evaluate(recognizer, cases)
    assert figures["drawn digits: right"] == 1.0
    assert all(0 <= figure <= 1 for figure in figures.values())
