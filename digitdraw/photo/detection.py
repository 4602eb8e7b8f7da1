"""Runs the detector on grey images of any size: boxes of digits, scores and digit logits.

The detector was trained for digits 14 to 56 pixels tall. So it gets the image at several scales,
each half of the one before, and then an enlarged view of the part with small digits, if any."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from digitdraw.errors import BadImageError
from digitdraw.models.detector import DigitDetector
from digitdraw.photo.boxes import box_areas, box_centers, intersection_areas
from digitdraw.preprocessing.padding import pad_border, pad_with_paper

LARGEST_SIDE, LARGE_SIDE = 832, 1184
"""Longer side of the first view of an image, in pixels: of an ordinary one, and of a large one."""
LARGE_FROM = 2 * LARGEST_SIDE
"""An image whose longer side exceeds this many pixels is large: it may show a whole page."""
SMALLEST_SIDE = 64
"""Views are halved while their longer side is at least this many pixels."""
ENLARGED_SIDE = 448
"""Up to this longer side, in pixels, an image also gets a view of twice its size."""
BATCH_PIXELS = 2_000_000
"""Pixels in one pass of the network, which limits its memory to about 300 MB."""
MAX_DIGITS = 1_500
"""Digits that an image may show. Each takes 5 ms to read; a dense page has some hundred."""
_SMALL = 20
"""Detections below this height, in pixels, get a closer view. The network detects few digits
below 14 pixels, and may give them too tall a box."""
_HINT_SCORE, _FEW = 0.1, 3
"""With fewer than _FEW detections above the threshold, those from _HINT_SCORE on decide where to
look closer: on a page of digits that are far too small, the network gives hints only."""
_ZOOM_MARGIN = 3.0
"""Margin of a closer view around its detections, in heights of a digit: more may be there."""
_MAX_SCALE, _MIN_ZOOM = 2.0, 1.2
"""Largest scale of any view, and least magnification of a closer view over the one before."""
_FILLING = 0.25
"""Digits fill an image if their median height is this share of its shorter side."""
_CONTRAST_WINDOW = 96
"""Side of the window, in pixels, over which contrast is normalized."""
_SIDE_MULTIPLE = 16
"""Sides of the network's input are multiples of this."""
_MAX_IOU = 0.45
"""Two detections whose intersection over union exceeds this are the same digit."""
_INSIDE = 0.6
"""A detection is inside another if this share of its area is."""


@dataclass(frozen=True)
class Detections:
    """Digits of one image, best score first.

    boxes   (n, 4) float32, (x, y, width, height) in pixels
    scores  (n,) in [0, 1], the probability that this is a digit
    logits  (n, 10), which digit it is"""

    boxes: np.ndarray
    scores: np.ndarray
    logits: np.ndarray

    def select(self, index: np.ndarray | list[int]) -> "Detections":
        """Return the detections at `index`: indices, or a mask (n,) bool."""
        return Detections(self.boxes[index], self.scores[index], self.logits[index])

    def above(self, threshold: float) -> "Detections":
        """Return the detections whose score is at least `threshold`."""
        return self.select(self.scores >= threshold)


def detect(images: Sequence[np.ndarray], network: nn.Module, threshold: float) -> list[Detections]:
    """Detect the digits of images, (H, W) float32 each, 0 = black, 1 = white. `network` is a
    `DigitDetector` in eval mode on any device. Scores are at least `threshold`. The network is
    unsure at borders. An image that digits fill runs again with a paper margin. Raises
    BadImageError for an image of more than MAX_DIGITS digits."""
    padded = [pad_with_paper(grey) for grey in images]
    results = _detect_padded(padded, network, threshold)
    filled = [
        i
        for i, (grey, margin) in enumerate(padded)
        if not margin
        and len(heights := results[i].boxes[:, 3])
        and float(np.median(heights)) >= _FILLING * min(grey.shape)
    ]
    second_pass = _detect_padded([pad_border(images[i]) for i in filled], network, threshold)
    for i, more in zip(filled, second_pass, strict=True):
        results[i] = drop_merged(non_maximum_suppression(concatenate([results[i], more])))
    return results


