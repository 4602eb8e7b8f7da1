"""Centre lines of ink, as the strokes of a pen: a picture of a digit -> strokes through its middle.

Knows one picture at a time; nothing of fonts or files. Thinned as Zhang and Suen do it (A fast
parallel algorithm for thinning digital patterns, 1984; scikit-image's `skeletonize`), then walked
along, straight on where lines cross. Needs what requirements-dev.txt installs.
"""

from collections.abc import Callable, Iterable
from itertools import combinations

import cv2
import numpy as np
from skimage.morphology import skeletonize

__all__ = ["trace"]

_SPECK = 60
"""Ink and holes of fewer pixels are the roughness of a brush."""
_SMOOTHER = 2.0
"""Deviation, in pixels, of the blur that rounds the ink's edge: each corner there grows a spur."""
_SPUR = 1.25
"""A line that ends is none if it is not longer than so many half widths of the pen, and four
pixels: it is a corner of the ink."""
_CROSSING = 0.9
"""Junctions nearer to each other than so many half widths of the pen are one crossing."""
_AHEAD = 18
"""Pixels over which a line's direction is taken."""
_STRAIGHT_ON = -0.35
"""Lines whose directions from a crossing have a product below this are one stroke: they turn by
less than 70 degrees there."""
_STEADY = 2.5
"""Deviation, in pixels, of the running mean along a stroke: pixels make stairs of it."""
_EXACT = 0.6
"""Pixels by which a stroke's points may be off."""

Point = tuple[int, int]
Line = list[Point]
"""Pixels (y, x), each beside the one before."""
_BESIDE = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def trace(ink: np.ndarray) -> list[np.ndarray]:
    """The strokes, (n, 2) float64 points (x, y) in pixels, of ink, (H, W) bool: none of none.

    A digit of some 200 pixels with a pen of some 20 is what the constants are made for.
    """
    whole = np.pad(_without_specks(ink), _AHEAD)
    blurred = cv2.GaussianBlur(whole.astype(np.float32), (0, 0), _SMOOTHER)
    smooth = (blurred > 0.5).astype(np.uint8)
    half_width = cv2.distanceTransform(smooth, cv2.DIST_L2, 5)
    thin = _without_spurs(skeletonize(smooth > 0), half_width)
    lines = _joined(_lines(_neighbours(thin)), half_width)
    return [_stroke(line) - _AHEAD for line in lines if len(line) > 1]


def _without_specks(ink: np.ndarray) -> np.ndarray:
    for foreground in (False, True):
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(
            (ink == foreground).astype(np.uint8), connectivity=8 if foreground else 4
        )
        small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < _SPECK)
        ink = np.where(np.isin(pieces, small[small > 0]), not foreground, ink)
    return ink


def _neighbours(thin: np.ndarray) -> dict[Point, Line]:
    """Of each pixel of a thin line those beside it; not across where there is a way around."""
    pixels = {(int(y), int(x)) for y, x in np.argwhere(thin)}

    def is_direct(y: int, x: int, down: int, right: int) -> bool:
        across = bool(down and right)
        return not (across and ((y + down, x) in pixels or (y, x + right) in pixels))

    return {
        (y, x): [
            (y + down, x + right)
            for down, right in _BESIDE
            if (y + down, x + right) in pixels and is_direct(y, x, down, right)
        ]
        for y, x in pixels
    }


def _lines(beside: dict[Point, Line]) -> list[Line]:
    """Lines between ends and junctions, these included; and rings, which have neither."""
    nodes = [pixel for pixel, others in beside.items() if len(others) != 2]
    left = set(beside)
    steps: set[tuple[Point, Point]] = set()
    found = []
    for node in nodes:
        for second in beside[node]:
            if (node, second) in steps:
                continue
            line = [node, second]
            while len(beside[line[-1]]) == 2:
                line.append(next(each for each in beside[line[-1]] if each != line[-2]))
            steps |= {(node, second), (line[-1], line[-2])}
            found.append(line)
            left -= set(line)
    left -= set(nodes)
    while left:
        ring = [left.pop()]
        while ahead := [each for each in beside[ring[-1]] if each in left]:
            ring.append(ahead[0])
            left.remove(ahead[0])
        found.append([*ring, ring[0]])
    return found


