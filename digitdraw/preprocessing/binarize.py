"""Any picture of one digit -> one glyph, in steps that can each be looked at.

upright -> grey -> evened (a sheet cut out, light and shade taken out) -> ink -> clean (specks and
page edges gone) -> pen (drawn out to the width the model knows) -> glyph. Knows pictures; knows
nothing of models. Pictures are (H, W), y down; ink is uint8, 0 = paper and 255 = ink.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from digitdraw.preprocessing import glyph
from digitdraw.preprocessing.image_io import Source, load_grey
from digitdraw.preprocessing.paper import InkPaperLevels, downscale, ink_paper_levels, paper_region

__all__ = [
    "Step",
    "clean",
    "find_ink",
    "flat_ink",
    "flatten_illumination",
    "normalize_levels",
    "normalize_pen",
    "steps",
    "to_glyph",
]

WORKING_SIDE = 448
"""Longer side, in pixels, to which a larger picture is reduced before ink is looked for."""

SMALL_SIDE = 128
"""Pictures with a longer side below this are enlarged: their grey holds the strokes' shape."""

MIN_CONTRAST = 0.07
"""Least difference of ink from paper, on a scale where black on white is 1."""

NOISE_FACTOR = 6.0
"""Ink differs from paper by at least this many standard deviations of the paper's noise."""

_FLAT, _CLEAR, _UNDER = 0.25, 0.04, 0.8
"""A line under a digit is at most so high for its width, so far below the digit, in heights of
that, and at least so wide, in its widths."""

GRAINY = 0.01
"""Standard deviation of the noise from which a picture is smoothed first."""


@dataclass(frozen=True)
class Step:
    """One step on the way from a picture to a glyph.

    `picture` is (H, W) uint8 as it should be shown, dark ink on light paper.
    """

    name: str
    caption: str
    picture: np.ndarray


def to_glyph(image: Source) -> np.ndarray:
    """A picture of one digit -> its glyph, (28, 28) float32 in [0, 1]; blank for no ink.

    `image` is what `pictures.load_grey` takes. Raises BadImageError as it does.
    """
    return _run(load_grey(image))["glyph"]


def flat_ink(
    grey: np.ndarray,
) -> tuple[np.ndarray, tuple[float, float, float, float]] | None:
    """The glyph of ink on flat paper, as `to_glyph` has it, and the ink's box (x, y, width,
    height); None for other pictures, and where there is no ink.

    `grey` is (H, W) float32 in [0, 1], and the box in its pixels.
    """
    made = _run(grey)
    if made["tones"] is None or not made["pen"].any():
        return None
    x, y, width, height = (side / made["scale"] for side in cv2.boundingRect(made["clean"]))
    left, top = made["corner"]
    return made["glyph"], (x + left, y + top, width, height)


def steps(image: Source, whole: np.ndarray | None = None) -> list[Step]:
    """The same way as `to_glyph`, with the picture after each step. Where `image` is the part of a
    `whole` picture, (H, W) float32 in [0, 1], in which a digit was found, that is shown first.

    Raises BadImageError as `pictures.load_grey` does.
    """
    made = _run(load_grey(image))
    came = made["grey"] if whole is None else _working_size(whole)
    first = [Step("grey", "As it came, upright and in grey", _show(came))]
    if whole is not None:
        first.append(Step("found", "The one digit that was found in it", _show(made["grey"])))
    return [
        *first,
        Step("evened", "Light and shade evened out", 255 - _show(made["evened"])),
        Step("ink", "What is darker or lighter than the paper", 255 - made["ink"]),
        Step("clean", "Specks, page edges, a line below left out", 255 - made["clean"]),
        Step("pen", "Cropped, at the pen width the model knows", 255 - made["pen"]),
        Step("glyph", "What the model sees: 28 by 28", 255 - _show(made["glyph"])),
    ]


def flatten_illumination(grey: np.ndarray) -> np.ndarray:
    """Grey -> how much each pixel differs from the paper around it, as ink.

    `grey` is (H, W) float32, 0 = black, 1 = white. Returns (H, W) float32 up to 1, paper
    near 0, ink larger, for dark ink on light paper and light ink on dark paper alike. The
    paper is found by closing: a stroke is narrower than the window, a shadow is not, and
    unlike a blurred paper a closed one keeps the shadow's edge where it is.
    """
    grey = 1 - grey if _is_dark_paper(grey) else grey
    paper = _paper(grey)
    # Shade multiplies what the paper sends back, so ink is measured in parts of it.
    evened = (paper - grey) / np.maximum(paper, 0.1)
    # Closing follows the lightest grains of the paper, so most of it lies a little below.
    grain = float(np.median(evened))
    return evened - (grain if grain < 0.15 else 0)


def normalize_levels(grey: np.ndarray, tones: InkPaperLevels) -> np.ndarray:
    """The same for ink on flat paper, whose strokes may be of any width: 0 = paper, 1 = ink."""
    return (tones.paper - grey) / np.float32(tones.paper - tones.ink)


