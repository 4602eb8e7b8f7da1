"""Draws the ink of strokes on paper, as the camera of a test photo sees it.

The paper is a plane with coordinates (u, v) in units of a photo pixel. A homography maps it to
the photo. Ink is drawn at the resolution of the photo, so that its boxes are exact. Pictures are
(H, W, 3) RGB floats in [0, 1] until the camera. Points are (x, y), y down; `h` is the height of a
digit in the unit of the points.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from benchmarks.photo_dataset.camera import SUBPIXEL_BITS, add_light, take_picture
from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.paper import add_desk, render_paper
from benchmarks.photo_dataset.prints import Print
from benchmarks.photo_dataset.writing import Mark
from digitdraw.training.synthesis.handwriting import Strokes, corners

__all__ = ["draw_marks", "photograph", "project"]

INK_SAMPLES = 4
"""Ink pixels along one photo pixel; averaging them makes smooth edges."""


def photograph(
    marks: list[Mark],
    h: float,
    pitch: float,
    look: Look,
    rng: np.random.Generator,
    prints: Sequence[Print] = (),
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Return the photo of marks on paper, (H, W, 3) uint8, and the box of the ink of each mark.

    The paper has `prints` on it beside the print of its look."""
    width, height = look.size
    # The print of empty paper is placed as if the middle of the sheet were written on.
    middle = [np.array([[0.2, 0.2], [0.8, 0.8]]) * look.size]
    points = np.concatenate([s for m in marks for s in m.strokes] or middle)
    homography = random_homography(points, h, look, rng)
    inverse = np.linalg.inv(homography).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    w = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
    u = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) / w
    v = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) / w
    picture = render_paper(u, v, points, h, pitch, look, rng)
    for printed in prints:
        printed.draw(picture, u, v)
    ink_cover, boxes = draw_marks(marks, homography, h, look, rng)
    ink_cover = ink_cover * (1 - look.grain * paper_grain((height, width), h, look, rng))
    for channel in range(3):
        ink = look.ink[channel] if look.dark else look.ink[channel] * picture[..., channel]
        picture[..., channel] += look.strength * ink_cover * (ink - picture[..., channel])
    if look.desk:
        add_desk(picture, u, v, points, h, look, rng)
    return take_picture(add_light(picture, look, rng), h, look, rng), boxes


def random_homography(
    points: np.ndarray, h: float, look: Look, rng: np.random.Generator
) -> np.ndarray:
    """Return a homography (3, 3) from paper to photo that keeps all points well inside."""
    width, height = look.size
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    centre = np.array([width, height]) / 2
    angle = math.radians(look.tilt)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = square + rng.uniform(-1, 1, (4, 2)) * look.keystone * [width, height]
    middle = corners([points])[0] / 2 + corners([points])[1] / 2
    margin = 0.2 * h
    shift = np.zeros(2)
    for scale in 0.96 ** np.arange(60):
        target = ((moved - centre) @ turn.T * scale + centre + shift).astype(np.float32)
        homography = cv2.getPerspectiveTransform(square, target).astype(np.float64)
        projected = project(homography, points)
        if (projected >= margin).all() and (projected <= np.array([width, height]) - margin).all():
            break
        # Move the writing towards the middle before the next smaller scale.
        shift = shift + 0.35 * (centre - project(homography, middle[None])[0])
    return homography


