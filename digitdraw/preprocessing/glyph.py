"""Defines the glyph, the input of every classifier, and makes glyphs from ink.

A *glyph* is (28, 28) float32 in [0, 1], where 1 is ink. It is made as MNIST was made: the ink keeps
its aspect ratio and fits a 20x20 box, and its centre of mass is in the middle. The recipe is by
LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/.

*Ink* is a (H, W) uint8 mask, 0 = paper and 255 = ink. Its resolution is SUPERSAMPLING times that
of a glyph, so that averaging gives the glyph smooth edges. Strokes and pictures share this module,
in training and in use. So the models see the same kind of glyph everywhere."""

import cv2
import numpy as np

GLYPH = 28
"""Side of a glyph, in glyph pixels."""
BOX = 20
"""Longest side of the ink in a glyph, in glyph pixels."""
SUPERSAMPLING = 8
"""Ink pixels along one glyph pixel."""
PEN_WIDTH = 2.25
"""Pen width in a glyph, in glyph pixels. It is about the median stroke width of MNIST."""


def blank() -> np.ndarray:
    """Return a glyph without ink, (28, 28) float32."""
    return np.zeros((GLYPH, GLYPH), np.float32)


def shrink(grey: np.ndarray, side: int) -> np.ndarray:
    """Resize a grey picture (H, W) float32 in [0, 1] to (side, side), without any other change.

    It makes the input of models that were trained on pictures which are no handwriting."""
    if grey.shape == (side, side):
        return grey
    shrinks = min(grey.shape) >= side
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(grey, (side, side), interpolation=interpolation).clip(0, 1)


def crop(ink: np.ndarray) -> np.ndarray:
    """Crop `ink` (H, W) to its bounding box. The result is (0, 0) if there is no ink."""
    x, y, width, height = cv2.boundingRect(ink)
    return ink[y : y + height, x : x + width]


def fit(ink: np.ndarray, side: float = BOX * SUPERSAMPLING) -> np.ndarray:
    """Crop `ink` and scale it until its longer side is `side` ink pixels. Keeps the aspect."""
    ink = crop(ink)
    scale = side / max(ink.shape)
    width, height = (max(1, round(n * scale)) for n in ink.shape[::-1])
    if (height, width) == ink.shape:
        return ink
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(ink, (width, height), interpolation=interpolation)
    # Averaging can leave distant specks below half ink. The lower threshold keeps the darkest.
    threshold = min(127, int(resized.max()) // 2)
    return cv2.threshold(resized, threshold, 255, cv2.THRESH_BINARY)[1]


def place(ink: np.ndarray) -> np.ndarray:
    """Make the glyph of `ink`: put its centre of mass in the middle, then average down.

    `ink` is (H, W) uint8 with sides of at most BOX * SUPERSAMPLING. If centring would push ink over
    the edge, it moves only as far as all of it fits. Returns (28, 28) float32."""
    moments = cv2.moments(ink, binaryImage=True) if ink.size else {"m00": 0.0}
    if not moments["m00"]:
        return blank()
    side = GLYPH * SUPERSAMPLING
    height, width = ink.shape
    centre_x = moments["m10"] / moments["m00"] + 0.5
    centre_y = moments["m01"] / moments["m00"] + 0.5
    left = min(max(round(side / 2 - centre_x), 0), side - width)
    top = min(max(round(side / 2 - centre_y), 0), side - height)
    canvas = np.zeros((side, side), np.uint8)
    canvas[top : top + height, left : left + width] = ink
    small = cv2.resize(canvas, (GLYPH, GLYPH), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255