def find_ink(evened: np.ndarray) -> np.ndarray:
    """Evened picture -> ink, uint8 0 or 255; all 0 where nothing stands out from the noise.

    Hysteresis as in Canny's edge detector: a faint pixel is ink where its component holds a
    strong one.
    """
    noise = _noise(evened)
    if noise > GRAINY:
        # A Gaussian of deviation s leaves 1 / (2 s sqrt(pi)) of white noise: here a quarter.
        evened, noise = cv2.GaussianBlur(evened, (0, 0), 1.2), noise / 4
    floor = max(MIN_CONTRAST, NOISE_FACTOR * noise)
    standing_out = evened[evened > floor]
    if standing_out.size == 0:
        return np.zeros(evened.shape, np.uint8)
    # The level of solid ink; the half-way level keeps a blurred stroke's true width.
    solid = float(np.percentile(standing_out, 85))
    strong = evened > max(floor, 0.6 * solid)
    weak = (evened > max(floor / 2, 0.4 * solid)).astype(np.uint8)
    count, labels = cv2.connectedComponents(weak, connectivity=8)
    holds_strong = np.zeros(count, bool)
    holds_strong[np.unique(labels[strong])] = True
    holds_strong[0] = False
    return np.where(holds_strong[labels], np.uint8(255), np.uint8(0))


def clean(ink: np.ndarray) -> np.ndarray:
    """Take out specks, a line under the digit, and what belongs to the page's edge; ink of the
    digit stays.

    A speck is small next to the largest piece. An edge is a piece along the border of the
    picture, unless it is all there is: a digit cropped tightly touches the border as well.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= 2:
        return ink
    areas = stats[:, cv2.CC_STAT_AREA].astype(float)
    areas[0] = 0
    edge = _along_border(stats, labels)
    inner = np.where(edge, 0, areas)
    if inner.max() < 0.05 * areas.max():
        edge[:] = False
        inner = areas
    largest = int(np.argmax(inner))
    height, width = stats[largest, cv2.CC_STAT_HEIGHT], stats[largest, cv2.CC_STAT_WIDTH]
    extent = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep = (areas >= 0.03 * inner.max()) & (extent >= 0.1 * max(height, width)) & ~edge
    keep[0] = False
    keep &= ~_underlines(stats, keep)
    return np.where(keep[labels], np.uint8(255), np.uint8(0))


def normalize_pen(ink: np.ndarray, pen_width: float = glyph.PEN_WIDTH) -> np.ndarray:
    """Fit ink to the glyph's box and bring its strokes towards the width the model knows.

    Thin strokes are thickened to it; thick ones are thinned only part of the way, since a
    stroke is broken where it is narrower than its mean. Returns ink, both sides at most
    BOX * SUPERSAMPLING; (0, 0) where there is none.
    """
    if not ink.any():
        return np.zeros((0, 0), np.uint8)
    target = pen_width * glyph.SUPERSAMPLING
    side = glyph.BOX * glyph.SUPERSAMPLING
    fitted = glyph.fit(ink)
    change = (target - stroke_width(fitted)) / 2
    margin = int(abs(change)) + 2
    padded = cv2.copyMakeBorder(fitted, *[margin] * 4, cv2.BORDER_CONSTANT, value=0)
    if change > 0:
        # Thickening makes the ink larger than the box, and the way back thinner: once more.
        change *= side / (side - 2 * change)
        outside = cv2.distanceTransform(255 - padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        padded = np.where(outside <= change, np.uint8(255), np.uint8(0))
    else:
        inside = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        thinned = np.where(inside > 0.7 * -change, np.uint8(255), np.uint8(0))
        padded = thinned if thinned.any() else padded
    return glyph.fit(padded)


def stroke_width(ink: np.ndarray) -> float:
    """Mean width of the strokes of `ink`, in its pixels: across a long bar of width w the
    distance to its border goes from 0 to w/2 and back, and so is w/4 in the mean."""
    padded = cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inside = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The transform counts from the centre of the first pixel outside: half a pixel too much.
    return 4 * max(float(inside[padded > 0].mean()) - 0.5, 0.25)


def _run(grey: np.ndarray) -> dict[str, Any]:
    """Every step's result by name, from (H, W) float32 grey in [0, 1]."""
    paper, corner = _sheet(grey)
    # Before it is enlarged: what that does to the edges of a small picture is no uneven light.
    tones = ink_paper_levels(paper)
    working = _working_size(paper)
    evened = flatten_illumination(working) if tones is None else normalize_levels(working, tones)
    ink = find_ink(evened)
    cleaned = clean(ink)
    pen = normalize_pen(cleaned)
    return {
        "corner": corner,
        "tones": tones,
        "scale": working.shape[1] / paper.shape[1],
        "grey": working if paper is grey else _working_size(grey),
        "evened": evened,
        "ink": ink,
        "clean": cleaned,
        "pen": pen if pen.size else np.zeros((1, 1), np.uint8),
        "glyph": glyph.place(pen) if pen.size else glyph.blank(),
    }


