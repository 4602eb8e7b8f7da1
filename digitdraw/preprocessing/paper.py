"""Finds the paper of a picture: its grey level, the level of the ink on it, and its region.

`ink_paper_levels` recognizes ink on flat paper: drawings, scans and crops of them, not photos in
uneven light. `paper_region` locates a sheet of paper that lies on something darker."""

from dataclasses import dataclass

import cv2
import numpy as np

_MIN_EXPLAINED_VARIANCE = 0.75
"""Least share of a picture's variance that lies between its two levels (Otsu's criterion)."""
_MAX_DARK_LEVEL = 0.65
"""Greatest dark level, relative to the light level. A smaller difference may be a shadow."""
_MAX_BORDER_RUN = 0.25
"""Greatest share of the border that one piece of ink covers. A tightly cropped digit touches the
border in short pieces. A shadow covers a longer part of it."""
_MAX_PAPER_SPREAD = 0.25
"""Greatest spread of the paper's levels (3rd to 97th percentile), relative to the ink contrast."""
_MIN_EDGE_WIDTH = 2
"""Least distance from ink, in pixels, at which paper is measured. Nearer pixels blend both. For
blurred ink, the distance is half the stroke width if that is more."""
_MIN_REGION_SIDE = 64
"""Least longer side, in pixels, of a picture with a sheet. A smaller picture shows one digit."""
_MIN_REGION_AREA = 0.12
"""Least share of the picture that a sheet covers."""
_MAX_REGION_BORDER = 0.3
"""Greatest share of the picture's border that a sheet covers."""
_MIN_CONVEXITY = 0.94
"""Least ratio of a sheet's area to that of its convex hull. Writing may run over its edge."""
_MIN_RECTANGULARITY = 0.86
"""Least ratio of a sheet's area to that of its bounding rectangle. Perspective makes it less than
1. An ellipse, such as a thick light zero, has only 0.79."""
_MAX_DARK_SHARE = 0.2
"""Greatest share of a sheet that is as dark as its background. A light digit's loop has more."""
_MAX_STROKE_WIDTH, _MIN_WRITING_CONTRAST, _MIN_WRITING_SHARE = 17, 0.1, 0.001
"""A sheet is used only if it has writing: dark strokes narrower than 17 pixels, on at least this
share of its area. Their contrast is relative to that of the sheet and its background."""
_REGION_EDGE = 0.02
"""Width of a sheet's blurred edge, relative to the longer side of the picture."""


@dataclass(frozen=True)
class InkPaperLevels:
    """Grey levels of the paper and of the ink on it, in [0, 1], 0 = black."""

    paper: float
    ink: float


def downscale(grey: np.ndarray, side: int = 128) -> np.ndarray:
    """Reduce `grey`, (H, W) float32 in [0, 1], to a longer side of at most `side` pixels.

    Returns (h, w) uint8. A smaller picture keeps its size."""
    scale = min(1.0, side / max(grey.shape))
    width, height = (max(1, round(n * scale)) for n in grey.shape[::-1])
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    return np.rint(small * 255).astype(np.uint8)


def ink_paper_levels(grey: np.ndarray) -> InkPaperLevels | None:
    """Return the levels of ink and paper in `grey`, (H, W) float32 in [0, 1], 0 = black.

    Returns None unless the picture is clearly ink on flat, evenly lit paper."""
    levels = downscale(grey)
    _, dark = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    dark_share = float(dark.mean())
    if not 0 < dark_share < 1:
        return None
    low, high = levels[dark == 1], levels[dark == 0]
    gap = float(high.mean()) - float(low.mean())
    variance_between = dark_share * (1 - dark_share) * gap**2
    if variance_between < _MIN_EXPLAINED_VARIANCE * float(levels.var()):
        return None
    # Paper covers most of the border, and usually most of the picture.
    is_dark_paper = _border(dark).mean() - 0.5 + 0.3 * (dark_share - 0.5) > 0
    ink = 1 - dark if is_dark_paper else dark
    dark_level, light_level = float(np.median(low)) / 255, float(np.median(high)) / 255
    if dark_level > _MAX_DARK_LEVEL * light_level or _longest_run(_border(ink)) > _MAX_BORDER_RUN:
        return None
    inside, outside = (cv2.distanceTransform(mask, cv2.DIST_L2, 3) for mask in (ink, 1 - ink))
    is_paper = outside > max(_MIN_EDGE_WIDTH, 2 * inside[ink > 0].mean())
    if is_paper.any():
        spread = np.ptp(np.percentile(levels[is_paper], (3, 97)))
        if spread > _MAX_PAPER_SPREAD * gap:
            return None
    if is_dark_paper:
        return InkPaperLevels(paper=dark_level, ink=light_level)
    return InkPaperLevels(paper=light_level, ink=dark_level)


def paper_region(levels: np.ndarray) -> np.ndarray | None:
    """Locate a sheet of paper on a darker background.

    `levels` is (H, W) uint8, 0 = black, as `downscale` returns it. Returns a (H, W) bool mask of
    the sheet without its edge, or None if the picture shows no single written sheet, or nothing
    but paper."""
    smooth = cv2.GaussianBlur(levels, (0, 0), 1.0)
    _, light = cv2.threshold(smooth, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    if max(levels.shape) < _MIN_REGION_SIDE or border.mean() > _MAX_REGION_BORDER:
        return None
    # Closing fills the notches where writing runs over the edge of the sheet.
    window = np.ones((_MAX_STROKE_WIDTH, _MAX_STROKE_WIDTH), np.uint8)
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, window)
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    outline = max(contours, key=cv2.contourArea)
    filled = np.zeros_like(levels)
    cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED)
    area = float(filled.sum())
    _, (width, height), _ = cv2.minAreaRect(outline)
    if (
        area < _MIN_REGION_AREA * levels.size
        or area < _MIN_CONVEXITY * cv2.contourArea(cv2.convexHull(outline))
        or area < _MIN_RECTANGULARITY * (width + 1) * (height + 1)
        or (filled & (1 - light)).sum() > _MAX_DARK_SHARE * area
    ):
        return None
    edge = 2 * round(_REGION_EDGE * max(levels.shape)) + 1
    inner = cv2.erode(filled, np.ones((edge, edge), np.uint8), borderValue=0) > 0
    gap = float(smooth[light == 1].mean()) - float(smooth[light == 0].mean())
    strokes = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, window)
    writing = strokes[inner] > _MIN_WRITING_CONTRAST * gap
    return inner if writing.sum() > _MIN_WRITING_SHARE * area else None


def _border(mask: np.ndarray) -> np.ndarray:
    """Return the values along the border of (H, W) `mask`, once around."""
    return np.concatenate([mask[0], mask[1:, -1], mask[-1, -2::-1], mask[-2:0:-1, 0]])


def _longest_run(ring: np.ndarray) -> float:
    """Return the length of the longest run of ones in a closed ring, as a share of the ring."""
    zeros = np.flatnonzero(ring == 0)
    if not len(zeros):
        return 1.0
    gaps = np.diff(zeros, append=zeros[0] + len(ring)) - 1
    return float(gaps.max()) / len(ring)