def normalize_contrast(grey: np.ndarray) -> np.ndarray:
    """Return how many standard deviations each pixel is from its surroundings. `grey` is (H, W)
    float32; so is the result, in [-4, 4]. Ink then looks the same in light and in shadow."""
    height, width = grey.shape
    window = min(_CONTRAST_WINDOW, 2 * width - 1), min(_CONTRAST_WINDOW, 2 * height - 1)
    deviation = grey - cv2.blur(grey, window, borderType=cv2.BORDER_REFLECT)
    variance = cv2.blur(deviation * deviation, window, borderType=cv2.BORDER_REFLECT)
    # The floor keeps the grain of empty paper from looking like ink.
    floor = 0.5 * float(variance.mean()) + 1e-4
    return (deviation / np.sqrt(variance + floor)).clip(-4, 4).astype(np.float32)


def decode(maps: Tensor, threshold: float) -> Detections:
    """Decode the network's maps of one image, (15, h, w), into detections. A digit is a cell whose
    score is the highest among its eight neighbours."""
    heat = maps[0].sigmoid()
    peak = nn.functional.max_pool2d(heat[None, None], 3, 1, 1)[0, 0]
    y, x = torch.nonzero((heat == peak) & (heat >= threshold), as_tuple=True)
    cells = maps[:, y, x].T
    offsets = cells[:, 1:3] * DigitDetector.UNIT
    centers = (torch.stack([x, y], 1) + 0.5) * DigitDetector.STRIDE + offsets
    size = cells[:, 3:5].clamp(-3, 4).exp() * DigitDetector.UNIT
    boxes = torch.cat([centers - size / 2, size], 1)
    order = heat[y, x].argsort(descending=True)
    return Detections(boxes[order].numpy(), heat[y, x][order].numpy(), cells[order, 5:].numpy())


def non_maximum_suppression(detections: Detections) -> Detections:
    """Of detections that overlap, keep the one with the best score. A detection that lies almost
    whole in a better one goes too, however small it is: it is a part of the same digit.
    `torchvision.ops.nms` cannot do that."""
    order = np.argsort(-detections.scores, kind="stable")
    boxes = detections.boxes[order]
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    area = boxes[:, 2] * boxes[:, 3]
    keep = np.ones(len(order), bool)
    for i in range(len(order)):
        if not keep[i]:
            continue
        sides = np.minimum(high[i], high[i + 1 :]) - np.maximum(low[i], low[i + 1 :])
        shared = sides.clip(0).prod(axis=1)
        smaller = np.minimum(area[i], area[i + 1 :])
        union = area[i] + area[i + 1 :] - shared
        keep[i + 1 :] &= (shared <= _MAX_IOU * union) & (shared <= 0.9 * smaller)
    return detections.select(order[keep])


def drop_merged(detections: Detections) -> Detections:
    """Drop each detection that contains two others with better scores. At a small scale, digits of
    two lines, or two digits that touch, may look like one."""
    inside = intersection_areas(detections.boxes, detections.boxes)
    inside = inside >= _INSIDE * box_areas(detections.boxes)
    better = detections.scores > detections.scores[:, None]
    return detections.select((inside & better).sum(axis=1) < 2)


def concatenate(parts: Sequence[Detections]) -> Detections:
    """Join several detections into one, in their order."""
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return Detections(*map(np.concatenate, columns))


@torch.inference_mode()
def _detect_padded(
    padded: Sequence[tuple[np.ndarray, int]], network: nn.Module, threshold: float
) -> list[Detections]:
    """Detect digits in (image, margin) pairs. Boxes are in pixels of the image without margin."""
    images = [grey for grey, _ in padded]
    views_of = [
        [_View.of(grey, scale, i) for scale in _scales(grey)] for i, grey in enumerate(images)
    ]
    parts: list[list[Detections]] = [[] for _ in images]
    while views_of:
        for batch in _batches([view for views in views_of for view in views]):
            x = torch.from_numpy(np.stack([view.pixels for view in batch]))[:, None]
            maps = network(x.to(next(network.parameters()).device)).float().cpu()
            for view, view_maps in zip(batch, maps, strict=True):
                detections = decode(view_maps, min(_HINT_SCORE, threshold))
                parts[view.image].append(view.to_image(detections))
        closer = [
            largest.closer(images[largest.image], concatenate(parts[largest.image]), threshold)
            for largest, *_ in views_of
        ]
        views_of = [[view] for view in closer if view is not None]
    results = []
    for part, (_, margin) in zip(parts, padded, strict=True):
        found = non_maximum_suppression(concatenate(part).above(threshold))
        if len(found.scores) > MAX_DIGITS:
            raise BadImageError(
                f"The picture shows over {MAX_DIGITS} digits; please take a picture of a part."
            )
        found = drop_merged(found)
        boxes = found.boxes - np.array([margin, margin, 0, 0], np.float32)
        results.append(Detections(boxes, found.scores, found.logits))
    return results


