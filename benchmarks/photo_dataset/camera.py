"""The light on a test photo's paper, and what lens, sensor and JPEG file make of it."""

import math

import cv2
import numpy as np

from benchmarks.photo_dataset.looks import Look

__all__ = ["SUBPIXEL_BITS", "camera", "light"]

SUBPIXEL_BITS = 4  # cv2 draws at coordinates of 1/16 pixel


def light(picture: np.ndarray, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Uneven light, the lens's darker corners, a shadow with an edge, and the lamp's colour."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    x, y = x.astype(np.float32), y.astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    along = (x * math.cos(angle) + y * math.sin(angle)) / 2.4 + 0.5
    field_ = 1 - look.uneven * np.clip(along, 0, 1) ** rng.uniform(0.8, 2)
    field_ *= 1 - rng.uniform(0.02, 0.12) * (x**2 + y**2) / 2
    if look.shadow:
        field_ *= 1 - look.shadow * shadow(x, y, rng)
    warmth = rng.uniform(-0.05, 0.08)
    lamp = np.array([1 + warmth, 1.0, 1 - warmth], np.float32) * rng.uniform(0.82, 1.02)
    return picture * field_[..., None] * lamp


def shadow(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The shadow of an arm, a head or the phone: a half plane, or a strip, with a sharp or a soft
    edge through the middle part of the picture; (H, W) in [0, 1]."""
    angle = rng.uniform(0, 2 * math.pi)
    across = x * math.cos(angle) + y * math.sin(angle) - rng.uniform(-0.35, 0.35)
    along = y * math.cos(angle) - x * math.sin(angle)
    across += rng.uniform(-0.2, 0.2) * along**2 + 0.05 * np.sin(along * rng.uniform(1, 6))
    soft = rng.uniform(0.006, 0.08)
    shade = np.clip(across / soft + 0.5, 0, 1)
    if rng.random() < 0.4:
        shade *= np.clip((rng.uniform(0.4, 0.9) - across) / soft + 0.5, 0, 1)
    return shade


def camera(picture: np.ndarray, h: float, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Lens, sensor and JPEG file: (H, W, 3) floats -> uint8."""
    picture = picture.astype(np.float32)
    sigma = max(look.blur * h, 0.45 if min(look.size) >= 300 else 0.3)
    picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    if look.motion:
        picture = cv2.filter2D(picture, -1, motion_kernel(look.motion * h, rng))
    shape = picture.shape
    # Shot noise grows with the root of the light; the sensor's colours are noisy in blotches.
    noise = rng.standard_normal(shape, np.float32) * np.sqrt(np.clip(picture, 0.05, 1))
    blotches = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), 1.5) * 2
    picture = picture + look.noise * (noise + 0.7 * blotches)
    if rng.random() < 0.5:  # phones sharpen
        picture += 0.5 * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2))
    pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    _, file = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, look.quality])
    return cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1].copy()


def motion_kernel(length: float, rng: np.random.Generator) -> np.ndarray:
    """The way that the camera shook, `length` pixels long, as weights that sum to 1."""
    side = 2 * math.ceil(length / 2) + 3
    angle = rng.uniform(0, math.pi)
    reach = np.array([math.cos(angle), math.sin(angle)]) * length / 2
    ends = [
        tuple(int(c) for c in np.rint(((side // 2) + s * reach) * (1 << SUBPIXEL_BITS)))
        for s in (-1, 1)
    ]
    kernel = np.zeros((side, side), np.uint8)
    cv2.line(kernel, *ends, 255, 1, cv2.LINE_AA, SUBPIXEL_BITS)
    kernel = kernel.astype(np.float32)
    return kernel / kernel.sum()
