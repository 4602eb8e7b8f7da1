"""Traces the centre lines of the ink of a digit, as pen strokes.

Knows one picture at a time, and nothing of fonts or files. It thins the ink (Zhang and Suen, A fast
parallel algorithm for thinning digital patterns, 1984; `skeletonize` of scikit-image) and follows
the lines, straight on at crossings. Needs scikit-image, which requirements-dev.txt installs.
"""

from collections.abc import Callable, Iterable
from itertools import combinations

import cv2
import numpy as np
from skimage.morphology import skeletonize

__all__ = ["trace"]

_SPECK = 60
"""Ink and holes of fewer pixels are removed as noise."""
_BLUR = 2.0
"""Standard deviation, in pixels, of the blur of the edges: thinning makes a spur at each corner."""
_SPUR = 1.25
"""A line with a free end is a spur up to this length in half widths of the pen, plus 4 pixels."""
_CROSSING = 0.9
"""Junctions nearer to each other than this, in half widths of the pen, are one crossing."""
_AHEAD = 18
"""Pixels over which the direction of a line is measured."""
_STRAIGHT_ON = -0.35
"""Two lines at a crossing are one stroke where the dot product of their directions is below this:
the stroke turns by less than 70 degrees."""
_SMOOTHING = 2.5
"""Standard deviation, in pixels, of the smoothing along a stroke, which removes pixel steps."""
_TOLERANCE = 0.6
"""Largest error of the points of a stroke, in pixels."""

Point = tuple[int, int]
Line = list[Point]
"""Adjacent pixels (y, x) in order."""
_NEIGHBOURS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def trace(ink: np.ndarray) -> list[np.ndarray]:
    """Return the strokes of ink (H, W) bool, each (n, 2) float64 points (x, y) in pixels.

    Without ink the list is empty. The constants suit a digit of about 200 pixels and a pen of about
    20 pixels.
    """
    padded = np.pad(_without_specks(ink), _AHEAD)
    blurred = cv2.GaussianBlur(padded.astype(np.float32), (0, 0), _BLUR)
    smooth = (blurred > 0.5).astype(np.uint8)
    half_width = cv2.distanceTransform(smooth, cv2.DIST_L2, 5)
    thin = _without_spurs(skeletonize(smooth > 0), half_width)
    lines = _join_straight(_lines(_neighbours(thin)), half_width)
    return [_stroke(line) - _AHEAD for line in lines if len(line) > 1]


def _without_specks(ink: np.ndarray) -> np.ndarray:
    for foreground in (False, True):
        _, labels, stats, _ = cv2.connectedComponentsWithStats(
            (ink == foreground).astype(np.uint8), connectivity=8 if foreground else 4
        )
        small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < _SPECK)
        ink = np.where(np.isin(labels, small[small > 0]), not foreground, ink)
    return ink


def _neighbours(thin: np.ndarray) -> dict[Point, Line]:
    """Return the neighbours of each pixel; diagonal ones only without a straight path there."""
    pixels = {(int(y), int(x)) for y, x in np.argwhere(thin)}

    def is_direct(y: int, x: int, down: int, right: int) -> bool:
        is_diagonal = bool(down and right)
        return not (is_diagonal and ((y + down, x) in pixels or (y, x + right) in pixels))

    return {
        (y, x): [
            (y + down, x + right)
            for down, right in _NEIGHBOURS
            if (y + down, x + right) in pixels and is_direct(y, x, down, right)
        ]
        for y, x in pixels
    }


def _lines(neighbours: dict[Point, Line]) -> list[Line]:
    """Return the lines between ends and junctions, with both, and the closed rings."""
    nodes = [pixel for pixel, adjacent in neighbours.items() if len(adjacent) != 2]
    unused = set(neighbours)
    steps: set[tuple[Point, Point]] = set()
    lines = []
    for node in nodes:
        for second in neighbours[node]:
            if (node, second) in steps:
                continue
            line = [node, second]
            while len(neighbours[line[-1]]) == 2:
                line.append(next(p for p in neighbours[line[-1]] if p != line[-2]))
            steps |= {(node, second), (line[-1], line[-2])}
            lines.append(line)
            unused -= set(line)
    unused -= set(nodes)
    while unused:
        ring = [unused.pop()]
        while ahead := [pixel for pixel in neighbours[ring[-1]] if pixel in unused]:
            ring.append(ahead[0])
            unused.remove(ahead[0])
        lines.append([*ring, ring[0]])
    return lines


