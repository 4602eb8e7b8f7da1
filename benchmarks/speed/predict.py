"""Measures the time of one answer on one core: `python benchmarks/speed/predict.py`.

The table shows medians over many answers. The inputs are the drawings of the tests and the example
photos of the page, in two sizes.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import torch
from PIL import Image, ImageDraw

import digitdraw
from benchmarks.tools import example_photos
from digitdraw.preprocessing import binarize, strokes
from tests.support.drawings import DIGITS

USUAL, LARGEST = (1280, 960), (7300, 5475)
"""Width and height of photos: the usual size, and 40 megapixels."""


def main() -> None:
    """Print one line for each kind of call."""
    torch.set_num_threads(1)
    recognizer = digitdraw.load("default", device="cpu")
    drawings = list(DIGITS.values())
    glyphs = np.stack([strokes.to_glyph(drawing) for drawing in drawings])
    pictures = [picture_of(drawing) for drawing in drawings]
    batch = np.tile(glyphs, (7, 1, 1))[:64]
    photos = [np.asarray(photo) for photo in examples(USUAL)]
    large = [as_jpeg(photo) for photo in examples(LARGEST)]
    print("| median on one core | ms |\n|---|---|")
    for name, call, inputs in (
        ("predict_strokes", recognizer.predict_strokes, drawings),
        ("  of it: strokes to glyph", strokes.to_glyph, drawings),
        ("predict_image, 280 x 280", recognizer.predict_image, pictures),
        ("  of it: picture to glyph", binarize.to_glyph, pictures),
        ("predict_batch, 1 glyph", recognizer.predict_batch, [glyphs[:1]]),
        ("predict_batch, 64 glyphs", recognizer.predict_batch, [batch]),
        ("read_numbers, 1280 x 960", recognizer.read_numbers, photos),
        ("read_numbers, 40 megapixels as JPEG", recognizer.read_numbers, large),
    ):
        print(f"| {name} | {median(call, inputs):.2f} |", flush=True)


def median(call: Callable, inputs: list, seconds: float = 3.0) -> float:
    """Return the median milliseconds of one call over all inputs, after a warm-up."""
    for value in inputs:
        call(value)
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        for value in inputs:
            start = time.perf_counter()
            call(value)
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def examples(size: tuple[int, int]) -> list[Image.Image]:
    """Return the example photos of the page, resized to (width, height)."""
    paths = sorted(example_photos.FOLDER.glob("*.jpg"))
    return [Image.open(path).resize(size, Image.Resampling.BICUBIC) for path in paths]


def as_jpeg(picture: Image.Image) -> bytes:
    """Return a picture as the bytes of a JPEG file."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()


def picture_of(drawing: list, side: int = 280) -> np.ndarray:
    """Return a drawing of 100 by 100 units on white paper, (side, side) uint8."""
    picture = Image.new("L", (side, side), 255)
    for stroke in drawing:
        points = [(40 + x * 2, 40 + y * 2) for x, y in stroke]
        ImageDraw.Draw(picture).line(points, fill=0, width=14, joint="curve")
    return np.asarray(picture)


if __name__ == "__main__":
    main()
