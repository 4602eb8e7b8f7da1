"""Generates sheets of paper and the desk under them.

Pictures are (H, W) float32, 0 = black, 1 = white. The distance of printed lines depends on
`digit_height`, in pixels."""

import math

import cv2
import numpy as np
from numpy.random import Generator


def random_sheet(
    shape: tuple[int, int], digit_height: float, rng: Generator, damage: float = 1.0
) -> np.ndarray:
    """An empty sheet (H, W): plain, ruled, squared, patterned, or a table, with grain and stains.

    `damage` from 0 to 1 makes grain stronger and patterns more frequent."""
    sheet = np.full(shape, rng.uniform(0.55, 1.0), np.float32)
    sheet += _clouds(shape, rng) * rng.uniform(0, 0.12)
    kind = rng.random()
    if kind < 0.2:
        sheet *= _ruled_lines(shape, digit_height * rng.uniform(0.9, 2.4), rng)
    elif kind < 0.35:
        step = digit_height * rng.uniform(0.35, 1.3)
        sheet *= _ruled_lines(shape, step, rng) * _ruled_lines(shape[::-1], step, rng).T
    elif kind < 0.4 + 0.15 * damage:
        sheet *= _pattern(shape, digit_height, rng)
    elif kind < 0.47 + 0.15 * damage:  # a table
        row, column = digit_height * rng.uniform(1.2, 2.6), digit_height * rng.uniform(1.2, 6)
        sheet *= _ruled_lines(shape, row, rng) * _ruled_lines(shape[::-1], column, rng).T
    if rng.random() < 0.5:
        grain = rng.normal(0, rng.uniform(0.005, 0.05), shape).astype(np.float32)
        sheet += cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 1.5)) * 2 * damage
    return sheet.clip(0.05, 1)


def add_desk(
    scene: np.ndarray, boxes: np.ndarray, digit_height: float, rng: Generator
) -> np.ndarray:
    """Replace the scene along a random side by a desk, if no digit is near that side.

    `boxes` (n, 4) are those of the digits, (x, y, width, height) in pixels."""
    turns = int(rng.integers(4))
    height, width = np.rot90(scene, turns).shape
    free = _free_margin(boxes, scene.shape, turns)
    if free < 0.06 * height:
        return scene
    edge = free * rng.uniform(0.3, 0.9)
    slope = rng.normal(0, 0.05)
    slope = float(np.clip(slope, -(free - edge) / width, (free - edge) / width))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    # In the turned picture, the desk reaches from the top down to the edge.
    is_desk = (edge + slope * (x - width / 2) - y + 0.5).clip(0, 1)
    shade = 1 - rng.uniform(0, 0.5) * np.exp(-((edge - y).clip(0) / (0.2 * digit_height)))
    desk = _desk((height, width), digit_height, rng) * shade
    turned = np.rot90(scene, turns)
    return np.rot90(turned * (1 - is_desk) + desk * is_desk, -turns).astype(np.float32).copy()


def _free_margin(boxes: np.ndarray, shape: tuple[int, ...], turns: int) -> float:
    """Pixels from the digits to the side that is on top after `turns` left quarter turns."""
    if not len(boxes):
        return shape[turns % 2] / 2
    height, width = shape
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return float((low[1], width - high[0], height - high[1], low[0])[turns])


def _desk(shape: tuple[int, int], digit_height: float, rng: Generator) -> np.ndarray:
    """Wood or cloth, (H, W) float32."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / digit_height
    level, depth = rng.uniform(0.15, 0.75), rng.uniform(0.05, 0.35)
    if rng.random() < 0.5:
        grain = np.sin(y * rng.uniform(4, 25) + 2 * _clouds(shape, rng))
    else:
        rate = rng.uniform(8, 30)
        grain = np.sin(x * rate) * np.sin(y * rate) + rng.normal(0, 0.3, shape)
    return (level * (1 + depth * grain)).clip(0.02, 1).astype(np.float32)


def _clouds(shape: tuple[int, int], rng: Generator) -> np.ndarray:
    """Slow changes of brightness, (H, W), with a standard deviation of about 1."""
    coarse = rng.normal(0, 1, rng.integers(2, 9, 2)).astype(np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _ruled_lines(shape: tuple[int, int], step: float, rng: Generator) -> np.ndarray:
    """Horizontal lines `step` pixels apart, as the share of light that they leave, (H, W)."""
    y = np.arange(shape[0], dtype=np.float32)
    half_width = rng.uniform(0.4, max(0.5, min(1.6, step / 14)))
    distance = np.abs((y + rng.uniform(0, step)) % step - step / 2)
    lines = (half_width + 0.5 - distance).clip(0, 1) * rng.uniform(0.06, 0.5)
    return np.broadcast_to((1 - lines)[:, None], shape)


def _pattern(shape: tuple[int, int], digit_height: float, rng: Generator) -> np.ndarray:
    """Wavy hatching as on checks, or dots, as the share of light that they leave, (H, W)."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / digit_height
    light = np.ones(shape, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        angle, rate = rng.uniform(0, math.pi), rng.uniform(6, 40)
        along = math.cos(angle) * x + math.sin(angle) * y
        across = -math.sin(angle) * x + math.cos(angle) * y
        swing = rng.uniform(0, 0.6) * np.sin(across * rng.uniform(1, 8) + rng.uniform(0, 6))
        line = np.sin((along + swing) * rate) * 0.5 + 0.5
        light *= 1 - rng.uniform(0.03, 0.25) * line ** rng.uniform(0.7, 6)
    return light
