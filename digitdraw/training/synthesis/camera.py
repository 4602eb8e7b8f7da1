"""Papers, light and cameras for training pictures: what numbers are written on and seen through.

Pictures are (H, W) float32, 0 = black, 1 = white. `unit` is the height of the digits that are to
be written, in pixels: lines of a paper are so far apart as people write, and what a camera does
is as bad as leaves digits readable, or less by `harm`, from 0 to 1. All chance comes from the
generator that is passed in.
"""

import math

import cv2
import numpy as np

__all__ = ["desk", "light", "paper", "photograph"]


def paper(
    shape: tuple[int, int], unit: float, rng: np.random.Generator, harm: float = 1.0
) -> np.ndarray:
    """An empty sheet: plain, ruled, squared, patterned, or a table; its own grain and stains."""
    sheet = np.full(shape, rng.uniform(0.55, 1.0), np.float32)
    sheet += _clouds(shape, rng) * rng.uniform(0, 0.12)
    kind = rng.random()
    if kind < 0.2:
        sheet *= _rules(shape, unit * rng.uniform(0.9, 2.4), rng)
    elif kind < 0.35:
        step = unit * rng.uniform(0.35, 1.3)
        sheet *= _rules(shape, step, rng) * _rules(shape[::-1], step, rng).T
    elif kind < 0.4 + 0.15 * harm:
        sheet *= _pattern(shape, unit, rng)
    elif kind < 0.47 + 0.15 * harm:  # a table
        rows, columns = unit * rng.uniform(1.2, 2.6), unit * rng.uniform(1.2, 6)
        sheet *= _rules(shape, rows, rng) * _rules(shape[::-1], columns, rng).T
    if rng.random() < 0.5:
        grain = rng.normal(0, rng.uniform(0.005, 0.05), shape).astype(np.float32)
        sheet += cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 1.5)) * 2 * harm
    return sheet.clip(0.05, 1)


def desk(scene: np.ndarray, boxes: np.ndarray, unit: float, rng: np.random.Generator) -> np.ndarray:
    """The sheet's edge, and the desk beside it, where one side has room without any digit;
    `boxes` (n, 4) are those of digits, in pixels."""
    turns = int(rng.integers(4))
    height, width = np.rot90(scene, turns).shape
    free = _room(boxes, scene.shape, turns)
    if free < 0.06 * height:
        return scene
    edge = free * rng.uniform(0.3, 0.9)
    slope = rng.normal(0, 0.05)
    slope = float(np.clip(slope, -(free - edge) / width, (free - edge) / width))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    # The desk reaches from the upper side of the turned picture down to the edge.
    beyond = (edge + slope * (x - width / 2) - y + 0.5).clip(0, 1)
    shade = 1 - rng.uniform(0, 0.5) * np.exp(-((edge - y).clip(0) / (0.2 * unit)))
    table = _table((height, width), unit, rng) * shade
    turned = np.rot90(scene, turns)
    return np.rot90(turned * (1 - beyond) + table * beyond, -turns).astype(np.float32).copy()


