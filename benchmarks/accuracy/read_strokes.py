"""Measures `read_strokes` on numbers of writers that no model saw.

    python benchmarks/accuracy/read_strokes.py --data DIR [--part validation] [--count 1000]

The sets are numbers composed from single digits and symbols, with and without symbols; numbers that
people wrote as a whole; composed numbers as pictures, for `read_numbers`; single digits, beside
`predict_strokes`; and what is no digit. The part "test" has the 29 writers of unipen-digits/dev
that drawing_faults.json leaves, and the dev writers of the other files; "validation" has writers of
the training files. Composed numbers are made with several seeds; the spread is the standard
deviation between seeds.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import cv2
import numpy as np
import torch

import digitdraw
from digitdraw.photo.numbers import number_spans
from digitdraw.recognizer import Recognizer
from digitdraw.training import datasets
from digitdraw.training.stroke_reader.compose import Looks, Strokes, Writers, compose, usual_text
from digitdraw.training.synthesis import negatives

__all__ = ["Sample", "Writers", "as_picture", "composed", "exact", "written"]

SHARES = {"train": 88, "validation": 12}
DIGIT, PEN = 60, 5
"""Height of a digit and width of the pen in pictures of drawings, in pixels."""
COLUMNS, CELL = 5, (300, 120)
COLOURS = ((0, 0, 0), (200, 0, 0), (0, 0, 220), (0, 140, 0), (180, 0, 180))


@dataclass(frozen=True)
class Sample:
    """A drawing and the text to read in it."""

    strokes: Strokes
    text: str


def composed(writers: Writers, count: int, seed: int, symbols: bool = True) -> list[Sample]:
    """Return numbers composed from digits by one writer each."""
    rng = np.random.default_rng(seed)
    samples: list[Sample] = []
    while len(samples) < count:
        text = usual_text(rng)
        if symbols or text.isdigit():
            samples.append(Sample(compose(text, writers, Looks(), rng), text))
    return samples


def written(root: Path, part: str) -> list[Sample]:
    """Return the numbers that people wrote as a whole. A comma behind one is no part of it."""
    words = datasets.words(root, "test" if part == "test" else "train")
    if part != "test":
        words = datasets.split_by_writer(words, SHARES)[part]
    return [
        Sample(word.strokes, " ".join(word.label[a:b] for a, b in number_spans(word.label)))
        for word in words
        if set(word.label) <= set("0123456789.,-/:") and any(map(str.isdigit, word.label))
    ]


def read(recognizer: Recognizer, strokes: Strokes) -> str:
    """Return the listed numbers of a drawing, with spaces between them."""
    return " ".join(recognizer.read_strokes(strokes).numbers)


def exact(recognizer: Recognizer, samples: Sequence[Sample]) -> np.ndarray:
    """Return which samples are read as their text, (n,) bool."""
    return np.array([read(recognizer, sample.strokes) == sample.text for sample in samples])


def percent(values: Sequence[float]) -> str:
    """Return the mean of shares with their spread."""
    return f"{np.mean(values):.2%} (spread {np.std(values):.2%})"


def report_numbers(recognizer: Recognizer, options: argparse.Namespace) -> list[Sample]:
    """Print how many numbers are read exactly; return those that are not."""
    writers = Writers.load(options.data, options.part)
    wrong: list[Sample] = []
    for name, symbols in (("composed", True), ("composed, without symbols", False)):
        shares = []
        for seed in range(options.seeds):
            samples = composed(writers, options.count, options.seed + seed, symbols)
            hits = exact(recognizer, samples)
            shares.append(hits.mean())
            wrong += [sample for sample, hit in zip(samples, hits, strict=True) if not hit]
        print(f"{name}: {options.seeds} x {options.count}: {percent(shares)} exact", flush=True)
    samples = written(options.data, options.part)
    hits = exact(recognizer, samples)
    print(f"written as a whole: {hits.sum()} of {len(hits)}, {hits.mean():.2%} exact", flush=True)
    wrong += [sample for sample, hit in zip(samples, hits, strict=True) if not hit]
    return wrong


def as_picture(strokes: Strokes) -> np.ndarray:
    """Return a drawing as dark ink on paper, (H, W) uint8; a digit is about DIGIT pixels high."""
    points = np.concatenate(strokes)
    low, (width, height) = points.min(axis=0), np.ptp(points, axis=0) * DIGIT
    shape = round(height) + 2 * DIGIT, round(width) + 2 * DIGIT
    picture = np.full(shape, 255, np.uint8)
    for stroke in strokes:
        line = np.rint((stroke - low) * DIGIT + DIGIT).astype(np.int32)
        line = line if len(line) > 1 else np.repeat(line, 2, axis=0)
        cv2.polylines(picture, [line], False, 40, PEN, cv2.LINE_AA)
    return picture


def report_pictures(recognizer: Recognizer, options: argparse.Namespace) -> None:
    """Print how many composed numbers `read_numbers` reads alike in a picture."""
    samples = composed(Writers.load(options.data, options.part), options.count, options.seed)
    pictures = [as_picture(sample.strokes) for sample in samples]
    texts = [" ".join(recognizer.read_numbers(picture).numbers) for picture in pictures]
    pairs = list(zip(samples, texts, strict=True))
    same = np.mean([text == read(recognizer, sample.strokes) for sample, text in pairs])
    right = np.mean([text == sample.text for sample, text in pairs])
    print(f"as pictures: {len(pairs)}, the same {same:.2%}, exact {right:.2%}", flush=True)


def report_single(recognizer: Recognizer, options: argparse.Namespace) -> None:
    """Print the errors on single digits, and which share of other drawings is rejected."""
    digits = datasets.readable_drawings(options.data, options.part)
    readings = [recognizer.read_strokes(drawing.strokes) for drawing in digits]
    predictions = [recognizer.predict_strokes(drawing.strokes) for drawing in digits]
    pairs = list(zip(digits, readings, predictions, strict=True))
    several = sum(len(reading.numbers) > 1 or len(reading.digits) > 1 for reading in readings)
    hits = sum(reading.numbers == (drawing.label,) for drawing, reading, _ in pairs)
    before = sum(str(prediction.digit) == drawing.label for drawing, _, prediction in pairs)
    print(
        f"single digits: {hits} of {len(pairs)} by read_strokes, {before} by predict_strokes; "
        f"{several} taken for several ({several / len(pairs):.2%})"
    )
    rng = np.random.default_rng(options.seed)
    letters = [letter.strokes for letter in datasets.letters(options.data, options.part)]
    shapes = [make(rng) for make in negatives.MAKERS for _ in range(100)]
    for name, drawings in (("letters", letters), ("scribbles and shapes", shapes)):
        now = np.mean([not recognizer.read_strokes(strokes).numbers for strokes in drawings])
        old = np.mean([recognizer.predict_strokes(strokes).digit is None for strokes in drawings])
        print(f"{name}: {len(drawings)}, rejected {now:.2%}, by predict_strokes {old:.2%}")


def report_times(recognizer: Recognizer, options: argparse.Namespace) -> None:
    """Print the time for a reading of one digit, and of six."""
    writers = Writers.load(options.data, options.part)
    rng = np.random.default_rng(options.seed)
    for digits in (1, 6):
        texts = ["".join(map(str, rng.integers(0, 10, digits))) for _ in range(200)]
        drawings = [
            [stroke.tolist() for stroke in compose(text, writers, Looks(), rng)] for text in texts
        ]
        times = [
            _milliseconds(lambda d=drawing: recognizer.read_strokes(d)) for drawing in drawings
        ]
        median, high = np.quantile(times, [0.5, 0.95])
        print(f"{digits} digit(s): median {median:.1f} ms, 95% {high:.1f} ms")


def _milliseconds(call: Callable[[], object]) -> float:
    """Return the shortest of three times, because other programs may run beside this one."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def draw_sheet(recognizer: Recognizer, samples: Sequence[Sample], path: Path) -> None:
    """Draw samples with their text and what was read, strokes in turn in five colours."""
    cells = [_cell(sample, read(recognizer, sample.strokes)) for sample in samples]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    cv2.imwrite(str(path), np.vstack(rows))


