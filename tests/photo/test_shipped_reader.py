"""The shipped networks read pages made on the fly, each with one difficulty."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from digitdraw.preprocessing.image_io import load_photo
from digitdraw.training import metrics
from tests.support.drawings import DIGITS

PAGES = 3
PAPER, INK = 0.88, 0.15


def page(rng: np.random.Generator, size=(800, 600), tall=44, tilt=0.0, lines=0, shadow=0.0,
         is_dark=False, noise=0.01) -> tuple[np.ndarray, list[str], list[tuple]]:  # fmt: skip
    """A picture (H, W) uint8 of four numbers, one below the other, what they are, and their
    digits' boxes."""
    width, height = size
    grey = np.full((height, width), PAPER, np.float32)
    if lines:
        grey[lines::lines] = 0.6
    ink = np.zeros((height, width), np.uint8)
    numbers, boxes = [], []
    for row in range(4):
        number = "".join(map(str, rng.integers(0, 10, rng.integers(3, 8))))
        for place, digit in enumerate(number):
            corner = np.array([0.2 * width + 0.95 * tall * place, 0.3 * height + 1.9 * tall * row])
            boxes.append(_draw(ink, DIGITS[int(digit)], corner, tall, rng))
        numbers.append(number)
    grey += (INK - grey) * ink / 255
    if tilt:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt, 1)
        grey = cv2.warpAffine(grey, turn, size, borderMode=cv2.BORDER_REPLICATE)
    grey[:, : width // 3] *= 1 - shadow
    grey = (1 - grey if is_dark else grey) + rng.normal(0, noise, grey.shape)
    return np.rint(grey.clip(0, 1) * 255).astype(np.uint8), numbers, boxes


def _draw(ink: np.ndarray, strokes, corner, tall: int, rng: np.random.Generator) -> tuple:
    """Draw a digit slanted and stretched at random; returns the box of its ink."""
    pen = max(2, tall // 12)
    shape = np.array([[rng.uniform(0.8, 1), rng.normal(0, 0.08)], [0, rng.uniform(0.9, 1.05)]])
    placed = [np.array(stroke) / 100 @ shape.T * tall + corner for stroke in strokes]
    for stroke in placed:
        points = np.rint(stroke * 16).astype(np.int32)
        cv2.polylines(ink, [points], False, 255, pen, cv2.LINE_AA, 4)
    points = np.concatenate(placed)
    return (*(points.min(axis=0) - pen / 2).tolist(), *(np.ptp(points, axis=0) + pen).tolist())


@pytest.mark.parametrize("difficulty", [
    {}, {"lines": 30}, {"shadow": 0.5}, {"is_dark": True}, {"noise": 0.12}, {"tilt": 12},
    {"size": (300, 220), "tall": 20}, {"size": (1600, 1200), "tall": 100},
    {"size": (3000, 2250), "tall": 34}, {"size": (2400, 1800), "tall": 40, "lines": 60},
], ids=lambda each: " ".join(each) or "plain")  # fmt: skip
def test_pages_are_read(recognizer, difficulty):
    rng = np.random.default_rng(4)
    exact, count, placed, digits = 0, 0, 0, 0
    for _ in range(PAGES):
        picture, numbers, boxes = page(rng, **difficulty)
        reading = recognizer.read_numbers(picture)
        exact += sum(a == b for a, b in zip(reading.numbers, numbers, strict=False))
        count += len(numbers)
        placed += len(metrics.match_boxes(boxes, [each.box for each in reading.digits]))
        digits += len(boxes)
    assert exact >= count - 1
    assert placed >= 0.85 * digits or "tilt" in difficulty  # boxes are those of the level page


def test_pages_together_are_read_as_each_alone(recognizer):
    rng = np.random.default_rng(9)
    pictures = [page(rng, size=(300, 220), tall=20, noise=0.03)[0] for _ in range(4)]
    together = recognizer.photo_reader.read_batch([load_photo(picture) for picture in pictures])
    for picture, among_others in zip(pictures, together, strict=True):
        alone = recognizer.read_numbers(picture)
        assert among_others.numbers == alone.numbers
        assert among_others.confidences == pytest.approx(alone.confidences, abs=1e-4)


def test_a_jpeg_of_a_whole_page_is_decoded_large_enough_to_read(recognizer):
    picture, numbers, _ = page(np.random.default_rng(5), size=(4000, 3000), tall=52)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=90)
    assert list(recognizer.read_numbers(file.getvalue()).numbers) == numbers


def test_a_page_without_digits_reads_as_none(recognizer):
    grey = np.full((1800, 2400), PAPER, np.float32)
    grey[::60] = 0.6
    grey += np.random.default_rng(6).normal(0, 0.05, grey.shape)
    assert recognizer.read_numbers(grey.clip(0, 1)).numbers == ()


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_a_bare_one_alone_is_read_on_flawless_paper_too(recognizer, noise):
    rng = np.random.default_rng(7)
    read = []
    for tall in (40, 90, 180):
        for lean in (0.05, 0.15, 0.25):
            grey = np.full((600, 800), PAPER, np.float32)
            foot = np.array([300, 400])
            cv2.line(grey, foot, foot + np.rint([lean * tall, -tall]).astype(int), INK, tall // 12)
            grey += rng.normal(0, noise, grey.shape)
            read.append(recognizer.read_numbers(grey.clip(0, 1).astype(np.float32)).numbers)
    assert read.count(("1",)) >= 7


@pytest.mark.parametrize("pen", [6, 12])
@pytest.mark.parametrize("around", [0, 0.1, 0.5, 2])
def test_a_picture_of_a_single_digit_is_a_number_of_one(recognizer, around, pen):
    read = []
    for digit in DIGITS:
        ink = np.zeros((300, 300), np.uint8)
        lines = [np.rint(np.array(stroke) + 100).astype(np.int32) for stroke in DIGITS[digit]]
        cv2.polylines(ink, lines, False, 255, pen, cv2.LINE_AA)
        left, top, width, height = cv2.boundingRect(ink)
        picture = np.pad(ink[top : top + height, left : left + width], round(around * height))
        read.append(recognizer.read_numbers(255 - picture).numbers)
    assert sum(a == (str(b),) for a, b in zip(read, DIGITS, strict=True)) >= 9


def test_a_number_that_is_cropped_tightly_is_read(recognizer):
    rng = np.random.default_rng(8)
    read = []
    for _ in range(6):
        number = "".join(map(str, rng.integers(0, 10, 5)))
        ink = np.zeros((200, 700), np.uint8)
        for place, digit in enumerate(number):
            _draw(ink, DIGITS[int(digit)], np.array([60.0 + 95 * place, 50]), 90, rng)
        left, top, width, height = cv2.boundingRect(ink)
        picture = 255 - ink[top : top + height, left : left + width]
        read.append(recognizer.read_numbers(picture).numbers == (number,))
    assert sum(read) >= 5


def _arc(x: float, bulge: float) -> list[tuple[float, float]]:
    return [(x + bulge * (1 - t * t), 50 + 70 * t) for t in np.linspace(-1, 1, 15)]


def _circle(x: float, y: float, size: float) -> list[tuple[float, float]]:
    turn = np.linspace(0, 2 * np.pi, 20)
    return list(zip(x + size * np.cos(turn), y + size * np.sin(turn), strict=True))


SIGNS = {
    "plus": ([[(-75, 55), (-25, 55)], [(-50, 30), (-50, 80)]], []),
    "brackets": ([_arc(-25, -30)], [_arc(15, 30)]),
    "percent": ([], [_circle(25, 20, 12), [(75, 0), (25, 100)], _circle(75, 80, 12)]),
    "equals": ([[(-80, 40), (-25, 40)], [(-80, 62), (-25, 62)]], []),
}
"""Strokes before and after a number whose digits are 100 high, from its ends on."""


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_beside_a_number_is_no_digit(recognizer, sign):
    rng = np.random.default_rng(9)
    read = []
    for _ in range(8):
        number = "".join(map(str, rng.integers(0, 10, 4)))
        ink = np.zeros((480, 640), np.uint8)
        left, right = np.array([180.0, 200]), np.array([180.0 + 44 * 4, 200])
        for place, digit in enumerate(number):
            corner = np.array([180.0 + 44 * place, 200])
            _draw(ink, DIGITS[int(digit)], corner, 44, rng)
        for strokes, end in zip(SIGNS[sign], (left, right), strict=True):
            lines = [np.rint(np.array(each) * 0.44 + end).astype(np.int32) for each in strokes]
            cv2.polylines(ink, lines, False, 255, 4, cv2.LINE_AA)
        grey = (PAPER - 0.7 * ink / 255 + rng.normal(0, 0.01, ink.shape)).clip(0, 1)
        read.append(recognizer.read_numbers(grey).numbers == (number,))
    assert sum(read) >= 7