def _without_spurs(thin: np.ndarray, half_width: np.ndarray) -> np.ndarray:
    """The shortest spur is cut off first, since what it hung on is then one line."""
    thin = thin.copy()
    while True:
        beside = _neighbours(thin)
        spurs = []
        for line in _lines(beside):
            first, last = len(beside[line[0]]), len(beside[line[-1]])
            if (first == 1) == (last == 1):
                continue
            line = line if first == 1 else line[::-1]
            spurs.append((len(line) - _SPUR * half_width[line[-1]] - 4, line))
        excess, line = min(spurs, default=(0, []))
        if excess >= 0:
            return thin
        thin[tuple(np.array(line[:-1]).T)] = False
        thin = skeletonize(thin)


def _joined(lines: list[Line], half_width: np.ndarray) -> list[Line]:
    """Lines that go straight on across a crossing as one."""
    meeting, kept = _crossings(lines, half_width)
    ends: dict[Point, list[tuple[int, int]]] = {}
    for index, line in enumerate(kept):
        for side in (0, -1):
            ends.setdefault(meeting(line[side]), []).append((index, side))
    onward: dict[tuple[int, int], tuple[int, int]] = {}
    for some in ends.values():
        turns = sorted(
            (float(_direction(kept, a) @ _direction(kept, b)), a, b)
            for a, b in combinations(some, 2)
        )
        for turn, a, b in turns:
            if (turn < _STRAIGHT_ON or len(some) == 2) and a not in onward and b not in onward:
                onward[a], onward[b] = b, a
    starts = [(i, side) for i in range(len(kept)) for side in (0, -1) if (i, side) not in onward]
    return _walked(kept, onward, [*starts, *((i, 0) for i in range(len(kept)))])


def _crossings(
    lines: list[Line], half_width: np.ndarray
) -> tuple[Callable[[Point], Point], list[Line]]:
    """Which crossing a line's end is of, as a function; and the lines but those inside of one."""
    into: dict[Point, Point] = {}
    degree: dict[Point, int] = {}
    for line in lines:
        for end in (line[0], line[-1]):
            degree[end] = degree.get(end, 0) + 1

    def meeting(end: Point) -> Point:
        while end in into:
            end = into[end]
        return end

    kept = []
    for line in lines:
        first, last = line[0], line[-1]
        short = len(line) < max(5, _CROSSING * half_width[first])
        if short and min(degree[first], degree[last]) > 2 and meeting(first) != meeting(last):
            into[meeting(first)] = meeting(last)
        else:
            kept.append(line)
    return meeting, kept


def _direction(lines: list[Line], end: tuple[int, int]) -> np.ndarray:
    """Which way a line goes from one of its ends, a vector of length 1, or 0 for a single point."""
    index, side = end
    line = np.array(lines[index] if side == 0 else lines[index][::-1], float)
    ahead = line[min(_AHEAD, len(line) - 1)] - line[0]
    return ahead / max(float(np.hypot(*ahead)), 1e-9)


def _walked(
    lines: list[Line],
    onward: dict[tuple[int, int], tuple[int, int]],
    starts: Iterable[tuple[int, int]],
) -> list[Line]:
    found, done = [], set()
    for start in starts:
        stroke: Line = []
        end: tuple[int, int] | None = start
        while end is not None and end[0] not in done:
            index, side = end
            done.add(index)
            stroke += lines[index] if side == 0 else lines[index][::-1]
            end = onward.get((index, -1 - side))
        if stroke:
            found.append(stroke)
    return found


def _stroke(line: Line) -> np.ndarray:
    """A line without the stairs of its pixels, by few points (x, y)."""
    points = np.array(line, np.float64)[:, ::-1]
    reach = int(4 * _STEADY)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _STEADY) ** 2)
    weights /= weights.sum()
    closed = len(points) > reach and np.abs(points[0] - points[-1]).max() < 3
    padded = np.pad(points, ((reach, reach), (0, 0)), mode="wrap" if closed else "edge")
    steady = np.stack([np.convolve(each, weights, "valid") for each in padded.T], axis=1)
    if closed:
        steady[-1] = steady[0]
    else:
        steady[0], steady[-1] = points[0], points[-1]
    # In halves: of a line whose ends meet OpenCV leaves one out.
    half = len(steady) // 2
    parts = [steady[: half + 1], steady[half:]]
    first, second = (cv2.approxPolyDP(each.astype(np.float32), _EXACT, False) for each in parts)
    return np.concatenate([first[:, 0], second[1:, 0]]).astype(float)
