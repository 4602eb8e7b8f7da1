"""Turns any picture of one digit into a glyph, in steps that can be shown.

The steps: find the sheet of paper -> flatten the illumination -> find the ink -> remove clutter
-> normalize the pen width -> make the glyph. Pictures are (H, W), y down. Ink is uint8, 0 = paper
and 255 = ink."""

from dataclasses import dataclass

import cv2
import numpy as np

from digitdraw.languages import Message
from digitdraw.preprocessing import glyph
from digitdraw.preprocessing.clutter import remove_clutter
from digitdraw.preprocessing.image_io import Source, load_grey
from digitdraw.preprocessing.paper import InkPaperLevels, downscale, ink_paper_levels, paper_region

_MAX_SIDE = 448
"""Longer side, in pixels, to which a larger picture is reduced before its ink is found."""
_MIN_SIDE = 128
"""Longer side, in pixels, below which a picture is enlarged. Grey levels keep the stroke shape."""
_MIN_CONTRAST = 0.07
"""Least difference of ink from paper, on a scale where black on white is 1."""
_NOISE_FACTOR = 6.0
"""Least difference of ink from paper, in standard deviations of the paper's noise."""
_NOISY = 0.01
"""Standard deviation of the noise above which a picture is smoothed first."""


@dataclass(frozen=True)
class Step:
    """One step from a picture to a glyph.

    `picture` is (H, W) uint8, ready to show: dark ink on light paper."""

    name: str
    caption: Message
    picture: np.ndarray


@dataclass(frozen=True)
class _Binarization:
    """The result of every step, as (H, W) arrays at working size."""

    origin: tuple[int, int]  # of the sheet of paper in the picture, (x, y) in its pixels
    levels: InkPaperLevels | None
    scale: float  # working size relative to the picture
    grey: np.ndarray
    flat: np.ndarray
    ink: np.ndarray
    clean: np.ndarray
    pen: np.ndarray
    glyph: np.ndarray


def to_glyph(image: Source) -> np.ndarray:
    """Turn a picture of one digit into its glyph, (28, 28) float32 in [0, 1]; blank for no ink.

    Accepts and raises what `image_io.load_grey` does."""
    return _binarize(load_grey(image)).glyph


def glyph_and_ink_box(
    grey: np.ndarray,
) -> tuple[np.ndarray, tuple[float, float, float, float]] | None:
    """Return the glyph of a picture and the box (x, y, width, height) of its ink, in its pixels.

    `grey` is (H, W) float32 in [0, 1]. Returns None if it is not ink on flat paper."""
    result = _binarize(grey)
    if result.levels is None or not result.pen.any():
        return None
    x, y, width, height = (side / result.scale for side in cv2.boundingRect(result.clean))
    left, top = result.origin
    return result.glyph, (x + left, y + top, width, height)


def steps(image: Source, whole: np.ndarray | None = None) -> list[Step]:
    """Return the picture after each step of `to_glyph`.

    If `image` is the part of a `whole` picture, (H, W) float32 in [0, 1], that holds its one
    digit, the whole picture comes first. Raises BadImageError as `image_io.load_grey` does."""
    result = _binarize(load_grey(image))
    source = result.grey if whole is None else _resize_to_working(whole)
    first = [Step("grey", Message("step.grey"), _to_uint8(source))]
    if whole is not None:
        first.append(Step("digit", Message("step.digit"), _to_uint8(result.grey)))
    return [
        *first,
        Step("flat", Message("step.flat"), 255 - _to_uint8(result.flat)),
        Step("ink", Message("step.ink"), 255 - result.ink),
        Step("clean", Message("step.clean"), 255 - result.clean),
        Step("pen", Message("step.pen"), 255 - result.pen),
        Step("glyph", Message("step.glyph"), 255 - _to_uint8(result.glyph)),
    ]


