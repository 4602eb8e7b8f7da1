"""Lists the groups of neighbouring pieces that may be one character, with their shape and place.

Shape and place are features for the scorer: sizes in heights of a digit, place relative to the
tall strokes beside the group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digitdraw.strokes.pieces import Corners, Pieces, union_corners

MAX_STROKES = 4
"""Most strokes of a character."""
MAX_INNER_GAP = 0.25
"""Widest gap between the strokes of a character, in digit heights. 99.5% of the digits in
unipen-digits/train have a smaller one."""
MAX_WIDTH = 1.6
"""Largest width of a character of several strokes, in digit heights."""
SMALLEST_DIGIT = 0.22
"""A group less high than this, in digit heights, is no digit, and is not classified."""
SHAPE_FEATURES = 25
"""Features of shape and place."""
_NEAR = 2.0
"""Distance in digit heights at which a stroke's word about the line's place counts e times less."""
_MIN_HEIGHT = 0.5
"""Height, in digit heights, from which a stroke shows where the line is."""


@dataclass(frozen=True)
class Group:
    """Pieces `start` to `end` - 1 as one character; `box` is left, top, right, bottom."""

    start: int
    end: int
    box: Corners
    gap: float
    """Widest gap between its pieces, from left to right; negative if they overlap."""


def list_groups(pieces: Pieces) -> list[Group]:
    """Return all groups that may be one character. Single pieces and the whole line always are."""
    groups = []
    for start in range(len(pieces)):
        groups += _groups_from(pieces, start)
    if not any(group.end - group.start == len(pieces) for group in groups):
        groups.append(_whole(pieces))
    return groups


def _groups_from(pieces: Pieces, start: int) -> list[Group]:
    boxes, height = pieces.boxes.tolist(), pieces.height
    left, top, right, bottom = boxes[start]
    groups = [Group(start, start + 1, (left, top, right, bottom), -height)]
    widest = -height
    strokes = {pieces.strokes[start]}
    for end in range(start + 1, len(pieces)):
        x, y, x_end, y_end = boxes[end]
        widest = max(widest, max(x - right, left - x_end))
        strokes.add(pieces.strokes[end])
        left, top, right, bottom = min(left, x), min(top, y), max(right, x_end), max(bottom, y_end)
        if widest > MAX_INNER_GAP * height or len(strokes) > MAX_STROKES:
            break
        if right - left <= MAX_WIDTH * height or len(strokes) == 1:
            groups.append(Group(start, end + 1, (left, top, right, bottom), widest))
    return groups


def _whole(pieces: Pieces) -> Group:
    boxes = pieces.boxes
    ends = np.maximum.accumulate(boxes[:, 2])
    gap = float((boxes[1:, 0] - ends[:-1]).max())
    return Group(0, len(pieces), union_corners(boxes), gap)


def is_digit_sized(group: Group, pieces: Pieces) -> bool:
    """Return whether a group is large enough to be a digit."""
    return group.box[3] - group.box[1] >= SMALLEST_DIGIT * pieces.height


def shape_features(pieces: Pieces, groups: Sequence[Group]) -> np.ndarray:
    """Return the features of shape and place, (groups, SHAPE_FEATURES) float32, in [-3, 3].

    They do not depend on the position or scale of the line."""
    starts = np.array([group.start for group in groups])
    ends = np.array([group.end for group in groups])
    boxes = np.array([group.box for group in groups])
    sums = _stroke_sums(pieces)
    columns = [
        *_place_features(pieces, starts, ends, boxes, sums),
        (np.array([group.gap for group in groups]) / pieces.height).clip(-1, 0.6),
        *_part_features(pieces, starts, ends),
        *_directions(sums[ends] - sums[starts]),
    ]
    return np.stack(columns, axis=1).astype(np.float32).clip(-3, 3)


def _place_features(
    pieces: Pieces, starts: np.ndarray, ends: np.ndarray, boxes: np.ndarray, sums: np.ndarray
) -> list[np.ndarray]:
    """Return size, place in the line, the line's height and slant, and the gaps on both sides."""
    left, top, right, bottom = boxes.T
    weights = _tall_weights(pieces, starts, ends, (left + right) / 2)
    above, below, slant = _line_at(pieces, weights, sums, top)
    reach = np.concatenate([[-np.inf], np.maximum.accumulate(pieces.boxes[:, 2])])
    rest = np.concatenate([np.minimum.accumulate(pieces.boxes[::-1, 0])[::-1], [np.inf]])
    # Infinity beside the outermost groups becomes the largest gap.
    gaps = (np.stack([left - reach[starts], rest[ends] - right]) / pieces.height).clip(-1, 1)
    width, height = (right - left) / pieces.height, (bottom - top) / pieces.height
    return [
        width,
        height,
        np.sqrt(np.maximum(width, height)),
        (top - above) / (below - above),
        (bottom - above) / (below - above),
        (below - above) / pieces.height,
        slant,
        *gaps,
        gaps.min(axis=0),
        starts == 0,
        ends == len(pieces),
    ]


