"""Chooses how a test photo looks: pen, paper, light and camera, by kind of difficulty.

Knows no data and draws nothing; `ink`, `paper` and `camera` draw.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["DIFFICULTIES", "KINDS", "Look", "apply_difficulty", "random_look", "random_page_look"]

KINDS = (
    "plain", "ruled", "squared", "patterned", "shadow", "uneven light", "tilted", "perspective",
    "touching", "broken", "pencil", "coloured ink", "chalk", "blurred", "noisy", "small",
    "several lines", "separators", "clutter",
)  # fmt: skip
"""Main difficulty of a photo: photo i of a seed has kind i modulo their number."""
SIZES = ((640, 480), (800, 600), (1024, 768), (1280, 960), (1600, 1200))
"""Longer and shorter side of photos, in pixels."""
SIZE_PROBABILITIES = (0.2, 0.2, 0.2, 0.3, 0.1)
PAGE_SIZE = (4000, 3000)
"""Sides of a phone's photo of a whole page, in pixels."""
PAGE_DIGITS = (0.014, 0.024)
"""Largest height of digits there, as a fraction of the longer side: 4 to 7 mm on A4."""
COLOURED_INKS = ((0.75, 0.08, 0.1), (0.1, 0.2, 0.7), (0.05, 0.45, 0.2))
BOARDS = ((0.14, 0.25, 0.2), (0.13, 0.14, 0.15), (0.2, 0.28, 0.3))


@dataclass
class Look:
    """How one photo is written and taken.

    Lengths are fractions of the height of a digit, angles are in degrees, colours in [0, 1].
    """

    ink: tuple[float, float, float] = (0.1, 0.1, 0.12)
    strength: float = 0.9  # fraction of the paper's light that the ink absorbs
    pen: float = 0.09
    grain: float = 0.05  # fraction of the ink that does not reach rough paper
    paper: tuple[float, float, float] = (0.93, 0.92, 0.89)
    dark: bool = False
    tilt: float = 0.0
    keystone: float = 0.01  # shift of a corner of the paper, as a fraction of the photo
    touching: bool = False
    broken: bool = False
    print: str = "plain"  # pattern that is printed on the paper
    uneven: float = 0.08  # fraction of light lost at the dark end
    shadow: float = 0.0  # fraction of light lost in a shadow with an edge
    blur: float = 0.0
    motion: float = 0.0
    noise: float = 0.006
    quality: int = 90
    size: tuple[int, int] = (640, 480)
    max_height: float = math.inf  # of a digit, in pixels
    desk: bool = False  # whether the photo shows the desk beside the sheet


def random_look(kind: str, rng: np.random.Generator) -> Look:
    """Return an everyday look with the difficulty that `kind` names."""
    look = Look(
        ink=tuple(np.array([0.09, 0.09, 0.12]) + rng.uniform(0, 0.12)),
        strength=rng.uniform(0.82, 0.97),
        pen=float(np.clip(rng.lognormal(math.log(0.085), 0.28), 0.05, 0.17)),
        paper=tuple(rng.uniform(0.86, 0.97) * np.array([1, rng.uniform(0.97, 1), 0.97])),
        tilt=rng.uniform(-2.5, 2.5),
        uneven=rng.uniform(0.03, 0.2),
        noise=rng.uniform(0.003, 0.012),
        quality=int(rng.integers(78, 96)),
        size=SIZES[int(rng.choice(len(SIZES), p=SIZE_PROBABILITIES))],
        desk=bool(rng.random() < 0.25),
    )
    if rng.random() < 0.3:
        look.ink = (0.1, 0.16, 0.5)  # about a third of pens are blue
    look.blur = rng.uniform(0.0, 0.015)
    apply_difficulty(kind, look, rng)
    if rng.random() < 0.25 and kind not in ("small", "several lines"):
        look.size = look.size[::-1]
    return look


def random_page_look(kind: str, rng: np.random.Generator) -> Look:
    """Return the look of a photo of a whole page, on which digits are small."""
    look = random_look(kind, rng)
    look.size = PAGE_SIZE if look.size[0] >= look.size[1] else PAGE_SIZE[::-1]
    look.max_height = PAGE_SIZE[0] * rng.uniform(*PAGE_DIGITS)
    return look


def apply_difficulty(kind: str, look: Look, rng: np.random.Generator) -> None:
    """Change a look in place by the difficulty that `kind` names."""
    changes = DIFFICULTIES.get(kind, lambda rng: {"print": everyday_print(rng)})(rng)
    for name, value in changes.items():
        setattr(look, name, value)


def everyday_print(rng: np.random.Generator) -> str:
    """Return what is printed on paper that nobody chose for the purpose."""
    return str(rng.choice(["plain", "ruled", "squared"], p=[0.6, 0.25, 0.15]))


DIFFICULTIES: dict[str, Callable[[np.random.Generator], dict]] = {
    "plain": lambda rng: {},
    "ruled": lambda rng: {"print": "ruled"},
    "squared": lambda rng: {"print": "squared"},
    "patterned": lambda rng: {"print": "patterned", "desk": False},
    "shadow": lambda rng: {"shadow": rng.uniform(0.3, 0.65)},
    "uneven light": lambda rng: {"uneven": rng.uniform(0.45, 0.8)},
    "tilted": lambda rng: {
        "tilt": rng.choice([-1, 1]) * rng.uniform(6, 15), "print": everyday_print(rng),
    },
    "perspective": lambda rng: {
        "keystone": rng.uniform(0.07, 0.17), "tilt": rng.uniform(-5, 5),
        "print": everyday_print(rng),
    },
    "touching": lambda rng: {"touching": True, "print": everyday_print(rng)},
    "broken": lambda rng: {"broken": True, "strength": rng.uniform(0.6, 0.9)},
    "pencil": lambda rng: {
        "ink": (0.33, 0.33, 0.35), "strength": rng.uniform(0.4, 0.75), "print": everyday_print(rng),
        "grain": rng.uniform(0.3, 0.55), "pen": rng.uniform(0.06, 0.1),
    },
    "coloured ink": lambda rng: {
        "ink": COLOURED_INKS[rng.choice(3, p=[0.5, 0.35, 0.15])], "print": everyday_print(rng),
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
"""What each kind changes in an everyday look; kinds that are not listed change only the paper."""


def small_size(rng: np.random.Generator) -> tuple[int, int]:
    """Return the size of a picture of a small part of a page, or from an old phone."""
    width = int(rng.integers(100, 401))
    return width, round(width * rng.uniform(0.45, 0.8))
