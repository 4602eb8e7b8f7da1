"""A baseline photo reader: connected components, each read by the single-digit classifier.

It corrects the illumination, binarizes, takes connected components, merges the parts of a digit,
and classifies each. Digits on one line become numbers. Nothing but the classifier is trained.
Pictures are (H, W, 3) uint8 RGB, boxes (x, y, width, height) in pixels.
"""

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np

import digitdraw
from digitdraw.preprocessing import binarize, glyph

__all__ = ["ComponentsReader"]

LONGER_SIDE = 1280
"""Larger pictures are reduced to this side in pixels, smaller ones enlarged to half of it."""
MIN_DIGITNESS = 0.5
MAX_GAP = 1.3
"""Largest gap between two digits of a number, in heights of a digit."""


@dataclass
class Component:
    """Ink, (h, w) uint8 0 or 255, at (x, y) of the resized picture; one component or several."""

    x: int
    y: int
    ink: np.ndarray

    @property
    def right(self) -> int:
        return self.x + self.ink.shape[1]

    @property
    def bottom(self) -> int:
        return self.y + self.ink.shape[0]


class ComponentsReader:
    """A callable: picture -> (numbers, boxes, labels, index of the number of each digit)."""

    def __init__(self) -> None:
        self.recognizer = digitdraw.load("default", device="cpu")

    def __call__(self, picture: np.ndarray) -> tuple[list[str], list, list[int], list[int]]:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        longer = max(grey.shape)
        scale = LONGER_SIDE / longer if longer > LONGER_SIDE else max(1, LONGER_SIDE / 2 / longer)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        resized = np.clip(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how), 0, 1)
        merged = merge_parts(connected_components(binarized(resized)))
        components = [part for component in merged for part in split_wide(component)]
        glyphs = [glyph.place(binarize.normalize_pen(part.ink)) for part in components]
        predictions = self.recognizer.predict_batch(np.stack(glyphs)) if glyphs else []
        digits = [
            (component, int(np.argmax(prediction.probabilities)))
            for component, prediction in zip(components, predictions, strict=True)
            if prediction.digitness >= MIN_DIGITNESS
        ]
        return group_numbers(of_similar_height(digits), scale)


def binarized(grey: np.ndarray) -> np.ndarray:
    """Grey (H, W) float32 in [0, 1] -> ink, uint8 0 or 255, without long printed lines."""
    corrected = binarize.flatten_illumination(grey)
    # Ink must pass the global threshold and also a local one: the global threshold alone includes
    # patterns and shadows, the local one alone includes noise.
    ink = binarize.find_ink(corrected)
    smooth = cv2.GaussianBlur(corrected, (0, 0), 1.0)
    around = cv2.boxFilter(smooth, -1, (max(grey.shape) // 12 | 1,) * 2)
    ink = np.where(smooth > around + 0.04, ink, np.uint8(0))
    span = max(grey.shape) // 5
    for kernel in (np.ones((1, span), np.uint8), np.ones((span, 1), np.uint8)):
        line = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel), np.ones((3, 3), np.uint8))
        ink = np.where(line > 0, np.uint8(0), ink)
    return cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))


