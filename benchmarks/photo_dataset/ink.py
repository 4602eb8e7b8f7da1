"""From strokes on the paper to a photo of them: where the camera sees them, and their ink.

The paper is a plane with coordinates (u, v) in units of a photo pixel; a homography takes it to
the photo. Ink is drawn at the photo's own resolution, so that its boxes are exact. Pictures are
(H, W, 3) RGB, as floats in [0, 1] until the camera; points are (x, y), y down; `h` is the height
of a digit, in the unit of the plane it is in.
"""

import math

import cv2
import numpy as np

from benchmarks.photo_dataset.camera import SUBPIXEL_BITS, camera, light
from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.paper import lay_on_desk, paper
from benchmarks.photo_dataset.writing import Mark
from digitdraw.training.synthesis.handwriting import Strokes, corners

__all__ = ["apply", "ink_cover", "photograph"]

INK_SAMPLES = 4
"""Ink pixels along one photo pixel: ink is averaged down, which makes its edges smooth."""


def photograph(
    marks: list[Mark], h: float, pitch: float, look: Look, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Marks on the paper -> the photo, (H, W, 3) uint8, and the box of each mark's ink in it."""
    width, height = look.size
    # Without anything written, paper is printed as if the middle of the sheet were.
    middle = [np.array([[0.2, 0.2], [0.8, 0.8]]) * look.size]
    points = np.concatenate([s for m in marks for s in m.strokes] or middle)
    plane = view(points, h, look, rng)
    inverse = np.linalg.inv(plane).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    w = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
    u = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) / w
    v = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) / w
    picture = paper(u, v, points, h, pitch, look, rng)
    cover, boxes = ink_cover(marks, plane, h, look, rng)
    tooth = cover * (1 - look.grain * tooth_of((height, width), h, look, rng))
    for channel in range(3):
        ink = look.ink[channel] if look.dark else look.ink[channel] * picture[..., channel]
        picture[..., channel] += look.strength * tooth * (ink - picture[..., channel])
    if look.desk:
        lay_on_desk(picture, u, v, points, h, look, rng)
    return camera(light(picture, look, rng), h, look, rng), boxes


def view(points: np.ndarray, h: float, look: Look, rng: np.random.Generator) -> np.ndarray:
    """The homography (3, 3) from the paper to the photo; all points come to lie well inside."""
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
        plane = cv2.getPerspectiveTransform(square, target).astype(np.float64)
        seen = apply(plane, points)
        inside = (seen >= margin).all() and (seen <= np.array([width, height]) - margin).all()
        if inside:
            break
        # Move what is written towards the middle before it is made any smaller.
        shift = shift + 0.35 * (centre - apply(plane, middle[None])[0])
    return plane


def apply(plane: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Take (n, 2) points through a homography (3, 3)."""
    seen = np.hstack([points, np.ones((len(points), 1))]) @ plane.T
    return seen[:, :2] / seen[:, 2:]


def ink_cover(
    marks: list[Mark], plane: np.ndarray, h: float, look: Look, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """How much ink is on each pixel, (H, W) float32 in [0, 1], and the box of each mark's."""
    width, height = look.size
    cover = np.zeros((height, width), np.float32)
    boxes = []
    for mark in marks:
        middle = np.concatenate(mark.strokes).mean(axis=0)
        near = apply(plane, middle + np.array([[0, 0], [1, 0], [0, 1]]))
        scale = math.sqrt(abs(np.linalg.det(near[1:] - near[0])))
        pen = max(look.pen * h * scale, 1.1)
        seen = [apply(plane, stroke) for stroke in mark.strokes]
        patch, (x, y) = draw(seen, pen, h * scale, look.broken, rng)
        left, top = max(0, -x), max(0, -y)
        patch = patch[top : max(0, height - y), left : max(0, width - x)]
        x, y = x + left, y + top
        window = cover[y : y + patch.shape[0], x : x + patch.shape[1]]
        np.maximum(window, patch, out=window)
        bx, by, bw, bh = cv2.boundingRect((patch > 0.3).astype(np.uint8))
        boxes.append((x + bx, y + by, bw, bh))
    return cover, boxes


def draw(
    strokes: Strokes, pen: float, h: float, broken: bool, rng: np.random.Generator
) -> tuple[np.ndarray, tuple[int, int]]:
    """Strokes in photo pixels -> their ink, float32 in [0, 1], and the pixel of its corner.

    The pen presses more or less along its way, and lightly where it comes down and leaves.
    """
    low, high = corners(strokes)
    corner = np.floor(low - pen - 2).astype(int)
    wide, tall = np.ceil(high + pen + 2).astype(int) - corner
    canvas = np.zeros((tall * INK_SAMPLES, wide * INK_SAMPLES), np.uint8)
    for stroke in strokes:
        at = np.rint(((stroke - corner) * INK_SAMPLES - 0.5) * (1 << SUBPIXEL_BITS)).astype(int)
        press = pressure(len(at), rng)
        gaps = skips(stroke, pen, h, rng) if broken else np.zeros(len(at), bool)
        for i in range(max(1, len(at) - 1)):
            if gaps[i]:
                continue
            thick = max(1, round(pen * INK_SAMPLES * press[i]))
            level = int(255 * min(1.0, 0.72 + 0.3 * press[i]))
            ends = tuple(map(int, at[i])), tuple(map(int, at[min(i + 1, len(at) - 1)]))
            cv2.line(canvas, *ends, level, thick, cv2.LINE_8, SUBPIXEL_BITS)
    ink = cv2.resize(canvas, (int(wide), int(tall)), interpolation=cv2.INTER_AREA)
    return ink.astype(np.float32) / 255, (int(corner[0]), int(corner[1]))


def pressure(count: int, rng: np.random.Generator) -> np.ndarray:
    """The pen's width at each of `count` points, as part of its usual one."""
    t = np.linspace(0, 1, count)
    waves = np.sin(t * rng.uniform(4, 14) + rng.uniform(0, 7)) * rng.uniform(0.03, 0.16)
    ends = np.minimum(1, 0.72 + np.minimum(t, 1 - t) * 4) if count > 1 else 1.15
    return (1 + waves) * ends


def skips(stroke: np.ndarray, pen: float, h: float, rng: np.random.Generator) -> np.ndarray:
    """Where along a stroke the pen gave no ink: gaps just wider than the pen, (n,) bool."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    gone = np.zeros(len(stroke), bool)
    for _ in range(int(along[-1] / h * rng.uniform(0.6, 1.6))):
        start = rng.uniform(0.08, 0.9) * along[-1]
        # Round ends reach half a pen into the gap from either side.
        gone |= (along > start) & (along < start + pen + h * rng.uniform(0.03, 0.09))
    return gone


def tooth_of(shape: tuple[int, int], h: float, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Where the paper's tooth keeps ink off, (H, W) float32 in [0, 1]."""
    fine = np.clip(0.012 * h, 0.5, 1.3) * (1.7 if look.dark else 1.0)
    noise = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), fine)
    return np.clip(0.5 + noise / (noise.std() * 1.6), 0, 1)
