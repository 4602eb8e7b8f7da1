"""Variation for training: of drawings before they are drawn, and of batches of glyphs.

Place and scale are gone after preprocessing; what remains between hands and pens is tilt,
slant, stretch, wobble, pen width, and how a digit is written (slashed zeros, crossed sevens,
ones with a long upstroke). Also makes what is no digit. Never looks at labels' accuracy,
models or files. All chance comes from the generator that is passed in.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = [
    "NON_DIGITS",
    "cross_seven",
    "long_one",
    "pen_width",
    "side_by_side",
    "slash_zero",
    "vary_glyphs",
    "vary_strokes",
]

Strokes = list[np.ndarray]


def pen_width(rng: np.random.Generator) -> float:
    """A pen's width in glyph pixels: mostly near the usual, at times a hair or a marker."""
    return float(np.clip(rng.lognormal(math.log(2.25), 0.22), 1.2, 5.0))


def vary_strokes(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Another hand writes the same: tilt, slant, stretch, wobble, and strokes a bit apart.

    Takes and returns a list of (n, 2) float64 points in any unit.
    """
    strokes = _unit(strokes)
    tilt, slant = rng.normal(0, 0.12), rng.normal(0, 0.15)
    stretch = math.exp(rng.normal(0, 0.11))
    turn = np.array([[math.cos(tilt), -math.sin(tilt)], [math.sin(tilt), math.cos(tilt)]])
    linear = turn @ np.array([[stretch, slant], [0.0, 1 / stretch]])
    apart = rng.normal(0, 0.012, (len(strokes), 2))
    strength = abs(rng.normal(0, 0.03))
    waves = rng.normal(0, strength, (2, 2, 2)), rng.uniform(0.4, 1.4, 2), rng.uniform(0, 7, 4)
    moved = (each @ linear.T + shift for each, shift in zip(strokes, apart, strict=True))
    return [_wobble(each, *waves) for each in moved]


def slash_zero(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A drawn zero -> the same with a slash through it, from lower left to upper right."""
    low, high = _corners(strokes)
    reach = rng.uniform(-0.15, 0.25)
    start = [low[0] - reach * (high[0] - low[0]), high[1] + rng.normal(0, 0.05) * np.ptp(high)]
    end = [high[0] + reach * (high[0] - low[0]), low[1] + rng.normal(0, 0.05) * np.ptp(high)]
    inset = rng.uniform(0.0, 0.25)
    ends = np.array([start, end]) * (1 - inset) + (low + high) / 2 * inset
    return [*strokes, ends]


def cross_seven(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """A drawn seven -> the same with a bar through its stem."""
    low, high = _corners(strokes)
    size = high - low
    points = np.concatenate(strokes)
    y = low[1] + size[1] * rng.uniform(0.42, 0.62)
    stem = points[np.argmin(np.abs(points[:, 1] - y)), 0]
    half = max(size) * rng.uniform(0.14, 0.34)
    rise = half * rng.normal(0, 0.25)
    bar = np.array([[stem - half, y + rise], [stem + half * rng.uniform(0.7, 1.2), y - rise]])
    return [*strokes, bar]


def long_one(rng: np.random.Generator) -> Strokes:
    """A one as much of Europe writes it: an upstroke of up to the full height, a stem, and
    at times a foot."""
    top = np.array([0.0, 0.0])
    up = rng.uniform(0.25, 0.95)
    flag = np.array([-up * rng.uniform(0.35, 0.85), up])
    bend = (flag + top) / 2 + rng.normal(0, 0.04, 2)
    foot = np.array([rng.normal(0.0, 0.08), 1.0])
    strokes = [np.array([flag, bend, top, foot])]
    if rng.random() < 0.25:
        half = rng.uniform(0.15, 0.4)
        strokes.append(foot + np.array([[-half, rng.normal(0, 0.03)], [half, 0.0]]))
    return strokes


def side_by_side(left: Strokes, right: Strokes, rng: np.random.Generator) -> Strokes:
    """Two drawings as one, a gap or a slight overlap between them: 1 and 0 make "10"."""
    left, right = _unit(left), _unit(right)
    shift = _corners(left)[1][0] - _corners(right)[0][0] + rng.uniform(-0.03, 0.35)
    size = math.exp(rng.normal(0, 0.12))
    moved = [each * size + [shift, rng.normal(0, 0.08)] for each in right]
    return left + moved


def scribble(rng: np.random.Generator) -> Strokes:
    """A long curve that turns at random."""
    steps = int(rng.integers(40, 160))
    turn = np.cumsum(rng.normal(0, rng.uniform(0.15, 0.5), steps)) + rng.uniform(0, 7)
    return [np.cumsum(np.stack([np.cos(turn), np.sin(turn)], 1), axis=0)]


def hatching(rng: np.random.Generator) -> Strokes:
    """Back and forth, as one crosses out a word or fills an area."""
    turns = int(rng.integers(5, 14))
    x = np.where(np.arange(turns) % 2, 1.0, 0.0) + rng.normal(0, 0.08, turns)
    y = np.linspace(0, rng.uniform(0.3, 1.2), turns) + rng.normal(0, 0.02, turns)
    return [_turned(np.stack([x, y], 1), rng.uniform(0, math.pi))]


def flat_line(rng: np.random.Generator) -> Strokes:
    """One nearly straight line, at least 50 degrees away from upright: no one is that flat."""
    angle = rng.uniform(-40, 40) * math.pi / 180
    sag = rng.normal(0, 0.04)
    points = np.array([[0, 0], [0.5, sag], [1, 0]])
    return [_turned(points, angle)]


def lines(rng: np.random.Generator) -> Strokes:
    """Two to five straight lines at random."""
    return [rng.uniform(0, 1, (2, 2)) for _ in range(int(rng.integers(2, 6)))]


def polygon(rng: np.random.Generator) -> Strokes:
    """A closed triangle, square or star."""
    corners = int(rng.choice([3, 4, 5]))
    step = 2 if corners == 5 else 1
    angles = np.arange(corners + 1) * step * 2 * math.pi / corners + rng.uniform(-0.4, 0.4)
    points = np.stack([np.sin(angles), -np.cos(angles)], 1) * [1, rng.uniform(0.7, 1.3)]
    points[:-1] += rng.normal(0, 0.06, (corners, 2))
    points[-1] = points[0] + rng.normal(0, 0.04, 2)
    return [points]


def tick(rng: np.random.Generator) -> Strokes:
    """A check mark, or a V."""
    depth, far = rng.uniform(0.3, 1.0), rng.uniform(0.7, 1.3)
    return [np.array([[0, 1 - depth], [rng.uniform(0.3, 0.6), 1], [far, rng.uniform(-0.2, 0.2)]])]


def spiral(rng: np.random.Generator) -> Strokes:
    """A spiral of two to four turns."""
    angle = np.linspace(0, rng.uniform(2, 4) * 2 * math.pi, 80) * rng.choice([-1, 1])
    radius = np.linspace(0.05, 1, 80)
    return [np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)]


def dots(rng: np.random.Generator) -> Strokes:
    """One to six taps of the pen."""
    return [rng.uniform(0, 1, (1, 2)) for _ in range(int(rng.integers(1, 7)))]


def smile(rng: np.random.Generator) -> Strokes:
    """A face: a circle, two eyes, a mouth."""
    angle = np.linspace(0, 2 * math.pi, 40)
    mouth = np.linspace(0.2, math.pi - 0.2, 12)
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    arc = np.stack([np.cos(mouth), np.sin(mouth)], 1) * rng.uniform(0.4, 0.65)
    eyes = [np.array([[side * 0.35, -0.45], [side * 0.35, -0.2]]) for side in (-1, 1)]
    return [circle, *eyes, arc]


NON_DIGITS = (scribble, hatching, flat_line, lines, polygon, tick, spiral, dots, smile)
"""Makers of drawings that are no digit; each takes a generator and returns strokes."""


def vary_glyphs(glyphs: Tensor, generator: torch.Generator) -> Tensor:
    """Another pen, paper and scanner: warp, pen width, blur, contrast.

    `glyphs` is (N, 28, 28) float in [0, 1] on the generator's device; so is what returns.
    """
    x = glyphs[:, None]
    x = _warp(x, generator)
    x = _pen(x, generator)
    x = _low_resolution(x, generator)
    x = _contrast(x, generator)
    return x[:, 0].clamp(0, 1)


def _warp(x: Tensor, generator: torch.Generator) -> Tensor:
    """Affine and elastic in one resampling (elastic: Simard, Steinkraus, Platt 2003)."""
    n, device = len(x), x.device

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, device=device)

    tilt, slant = normal(n) * 0.10, normal(n) * 0.12
    wide, tall = torch.exp(normal(n) * 0.09), torch.exp(normal(n) * 0.09)
    cos, sin = torch.cos(tilt), torch.sin(tilt)
    shift = normal(n, 2, 1) * 0.045
    rows = torch.stack(
        [torch.stack([cos * wide, slant - sin], 1), torch.stack([sin, cos * tall], 1)], 1
    )
    grid = F.affine_grid(torch.cat([rows, shift], 2), list(x.shape), align_corners=False)
    strength = normal(n, 1, 1, 1).abs() * 0.035
    coarse = normal(n, 2, 5, 5) * strength
    bend = F.interpolate(coarse, size=x.shape[-2:], mode="bicubic", align_corners=True)
    return F.grid_sample(x, grid + bend.permute(0, 2, 3, 1), align_corners=False)


