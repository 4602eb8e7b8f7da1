"""Test of the printed paper."""

import numpy as np

from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.paper import render_paper


def test_every_print_is_visible_and_in_range():
    points = np.array([[40.0, 40.0], [160.0, 80.0]])
    u, v = np.meshgrid(np.arange(200, dtype=np.float32), np.arange(120, dtype=np.float32))
    papers = [
        render_paper(u, v, points, 30.0, 45.0, Look(print=name), np.random.default_rng(0))
        for name in ("plain", "ruled", "squared", "patterned", "form", "board")
    ]
    for paper in papers:
        assert paper.shape == (120, 200, 3)
        assert paper.min() >= 0 and paper.max() <= 1
    assert all(np.abs(paper - papers[0]).max() > 0.01 for paper in papers[1:])
