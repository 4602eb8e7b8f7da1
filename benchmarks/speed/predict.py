"""Measures the time of one answer on one core: `python benchmarks/speed/predict.py [--largest]`.

The table shows medians over many answers. The inputs are the drawings of the tests and the example
photos of the page, in two sizes. `--largest` shows the time and memory of photos of 40 megapixels,
as a worker of the server reads them.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import torch
from PIL import Image, ImageDraw
from pillow_heif import register_heif_opener

import digitdraw
from benchmarks.tools import example_photos
from digitdraw.preprocessing import binarize, strokes
from digitdraw.serving.answers import payloads
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
    large = [as_file(photo, "JPEG", quality=90) for photo in examples(LARGEST)]
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


def largest() -> None:
    """Print the seconds and the memory of the largest photos, each in a process of its own."""
    print("| photo of 40 megapixels | s of CPU | MB above the start |\n|---|---|---|", flush=True)
    # Photos of this size without loss are above 10 MB, so these have two levels, as scans have.
    scan = examples(LARGEST)[0].convert("L").point([0] * 128 + [255] * 128)
    context = get_context("spawn")
    for form, *modes in (
        ("PNG", "1", "L", "RGB", "RGBA"), ("JPEG", "L", "RGB", "CMYK"), ("WEBP", "RGB", "RGBA"),
        ("TIFF", "L", "RGB"), ("BMP", "1"), ("GIF", "L"), ("HEIF", "RGB"),
    ):  # fmt: skip
        for mode in modes:
            options = {"TIFF": {"compression": "tiff_lzw"}, "JPEG": {"quality": 90}}.get(form, {})
            content = as_file(scan.convert(mode), form, **options)
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                seconds, megabytes = pool.submit(cost, content).result()
            print(f"| {form}, {mode} | {seconds:.1f} | {megabytes:.0f} |", flush=True)


def cost(content: bytes) -> tuple[float, float]:
    """Return the seconds of CPU for a photo, and the megabytes that it takes above the start.

    Linux keeps the highest memory of a process, and forgets it when told so."""
    torch.set_num_threads(1)
    recognizer = digitdraw.load("default", device="cpu")
    payloads.read_photo(recognizer, as_file(examples(USUAL)[0], "JPEG"))
    Path("/proc/self/clear_refs").write_text("5")
    before, start = highest_memory(), time.process_time()
    answer = payloads.read_photo(recognizer, content)
    seconds = time.process_time() - start
    assert answer["numbers"], answer["words"]
    return seconds, highest_memory() - before


def highest_memory() -> float:
    """Return the highest memory of this process, in megabytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


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


def as_file(picture: Image.Image, form: str, **options) -> bytes:
    """Return a picture as the bytes of a file in Pillow's format `form`."""
    if form == "HEIF":
        register_heif_opener()
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def picture_of(drawing: list, side: int = 280) -> np.ndarray:
    """Return a drawing of 100 by 100 units on white paper, (side, side) uint8."""
    picture = Image.new("L", (side, side), 255)
    for stroke in drawing:
        points = [(40 + x * 2, 40 + y * 2) for x, y in stroke]
        ImageDraw.Draw(picture).line(points, fill=0, width=14, joint="curve")
    return np.asarray(picture)


if __name__ == "__main__":
    largest() if "--largest" in sys.argv else main()
