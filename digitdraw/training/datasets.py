"""Training data: reads it, checks it, and splits it into "train", "validation" and "test".

A data folder has MNIST in `MNIST/raw/`, as torchvision stores it. Everything else is optional:
- `unipen-digits/{train,dev}.jsonl.gz` and `unipen-letters/letters.jsonl.gz` are drawings, one JSON
  object a line, with `label`, `writer` and `strokes`;
- `unipen-symbols/symbols.jsonl.gz`, `unipen-characters/characters.jsonl.gz` (all letters) and
  `unipen-words/words.jsonl.gz` (words and numbers) also have `split`, "train" or "dev";
- `orand-car-a/` has scanned amounts in `images/`; its `labels.jsonl` has `image`, `number` and
  `boxes`.

The digits of handwriting fonts come with the package. Test splits are for evaluation and benchmarks
alone: MNIST's test set, unipen-digits/dev, and some letter writers, scans and fonts."""

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

import cv2
import numpy as np

from digitdraw.errors import DataError
from digitdraw.files import sha256
from digitdraw.training import torchvision_sets

MNIST_VALIDATION = 5_000
"""Validation digits of MNIST, unless a recipe sets another number."""
SCANS_TEST, SCANS_VALIDATION = 200, 80
"""Scanned amounts in these splits."""
TEXT_FILES = (
    "unipen-symbols/symbols.jsonl.gz",
    "unipen-characters/characters.jsonl.gz",
    "unipen-words/words.jsonl.gz",
)
"""Drawn symbols, letters and words, relative to the data folder."""
FONT_DIGITS = "fonts/digits.jsonl.gz"
"""The digits of handwriting fonts, relative to this module's folder."""
_FOLDER = Path(__file__).resolve().parent
FAULTS = "drawing_faults.json"
"""Lines of UNIPEN's digits that are left out, counted from 0, relative to this module's folder.

For each file, by name: its "sha256"; "suspect" lines of a contributor who cut off many digits; and
"unreadable" lines, which no person would read as their label says. A person looked at the drawings
that models were unsure of, so other unreadable ones may remain. The test file also has lines that
are "identical to train", and "writers of train", each with the name of the same person there."""
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""SHA-256 of MNIST's unpacked files, which are in `MNIST/raw/`."""
SAMPLE_SHA256 = {
    "train-images-idx3-ubyte": "4f633fd660728b21546c4d0f45c3fc1b7435ddb66b5e3024b51e1b9a4f1941dc",
    "train-labels-idx1-ubyte": "42862f6de6fc1e0f4ceacc7cbabed3884c1e05235ea8f948fa79f3becfb8ed28",
    "t10k-images-idx3-ubyte": "6612fc3f865c6c4d297c5bb0051bf6dc56c7d588e0393f33929721787ad49f39",
    "t10k-labels-idx1-ubyte": "1631a1d0e8c35b8bbc7c1eceee3d1b4df714495f7eba9cd4014552041410abdf",
}
"""SHA-256 of the same files in the sample of tests/data."""


class Written(Protocol):
    """Anything with a writer."""

    @property
    def writer(self) -> str:
        """Name of the writer."""


Item = TypeVar("Item", bound=Written)


@dataclass(frozen=True)
class Glyphs:
    """Labelled glyphs: `pixels` (N, side, side) uint8, 255 = ink; `labels` (N,) int64.

    The side is 28, unless the pictures of another data set are used as they are."""

    pixels: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Drawing:
    """A drawn character: `strokes` are (n, 2) float64 points (x, y), y down, in any unit."""

    label: str
    writer: str
    strokes: list[np.ndarray]
    readable: bool = True
    """False if `FAULTS` says that no person would read it as its label says."""


@dataclass(frozen=True)
class Symbol(Drawing):
    """A drawn symbol, with its size and place beside the digits and capitals of its writer.

    size   height, in heights of a digit; None if unknown
    place  vertical center: 0 is the top of the capitals, 1 is the base line; None if unknown"""

    size: float | None = None
    place: float | None = None