def _without_spurs(thin: np.ndarray, half_width: np.ndarray) -> np.ndarray:
    """Remove spurs, the shortest first: the two lines at its junction then become one."""
    thin = thin.copy()
    while True:
        neighbours = _neighbours(thin)
        spurs = []
        for line in _lines(neighbours):
            first, last = len(neighbours[line[0]]), len(neighbours[line[-1]])
            if (first == 1) == (last == 1):
                continue
            line = line if first == 1 else line[::-1]
            spurs.append((len(line) - _SPUR * half_width[line[-1]] - 4, line))
        excess, line = min(spurs, default=(0, []))
        if excess >= 0:
            return thin
        thin[tuple(np.array(line[:-1]).T)] = False
        thin = skeletonize(thin)


def _join_straight(lines: list[Line], half_width: np.ndarray) -> list[Line]:
    """Join the lines that go straight on across a crossing."""
    crossing_of, long_lines = _crossings(lines, half_width)
    ends: dict[Point, list[tuple[int, int]]] = {}
    for index, line in enumerate(long_lines):
        for side in (0, -1):
            ends.setdefault(crossing_of(line[side]), []).append((index, side))
    onward: dict[tuple[int, int], tuple[int, int]] = {}
    for meeting in ends.values():
        pairs = sorted(
            (float(_direction(long_lines, a) @ _direction(long_lines, b)), a, b)
            for a, b in combinations(meeting, 2)
        )
        for product, a, b in pairs:
            if (
                (product < _STRAIGHT_ON or len(meeting) == 2)
                and a not in onward
                and b not in onward
            ):
                onward[a], onward[b] = b, a
    starts = [
        (i, side) for i in range(len(long_lines)) for side in (0, -1) if (i, side) not in onward
    ]
    return _follow(long_lines, onward, [*starts, *((i, 0) for i in range(len(long_lines)))])


def _crossings(
    lines: list[Line], half_width: np.ndarray
) -> tuple[Callable[[Point], Point], list[Line]]:
    """Return a function from the end of a line to its crossing, and the lines between crossings."""
    merged: dict[Point, Point] = {}
    degree: dict[Point, int] = {}
    for line in lines:
        for end in (line[0], line[-1]):
            degree[end] = degree.get(end, 0) + 1

    def crossing_of(end: Point) -> Point:
        while end in merged:
            end = merged[end]
        return end

    long_lines = []
    for line in lines:
        first, last = line[0], line[-1]
        is_inside = (
            len(line) < max(5, _CROSSING * half_width[first])
            and min(degree[first], degree[last]) > 2
            and crossing_of(first) != crossing_of(last)
        )
        if is_inside:
            merged[crossing_of(first)] = crossing_of(last)
        else:
            long_lines.append(line)
    return crossing_of, long_lines


def _direction(lines: list[Line], end: tuple[int, int]) -> np.ndarray:
    """Return the unit vector of a line at one of its ends, or 0 for a single point."""
    index, side = end
    line = np.array(lines[index] if side == 0 else lines[index][::-1], float)
    ahead = line[min(_AHEAD, len(line) - 1)] - line[0]
    return ahead / max(float(np.hypot(*ahead)), 1e-9)


def _follow(
    lines: list[Line],
    onward: dict[tuple[int, int], tuple[int, int]],
    starts: Iterable[tuple[int, int]],
) -> list[Line]:
    """Return strokes: each follows the joined lines from a start."""
    strokes, done = [], set()
    for start in starts:
        stroke: Line = []
        end: tuple[int, int] | None = start
        while end is not None and end[0] not in done:
            index, side = end
            done.add(index)
            stroke += lines[index] if side == 0 else lines[index][::-1]
            end = onward.get((index, -1 - side))
        if stroke:
            strokes.append(stroke)
    return strokes


def _stroke(line: Line) -> np.ndarray:
    """Smooth the line and return it as few points (x, y)."""
    points = np.array(line, np.float64)[:, ::-1]
    reach = int(4 * _SMOOTHING)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SMOOTHING) ** 2)
    weights /= weights.sum()
    closed = len(points) > reach and np.abs(points[0] - points[-1]).max() < 3
    padded = np.pad(points, ((reach, reach), (0, 0)), mode="wrap" if closed else "edge")
    smooth = np.stack([np.convolve(axis, weights, "valid") for axis in padded.T], axis=1)
    if closed:
        smooth[-1] = smooth[0]
    else:
        smooth[0], smooth[-1] = points[0], points[-1]
    # Each half alone, because OpenCV drops one end of a closed line.
    half = len(smooth) // 2
    parts = [smooth[: half + 1], smooth[half:]]
    first, second = (cv2.approxPolyDP(h.astype(np.float32), _TOLERANCE, False) for h in parts)
    return np.concatenate([first[:, 0], second[1:, 0]]).astype(float)
