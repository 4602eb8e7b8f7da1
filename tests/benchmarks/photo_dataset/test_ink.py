"""Test of the ink and its boxes."""

import cv2
import numpy as np

from benchmarks.photo_dataset import ink
from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.writing import Mark


def test_a_box_fits_the_ink_of_its_digit_exactly():
    rng = np.random.default_rng(0)
    homography = np.array([[0.9, -0.2, 60], [0.2, 0.9, 10], [2e-4, 1e-4, 1]])
    zero = np.stack([np.sin(np.linspace(0, 6.3, 60)), np.cos(np.linspace(0, 6.3, 60))], 1)
    marks = [Mark([zero * 40 + centre], 0, 0) for centre in ([80, 90], [250, 120])]
    cover, boxes = ink.draw_marks(marks, homography, 80.0, Look(size=(400, 300)), rng)
    for mark, (x, y, width, height) in zip(marks, boxes, strict=True):
        projected = ink.project(homography, mark.strokes[0])
        pen = 0.09 * 80
        assert (projected.min(axis=0) - [x, y] < pen).all()
        assert (projected.min(axis=0) >= [x, y]).all()
        assert (projected.max(axis=0) <= [x + width, y + height]).all()
        window = cover[y : y + height, x : x + width]
        assert cv2.boundingRect((window > 0.3).astype(np.uint8)) == (0, 0, width, height)
        cover[y : y + height, x : x + width] = 0
    assert cover.max() <= 0.3