@dataclass(frozen=True)
class Scan:
    """A scanned number: the file's `name`, `picture` (H, W) uint8, and digits from left to right.

    `boxes` (n, 4) float32 are (x, y, width, height) in pixels; `labels` (n,) is int64."""

    name: str
    picture: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


def mnist(root: Path, split: str, validation: int = MNIST_VALIDATION) -> Glyphs:
    """MNIST's "train", "validation" or "test" digits; they are downloaded if missing.

    The last `validation` digits of MNIST's training set are the validation split.

    Raises DataError if a download fails or a file's hash is wrong."""
    pixels, labels = torchvision_sets.load("mnist", root, train=split != "test")
    for file in torchvision_sets.SETS["mnist"].files(train=split != "test"):
        name, found = Path(file).name, sha256(root / file)
        if found not in (SHA256[name], SAMPLE_SHA256[name]):
            reason = f"its SHA-256 is {found}, expected {SHA256[name]}"
            raise torchvision_sets.damaged(root / file, reason)
    validation = min(validation, len(labels) // 5)  # the sample in tests/data is small
    if split == "train":
        return Glyphs(pixels[:-validation], labels[:-validation])
    if split == "validation":
        return Glyphs(pixels[-validation:], labels[-validation:])
    return Glyphs(pixels, labels)


def drawings(root: Path, split: str) -> list[Drawing]:
    """Drawn digits of a split without the faulty ones; empty if the data folder has none.

    Training and validation have different writers of one file; test is a file of its own.
    `FAULTS` says what is faulty. Drawings of a file that it does not know are all taken."""
    path = root / "unipen-digits" / ("dev.jsonl.gz" if split == "test" else "train.jsonl.gz")
    found = _read(path)
    faults = json.loads((_FOLDER / FAULTS).read_text(encoding="utf-8"))[path.name]
    if found and sha256(path) == faults["sha256"]:
        for line in faults["unreadable"]:
            found[line] = replace(found[line], readable=False)
        left_out = {*faults["suspect"], *faults.get("identical to train", ())}
        found = [drawing for line, drawing in enumerate(found) if line not in left_out]
        persons = faults.get("writers of train", {})
        found = [drawing for drawing in found if drawing.writer not in persons]
    if split == "test":
        return found
    return split_by_writer(found, {"train": 88, "validation": 12})[split]


def readable_drawings(root: Path, split: str) -> list[Drawing]:
    """Drawn digits as `drawings` returns them, without those that no person can read."""
    return [drawing for drawing in drawings(root, split) if drawing.readable]


def font_drawings(split: str) -> list[Drawing]:
    """Digits of handwriting fonts; each font is a writer. Licences are in fonts/SOURCES.md."""
    shares = {"train": 75, "validation": 10, "test": 15}
    return split_by_writer(_read(_FOLDER / FONT_DIGITS), shares)[split]


def letters(root: Path, split: str) -> list[Drawing]:
    """Drawn letters that do not look like digits; empty if the data folder has none."""
    shares = {"train": 50, "validation": 20, "test": 30}
    return split_by_writer(_read(root / "unipen-letters" / "letters.jsonl.gz"), shares)[split]


def symbols(root: Path, split: str) -> list[Symbol]:
    """Drawn symbols of a split; empty if the data folder has none."""
    return [
        Symbol(**vars(_drawing(entry)), size=entry["size"], place=entry["place"])
        for entry in _entries_of(root / "unipen-symbols" / "symbols.jsonl.gz", split)
    ]


def characters(root: Path, split: str) -> list[Drawing]:
    """Drawn letters of all kinds, those that look like digits too; empty if there are none."""
    path = root / "unipen-characters" / "characters.jsonl.gz"
    return list(map(_drawing, _entries_of(path, split)))


def words(root: Path, split: str) -> list[Drawing]:
    """Drawn words and numbers, whose labels are texts; empty if the data folder has none."""
    path = root / "unipen-words" / "words.jsonl.gz"
    return list(map(_drawing, _entries_of(path, split)))


def scans(root: Path, split: str) -> list[Scan]:
    """Scanned amounts of a split; empty if the data folder has none.

    A hash of the name decides in which split a scan is. Raises DataError if one is damaged."""
    folder = root / "orand-car-a"
    if not (folder / "labels.jsonl").is_file():
        return []
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    entries = sorted(map(json.loads, lines), key=lambda entry: _name_hash(entry["image"]))
    train = SCANS_TEST + SCANS_VALIDATION
    bounds = {"test": (0, SCANS_TEST), "validation": (SCANS_TEST, train), "train": (train, None)}
    return [_scan(folder / "images", entry) for entry in entries[slice(*bounds[split])]]


def split_by_writer(found: Sequence[Item], shares: dict[str, int]) -> dict[str, list[Item]]:
    """Split drawings so that no writer is in two splits; `shares` are percentages that add to 100.

    A hash of the name decides, so a writer stays in a split when others are added or removed."""
    names = [name for name, percent in shares.items() for _ in range(percent)]
    splits: dict[str, list[Item]] = {name: [] for name in shares}
    for drawing in found:
        splits[names[_name_hash(drawing.writer)[0] * 100 // 256]].append(drawing)
    return splits


def file_hashes(root: Path, mnist_only: bool = False) -> dict[str, str]:
    """SHA-256 of all training files that exist, by their path in the data folder."""
    names = [f"MNIST/raw/{name}" for name in SHA256 if "t10k" not in name]
    if not mnist_only:
        names += ["unipen-digits/train.jsonl.gz", "unipen-letters/letters.jsonl.gz"]
        names += ["orand-car-a/labels.jsonl"]
    hashes = {name: sha256(root / name) for name in names if (root / name).is_file()}
    own = () if mnist_only else (FONT_DIGITS, FAULTS)
    return {**hashes, **{name: sha256(_FOLDER / name) for name in own}}


def text_hashes(root: Path) -> dict[str, str]:
    """SHA-256 of the training files of symbols, letters and words that exist, as `file_hashes`."""
    return {name: sha256(root / name) for name in TEXT_FILES if (root / name).is_file()}


def _name_hash(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _read(path: Path) -> list[Drawing]:
    try:
        return list(map(_drawing, _entries(path)))
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error


def _entries_of(path: Path, split: str) -> list[dict]:
    """The lines of a file whose field `split` is "train" for the split "train", else "dev"."""
    wanted = "train" if split == "train" else "dev"
    return [entry for entry in _entries(path) if entry.get("split") == wanted]


def _entries(path: Path) -> list[dict]:
    """The lines of a file; none if it does not exist."""
    if not path.is_file():
        return []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return list(map(json.loads, lines))
    except (OSError, EOFError, ValueError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{path} is damaged ({error}); its SHA-256 is {sha256(path)}.")


def _drawing(entry: dict) -> Drawing:
    strokes = [np.array(stroke, np.float64).reshape(-1, 2) for stroke in entry["strokes"]]
    return Drawing(str(entry["label"]), entry["writer"], list(filter(len, strokes)))


def _scan(images: Path, entry: dict) -> Scan:
    picture = cv2.imread(str(images / entry["image"]), cv2.IMREAD_GRAYSCALE)
    if picture is None or len(entry["boxes"]) != len(entry["number"]):
        raise DataError(f"{images / entry['image']} or its line in labels.jsonl is damaged.")
    labels = np.array([int(digit) for digit in entry["number"]], np.int64)
    boxes = np.array(entry["boxes"], np.float32).reshape(-1, 4)
    return Scan(entry["image"], picture, boxes, labels)