def _part_features(pieces: Pieces, starts: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    """Return what a group consists of: how many strokes, the smallest, bands between, and cuts."""
    spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
    sizes = (pieces.boxes[:, 2:] - pieces.boxes[:, :2]).max(axis=1) / pieces.height
    is_cut = np.concatenate([[False], np.diff(pieces.strokes) == 0, [False]])
    counts = np.array([len(set(pieces.strokes[a:b].tolist())) for a, b in spans])
    return [
        np.array([_vertical_gap(pieces.boxes[a:b]) for a, b in spans]) / pieces.height,
        np.array([sizes[a:b].min() for a, b in spans]),
        counts == 1,
        counts == 2,
        counts > 2,
        is_cut[starts],
        is_cut[ends],
        ends - starts > counts,
    ]


def _tall_weights(
    pieces: Pieces, starts: np.ndarray, ends: np.ndarray, centers: np.ndarray
) -> np.ndarray:
    """Return how much each piece says about the line at each group, (groups, n) float64: nothing
    unless it is tall and outside the group, and more if it is near. Rows sum to 1, or to 0."""
    left, top, right, bottom = pieces.boxes.T
    index = np.arange(len(pieces))
    is_outside = (index < starts[:, None]) | (index >= ends[:, None])
    is_tall = bottom - top >= _MIN_HEIGHT * pieces.height
    distance = ((left + right) / 2 - centers[:, None]) / pieces.height
    weights = np.exp(-np.abs(distance) / _NEAR) * (is_outside & is_tall)
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)


def _line_at(
    pieces: Pieces, weights: np.ndarray, sums: np.ndarray, tops: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return top, base and slant of the line at each group: those of the tall pieces beside it.

    Where there are none, the line begins at the group's top, and its slant is 0."""
    _, top, _, bottom = pieces.boxes.T
    none = ~weights.any(axis=1)
    above = np.where(none, tops, weights @ top)
    below = np.where(none, tops + pieces.height, weights @ bottom)
    _, _, lean, _ = _directions(np.diff(sums, axis=0))
    return above, below, weights @ lean


def _vertical_gap(boxes: np.ndarray) -> float:
    """Return the widest empty band between the tops and bottoms of `boxes` (n, 4)."""
    if len(boxes) == 1:
        return 0.0
    by_top = boxes[np.argsort(boxes[:, 1])]
    return max(0.0, float((by_top[1:, 1] - np.maximum.accumulate(by_top[:-1, 3])).max()))


def _stroke_sums(pieces: Pieces) -> np.ndarray:
    """Return running sums over the pieces, (n + 1, 7): length, length times x, y, xx, xy and yy,
    and the distance from start to end."""
    rows = np.zeros((len(pieces) + 1, 7))
    origin = pieces.boxes[:, :2].min(axis=0)
    for row, points in zip(rows[1:], pieces.points, strict=True):
        points = (points - origin) / pieces.height
        steps = np.diff(points, axis=0)
        length = np.hypot(steps[:, 0], steps[:, 1])
        x, y = ((points[1:] + points[:-1]) / 2).T
        dx, dy = steps.T
        moments = x * x + dx * dx / 12, x * y + dx * dy / 12, y * y + dy * dy / 12
        row[:6] = np.stack([np.ones_like(x), x, y, *moments]) @ length
        row[6] = np.hypot(*(points[-1] - points[0]))
    return rows.cumsum(axis=0)


def _directions(sums: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return for sums (n, 7) of groups: half the length of the ink, its straightness in [0, 1], and
    its main direction as the sine and cosine of the doubled angle, times its elongation."""
    length = np.maximum(sums[:, 0], 1e-6)
    x, y, xx, xy, yy = (sums[:, 1:6] / length[:, None]).T
    xx, xy, yy = xx - x * x, xy - x * y, yy - y * y
    spread = np.maximum(xx + yy, 1e-9)
    return sums[:, 0] / 2, sums[:, 6] / length, 2 * xy / spread, (xx - yy) / spread
