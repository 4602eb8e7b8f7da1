"""Training data: reads it, verifies it, and splits it. Knows files; knows nothing of models.

Layout of a data folder: `MNIST/raw/` as torchvision makes it, and, where it is to be had,
`unipen-digits/{train,dev}.jsonl.gz` and `unipen-letters/letters.jsonl.gz`: one JSON object a
line with `label`, `writer` and `strokes`. The test parts (MNIST test, unipen-digits/dev,
letters of the test writers) are for `evaluate` alone.
"""

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torchvision.datasets import MNIST

from digitdraw.errors import DataError

__all__ = [
    "Drawing",
    "Glyphs",
    "drawings",
    "file_hashes",
    "letters",
    "mnist",
    "split_by_writer",
]

MNIST_VALIDATION = 5_000
"""Validation digits of MNIST, unless a recipe says otherwise."""

SHA256 = {
    "MNIST/raw/train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    "MNIST/raw/train-labels-idx1-ubyte": (
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    "MNIST/raw/t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    "MNIST/raw/t10k-labels-idx1-ubyte": (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}


@dataclass(frozen=True)
class Glyphs:
    """Labelled pictures: `pixels` (N, 28, 28) uint8, 255 = ink; `labels` (N,) int64."""

    pixels: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Drawing:
    """One drawn character: `strokes` as `digitdraw.strokes.parse` returns them."""

    label: str
    writer: str
    strokes: list[np.ndarray]


def mnist(root: Path, part: str, validation: int = MNIST_VALIDATION) -> Glyphs:
    """MNIST's "train", "validation" or "test" digits; downloaded where they are missing.

    The last `validation` of its training set are its validation digits, and no other.

    Raises DataError where they are missing and cannot be had, or a file's hash is wrong.
    """
    raw = root / "MNIST" / "raw"
    try:
        digits = MNIST(root, train=part != "test", download=not raw.is_dir())
    except (RuntimeError, OSError, ValueError) as error:
        names = ", ".join(Path(name).name for name in SHA256)
        raise DataError(
            f"MNIST is not in {raw} and could not be downloaded ({error}). "
            f"Put its four unpacked files there: {names}."
        ) from error
    for name in SHA256:
        if ("train" in name) == (part != "test"):
            _verify(root / name, SHA256[name])
    pixels, labels = digits.data.numpy(), digits.targets.numpy().astype(np.int64)
    if part == "train":
        return Glyphs(pixels[:-validation], labels[:-validation])
    if part == "validation":
        return Glyphs(pixels[-validation:], labels[-validation:])
    return Glyphs(pixels, labels)


def drawings(root: Path, part: str) -> list[Drawing]:
    """Drawn digits: "train" and "validation" writers of the training file, or "test": dev.

    Empty where the data folder has none.
    """
    if part == "test":
        return _read(root / "unipen-digits" / "dev.jsonl.gz")
    everything = _read(root / "unipen-digits" / "train.jsonl.gz")
    return split_by_writer(everything, {"train": 88, "validation": 12})[part]


def letters(root: Path, part: str) -> list[Drawing]:
    """Drawn letters that look like no digit, of "train", "validation" or "test" writers.

    Empty where the data folder has none.
    """
    everything = _read(root / "unipen-letters" / "letters.jsonl.gz")
    return split_by_writer(everything, {"train": 50, "validation": 20, "test": 30})[part]


def split_by_writer(everything: list[Drawing], parts: dict[str, int]) -> dict[str, list[Drawing]]:
    """Split so that no writer is in two parts; `parts` gives each its percentage, 100 in all.

    A writer's part follows from a hash of the name: it stays when others come or go.
    """
    split: dict[str, list[Drawing]] = {name: [] for name in parts}
    part_of = _part_chooser(parts)
    for drawing in everything:
        split[part_of(drawing.writer)].append(drawing)
    return split


def file_hashes(root: Path, drawn: bool = True) -> dict[str, str]:
    """SHA-256 of every training file that is there, by its path in the data folder; those of
    drawings and letters only where `drawn`."""
    names = [name for name in SHA256 if "t10k" not in name]
    if drawn:
        names += ["unipen-digits/train.jsonl.gz", "unipen-letters/letters.jsonl.gz"]
    return {name: _sha256(root / name) for name in names if (root / name).is_file()}


def _part_chooser(parts: dict[str, int]) -> Callable[[str], str]:
    names = [name for name, percent in parts.items() for _ in range(percent)]
    return lambda writer: names[hashlib.sha256(writer.encode()).digest()[0] * 100 // 256]


def _read(path: Path) -> list[Drawing]:
    if not path.is_file():
        return []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [_drawing(json.loads(line)) for line in lines]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is damaged ({error}); its SHA-256 is {_sha256(path)}.") from error


def _drawing(entry: dict) -> Drawing:
    strokes = [np.array(stroke, np.float64).reshape(-1, 2) for stroke in entry["strokes"]]
    return Drawing(str(entry["label"]), entry["writer"], [s for s in strokes if len(s)])


def _verify(path: Path, expected: str) -> None:
    found = _sha256(path)
    if found != expected:
        raise DataError(f"{path} is damaged: its SHA-256 is {found}, expected {expected}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