def _pen(x: Tensor, generator: torch.Generator) -> Tensor:
    """Widen or narrow the strokes by up to about a pixel, for half of the glyphs."""
    wide = F.max_pool2d(x, 3, 1, 1)
    narrow = -F.max_pool2d(-x, 3, 1, 1)
    amount = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) * 2.2 - 1.1
    amount = torch.where(amount.abs() > 0.55, amount.sign() * (amount.abs() - 0.55) * 1.3, 0.0)
    return torch.where(
        amount > 0, x.lerp(wide, amount.clamp(min=0)), x.lerp(narrow, -amount.clamp(max=0))
    )


def _low_resolution(x: Tensor, generator: torch.Generator) -> Tensor:
    """A fifth of the glyphs as a coarser scanner (16 pixels a side, as USPS) saw them."""
    side = int(torch.randint(13, 22, (), generator=generator, device=x.device))
    small = F.interpolate(x, size=(side, side), mode="area")
    coarse = F.interpolate(small, size=x.shape[-2:], mode="bilinear", align_corners=False)
    chosen = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) < 0.2
    return torch.where(chosen, coarse, x)


def _contrast(x: Tensor, generator: torch.Generator) -> Tensor:
    """Fainter or stronger ink, softer or harder edges."""
    shape = (len(x), 1, 1, 1)
    gain = torch.exp(torch.randn(shape, generator=generator, device=x.device) * 0.2)
    gamma = torch.exp(torch.randn(shape, generator=generator, device=x.device) * 0.25)
    return (x.clamp(1e-4, 1) ** gamma * gain).clamp(0, 1)


def _wobble(points: np.ndarray, amounts: np.ndarray, rates: np.ndarray, phases: np.ndarray):
    """Bend the plane by two slow sine waves along each axis."""
    angle = np.concatenate([points * rates[0], points * rates[1]], 1) * 2 * math.pi + phases
    return points + np.sin(angle) @ amounts.reshape(4, 2)


def _unit(strokes: Sequence[np.ndarray]) -> Strokes:
    """Move and scale to a longer side of 1, from (0, 0)."""
    low, high = _corners(strokes)
    size = max(float((high - low).max()), 1e-9)
    return [(np.asarray(each, float) - low) / size for each in strokes]


def _corners(strokes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate(strokes)
    return points.min(axis=0), points.max(axis=0)


def _turned(points: np.ndarray, angle: float) -> np.ndarray:
    cos, sin = math.cos(angle), math.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])