def _cell(sample: Sample, text: str) -> np.ndarray:
    width, height = CELL
    picture = np.full((height, width, 3), 255, np.uint8)
    points = np.concatenate(sample.strokes)
    low, (across, down) = points.min(axis=0), np.ptp(points, axis=0).clip(1e-9)
    scale = min((width - 20) / across, (height - 45) / down)
    for number, stroke in enumerate(sample.strokes):
        line = np.rint((stroke - low) * scale + 10).astype(np.int32)
        line = line if len(line) > 1 else np.repeat(line, 2, axis=0)
        colour = COLOURS[number % len(COLOURS)]
        cv2.polylines(picture, [line], False, colour, 2, cv2.LINE_AA)
    caption = f"{sample.text} -> {text}"
    cv2.putText(picture, caption, (6, height - 8), 0, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return picture


def main() -> None:
    """Print all figures, and draw the errors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the data folder")
    add("--part", choices=("validation", "test"), default="test")
    add("--count", type=int, default=1000, help="composed numbers for each seed")
    add("--seeds", type=int, default=3)
    add("--seed", type=int, default=0, help="the first seed")
    add("--sheet", type=Path, help="picture of the numbers that are not read exactly")
    add("--weights", help="folder of weights (default: those that come with digitdraw)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    recognizer = digitdraw.load("default", device="cpu", folder=options.weights)
    wrong = report_numbers(recognizer, options)
    report_pictures(recognizer, options)
    report_single(recognizer, options)
    report_times(recognizer, options)
    if options.sheet and wrong:
        draw_sheet(recognizer, wrong[:200], options.sheet)


if __name__ == "__main__":
    main()
