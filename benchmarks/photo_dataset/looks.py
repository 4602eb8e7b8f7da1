"""How one test photo is written and taken: pen, paper, light and camera, by kind of difficulty.

Knows no data and draws nothing; `photo_ink`, `photo_papers` and `photo_camera` do.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["DIFFICULTIES", "KINDS", "Look", "difficulty", "look_of", "look_of_page"]

KINDS = (
    "plain", "ruled", "squared", "patterned", "shadow", "uneven light", "tilted", "perspective",
    "touching", "broken", "pencil", "coloured ink", "chalk", "blurred", "noisy", "small",
    "several lines", "separators", "clutter",
)  # fmt: skip
"""Main difficulties of a photo; photo number i of a seed has number i modulo their count."""
SIZES = ((640, 480), (800, 600), (1024, 768), (1280, 960), (1600, 1200))
"""Longer and shorter side, in pixels."""
SIZE_SHARES = (0.2, 0.2, 0.2, 0.3, 0.1)
PAGE_SIZE = (4000, 3000)
"""The same of a phone's photo of a whole page."""
PAGE_DIGITS = (0.014, 0.024)
"""How tall digits are there at most, as part of the longer side: 4 to 7 mm on A4."""
COLOURED_INKS = ((0.75, 0.08, 0.1), (0.1, 0.2, 0.7), (0.05, 0.45, 0.2))
BOARDS = ((0.14, 0.25, 0.2), (0.13, 0.14, 0.15), (0.2, 0.28, 0.3))


@dataclass
class Look:
    """How one photo is written and taken; lengths are parts of a digit's height, angles are in
    degrees, colours in [0, 1]."""

    ink: tuple[float, float, float] = (0.1, 0.1, 0.12)
    strength: float = 0.9  # how much of the paper's light the ink takes away
    pen: float = 0.09
    grain: float = 0.05  # part of the ink that the paper's tooth keeps off
    paper: tuple[float, float, float] = (0.93, 0.92, 0.89)
    dark: bool = False
    tilt: float = 0.0
    keystone: float = 0.01  # how far a corner of the paper is moved, as part of the photo
    touching: bool = False
    broken: bool = False
    print: str = "plain"  # what is printed on the paper
    uneven: float = 0.08  # light lost towards the dark end
    shadow: float = 0.0  # light lost under a shadow with an edge
    blur: float = 0.0
    motion: float = 0.0
    noise: float = 0.006
    quality: int = 90
    size: tuple[int, int] = (640, 480)
    tallest: float = math.inf  # digit, in pixels
    desk: bool = False


def look_of(kind: str, rng: np.random.Generator) -> Look:
    """An everyday look, and the one difficulty that `kind` names."""
    look = Look(
        ink=tuple(np.array([0.09, 0.09, 0.12]) + rng.uniform(0, 0.12)),
        strength=rng.uniform(0.82, 0.97),
        pen=float(np.clip(rng.lognormal(math.log(0.085), 0.28), 0.05, 0.17)),
        paper=tuple(rng.uniform(0.86, 0.97) * np.array([1, rng.uniform(0.97, 1), 0.97])),
        tilt=rng.uniform(-2.5, 2.5),
        uneven=rng.uniform(0.03, 0.2),
        noise=rng.uniform(0.003, 0.012),
        quality=int(rng.integers(78, 96)),
        size=SIZES[int(rng.choice(len(SIZES), p=SIZE_SHARES))],
        desk=bool(rng.random() < 0.25),
    )
    if rng.random() < 0.3:
        look.ink = (0.1, 0.16, 0.5)  # every third pen at hand is blue
    look.blur = rng.uniform(0.0, 0.015)
    difficulty(kind, look, rng)
    if rng.random() < 0.25 and kind not in ("small", "several lines"):
        look.size = look.size[::-1]
    return look


def look_of_page(kind: str, rng: np.random.Generator) -> Look:
    """The same look of a photo of a whole page, on which digits are small."""
    look = look_of(kind, rng)
    look.size = PAGE_SIZE if look.size[0] >= look.size[1] else PAGE_SIZE[::-1]
    look.tallest = PAGE_SIZE[0] * rng.uniform(*PAGE_DIGITS)
    return look


def difficulty(kind: str, look: Look, rng: np.random.Generator) -> None:
    """Put what `kind` names into a look."""
    changes = DIFFICULTIES.get(kind, lambda rng: {"print": everyday(rng)})(rng)
    for name, value in changes.items():
        setattr(look, name, value)


def everyday(rng: np.random.Generator) -> str:
    """What is printed on the paper of somebody who did not choose it."""
    return str(rng.choice(["plain", "ruled", "squared"], p=[0.6, 0.25, 0.15]))


DIFFICULTIES: dict[str, Callable[[np.random.Generator], dict]] = {
    "plain": lambda rng: {},
    "ruled": lambda rng: {"print": "ruled"},
    "squared": lambda rng: {"print": "squared"},
    "patterned": lambda rng: {"print": "patterned", "desk": False},
    "shadow": lambda rng: {"shadow": rng.uniform(0.3, 0.65)},
    "uneven light": lambda rng: {"uneven": rng.uniform(0.45, 0.8)},
    "tilted": lambda rng: {
        "tilt": rng.choice([-1, 1]) * rng.uniform(6, 15), "print": everyday(rng),
    },
    "perspective": lambda rng: {
        "keystone": rng.uniform(0.07, 0.17), "tilt": rng.uniform(-5, 5), "print": everyday(rng),
    },
    "touching": lambda rng: {"touching": True, "print": everyday(rng)},
    "broken": lambda rng: {"broken": True, "strength": rng.uniform(0.6, 0.9)},
    "pencil": lambda rng: {
        "ink": (0.33, 0.33, 0.35), "strength": rng.uniform(0.4, 0.75), "print": everyday(rng),
        "grain": rng.uniform(0.3, 0.55), "pen": rng.uniform(0.06, 0.1),
    },
    "coloured ink": lambda rng: {
        "ink": COLOURED_INKS[rng.choice(3, p=[0.5, 0.35, 0.15])], "print": everyday(rng),
    },
    "chalk": lambda rng: {
        "dark": True, "ink": (0.93, 0.93, 0.9) if rng.random() < 0.8 else (0.95, 0.87, 0.5),
        "paper": BOARDS[rng.integers(len(BOARDS))], "print": "board", "desk": False,
        "grain": rng.uniform(0.25, 0.45), "pen": rng.uniform(0.09, 0.15),
    },
    "blurred": lambda rng: {"blur": rng.uniform(0.04, 0.085)} if rng.random() < 0.6 else {
        "motion": rng.uniform(0.12, 0.24)
    },
    "noisy": lambda rng: {"noise": rng.uniform(0.03, 0.09), "quality": int(rng.integers(12, 36))},
    "small": lambda rng: {
        "size": small_size(rng), "pen": rng.uniform(0.08, 0.14), "desk": False,
        "quality": int(rng.integers(70, 95)),
    },
    "clutter": lambda rng: {"print": str(rng.choice(["form", "plain", "ruled"]))},
}  # fmt: skip
"""What each kind changes in an everyday look; those that are not here change the paper alone."""


def small_size(rng: np.random.Generator) -> tuple[int, int]:
    """Width and height of a picture of a small part of a page, or of an old phone."""
    width = int(rng.integers(100, 401))
    return width, round(width * rng.uniform(0.45, 0.8))