def light(sheet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sheet under uneven light, at times with the edge of a shadow across it."""
    height, width = sheet.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    along = math.cos(angle) * x + math.sin(angle) * y
    level = 1 + rng.uniform(0, 0.35) * along - rng.uniform(0, 0.2) * (x * x + y * y)
    if rng.random() < 0.3:
        angle, soft = rng.uniform(0, 2 * math.pi), rng.uniform(0.005, 0.2)
        across = math.cos(angle) * x + math.sin(angle) * y - rng.uniform(-0.8, 0.8)
        bend = 0.2 * np.sin(rng.uniform(0, 5) * (x - y) + rng.uniform(0, 6)) * rng.random()
        shade = 1 / (1 + np.exp(((across + bend) / soft).clip(-30, 30)))
        level = level * (1 - rng.uniform(0.2, 0.65) * shade)
    return (sheet * level.astype(np.float32)).clip(0, 1)


def photograph(
    scene: np.ndarray, unit: float, rng: np.random.Generator, harm: float = 1.0
) -> np.ndarray:
    """What a camera or scanner makes of it: blur, too few pixels, noise, JPEG; then uint8."""
    if rng.random() < 0.5:
        blur = rng.uniform(0.01, 0.055) * harm * unit
        scene = cv2.GaussianBlur(scene, (0, 0), max(0.3, blur))
    if rng.random() < 0.2 * harm:
        height, width = scene.shape
        size = rng.uniform(0.45, 0.9) if unit > 20 else 0.9
        small = cv2.resize(scene, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
        scene = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.3:
        scene = 1 - scene  # chalk on a board, or a negative
    # Of noise and faintness most photos have little, which squares of chance give.
    contrast = 1 - 0.5 * harm * rng.random() ** 2
    scene = (scene - 0.5) * contrast + 0.5 + rng.uniform(-0.5, 0.5) * (1 - contrast)
    if rng.random() < 0.6:
        noise = 0.002 + 0.068 * harm * rng.random() ** 2
        scene = scene + rng.normal(0, noise, scene.shape).astype(np.float32)
    picture = np.rint(scene.clip(0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70 - round(55 * harm), 90))]
        packed = cv2.imencode(".jpg", picture, quality)[1]
        picture = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return picture


def _room(boxes: np.ndarray, shape: tuple[int, int], turns: int) -> float:
    """Pixels from a side of the picture to the nearest digit: of the side that is the upper one
    after so many quarter turns against the clock."""
    if not len(boxes):
        return shape[turns % 2] / 2
    height, width = shape
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return float((low[1], width - high[0], height - high[1], low[0])[turns])


def _table(shape: tuple[int, int], unit: float, rng: np.random.Generator) -> np.ndarray:
    """Wood or cloth: (H, W) float32."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / unit
    level, depth = rng.uniform(0.15, 0.75), rng.uniform(0.05, 0.35)
    if rng.random() < 0.5:
        grain = np.sin(y * rng.uniform(4, 25) + 2 * _clouds(shape, rng))
    else:
        rate = rng.uniform(8, 30)
        grain = np.sin(x * rate) * np.sin(y * rate) + rng.normal(0, 0.3, shape)
    return (level * (1 + depth * grain)).clip(0.02, 1).astype(np.float32)


def _clouds(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Slow changes of brightness, standard deviation about 1."""
    coarse = rng.normal(0, 1, rng.integers(2, 9, 2)).astype(np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _rules(shape: tuple[int, int], step: float, rng: np.random.Generator) -> np.ndarray:
    """Level lines about `step` pixels apart, as what is left of the light: (H, W) up to 1."""
    y = np.arange(shape[0], dtype=np.float32)
    half = rng.uniform(0.4, max(0.5, min(1.6, step / 14)))
    away = np.abs((y + rng.uniform(0, step)) % step - step / 2)
    lines = (half + 0.5 - away).clip(0, 1) * rng.uniform(0.06, 0.5)
    return np.broadcast_to((1 - lines)[:, None], shape)


def _pattern(shape: tuple[int, int], unit: float, rng: np.random.Generator) -> np.ndarray:
    """Wavy hatching, as behind the amounts of a check, or dots: what is left of the light."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / unit
    waves = np.ones(shape, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        angle, rate = rng.uniform(0, math.pi), rng.uniform(6, 40)
        along = math.cos(angle) * x + math.sin(angle) * y
        across = -math.sin(angle) * x + math.cos(angle) * y
        swing = rng.uniform(0, 0.6) * np.sin(across * rng.uniform(1, 8) + rng.uniform(0, 6))
        line = np.sin((along + swing) * rate) * 0.5 + 0.5
        waves *= 1 - rng.uniform(0.03, 0.25) * line ** rng.uniform(0.7, 6)
    return waves
