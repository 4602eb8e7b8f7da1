"""Training data: loads it, verifies it, and splits it. Knows files; knows nothing of models.

A data folder has `MNIST/raw/`, as torchvision writes it. These parts are optional:
- `unipen-digits/{train,dev}.jsonl.gz` and `unipen-letters/letters.jsonl.gz`: drawings, one JSON
  object a line with `label`, `writer` and `strokes`.
- `orand-car-a/`, scanned amounts: `images/`, and `labels.jsonl` with `image`, `number`, `boxes`.
Digits of handwriting fonts, in the form of drawings, come with the package.

Only `evaluation` and `benchmarks/` may use the test parts.
"""

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from torchvision.datasets import MNIST

from digitdraw.errors import DataError

__all__ = [
    "UNREADABLE", "Drawing", "Glyphs", "Scan", "drawings", "file_hashes", "font_drawings",
    "letters", "mnist", "readable_drawings", "scans", "split_by_writer",
]  # fmt: skip

MNIST_VALIDATION = 5_000
"""Default number of MNIST's validation digits."""

SCANS_TEST, SCANS_VALIDATION = 200, 80
"""Number of scanned amounts for test and for validation; all others are for training."""

FONT_DIGITS = "fonts/digits.jsonl.gz"
"""The digits of handwriting fonts, relative to this package."""

_PACKAGE = Path(__file__).resolve().parent

_UNREADABLE_IN_TRAINING = frozenset((
    22, 249, 287, 294, 314, 432, 467, 639, 893, 932, 1131, 1168, 1387, 1418, 1498, 1597, 1801, 1811,
    1909, 1980, 2162, 2400, 2515, 2730, 3136, 3223, 3425, 3506, 3842, 3993, 4163, 4262, 4560, 4596,
    4614, 5006, 5082, 5153, 5236, 5350, 5452, 5550, 5717, 6024, 6052, 6140, 6206,
))  # fmt: skip

_UNREADABLE_IN_VALIDATION = frozenset((0, 207, 226, 358, 481, 537, 654, 994, 1000, 1018))

_UNREADABLE_IN_TEST = frozenset((
    59, 64, 87, 163, 194, 230, 234, 360, 396, 404, 450, 480, 602, 664, 731, 739, 762, 928, 1076,
    1105, 1107, 1130, 1194, 1252, 1397, 1407, 1420, 1456, 1511, 1654, 1675,
))  # fmt: skip

UNREADABLE = {
    "train": _UNREADABLE_IN_TRAINING,
    "validation": _UNREADABLE_IN_VALIDATION,
    "test": _UNREADABLE_IN_TEST,
}
"""Indices of drawings in each part that no person would read as labelled.

Most are single lines labelled 4, 1 or 0, rings labelled 8, and several rings labelled 0. A person
looked at those that a model doubted (60 of test, 80 of validation, and with the flat ones 245 of
training), so others may be left. The test results have both accuracies, with and without them.
"""

