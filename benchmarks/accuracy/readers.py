"""Readers of handwritten numbers to compare: digitdraw, a baseline, RapidOCR and Tesseract.

A reader is a callable: picture (H, W, 3) uint8 RGB -> `Answer`. READERS makes readers by name. A
maker raises NotInstalled where this machine lacks the reader.
"""

import importlib.util
import logging
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

import digitdraw
from digitdraw.models import weights
from digitdraw.models.registry import DETECTOR, LINE_RECOGNIZER, ORIENTATION
from digitdraw.photo.numbers import number_spans
from digitdraw.photo.reader import GLYPH_CLASSIFIER, PhotoReader

__all__ = [
    "READERS",
    "Answer",
    "Makers",
    "NotInstalled",
    "Reader",
    "digitdraw_reader",
    "load_photo_reader",
]

ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}
"""Environment that limits Tesseract to one core, like the other readers."""


@dataclass(frozen=True)
class Answer:
    """What a reader found in a picture.

    `numbers` are in reading order, as written. Where the reader gives them, `boxes` has the box (x,
    y, width, height) of each digit in pixels of the picture, and `labels` the digits 0 to 9.
    """

    numbers: list[str]
    boxes: list[tuple[float, float, float, float]] | None = None
    labels: list[int] | None = None


Reader = Callable[[np.ndarray], Answer]
Makers = dict[str, Callable[[], Reader]]


class NotInstalled(Exception):
    """This machine lacks a reader; the message says how to install it."""


def load_photo_reader(folder: Path = weights.FOLDER) -> PhotoReader:
    """Return digitdraw's photo reader on the CPU; all but the classifier come from `folder`."""
    models = DETECTOR, ORIENTATION, LINE_RECOGNIZER
    networks = [weights.load(model.name, folder) for model in models]
    networks.append(weights.load(GLYPH_CLASSIFIER))
    classify = digitdraw.load("default", device="cpu").predict_batch
    return PhotoReader(*networks, torch.device("cpu"), classify)


def digitdraw_reader(folder: Path = weights.FOLDER) -> Reader:
    """Return digitdraw's photo reader as a `Reader`."""
    photo_reader = load_photo_reader(folder)

    def read(picture: np.ndarray) -> Answer:
        reading = photo_reader.read(picture)
        boxes = [tuple(digit.box) for digit in reading.digits]
        return Answer(list(reading.numbers), boxes, [digit.label for digit in reading.digits])

    return read


def components_reader() -> Reader:
    """Return the baseline of connected components and the single-digit classifier."""
    from benchmarks.accuracy.components_reader import ComponentsReader

    reader = ComponentsReader()

    def read(picture: np.ndarray) -> Answer:
        numbers, boxes, labels, _ = reader(picture)
        return Answer(numbers, boxes, labels)

    return read


def rapidocr_engine() -> Callable:
    """Return RapidOCR with its PP-OCRv6 small models, in one thread."""
    if importlib.util.find_spec("rapidocr") is None:
        raise NotInstalled("pip install -r benchmarks/requirements-peers.txt")
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    threads = {f"EngineConfig.onnxruntime.{n}_op_num_threads": 1 for n in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "error", **threads})


def rapidocr_reader() -> Reader:
    """Return RapidOCR, which detects lines of text and reads them.

    RapidOCR gives boxes of lines, not of digits.
    """
    engine = rapidocr_engine()

    def read(picture: np.ndarray) -> Answer:
        result = engine(np.ascontiguousarray(picture[..., ::-1]))
        if result.boxes is None:
            return Answer([])
        lines = [
            (box[:, 0].min(), box[:, 1].min(), box[:, 0].max(), box[:, 1].max(), text)
            for box, text in zip(result.boxes, result.txts, strict=True)
        ]
        return Answer([number for line in reading_order(lines) for number in numbers_in(line[4])])

    return read


def rapidocr_line_reader() -> Reader:
    """Return RapidOCR without detection, for scans of one amount: all digits are one number."""
    engine = rapidocr_engine()

    def read(picture: np.ndarray) -> Answer:
        bgr = np.ascontiguousarray(picture[..., ::-1])
        result = engine(bgr, use_det=False, use_cls=False, use_rec=True)
        return Answer(as_one_number(" ".join(result.txts or [])))

    return read


def tesseract_reader(page_mode: int = 6) -> Reader:
    """Return Tesseract's default engine in one thread, with a whitelist of digits and symbols.

    Page mode 6 is a block of text. Of the modes 3, 6 and 11 it reads the most on photos of this
    kind. Page mode 7 is a single line, whose digits are one number.
    """
    if shutil.which("tesseract") is None:
        raise NotInstalled("apt-get install tesseract-ocr")
    command = ["tesseract", "stdin", "stdout", "--psm", str(page_mode), "-l", "eng"]
    command += ["-c", "tessedit_char_whitelist=0123456789.,'-/:+=%$()"]
    split = as_one_number if page_mode == 7 else numbers_in

    def read(picture: np.ndarray) -> Answer:
        _, file = cv2.imencode(".png", picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
        done = subprocess.run(
            command, input=file.tobytes(), capture_output=True, env=os.environ | ONE_THREAD
        )
        return Answer(split(done.stdout.decode(errors="replace")))

    return read


READERS: Makers = {
    "digitdraw": digitdraw_reader,
    "components": components_reader,
    "rapidocr": rapidocr_reader,
    "rapidocr-line": rapidocr_line_reader,
    "tesseract": tesseract_reader,
    "tesseract-line": lambda: tesseract_reader(page_mode=7),
}
"""Makers of readers by name. The readers of a line serve for scans of one amount only."""


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text as written: "No. 1,234.50 of 7" -> ["1,234.50", "7"]. Each line
    counts by itself, because in a sum dashes separate numbers."""
    numbers = [line[start:end] for line in text.splitlines() for start, end in number_spans(line)]
    return [number for number in numbers if number.isascii()]


def as_one_number(text: str) -> list[str]:
    """Return all digits of a text as one number; an empty list where it has none."""
    digits = "".join(c for c in text if c in "0123456789")
    return [digits] if digits else []


def reading_order(lines: list[tuple]) -> list[tuple]:
    """Sort lines of text (left, top, right, bottom, ...) from top to bottom, then left to right.

    Two lines are side by side where they share more than half the height of the lower one.
    """
    rows: list[list[tuple]] = []
    for line in sorted(lines, key=lambda line: line[1] + line[3]):
        for row in rows:
            shared = min(line[3], row[-1][3]) - max(line[1], row[-1][1])
            if shared > 0.5 * min(line[3] - line[1], row[-1][3] - row[-1][1]):
                row.append(line)
                break
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line[0])]