def flatten_illumination(grey: np.ndarray) -> np.ndarray:
    """Remove uneven light: return how much each pixel differs from the paper around it.

    `grey` is (H, W) float32, 0 = black, 1 = white, with dark or light ink. Returns (H, W) float32
    of at most 1: paper is near 0, ink is larger. Morphological closing estimates the paper: its
    window is wider than a stroke and narrower than a shadow. Unlike blur, it keeps the edge of a
    shadow in place."""
    grey = 1 - grey if _is_dark_paper(grey) else grey
    paper = _estimate_paper(grey)
    # A shadow multiplies the light from the paper, so the difference is relative to the paper.
    flat = (paper - grey) / np.maximum(paper, 0.1)
    # Closing follows the lightest pixels of the noise, so most of the paper is slightly darker.
    offset = float(np.median(flat))
    return flat - (offset if offset < 0.15 else 0)


def normalize_levels(grey: np.ndarray, levels: InkPaperLevels) -> np.ndarray:
    """Scale the levels of ink on flat paper, (H, W) float32, to 0 = paper and 1 = ink."""
    return (levels.paper - grey) / np.float32(levels.paper - levels.ink)


def find_ink(flat: np.ndarray) -> np.ndarray:
    """Return the ink of a flattened picture (H, W), as uint8 0 or 255; all 0 if it is only noise.

    Uses hysteresis as in Canny's edge detector: a component of weak pixels is ink if it holds a
    strong pixel."""
    # The standard deviation of the paper's noise, from what a 3x3 median filter removes. The median
    # absolute value of normal noise is 0.6745 deviations. Ink hardly changes it.
    noise = float(np.median(np.abs(flat - cv2.medianBlur(flat, 3)))) / 0.6745
    if noise > _NOISY:
        # A Gaussian of deviation s leaves 1 / (2 s sqrt(pi)) of white noise: here a quarter.
        flat, noise = cv2.GaussianBlur(flat, (0, 0), 1.2), noise / 4
    floor = max(_MIN_CONTRAST, _NOISE_FACTOR * noise)
    above_floor = flat[flat > floor]
    if above_floor.size == 0:
        return np.zeros(flat.shape, np.uint8)
    # The level of solid ink. Thresholds near half of it keep the true width of a blurred stroke.
    solid = float(np.percentile(above_floor, 85))
    strong = flat > max(floor, 0.6 * solid)
    weak = (flat > max(floor / 2, 0.4 * solid)).astype(np.uint8)
    count, labels = cv2.connectedComponents(weak, connectivity=8)
    has_strong = np.zeros(count, bool)
    has_strong[np.unique(labels[strong])] = True
    has_strong[0] = False
    return np.where(has_strong[labels], np.uint8(255), np.uint8(0))