@dataclass(frozen=True)
class _View:
    """One input of the network: an image, or a part of it, at one scale.

    image   index of the image
    scale   pixels of the view for each pixel of the image
    shape   height and width without padding
    pixels  (H, W) float32, normalized and padded
    corner  (x, y) of the part in the image"""

    image: int
    scale: float
    shape: tuple[int, ...]
    pixels: np.ndarray
    corner: tuple[int, int] = (0, 0)

    @classmethod
    def of(
        cls, grey: np.ndarray, scale: float, image: int, corner: tuple[int, int] = (0, 0)
    ) -> "_View":
        x = normalize_contrast(_resize(grey, scale))
        below, right = (-side % _SIDE_MULTIPLE for side in x.shape)
        return cls(image, scale, x.shape, np.pad(x, ((0, below), (0, right))), corner)

    def to_image(self, detections: Detections) -> Detections:
        """Return detections of this view in pixels of the image, without those on the padding."""
        height, width = self.shape
        inside = detections.select(np.all(box_centers(detections.boxes) < [width, height], axis=1))
        boxes = inside.boxes / self.scale
        boxes[:, :2] += np.array(self.corner, np.float32)
        return Detections(boxes, inside.scores, inside.logits)

    def closer(self, grey: np.ndarray, detections: Detections, threshold: float) -> "_View | None":
        """Return a view of the part of `grey` with small detections, twice as large as this one.
        Returns None if the best detections are not small, as on a form with small print and a large
        number, or if the new view would not be much larger. Detections below the threshold count
        if few are above it, and the image is larger than this view."""
        confident = detections.above(threshold)
        if len(confident.scores) >= _FEW or self.scale >= 1:
            detections = confident
        is_small = detections.boxes[:, 3] * self.scale < _SMALL
        best = np.argsort(-detections.scores)[: max(1, len(is_small) // 4)]
        if is_small[best].sum() <= len(best) / 2:
            return None
        boxes = detections.boxes[is_small]
        margin = _ZOOM_MARGIN * np.median(boxes[:, 3])
        left, top = np.floor(boxes[:, :2].min(axis=0) - margin).clip(0).astype(int).tolist()
        right, bottom = np.ceil((boxes[:, :2] + boxes[:, 2:]).max(axis=0) + margin).astype(int)
        part = grey[top:bottom, left:right]
        scale = min(2 * self.scale, _MAX_SCALE, math.sqrt(BATCH_PIXELS / part.size))
        if scale < _MIN_ZOOM * self.scale:
            return None
        return _View.of(part, scale, self.image, (left, top))


def _batches(views: list[_View]) -> Iterator[list[_View]]:
    """Yield batches of views of one size with at most BATCH_PIXELS each, the largest size first."""
    by_shape: dict[tuple[int, ...], list[_View]] = {}
    for view in views:
        by_shape.setdefault(view.pixels.shape, []).append(view)
    for shape in sorted(by_shape, reverse=True):
        count = max(1, BATCH_PIXELS // (shape[0] * shape[1]))
        for start in range(0, len(by_shape[shape]), count):
            yield by_shape[shape][start : start + count]


def _scales(grey: np.ndarray) -> list[float]:
    """Return the scales of the views of an image, the largest first."""
    longer = max(grey.shape)
    scale = min(1.0, (LARGE_SIDE if longer > LARGE_FROM else LARGEST_SIDE) / longer)
    scales = [2.0] if longer <= ENLARGED_SIDE else []
    while scale * longer >= SMALLEST_SIDE or not scales:
        scales.append(scale)
        scale /= 2
    return scales


def _resize(grey: np.ndarray, scale: float) -> np.ndarray:
    if scale == 1:
        return grey
    size = tuple(max(1, round(side * scale)) for side in grey.shape[::-1])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, size, interpolation=method)