_INSPECTED_SHA256 = {
    "train.jsonl.gz": "ecef1dd2b4df4b29ad570e7bfb2da5d7d23378a498cad21d8bdbd9bb7a4d8def",
    "dev.jsonl.gz": "fbe009c7e66a555b228a8c24c268c9d9c2a4d1ac7a1d69492843ca940d47a666",
}
"""SHA-256 of the files of drawings that UNREADABLE is about."""

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of the files of MNIST."""

SAMPLE_SHA256 = {
    "train-images-idx3-ubyte": "4f633fd660728b21546c4d0f45c3fc1b7435ddb66b5e3024b51e1b9a4f1941dc",
    "train-labels-idx1-ubyte": "42862f6de6fc1e0f4ceacc7cbabed3884c1e05235ea8f948fa79f3becfb8ed28",
    "t10k-images-idx3-ubyte": "6612fc3f865c6c4d297c5bb0051bf6dc56c7d588e0393f33929721787ad49f39",
    "t10k-labels-idx1-ubyte": "1631a1d0e8c35b8bbc7c1eceee3d1b4df714495f7eba9cd4014552041410abdf",
}
"""The same files in the sample of tests/data."""


@dataclass(frozen=True)
class Glyphs:
    """Labelled glyphs: `pixels` (N, 28, 28) uint8, 255 = ink; `labels` (N,) int64."""

    pixels: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Drawing:
    """One drawn character: `strokes` is a list of (n, 2) float64 points (x, y), y down."""

    label: str
    writer: str
    strokes: list[np.ndarray]


@dataclass(frozen=True)
class Scan:
    """A scanned number.

    `name` is that of the file, and `picture` is (H, W) uint8 grey. `boxes` are (n, 4) float32, (x,
    y, width, height) in pixels, of the digits from left to right, and `labels` (n,) int64.
    """

    name: str
    picture: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


def mnist(root: Path, part: str, validation: int = MNIST_VALIDATION) -> Glyphs:
    """Load MNIST's "train", "validation" or "test" digits; download them if they are missing.

    The last `validation` digits of its training set are the validation digits.
    Raises DataError if the files are missing and the download fails, or if a hash is wrong.
    """
    raw = root / "MNIST" / "raw"
    try:
        digits = MNIST(root, train=part != "test", download=not raw.is_dir())
    except (RuntimeError, OSError, ValueError) as error:
        raise DataError(
            f"MNIST is not in {raw} and could not be downloaded ({error}). "
            f"Put its four unpacked files there: {', '.join(SHA256)}."
        ) from error
    for name in SHA256:
        if ("train" in name) == (part != "test"):
            _verify(raw / name, SHA256[name], SAMPLE_SHA256[name])
    pixels, labels = digits.data.numpy(), digits.targets.numpy().astype(np.int64)
    validation = min(validation, len(labels) // 5)  # the sample in tests/data is small
    if part == "train":
        return Glyphs(pixels[:-validation], labels[:-validation])
    if part == "validation":
        return Glyphs(pixels[-validation:], labels[-validation:])
    return Glyphs(pixels, labels)


def drawings(root: Path, part: str) -> list[Drawing]:
    """Load drawn digits of "train", "validation" or "test" writers.

    "test" is the file dev; the others share the training file. Returns [] if the file is missing.
    """
    drawn = _read(_drawings_path(root, part))
    if part == "test":
        return drawn
    return split_by_writer(drawn, {"train": 88, "validation": 12})[part]


def readable_drawings(root: Path, part: str) -> list[Drawing]:
    """Load drawn digits without those in UNREADABLE. Files with another hash are not filtered."""
    drawn, path = drawings(root, part), _drawings_path(root, part)
    if not drawn or _sha256(path) != _INSPECTED_SHA256[path.name]:
        return drawn
    return [drawing for index, drawing in enumerate(drawn) if index not in UNREADABLE[part]]


def font_drawings(part: str) -> list[Drawing]:
    """Load digits of "train", "validation" or "test" handwriting fonts. Each font is a writer.

    They come with the package; fonts/SOURCES.md names the authors.
    """
    drawn = _read(_PACKAGE / FONT_DIGITS)
    return split_by_writer(drawn, {"train": 75, "validation": 10, "test": 15})[part]


def letters(root: Path, part: str) -> list[Drawing]:
    """Load letters that look like no digit, of "train", "validation" or "test" writers.

    Returns [] if the file is missing.
    """
    drawn = _read(root / "unipen-letters" / "letters.jsonl.gz")
    return split_by_writer(drawn, {"train": 50, "validation": 20, "test": 30})[part]


def scans(root: Path, part: str) -> list[Scan]:
    """Load "train", "validation" or "test" scans of amounts. Returns [] if the folder is missing.

    The hash of its name decides the part of a scan: the smallest are for test and validation.
    """
    folder = root / "orand-car-a"
    if not (folder / "labels.jsonl").is_file():
        return []
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    entries = sorted(map(json.loads, lines), key=lambda entry: _hash_of(entry["image"]))
    train = SCANS_TEST + SCANS_VALIDATION
    bounds = {"test": (0, SCANS_TEST), "validation": (SCANS_TEST, train), "train": (train, None)}
    return [_scan(folder / "images", entry) for entry in entries[slice(*bounds[part])]]


def split_by_writer(drawn: list[Drawing], parts: dict[str, int]) -> dict[str, list[Drawing]]:
    """Split drawings so that no writer is in two parts. `parts` are percentages, 100 in all.

    The hash of the name decides a writer's part. It stays the same when other writers are added.
    """
    split: dict[str, list[Drawing]] = {name: [] for name in parts}
    part_of = _part_chooser(parts)
    for drawing in drawn:
        split[part_of(drawing.writer)].append(drawing)
    return split


def file_hashes(root: Path, mnist_only: bool = False) -> dict[str, str]:
    """Return the SHA-256 of each training file that exists, by its path in the data folder."""
    names = [f"MNIST/raw/{name}" for name in SHA256 if "t10k" not in name]
    if not mnist_only:
        names += ["unipen-digits/train.jsonl.gz", "unipen-letters/letters.jsonl.gz"]
        names += ["orand-car-a/labels.jsonl"]
    hashes = {name: _sha256(root / name) for name in names if (root / name).is_file()}
    return hashes if mnist_only else {**hashes, FONT_DIGITS: _sha256(_PACKAGE / FONT_DIGITS)}


def _part_chooser(parts: dict[str, int]) -> Callable[[str], str]:
    names = [name for name, percent in parts.items() for _ in range(percent)]
    return lambda writer: names[_hash_of(writer)[0] * 100 // 256]


def _hash_of(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _drawings_path(root: Path, part: str) -> Path:
    return root / "unipen-digits" / ("dev.jsonl.gz" if part == "test" else "train.jsonl.gz")


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


def _scan(images: Path, entry: dict) -> Scan:
    picture = cv2.imread(str(images / entry["image"]), cv2.IMREAD_GRAYSCALE)
    if picture is None or len(entry["boxes"]) != len(entry["number"]):
        raise DataError(f"{images / entry['image']} or its line in labels.jsonl is damaged.")
    labels = np.array([int(digit) for digit in entry["number"]], np.int64)
    boxes = np.array(entry["boxes"], np.float32).reshape(-1, 4)
    return Scan(entry["image"], picture, boxes, labels)


def _verify(path: Path, expected: str, sample: str) -> None:
    actual = _sha256(path)
    if actual not in (expected, sample):
        raise DataError(f"{path} is damaged: its SHA-256 is {actual}, expected {expected}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