def _sheet(grey: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """The sheet of paper that a picture shows, cut out, with more paper at its corners where it
    lies askew, and its corner (x, y); all of the picture where it shows no lone sheet."""
    levels = downscale(grey)
    sheet = paper_region(levels)
    if sheet is None:
        return grey, (0, 0)
    there = cv2.resize(sheet.astype(np.uint8), grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    left, top, wide, tall = cv2.boundingRect(there)
    part = np.s_[top : top + tall, left : left + wide]
    cut = np.where(there[part], grey[part], np.float32(np.median(levels[sheet]) / 255))
    return cut, (left, top)


def _working_size(grey: np.ndarray) -> np.ndarray:
    """Reduce a large picture; enlarge a small one, so that thresholds fall between pixels."""
    longer = max(grey.shape)
    if longer > WORKING_SIDE:
        scale, method = WORKING_SIDE / longer, cv2.INTER_AREA
    elif longer < SMALL_SIDE:
        scale, method = -(-SMALL_SIDE // longer), cv2.INTER_CUBIC
    else:
        return grey
    width, height = (max(1, round(n * scale)) for n in grey.shape[::-1])
    return np.clip(cv2.resize(grey, (width, height), interpolation=method), 0, 1)


def _is_dark_paper(grey: np.ndarray) -> bool:
    """Whether the ink is lighter than the paper.

    Where Otsu's threshold parts the picture cleanly in two, paper is what the border is. Under
    uneven light, or where ink reaches the border, it is what most of each neighbourhood is.
    """
    levels = downscale(grey)
    _, dark = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    border = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]]).mean()
    share = float(dark.mean())
    if not 0.1 < border < 0.9 and 0 < share < 1:
        gap = float(levels[dark == 0].mean()) - float(levels[dark == 1].mean())
        explained = share * (1 - share) * gap**2 / max(float(levels.var()), 1e-9)
        if explained > 0.8:
            return bool(border > 0.5)
    window = min(max(levels.shape) // 2 | 1, 99)
    beyond = levels.astype(np.float32) - cv2.medianBlur(levels, window)
    return bool((beyond**3).sum() > 0)


def _paper(grey: np.ndarray) -> np.ndarray:
    """Level of the paper at each pixel of a picture of dark ink, (H, W) float32."""
    # Strokes are at most about an eighth of the picture wide; a window of a third covers
    # their crossings too. At a quarter of the size it is the same paper in a tenth of the time.
    small = cv2.medianBlur(downscale(grey, 112), 3)
    window = max(3, max(small.shape) // 3) | 1
    kernel = np.ones((window, window), np.uint8)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(closed, (0, 0), 1.0).astype(np.float32) / 255
    return cv2.resize(smooth, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _noise(evened: np.ndarray) -> float:
    """Standard deviation of the paper's grain: of what a small median takes away."""
    grain = np.abs(evened - cv2.medianBlur(evened, 3))
    # Half of the pixels of a normal grain are within 0.6745 deviations; ink hardly counts.
    return float(np.median(grain)) / 0.6745


def _underlines(stats: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Which of the components that are kept is a line under all others: flat, about as wide as
    they are or wider, and clear of them. A digit's own foot hangs on it, or is narrower."""
    low = stats[:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]]
    size = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    high = low + size
    lowest = int(np.argmax(np.where(kept, high[:, 1], -1)))
    is_line = np.arange(len(stats)) == lowest
    others = kept & ~is_line
    if not others.any():
        return others
    wide, tall = size[lowest]
    width, height = high[others].max(axis=0) - low[others].min(axis=0)
    clear = low[lowest, 1] - high[others, 1].max() >= _CLEAR * height
    return is_line & (tall <= _FLAT * wide and clear and wide >= _UNDER * width)


def _along_border(stats: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which components lie along the border of the picture: touch it, and reach from it less
    than a tenth of the picture inwards or fill a whole side of it."""
    height, width = labels.shape
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    upright_edge = (left <= 1) | (left + wide >= width - 1)
    level_edge = (top <= 1) | (top + tall >= height - 1)
    shallow = (upright_edge & (wide < 0.1 * width)) | (level_edge & (tall < 0.1 * height))
    return shallow | _along_whole_side(labels, len(stats))


def _along_whole_side(labels: np.ndarray, count: int) -> np.ndarray:
    """Which of `count` components fill a side of the picture: a page's edge does, while a digit
    that is cropped tightly only meets it."""
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    filled = [np.bincount(side, minlength=count) / len(side) for side in sides]
    return np.max(filled, axis=0) >= 0.9


def _show(picture: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