def normalize_pen(ink: np.ndarray, pen_width: float = glyph.PEN_WIDTH) -> np.ndarray:
    """Fit ink to the box of a glyph and bring its strokes to `pen_width`, in glyph pixels.

    Thin strokes are thickened to the full width. Thick strokes are thinned only part of the way,
    because full thinning breaks a stroke where it is narrow. Returns ink with sides of at most
    BOX * SUPERSAMPLING; (0, 0) if there is none."""
    if not ink.any():
        return np.zeros((0, 0), np.uint8)
    target = pen_width * glyph.SUPERSAMPLING
    side = glyph.BOX * glyph.SUPERSAMPLING
    fitted = glyph.fit(ink)
    change = (target - stroke_width(fitted)) / 2
    padded = np.pad(fitted, int(abs(change)) + 2)
    if change > 0:
        # Thickening makes the ink larger than the box, and fitting makes it thinner again.
        change *= side / (side - 2 * change)
        outside = cv2.distanceTransform(255 - padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        return glyph.fit(np.where(outside <= change, np.uint8(255), np.uint8(0)))
    inside = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    thinned = np.where(inside > 0.7 * -change, np.uint8(255), np.uint8(0))
    return glyph.fit(thinned if thinned.any() else padded)


def stroke_width(ink: np.ndarray) -> float:
    """Return the mean stroke width of `ink` (H, W), in its pixels.

    Across a long bar of width w, the distance to the border rises from 0 to w/2 and falls back, so
    its mean is w/4."""
    padded = np.pad(ink, 1)
    inside = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The transform counts from the centre of the first pixel outside: half a pixel too much.
    return 4 * max(float(inside[padded > 0].mean()) - 0.5, 0.25)


def _binarize(grey: np.ndarray) -> _Binarization:
    """Run all steps on `grey`, (H, W) float32 in [0, 1]."""
    paper, origin = _crop_to_sheet(grey)
    # Measured before resizing, because an enlarged small picture looks unevenly lit at its edges.
    levels = ink_paper_levels(paper)
    working = _resize_to_working(paper)
    flat = flatten_illumination(working) if levels is None else normalize_levels(working, levels)
    ink = find_ink(flat)
    clean = remove_clutter(ink)
    pen = normalize_pen(clean)
    return _Binarization(
        origin,
        levels,
        scale=working.shape[1] / paper.shape[1],
        grey=working if paper is grey else _resize_to_working(grey),
        flat=flat,
        ink=ink,
        clean=clean,
        pen=pen if pen.size else np.zeros((1, 1), np.uint8),
        glyph=glyph.place(pen),
    )


def _crop_to_sheet(grey: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """Crop a picture to its sheet of paper; return the crop and its origin (x, y).

    Pixels of the crop beside a rotated sheet get the paper's level. Without a single sheet, the
    whole picture comes back."""
    levels = downscale(grey)
    region = paper_region(levels)
    if region is None:
        return grey, (0, 0)
    mask = cv2.resize(region.astype(np.uint8), grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    left, top, width, height = cv2.boundingRect(mask)
    crop = np.s_[top : top + height, left : left + width]
    paper = np.float32(np.median(levels[region]) / 255)
    return np.where(mask[crop], grey[crop], paper), (left, top)


def _resize_to_working(grey: np.ndarray) -> np.ndarray:
    """Reduce a large picture. Enlarge a small one, so that thresholds fall between its pixels."""
    longer = max(grey.shape)
    if longer > _MAX_SIDE:
        scale, interpolation = _MAX_SIDE / longer, cv2.INTER_AREA
    elif longer < _MIN_SIDE:
        scale, interpolation = -(-_MIN_SIDE // longer), cv2.INTER_CUBIC
    else:
        return grey
    width, height = (max(1, round(n * scale)) for n in grey.shape[::-1])
    return np.clip(cv2.resize(grey, (width, height), interpolation=interpolation), 0, 1)


def _is_dark_paper(grey: np.ndarray) -> bool:
    """Return whether the ink is lighter than the paper.

    If Otsu's threshold splits the picture cleanly, the level of the border is the paper. In uneven
    light, or if ink covers part of the border, the local median is the paper."""
    levels = downscale(grey)
    _, dark = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    border = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]]).mean()
    dark_share = float(dark.mean())
    if not 0.1 < border < 0.9 and 0 < dark_share < 1:
        gap = float(levels[dark == 0].mean()) - float(levels[dark == 1].mean())
        explained = dark_share * (1 - dark_share) * gap**2 / max(float(levels.var()), 1e-9)
        if explained > 0.8:
            return bool(border > 0.5)
    window = min(max(levels.shape) // 2 | 1, 99)
    difference = levels.astype(np.float32) - cv2.medianBlur(levels, window)
    return bool((difference**3).sum() > 0)


def _estimate_paper(grey: np.ndarray) -> np.ndarray:
    """Return the level of the paper at each pixel of a picture of dark ink, (H, W) float32."""
    # Strokes are at most about an eighth of the picture wide. A window of a third also covers
    # their crossings. A quarter of the size gives the same paper in a tenth of the time.
    small = cv2.medianBlur(downscale(grey, 112), 3)
    window = max(3, max(small.shape) // 3) | 1
    kernel = np.ones((window, window), np.uint8)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    smooth = cv2.GaussianBlur(closed, (0, 0), 1.0).astype(np.float32) / 255
    return cv2.resize(smooth, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _to_uint8(picture: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