def connected_components(ink: np.ndarray) -> list[Component]:
    """Return the at most 400 largest components that may be a digit or a part of one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    components = []
    for i in range(1, count):
        x, y, width, height, area = (int(n) for n in stats[i])
        large = height > 0.98 * ink.shape[0] or width > 0.7 * ink.shape[1]
        if area >= 20 and max(width, height) >= 8 and not large:
            mask = labels[y : y + height, x : x + width] == i
            components.append(Component(x, y, mask.astype(np.uint8) * 255))
    if not components:
        return []
    usual = usual_height(components)
    components = [
        component
        for component in components
        if 0.15 * usual < max(component.ink.shape) and len(component.ink) < 2.5 * usual
    ]
    return sorted(components, key=lambda c: -int(np.count_nonzero(c.ink)))[:400]


def usual_height(components: list[Component]) -> float:
    """Return the median height weighted by ink, so that many small specks have little weight."""
    components = sorted(components, key=lambda c: len(c.ink))
    inked = np.cumsum([np.count_nonzero(c.ink) for c in components])
    return float(len(components[int(np.searchsorted(inked, inked[-1] / 2))].ink))


def of_similar_height(digits: list[tuple[Component, int]]) -> list[tuple[Component, int]]:
    """Return the digits about as high as most, without patterns and edges of the paper."""
    if not digits:
        return []
    usual = usual_height([component for component, _ in digits])
    return [digit for digit in digits if 0.55 * usual < len(digit[0].ink) < 1.8 * usual]


def split_wide(component: Component) -> list[Component]:
    """Split a component that is too wide for one digit, at the columns with the least ink."""
    height, width = component.ink.shape
    parts = round(width / (0.75 * height))
    if width < 1.15 * height or not 2 <= parts <= 12:
        return [component]
    columns = np.count_nonzero(component.ink, axis=0)
    ends, reach = [0], max(1, width // parts // 4)
    for i in range(1, parts):
        candidates = range(i * width // parts - reach, i * width // parts + reach)
        ends.append(min(candidates, key=lambda x: columns[x]))
    result = []
    for start, end in zip(ends, [*ends[1:], width], strict=True):
        x, y, w, h = cv2.boundingRect(np.ascontiguousarray(component.ink[:, start:end]))
        if w and h > 0.4 * height:
            ink = component.ink[y : y + h, start + x : start + x + w]
            result.append(Component(component.x + start + x, component.y + y, ink))
    return result


def merge_parts(components: list[Component]) -> list[Component]:
    """Merge the parts of digits, then drop what is too small for a digit, such as commas."""
    if not components:
        return []
    usual = usual_height(components)
    components = sorted(components, key=lambda c: c.x)
    while pair := next(
        (
            (i, j)
            for i, j in combinations(range(len(components)), 2)
            if are_one_digit(components[i], components[j], usual)
        ),
        None,
    ):
        i, j = pair
        components[i] = union(components[i], components.pop(j))
    return [component for component in components if len(component.ink) > 0.45 * usual]


def are_one_digit(a: Component, b: Component, usual: float) -> bool:
    """True where two components overlap by at least half of the narrower width, and their common
    bounds are no larger than a digit."""
    across = min(a.right, b.right) - max(a.x, b.x)
    apart = max(a.y, b.y) - min(a.bottom, b.bottom)
    height = max(a.bottom, b.bottom) - min(a.y, b.y)
    width = max(a.right, b.right) - min(a.x, b.x)
    narrower = min(a.ink.shape[1], b.ink.shape[1])
    return (
        across >= 0.5 * narrower
        and apart < 0.25 * usual
        and height < 1.35 * usual
        and width < 1.2 * usual
    )


def union(a: Component, b: Component) -> Component:
    """Return the ink of both in their common bounds."""
    x, y = min(a.x, b.x), min(a.y, b.y)
    ink = np.zeros((max(a.bottom, b.bottom) - y, max(a.right, b.right) - x), np.uint8)
    for p in (a, b):
        np.maximum(
            ink[p.y - y : p.bottom - y, p.x - x : p.right - x], p.ink,
            out=ink[p.y - y : p.bottom - y, p.x - x : p.right - x],
        )  # fmt: skip
    return Component(x, y, ink)


def group_numbers(
    digits: list[tuple[Component, int]], scale: float
) -> tuple[list[str], list, list[int], list[int]]:
    """Group digits to numbers in reading order.

    A digit joins the nearest number whose last digit is on its left at about the same height.
    """
    usual = float(np.median([len(component.ink) for component, _ in digits])) if digits else 1.0
    numbers: list[list[tuple[Component, int]]] = []
    for component, digit in sorted(digits, key=lambda d: d[0].x):
        neighbours = [
            (component.x - number[-1][0].right, number)
            for number in numbers
            if -0.5 * usual < component.x - number[-1][0].right < MAX_GAP * usual
            and abs(middle(component) - middle(number[-1][0])) < 0.6 * usual
        ]
        if neighbours:
            min(neighbours, key=lambda n: n[0])[1].append((component, digit))
        else:
            numbers.append([(component, digit)])
    ordered = in_reading_order(numbers, usual)
    placed = [(c, digit, i) for i, number in enumerate(ordered) for c, digit in number]
    boxes = [
        tuple(n / scale for n in (c.x, c.y, c.ink.shape[1], c.ink.shape[0])) for c, _, _ in placed
    ]
    texts = ["".join(str(digit) for _, digit in number) for number in ordered]
    return texts, boxes, [digit for _, digit, _ in placed], [i for _, _, i in placed]


def in_reading_order(numbers: list[list], usual: float) -> list[list]:
    """Sort numbers by line from top to bottom, and from left to right within a line."""
    lines: list[list] = []
    for number in sorted(numbers, key=lambda n: middle(n[0][0])):
        level = middle(number[0][0])
        if lines and level - middle(lines[-1][-1][0][0]) < 0.6 * usual:
            lines[-1].append(number)
        else:
            lines.append([number])
    return [n for line in lines for n in sorted(line, key=lambda n: n[0][0].x)]


def middle(component: Component) -> float:
    """Return the y of the middle of a component."""
    return (component.y + component.bottom) / 2
