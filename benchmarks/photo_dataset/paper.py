"""Draws the paper of a test photo, the print on it, and the desk below it.

The functions share their arguments. `picture` is (H, W, 3) float32 in [0, 1] and is changed in
place. `u` and `v`, (H, W), are the paper coordinates of each pixel. `points`, (n, 2), are those of
the writing. `h` is the height of a digit and `pitch` the distance of two lines.
"""

import math
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.photo_dataset.looks import Look
from digitdraw.training.synthesis.handwriting import corners

__all__ = ["add_desk", "render_paper"]


def render_paper(
    u: np.ndarray, v: np.ndarray, points: np.ndarray, h: float, pitch: float, look: Look,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Return the sheet without ink, (H, W, 3) float32 in [0, 1]."""
    picture = np.empty((*u.shape, 3), np.float32)
    picture[:] = look.paper
    fibres = octaves(u.shape, (1.0, 3.0), rng) * rng.uniform(0.004, 0.012)
    picture *= 1 + (fibres + octaves(u.shape, (40.0, 150.0, 400.0), rng) * 0.008)[..., None]
    printers = {
        "ruled": ruled, "squared": squared, "patterned": guilloche, "form": form, "board": board,
        "wood": wood, "cloth": cloth, "speckle": speckle,
    }  # fmt: skip
    if look.print in printers:
        printers[look.print](picture, u, v, points, h, pitch, rng)
    return np.clip(picture, 0, 1)


def stain(picture: np.ndarray, cover: np.ndarray, colour: np.ndarray, strength: float) -> None:
    """Print `colour` where `cover`, (H, W) in [0, 1], is above 0."""
    picture *= 1 - (strength * cover)[..., None] * (1 - np.asarray(colour, np.float32))


def parallel_lines(position: np.ndarray, pitch: float, width: float) -> np.ndarray:
    """Return the fraction of each pixel that lines cover; `position` is measured across them."""
    distance = np.abs((position + pitch / 2) % pitch - pitch / 2)
    return np.clip(width / 2 + 0.5 - distance, 0, min(1.0, width))


def ruled(picture, u, v, points, h, pitch, rng) -> None:
    """Draw ruled paper whose lines are the base lines, sometimes with a margin line."""
    colour = [(0.45, 0.6, 0.85), (0.6, 0.6, 0.62), (0.5, 0.75, 0.75)][rng.integers(3)]
    base = points[:, 1].max() + h * rng.uniform(0.02, 0.15)
    stain(picture, parallel_lines(v - base, pitch, 0.03 * h), colour, rng.uniform(0.4, 0.9))
    if rng.random() < 0.4:
        margin = points[:, 0].min() - h * rng.uniform(0.5, 1.2)
        cover = np.clip(0.015 * h + 0.5 - np.abs(u - margin), 0, 1)
        stain(picture, cover, (0.9, 0.4, 0.4), rng.uniform(0.4, 0.8))


def squared(picture, u, v, points, h, pitch, rng) -> None:
    """Draw squared paper: mostly two squares to a line, sometimes one or three."""
    side = pitch / rng.choice([2, 2, 3, 1])
    colour = [(0.45, 0.6, 0.9), (0.62, 0.62, 0.64)][rng.integers(2)]
    base = points[:, 1].max() + h * rng.uniform(0.0, 0.12)
    cover = np.maximum(parallel_lines(v - base, side, 0.02 * h), parallel_lines(u, side, 0.02 * h))
    stain(picture, cover, colour, rng.uniform(0.35, 0.85))


def guilloche(picture, u, v, points, h, pitch, rng) -> None:
    """Draw a bank check: wavy lines, and a box for the amount or a line to write on."""
    colour = rng.uniform(0.35, 0.75, 3)
    strength = rng.uniform(0.3, 0.7)
    for _ in range(int(rng.integers(1, 4))):
        angle, size = rng.uniform(0, math.pi), h * rng.uniform(0.6, 3.0)
        a, b = u * math.cos(angle) + v * math.sin(angle), v * math.cos(angle) - u * math.sin(angle)
        bend = np.sin(a / size) * rng.uniform(0.1, 0.6) + np.sin(a / size * 0.37 + 1) * 0.5
        position = b + bend * h * rng.uniform(0.2, 0.8)
        stain(
            picture,
            parallel_lines(position, h * rng.uniform(0.12, 0.3), 0.022 * h),
            colour,
            strength,
        )
    (x0, y0), (x1, y1) = corners([points])
    margin = h * rng.uniform(0.3, 0.6)
    if rng.random() < 0.5:
        stain(picture, frame(u, v, (x0, y0, x1, y1), margin, 0.03 * h), colour * 0.4, 0.9)
    else:
        below = np.clip(0.015 * h + 0.5 - np.abs(v - y1 - 0.08 * h), 0, 1)
        stain(picture, below, colour * 0.4, 0.9)


def form(picture, u, v, points, h, pitch, rng) -> None:
    """Draw a printed form: a frame around the writing, and words above and below it."""
    (x0, y0), (x1, y1) = corners([points])
    ink = np.array([0.15, 0.15, 0.18]) + rng.uniform(0, 0.2)
    box = (x0, y0, x1, y1)
    if rng.random() < 0.7:
        stain(picture, frame(u, v, box, h * rng.uniform(0.4, 0.8), 0.025 * h), ink, 0.9)
    words = ["Total amount", "Please write clearly", "Phone", "Betrag in Euro", "Name and address"]
    text = printed_text(str(rng.choice(words)), max(9, 0.4 * h), rng)
    for y in (y0 - h * 1.5, y1 + h * 1.1):
        map_u, map_v = (u - x0).astype(np.float32), (v - y).astype(np.float32)
        cover = cv2.remap(text, map_u, map_v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        stain(picture, cover, ink, 0.9)


def printed_text(text: str, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return the ink of a line of type of `size` pixels, (h, w) float32 in [0, 1].

    The fonts come with matplotlib, so that a photo is the same on every machine.
    """
    family = str(rng.choice(["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"]))
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    font = ImageFont.truetype(folder / f"{family.replace(' ', '')}.ttf", round(size))
    left, _, width, height = font.getbbox(text)
    line = Image.new("L", (width + 4, height + 4), 0)
    ImageDraw.Draw(line).text((2 - left, 2), text, fill=255, font=font)
    return np.asarray(line, np.float32) / 255


def frame(u, v, box: tuple, margin: float, width: float) -> np.ndarray:
    """Return the fraction of each pixel that a frame covers.

    The frame lies `margin` outside of `box` (left, top, right, bottom).
    """
    x0, y0, x1, y1 = box
    outside = np.maximum(np.maximum(x0 - u, u - x1), np.maximum(y0 - v, v - y1)) - margin
    return np.clip(width / 2 + 0.5 - np.abs(outside), 0, 1)


def board(picture, u, v, points, h, pitch, rng) -> None:
    """Draw a blackboard that was wiped many times."""
    along_rows, along_columns = (1, 12) if rng.random() < 0.5 else (12, 1)
    wiped = octaves(u.shape, (0.1 * h,), rng, stretch=along_rows)
    wiped += octaves(u.shape[::-1], (0.15 * h,), rng, stretch=along_columns).T
    dust = octaves(u.shape, (1.5,), rng) + 2 * octaves(u.shape, (2 * h,), rng)
    picture += (rng.uniform(0.006, 0.014) * (wiped + dust))[..., None]


def wood(picture, u, v, points, h, pitch, rng) -> None:
    """Draw wooden boards with their annual rings."""
    bend = octaves(u.shape, (80.0,), rng, stretch=4) * h * 0.5
    rings = 0.5 + 0.5 * np.sin((v + bend) / h * rng.uniform(8, 20))
    picture[:] = np.array([0.62, 0.45, 0.3]) * (0.75 + 0.3 * rings[..., None])
    picture *= (1 + 0.05 * octaves(u.shape, (1.0,), rng, stretch=20))[..., None]


def cloth(picture, u, v, points, h, pitch, rng) -> None:
    """Draw cloth of threads in two colours."""
    period = h * rng.uniform(0.15, 0.5)
    weave = np.sin(u / period * 2 * math.pi) * np.sin(v / period * 2 * math.pi)
    picture[:] = rng.uniform(0.3, 0.8) * rng.uniform(0.7, 1.1, 3) + 0.12 * weave[..., None]
    picture *= (1 + 0.06 * octaves(u.shape, (1.0, 4.0), rng))[..., None]


def speckle(picture, u, v, points, h, pitch, rng) -> None:
    """Draw stone, sand or gravel: grains of one size."""
    grains = octaves(u.shape, (h * rng.uniform(0.02, 0.25),), rng)
    colour = rng.uniform(0.35, 0.85) * rng.uniform(0.8, 1.1, 3)
    picture[:] = colour * (1 + rng.uniform(0.08, 0.3) * grains[..., None])


def octaves(
    shape: tuple[int, int], sizes: tuple[float, ...], rng: np.random.Generator, stretch: float = 1
) -> np.ndarray:
    """Return smooth noise, (H, W) float32 with a standard deviation of about 1.

    It is a sum over grains of `sizes` pixels, `stretch` times as wide as high.
    """
    total = np.zeros(shape, np.float32)
    for size in sizes:
        height, width = (max(2, math.ceil(n / max(size, 1))) for n in shape)
        grid = rng.standard_normal((height, max(2, math.ceil(width / stretch))), np.float32)
        total += cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return total / math.sqrt(len(sizes))


def add_desk(picture, u, v, points, h, look: Look, rng: np.random.Generator) -> None:
    """Show the desk beyond two edges of the sheet, with the shadow of the sheet on it."""
    (x0, y0), (x1, y1) = corners([points])
    out = h * rng.uniform(0.6, 2.0, 4)
    far = 10 * max(look.size)
    hidden = rng.choice([0, 2]), rng.choice([1, 3])  # one corner of the sheet is visible
    edges = [x0 - out[0] - u, y0 - out[1] - v, u - x1 - out[2], v - y1 - out[3]]
    for side in hidden:
        edges[side] = edges[side] - far
    outside = np.maximum.reduce(edges)
    desk = np.empty_like(picture)
    [wood, cloth, speckle][rng.integers(3)](desk, u, v, points, 2 * h, h, rng)
    desk *= (1 - 0.35 * np.exp(-np.clip(outside, 0, None) / (0.12 * h)))[..., None]
    weight = np.clip(outside + 0.5, 0, 1)[..., None]
    picture += weight * (desk - picture)