def project(homography: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Map points (n, 2) by a homography (3, 3)."""
    projected = np.hstack([points, np.ones((len(points), 1))]) @ homography.T
    return projected[:, :2] / projected[:, 2:]


def draw_marks(
    marks: list[Mark], homography: np.ndarray, h: float, look: Look, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Return the ink on each pixel, (H, W) float32 in [0, 1], and the box of each mark."""
    width, height = look.size
    cover = np.zeros((height, width), np.float32)
    boxes = []
    for mark in marks:
        middle = np.concatenate(mark.strokes).mean(axis=0)
        near = project(homography, middle + np.array([[0, 0], [1, 0], [0, 1]]))
        scale = math.sqrt(abs(np.linalg.det(near[1:] - near[0])))
        pen = max(look.pen * h * scale, 1.1)
        projected = [project(homography, stroke) for stroke in mark.strokes]
        patch, (x, y) = draw_strokes(projected, pen, h * scale, look.broken, rng)
        left, top = max(0, -x), max(0, -y)
        patch = patch[top : max(0, height - y), left : max(0, width - x)]
        x, y = x + left, y + top
        window = cover[y : y + patch.shape[0], x : x + patch.shape[1]]
        np.maximum(window, patch, out=window)
        bx, by, bw, bh = cv2.boundingRect((patch > 0.3).astype(np.uint8))
        boxes.append((x + bx, y + by, bw, bh))
    return cover, boxes


def draw_strokes(
    strokes: Strokes, pen: float, h: float, broken: bool, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the ink of strokes in photo pixels, (h, w) float32 in [0, 1], and its corner (x, y).

    The pressure of the pen varies along a stroke and is low at both ends.
    """
    low, high = corners(strokes)
    corner = np.floor(low - pen - 2).astype(int)
    width, height = np.ceil(high + pen + 2).astype(int) - corner
    canvas = np.zeros((height * INK_SAMPLES, width * INK_SAMPLES), np.uint8)
    for stroke in strokes:
        fine = (stroke - corner) * INK_SAMPLES - 0.5
        points = np.rint(fine * (1 << SUBPIXEL_BITS)).astype(int).tolist()
        pressure = pen_pressure(len(points), rng)
        gaps = ink_gaps(stroke, pen, h, rng) if broken else np.zeros(len(points), bool)
        for i in range(max(1, len(points) - 1)):
            if gaps[i]:
                continue
            thickness = max(1, round(pen * INK_SAMPLES * pressure[i]))
            level = int(255 * min(1.0, 0.72 + 0.3 * pressure[i]))
            ends = points[i], points[min(i + 1, len(points) - 1)]
            cv2.line(canvas, *ends, level, thickness, cv2.LINE_8, SUBPIXEL_BITS)
    ink = cv2.resize(canvas, (int(width), int(height)), interpolation=cv2.INTER_AREA)
    return ink.astype(np.float32) / 255, (int(corner[0]), int(corner[1]))


def pen_pressure(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the width of the pen at `count` points, relative to its usual width, (count,)."""
    t = np.linspace(0, 1, count)
    waves = np.sin(t * rng.uniform(4, 14) + rng.uniform(0, 7)) * rng.uniform(0.03, 0.16)
    ends = np.minimum(1, 0.72 + np.minimum(t, 1 - t) * 4) if count > 1 else 1.15
    return (1 + waves) * ends


def ink_gaps(stroke: np.ndarray, pen: float, h: float, rng: np.random.Generator) -> np.ndarray:
    """Return the points of a stroke without ink, (n,) bool; gaps are just wider than the pen."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    is_gap = np.zeros(len(stroke), bool)
    for _ in range(int(along[-1] / h * rng.uniform(0.6, 1.6))):
        start = rng.uniform(0.08, 0.9) * along[-1]
        # The round ends of the ink reach half a pen width into the gap from both sides.
        is_gap |= (along > start) & (along < start + pen + h * rng.uniform(0.03, 0.09))
    return is_gap


def paper_grain(
    shape: tuple[int, int], h: float, look: Look, rng: np.random.Generator
) -> np.ndarray:
    """Return how much the rough paper repels ink, (H, W) float32 in [0, 1]."""
    sigma = np.clip(0.012 * h, 0.5, 1.3) * (1.7 if look.dark else 1.0)
    noise = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), sigma)
    return np.clip(0.5 + noise / (noise.std() * 1.6), 0, 1)
