"""Tests of the shipped weights on generated pages, each with one difficulty."""

import io
from collections import Counter

import cv2
import numpy as np
import pytest
from PIL import Image

from digitdraw.preprocessing.image_io import load_photo
from digitdraw.training import metrics
from tests.support.drawings import DIGITS

PAGES = 3
PAPER, INK = 0.88, 0.15


def page(rng: np.random.Generator, size=(800, 600), height=44, tilt=0.0, lines=0, shadow=0.0,
         is_dark=False, noise=0.01) -> tuple[np.ndarray, list[str], list[tuple]]:  # fmt: skip
    """A picture (H, W) uint8 of four numbers, one below the other; the numbers; the boxes of their
    digits."""
    width = size[0]
    grey = np.full(size[::-1], PAPER, np.float32)
    if lines:
        grey[lines::lines] = 0.6
    ink = np.zeros(size[::-1], np.uint8)
    numbers, boxes = [], []
    for row in range(4):
        number = "".join(map(str, rng.integers(0, 10, rng.integers(3, 8))))
        for place, digit in enumerate(number):
            x, y = 0.2 * width + 0.95 * height * place, 0.3 * size[1] + 1.9 * height * row
            boxes.append(_draw(ink, DIGITS[int(digit)], np.array([x, y]), height, rng))
        numbers.append(number)
    grey += (INK - grey) * ink / 255
    if tilt:
        rotation = cv2.getRotationMatrix2D((width / 2, size[1] / 2), tilt, 1)
        grey = cv2.warpAffine(grey, rotation, size, borderMode=cv2.BORDER_REPLICATE)
    grey[:, : width // 3] *= 1 - shadow
    grey = (1 - grey if is_dark else grey) + rng.normal(0, noise, grey.shape)
    return np.rint(grey.clip(0, 1) * 255).astype(np.uint8), numbers, boxes


def _draw(ink: np.ndarray, strokes, corner, height: int, rng: np.random.Generator) -> tuple:
    """Draw a digit with a random slant and stretch; returns the box of its ink."""
    pen = max(2, height // 12)
    shape = np.array([[rng.uniform(0.8, 1), rng.normal(0, 0.08)], [0, rng.uniform(0.9, 1.05)]])
    placed = [np.array(stroke) / 100 @ shape.T * height + corner for stroke in strokes]
    for stroke in placed:
        points = np.rint(stroke * 16).astype(np.int32)
        cv2.polylines(ink, [points], False, 255, pen, cv2.LINE_AA, 4)
    points = np.concatenate(placed)
    return (*(points.min(axis=0) - pen / 2).tolist(), *(np.ptp(points, axis=0) + pen).tolist())


@pytest.mark.parametrize("difficulty", [
    {}, {"lines": 30}, {"shadow": 0.5}, {"is_dark": True}, {"noise": 0.12}, {"tilt": 12},
    {"size": (300, 220), "height": 20}, {"size": (1600, 1200), "height": 100},
    {"size": (3000, 2250), "height": 34}, {"size": (2400, 1800), "height": 40, "lines": 60},
], ids=lambda difficulty: " ".join(difficulty) or "plain")  # fmt: skip
def test_pages_are_read(recognizer, difficulty):
    rng = np.random.default_rng(4)
    exact, count, located, digits = 0, 0, 0, 0
    for _ in range(PAGES):
        picture, numbers, boxes = page(rng, **difficulty)
        reading = recognizer.read_numbers(picture)
        exact += (Counter(reading.numbers) & Counter(numbers)).total()
        count += len(numbers)
        located += len(metrics.match_boxes(boxes, [digit.box for digit in reading.digits]))
        digits += len(boxes)
    assert exact >= count - 1
    assert located >= 0.85 * digits or "tilt" in difficulty  # boxes are those of the level page


def test_pages_in_a_batch_read_the_same_as_alone(recognizer):
    rng = np.random.default_rng(9)
    pictures = [page(rng, size=(300, 220), height=20, noise=0.03)[0] for _ in range(4)]
    batch = recognizer.photo_reader.read_batch([load_photo(picture) for picture in pictures])
    for picture, in_batch in zip(pictures, batch, strict=True):
        alone = recognizer.read_numbers(picture)
        assert in_batch.numbers == alone.numbers
        assert in_batch.confidences == pytest.approx(alone.confidences, abs=1e-4)


def test_a_jpeg_of_a_whole_page_is_decoded_large_enough_to_read(recognizer):
    picture, numbers, _ = page(np.random.default_rng(5), size=(4000, 3000), height=52)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=90)
    assert list(recognizer.read_numbers(file.getvalue()).numbers) == numbers


def test_a_page_without_digits_gives_no_numbers(recognizer):
    grey = np.full((1800, 2400), PAPER, np.float32)
    grey[::60] = 0.6
    grey += np.random.default_rng(6).normal(0, 0.05, grey.shape)
    assert recognizer.read_numbers(grey.clip(0, 1)).numbers == ()


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_a_plain_one_alone_is_read_also_on_flawless_paper(recognizer, noise):
    rng = np.random.default_rng(7)
    numbers = []
    for height in (40, 90, 180):
        for lean in (0.05, 0.15, 0.25):
            grey = np.full((600, 800), PAPER, np.float32)
            foot = np.array([300, 400])
            top = foot + np.rint([lean * height, -height]).astype(int)
            cv2.line(grey, foot, top, INK, height // 12)
            grey += rng.normal(0, noise, grey.shape)
            reading = recognizer.read_numbers(grey.clip(0, 1).astype(np.float32))
            numbers.append(reading.numbers)
    assert numbers.count(("1",)) >= 7


@pytest.mark.parametrize("pen", [6, 12])
@pytest.mark.parametrize("margin", [0, 0.1, 0.5, 2])
def test_a_picture_of_a_single_digit_is_a_number_of_length_one(recognizer, margin, pen):
    numbers = []
    for digit in DIGITS:
        ink = np.zeros((300, 300), np.uint8)
        lines = [np.rint(np.array(stroke) + 100).astype(np.int32) for stroke in DIGITS[digit]]
        cv2.polylines(ink, lines, False, 255, pen, cv2.LINE_AA)
        left, top, width, height = cv2.boundingRect(ink)
        picture = np.pad(ink[top : top + height, left : left + width], round(margin * height))
        numbers.append(recognizer.read_numbers(255 - picture).numbers)
    assert sum(a == (str(b),) for a, b in zip(numbers, DIGITS, strict=True)) >= 9


def test_a_number_that_is_cropped_tightly_is_read(recognizer):
    rng = np.random.default_rng(8)
    correct = []
    for _ in range(6):
        number = "".join(map(str, rng.integers(0, 10, 5)))
        ink = np.zeros((200, 700), np.uint8)
        for place, digit in enumerate(number):
            _draw(ink, DIGITS[int(digit)], np.array([60.0 + 95 * place, 50]), 90, rng)
        left, top, width, height = cv2.boundingRect(ink)
        picture = 255 - ink[top : top + height, left : left + width]
        correct.append(recognizer.read_numbers(picture).numbers == (number,))
    assert sum(correct) >= 5


def _arc(x: float, bulge: float) -> list[tuple[float, float]]:
    return [(x + bulge * (1 - t * t), 50 + 70 * t) for t in np.linspace(-1, 1, 15)]


def _circle(x: float, y: float, size: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 20)
    return list(zip(x + size * np.cos(angles), y + size * np.sin(angles), strict=True))


SYMBOLS = {
    "plus": ([[(-75, 55), (-25, 55)], [(-50, 30), (-50, 80)]], []),
    "brackets": ([_arc(-25, -30)], [_arc(15, 30)]),
    "percent": ([], [_circle(25, 20, 12), [(75, 0), (25, 100)], _circle(75, 80, 12)]),
    "equals": ([[(-80, 40), (-25, 40)], [(-80, 62), (-25, 62)]], []),
}
"""Strokes before and after a number whose digits are 100 high, relative to its ends."""


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_symbol_beside_a_number_is_no_digit(recognizer, symbol):
    rng = np.random.default_rng(9)
    correct = []
    for _ in range(8):
        number = "".join(map(str, rng.integers(0, 10, 4)))
        ink = np.zeros((480, 640), np.uint8)
        left, right = np.array([180.0, 200]), np.array([180.0 + 44 * 4, 200])
        for place, digit in enumerate(number):
            corner = np.array([180.0 + 44 * place, 200])
            _draw(ink, DIGITS[int(digit)], corner, 44, rng)
        for strokes, end in zip(SYMBOLS[symbol], (left, right), strict=True):
            lines = [np.rint(np.array(line) * 0.44 + end).astype(np.int32) for line in strokes]
            cv2.polylines(ink, lines, False, 255, 4, cv2.LINE_AA)
        grey = (PAPER - 0.7 * ink / 255 + rng.normal(0, 0.01, ink.shape)).clip(0, 1)
        correct.append(recognizer.read_numbers(grey).numbers == (number,))
    assert sum(correct) >= 7
