"""Adds light and shadow to a test photo, and the blur, noise and JPEG loss of a camera."""

import math

import cv2
import numpy as np

from benchmarks.photo_dataset.looks import Look

__all__ = ["SUBPIXEL_BITS", "add_light", "take_picture"]

SUBPIXEL_BITS = 4  # drawing coordinates of cv2 in 1/16 pixel


def add_light(picture: np.ndarray, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Add uneven light, vignetting, a shadow and the colour of the lamp to (H, W, 3) floats."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    x, y = x.astype(np.float32), y.astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    along = (x * math.cos(angle) + y * math.sin(angle)) / 2.4 + 0.5
    brightness = 1 - look.uneven * np.clip(along, 0, 1) ** rng.uniform(0.8, 2)
    brightness *= 1 - rng.uniform(0.02, 0.12) * (x**2 + y**2) / 2
    if look.shadow:
        brightness *= 1 - look.shadow * random_shadow(x, y, rng)
    warmth = rng.uniform(-0.05, 0.08)
    lamp = np.array([1 + warmth, 1.0, 1 - warmth], np.float32) * rng.uniform(0.82, 1.02)
    return picture * brightness[..., None] * lamp


def random_shadow(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the shadow of an arm, a head or the phone, (H, W) in [0, 1].

    It covers a half plane or a band. Its edge is sharp or soft and crosses the middle part of the
    picture.
    """
    angle = rng.uniform(0, 2 * math.pi)
    across = x * math.cos(angle) + y * math.sin(angle) - rng.uniform(-0.35, 0.35)
    along = y * math.cos(angle) - x * math.sin(angle)
    across += rng.uniform(-0.2, 0.2) * along**2 + 0.05 * np.sin(along * rng.uniform(1, 6))
    softness = rng.uniform(0.006, 0.08)
    shade = np.clip(across / softness + 0.5, 0, 1)
    if rng.random() < 0.4:
        shade *= np.clip((rng.uniform(0.4, 0.9) - across) / softness + 0.5, 0, 1)
    return shade


def take_picture(picture: np.ndarray, h: float, look: Look, rng: np.random.Generator) -> np.ndarray:
    """Add the faults of lens, sensor and JPEG file: (H, W, 3) floats -> uint8."""
    picture = picture.astype(np.float32)
    sigma = max(look.blur * h, 0.45 if min(look.size) >= 300 else 0.3)
    picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    if look.motion:
        picture = cv2.filter2D(picture, -1, motion_kernel(look.motion * h, rng))
    shape = picture.shape
    # Shot noise grows with the square root of the light; colour noise comes in blotches.
    noise = rng.standard_normal(shape, np.float32) * np.sqrt(np.clip(picture, 0.05, 1))
    blotches = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), 1.5) * 2
    picture = picture + look.noise * (noise + 0.7 * blotches)
    if rng.random() < 0.5:  # many phones sharpen
        picture += 0.5 * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2))
    pixels = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    _, file = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, look.quality])
    return cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1].copy()


def motion_kernel(length: float, rng: np.random.Generator) -> np.ndarray:
    """Return the kernel of a camera shake of `length` pixels; its weights sum to 1."""
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
