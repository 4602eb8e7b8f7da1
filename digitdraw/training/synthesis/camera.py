"""Simulates uneven light on a sheet, and the camera or scanner that takes its picture.

Pictures are (H, W) float32, 0 = black, 1 = white. `digit_height` is in pixels, so that digits of
any size stay readable. `damage` from 0 to 1 scales how much the picture suffers."""

import math

import cv2
import numpy as np
from numpy.random import Generator


def uneven_light(sheet: np.ndarray, rng: Generator) -> np.ndarray:
    """The sheet under uneven light, in three of ten cases with a shadow across it."""
    height, width = sheet.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    along = math.cos(angle) * x + math.sin(angle) * y
    level = 1 + rng.uniform(0, 0.35) * along - rng.uniform(0, 0.2) * (x * x + y * y)
    if rng.random() < 0.3:
        angle, softness = rng.uniform(0, 2 * math.pi), rng.uniform(0.005, 0.2)
        across = math.cos(angle) * x + math.sin(angle) * y - rng.uniform(-0.8, 0.8)
        bend = 0.2 * np.sin(rng.uniform(0, 5) * (x - y) + rng.uniform(0, 6)) * rng.random()
        shadow = 1 / (1 + np.exp(((across + bend) / softness).clip(-30, 30)))
        level = level * (1 - rng.uniform(0.2, 0.65) * shadow)
    return (sheet * level.astype(np.float32)).clip(0, 1)


def photograph(
    scene: np.ndarray, digit_height: float, rng: Generator, damage: float = 1.0
) -> np.ndarray:
    """A photo of the scene, (H, W) uint8, with random blur, low resolution, noise and JPEG loss."""
    if rng.random() < 0.5:
        blur = rng.uniform(0.01, 0.055) * damage * digit_height
        scene = cv2.GaussianBlur(scene, (0, 0), max(0.3, blur))
    if rng.random() < 0.2 * damage:
        height, width = scene.shape
        size = rng.uniform(0.45, 0.9) if digit_height > 20 else 0.9
        small = cv2.resize(scene, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
        scene = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.3:
        scene = 1 - scene  # chalk on a board, or a negative
    # Most photos have high contrast and little noise: squared random numbers are mostly small.
    contrast = 1 - 0.5 * damage * rng.random() ** 2
    scene = (scene - 0.5) * contrast + 0.5 + rng.uniform(-0.5, 0.5) * (1 - contrast)
    if rng.random() < 0.6:
        noise = 0.002 + 0.068 * damage * rng.random() ** 2
        scene = scene + rng.normal(0, noise, scene.shape).astype(np.float32)
    picture = np.rint(scene.clip(0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70 - round(55 * damage), 90))]
        encoded = cv2.imencode(".jpg", picture, quality)[1]
        picture = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    return picture
