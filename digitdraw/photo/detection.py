"""Finds the digits in a grey picture of any size: their boxes, and how likely each digit is.

Knows the network's maps, scales and light; knows nothing of files, lines or numbers. One
network made for digits 14 to 56 pixels tall looks at the picture at several sizes, each half of
the one before, and then closer at the part where small digits are, if there are some; what is
found at two of them is kept once.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from digitdraw.models.detector import DigitDetector
from digitdraw.photo.boxes import box_areas, intersection_areas
from digitdraw.preprocessing.padding import pad_border, pad_with_paper

__all__ = [
    "Detections",
    "concatenate",
    "decode",
    "detect",
    "detect_one",
    "drop_merged",
    "normalize_contrast",
    "suppress",
]

LARGEST_SIDE, LARGE_SIDE = 832, 1184
"""Longer side, in pixels, at which a larger picture is looked at first, and one that is large."""

LARGE_FROM = 2 * LARGEST_SIDE
"""A picture whose longer side has more pixels is large: a photo of a whole page, it may be."""

SMALLEST_SIDE = 64
"""A picture is halved as long as its longer side stays above this."""

ENLARGED_SIDE = 448
"""A picture up to this side is also looked at twice as large, for digits of few pixels."""

BATCH_PIXELS = 2_000_000
"""Pixels that the network looks at in one pass, which bounds its memory: about 300 MB."""

_SMALL = 20
"""Finds that are less tall, in pixels, are looked at again, closer: of digits of less than 14 the
network finds just some, and those that it finds may seem taller than they are."""

_HINT, _FEW = 0.1, 3
"""Where fewer finds than this are sure, those that score so little tell where to look closer: of a
page of digits that are far too small there are but hints."""

_AROUND = 3.0
"""How far around them, in their heights: there may be others."""

_LARGEST_SCALE, _MUCH_LARGER = 2.0, 1.2
"""No view shows a picture larger than this, nor a part of it less than this much closer."""

_FILLING = 0.25
"""Digits fill a picture if most are so tall, in parts of its shorter side."""

_WINDOW = 96
"""Side of the window, in pixels, over which light is evened out."""

_MULTIPLE = 16

_OVERLAP = 0.45
"""Two finds that share more of their union than this are one."""

_INSIDE = 0.6
"""Share of a find that lies in another which it is a part of."""


@dataclass(frozen=True)
class Detections:
    """Digits of one picture, the surest first: `boxes` (n, 4) float32, (x, y, width, height) in
    pixels; `scores` (n,) in [0, 1], that this is a digit; `logits` (n, 10) of which."""

    boxes: np.ndarray
    scores: np.ndarray
    logits: np.ndarray

    def only(self, some: np.ndarray | list[int]) -> "Detections":
        """The finds that are chosen, by index or (n,) bool."""
        return Detections(self.boxes[some], self.scores[some], self.logits[some])

    def surer(self, threshold: float) -> "Detections":
        """The finds that score at least so much."""
        return self.only(self.scores >= threshold)


def detect_one(grey: np.ndarray, network: nn.Module, threshold: float) -> Detections:
    """Digits of `grey`, (H, W) float32, 0 = black, 1 = white, that score at least `threshold`.

    `network` is a `DigitFinder` in eval mode on any device.
    """
    return detect([grey], network, threshold)[0]


def detect(greys: Sequence[np.ndarray], network: nn.Module, threshold: float) -> list[Detections]:
    """The digits of each of several pictures: those of one size are looked at together. What is at
    the border of a picture is doubted, so one that digits fill is looked at with paper around."""
    shown = [pad_with_paper(grey) for grey in greys]
    found = _detect_in(shown, network, threshold)
    filled = [
        i
        for i, (grey, margin) in enumerate(shown)
        if not margin and _fill(found[i].boxes, grey.shape)
    ]
    again = _detect_in([pad_border(greys[i]) for i in filled], network, threshold)
    for i, each in zip(filled, again, strict=True):
        found[i] = drop_merged(suppress(concatenate([found[i], each])))
    return found


def normalize_contrast(grey: np.ndarray) -> np.ndarray:
    """Grey -> how many deviations each pixel is from its surroundings, (H, W) float32 in
    [-4, 4]: the same ink looks the same in the light and in a shadow, faint or strong."""
    window = (min(_WINDOW, 2 * grey.shape[1] - 1), min(_WINDOW, 2 * grey.shape[0] - 1))
    around = cv2.blur(grey, window, borderType=cv2.BORDER_REFLECT)
    away = grey - around
    spread = cv2.blur(away * away, window, borderType=cv2.BORDER_REFLECT)
    # Where there is nothing but paper, its grain is not to look like ink.
    floor = 0.5 * float(spread.mean()) + 1e-4
    return (away / np.sqrt(spread + floor)).clip(-4, 4).astype(np.float32)


def decode(maps: Tensor, threshold: float) -> Detections:
    """What the network's maps, (15, h, w) of one picture, say is there: cells that are more of a
    middle than their eight neighbours."""
    heat = maps[0].sigmoid()
    peak = nn.functional.max_pool2d(heat[None, None], 3, 1, 1)[0, 0]
    y, x = torch.nonzero((heat == peak) & (heat >= threshold), as_tuple=True)
    cells = maps[:, y, x].T
    middle = (torch.stack([x, y], 1) + 0.5) * DigitDetector.STRIDE + cells[
        :, 1:3
    ] * DigitDetector.UNIT
    size = cells[:, 3:5].clamp(-3, 4).exp() * DigitDetector.UNIT
    boxes = torch.cat([middle - size / 2, size], 1)
    order = heat[y, x].argsort(descending=True)
    return Detections(boxes[order].numpy(), heat[y, x][order].numpy(), cells[order, 5:].numpy())


def suppress(finds: Detections, overlap: float = _OVERLAP) -> Detections:
    """Of finds that overlap, keep the surest (non-maximum suppression)."""
    order = np.argsort(-finds.scores, kind="stable")
    boxes = finds.boxes[order]
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    area = boxes[:, 2] * boxes[:, 3]
    keep = np.ones(len(order), bool)
    for i in range(len(order)):
        if not keep[i]:
            continue
        both = np.minimum(high[i], high[i + 1 :]) - np.maximum(low[i], low[i + 1 :])
        shared = both.clip(0).prod(axis=1)
        # Half a digit inside of a whole one is the same digit, however small it is.
        smaller = np.minimum(area[i], area[i + 1 :])
        union = area[i] + area[i + 1 :] - shared
        keep[i + 1 :] &= (shared <= overlap * union) & (shared <= 0.9 * smaller)
    return finds.only(order[keep])


def drop_merged(finds: Detections) -> Detections:
    """Leave out each find that two surer ones lie in: seen from further away, digits of two
    lines, or two that touch, look like one."""
    inside = intersection_areas(finds.boxes, finds.boxes)
    inside = inside >= _INSIDE * box_areas(finds.boxes)
    surer = finds.scores > finds.scores[:, None]
    return finds.only((inside & surer).sum(axis=1) < 2)


def _fill(boxes: np.ndarray, shape: tuple[int, int]) -> bool:
    """Whether digits, (n, 4), are so tall that there is hardly anything else in the picture."""
    return bool(len(boxes)) and float(np.median(boxes[:, 3])) >= _FILLING * min(shape)


@torch.inference_mode()
def _detect_in(
    shown: Sequence[tuple[np.ndarray, int]], network: nn.Module, threshold: float
) -> list[Detections]:
    """The digits of pictures, each with so many pixels of paper around it, as boxes in what is left
    without that."""
    looks = [_views(grey, number) for number, (grey, _) in enumerate(shown)]
    found: list[list[Detections]] = [[] for _ in shown]
    while looks:
        for batch in _batches([view for some in looks for view in some]):
            x = torch.from_numpy(np.stack([view.padded for view in batch]))[:, None]
            maps = network(x.to(next(network.parameters()).device)).float().cpu()
            for view, answer in zip(batch, maps, strict=True):
                found[view.picture].append(view.whole(decode(answer, min(_HINT, threshold))))
        closer = [
            largest.closer(
                shown[largest.picture][0], concatenate(found[largest.picture]), threshold
            )
            for largest, *_ in looks
        ]
        looks = [[view] for view in closer if view is not None]
    kept = [drop_merged(suppress(concatenate(parts).surer(threshold))) for parts in found]
    return [_moved(each, -margin) for each, (_, margin) in zip(kept, shown, strict=True)]


@dataclass(frozen=True)
class _View:
    """A picture, or the part of it from `corner` (x, y) on, as the network looks at it once:
    `padded` (H, W) float32 of even contrast, of which `shape` is the picture, `scale` times its
    size; `picture` is its number."""

    picture: int
    scale: float
    shape: tuple[int, int]
    padded: np.ndarray
    corner: tuple[int, int] = (0, 0)

    @classmethod
    def of(
        cls, grey: np.ndarray, scale: float, picture: int, corner: tuple[int, int] = (0, 0)
    ) -> "_View":
        x = normalize_contrast(_resize(grey, scale))
        return cls(picture, scale, x.shape, _pad(x), corner)

    def whole(self, finds: Detections) -> Detections:
        """Finds in this view as finds in the picture, less those on the padding."""
        height, width = self.shape
        inside = (finds.boxes[:, :2] + finds.boxes[:, 2:] / 2 < [width, height]).all(axis=1)
        kept = finds.only(inside)
        boxes = kept.boxes / self.scale
        boxes[:, :2] += np.array(self.corner, np.float32)
        return Detections(boxes, kept.scores, kept.logits)

    def closer(self, grey: np.ndarray, finds: Detections, threshold: float) -> "_View | None":
        """The part of the picture `grey` where finds are small, twice as large as in this view;
        none where the surest finds are not small, as on a form with small print and a large
        number, or where it would not be much larger. Finds that score less than the threshold
        count where hardly any score more, and the picture shows more than this view."""
        sure = finds.surer(threshold)
        finds = finds if len(sure.scores) < _FEW and self.scale < 1 else sure
        is_small = finds.boxes[:, 3] * self.scale < _SMALL
        surest = np.argsort(-finds.scores)[: max(1, len(is_small) // 4)]
        if is_small[surest].sum() <= len(surest) / 2:
            return None
        boxes = finds.boxes[is_small]
        around = _AROUND * np.median(boxes[:, 3])
        left, top = np.floor(boxes[:, :2].min(axis=0) - around).clip(0).astype(int).tolist()
        right, bottom = np.ceil((boxes[:, :2] + boxes[:, 2:]).max(axis=0) + around).astype(int)
        part = grey[top:bottom, left:right]
        scale = min(2 * self.scale, _LARGEST_SCALE, math.sqrt(BATCH_PIXELS / part.size))
        if scale < _MUCH_LARGER * self.scale:
            return None
        return _View.of(part, scale, self.picture, (left, top))


def _batches(views: list[_View]) -> Iterator[list[_View]]:
    """Views of one size together, as many as have BATCH_PIXELS, the largest first."""
    shapes: dict[tuple[int, ...], list[_View]] = {}
    for view in views:
        shapes.setdefault(view.padded.shape, []).append(view)
    for shape in sorted(shapes, reverse=True):
        count = max(1, BATCH_PIXELS // (shape[0] * shape[1]))
        for start in range(0, len(shapes[shape]), count):
            yield shapes[shape][start : start + count]


def concatenate(parts: list[Detections]) -> Detections:
    """All finds of several as one, in their order."""
    return Detections(
        np.concatenate([each.boxes for each in parts]),
        np.concatenate([each.scores for each in parts]),
        np.concatenate([each.logits for each in parts]),
    )


def _views(grey: np.ndarray, number: int) -> list[_View]:
    """The views of a whole picture, the largest first."""
    return [_View.of(grey, scale, number) for scale in _scales(grey)]


def _moved(finds: Detections, by: int) -> Detections:
    """Finds so many pixels further right and down."""
    boxes = finds.boxes + np.array([by, by, 0, 0], np.float32)
    return Detections(boxes, finds.scores, finds.logits)


def _scales(grey: np.ndarray) -> list[float]:
    """Sizes to look at a picture, as factors, the largest first."""
    longer = max(grey.shape)
    first = min(1.0, (LARGE_SIDE if longer > LARGE_FROM else LARGEST_SIDE) / longer)
    scales = [2.0] if longer <= ENLARGED_SIDE else []
    while first * longer >= SMALLEST_SIDE or not scales:
        scales.append(first)
        first /= 2
    return scales


def _resize(grey: np.ndarray, scale: float) -> np.ndarray:
    if scale == 1:
        return grey
    size = tuple(max(1, round(side * scale)) for side in grey.shape[::-1])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, size, interpolation=method)


def _pad(x: np.ndarray) -> np.ndarray:
    """Add empty paper on the right and below, up to sides that the network can halve."""
    below, right = (-side % _MULTIPLE for side in x.shape)
    return np.pad(x, ((0, below), (0, right)))
