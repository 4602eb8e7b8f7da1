"""Loads any labelled data set for the classifiers: classes, and glyphs in three splits.

It knows some data sets of torchvision by name, and reads one's own pictures or drawings."""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torchvision.datasets import EMNIST, KMNIST, FashionMNIST

from digitdraw.errors import BadImageError, BadStrokesError, DataError
from digitdraw.files import sha256
from digitdraw.models.data_format import DIGITS, DataFormat
from digitdraw.preprocessing import binarize, glyph, strokes
from digitdraw.preprocessing.image_io import load_grey
from digitdraw.training import datasets, labelled_files, parallel, torchvision_sets
from digitdraw.training.datasets import Glyphs
from digitdraw.training.labelled_files import SPLITS, Example

VALIDATION = 1 / 6
"""Fraction of a training set of torchvision that is for validation: MNIST's last 10,000 digits."""
LARGEST_SIDE = 64
"""Largest side of pictures that are used as they are, in pixels."""
_SEED = 0
"""Seed of the order of EMNIST. It does not depend on the training."""
_CHUNK = 100
"""Glyphs that are made at once, between two steps of the progress."""
_MANY = 2_000
"""Pictures from which processes pay: they take seconds to start, and a picture takes 7 ms."""


@dataclass(frozen=True)
class LabelledData:
    """A data set: its format, and the glyphs of its splits, whose labels count the classes from 0.

    `hashes` has the SHA-256 of its files, by name."""

    data: DataFormat
    train: Glyphs
    validation: Glyphs
    test: Glyphs
    hashes: dict[str, str] = field(default_factory=dict)


FORMATS = {
    "mnist": DIGITS,
    "fashion-mnist": DataFormat("fashion-mnist", tuple(FashionMNIST.classes), 28, "none"),
    # Its pictures fill their frame, as no glyph does, so they are used as they are.
    "kmnist": DataFormat("kmnist", tuple(KMNIST.classes), 28, "none"),
    "emnist-letters": DataFormat("emnist-letters", tuple(EMNIST.classes_split_dict["letters"][1:])),
}
"""The formats of the data sets that torchvision loads, by name."""


def load_labelled(
    dataset: str, root: Path, validation: int | None = None, workers: int = 1
) -> LabelledData:
    """Load a data set by its name in FORMATS, or by the path of a folder or a file of labels.

    The data folder `root` holds the data sets of torchvision. Their last `validation` training
    examples are the validation split, by default one of six. Raises DataError."""
    if dataset == "mnist":
        count = round(60_000 * VALIDATION) if validation is None else validation
        train, validated, test = (datasets.mnist(root, split, count) for split in SPLITS)
        hashes = torchvision_sets.hashes(dataset, root)
        return LabelledData(DIGITS, train, validated, test, hashes)
    if dataset in FORMATS:
        return _load_torchvision(dataset, root, validation, workers)
    if not Path(dataset).exists():
        raise DataError(
            f"--dataset {dataset} is neither one of {', '.join(FORMATS)}, nor a folder or file "
            "that exists."
        )
    return _load_own(Path(dataset), workers)


def _load_torchvision(name: str, root: Path, validation: int | None, workers: int) -> LabelledData:
    train, test = (_load_part(name, root, is_train, workers) for is_train in (True, False))
    size = len(train.labels)
    if name == "emnist-letters":  # the source does not say that its order is random
        order = np.random.default_rng(_SEED).permutation(size)
        train = Glyphs(train.pixels[order], train.labels[order])
    count = round(size * VALIDATION) if validation is None else min(validation, size // 5)
    return LabelledData(
        FORMATS[name],
        Glyphs(train.pixels[:-count], train.labels[:-count]),
        Glyphs(train.pixels[-count:], train.labels[-count:]),
        test,
        torchvision_sets.hashes(name, root),
    )


def _load_part(name: str, root: Path, is_train: bool, workers: int) -> Glyphs:
    """Load the training or test set of torchvision, with labels from 0 and upright pictures."""
    data = FORMATS[name]
    pixels, labels = torchvision_sets.load(name, root, is_train)
    if name == "emnist-letters":
        pixels, labels = pixels.transpose(0, 2, 1), labels - 1
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(data.classes):
        file = root / torchvision_sets.SETS[name].files(is_train)[1]
        raise torchvision_sets.damaged(file, f"it has labels beyond {len(data.classes)} classes")
    if data.preparation == "handwriting":
        pixels = _in_chunks(_normalize, pixels, workers, name)
    return Glyphs(np.ascontiguousarray(pixels), labels)


def _load_own(path: Path, workers: int) -> LabelledData:
    examples = labelled_files.read_examples(path)
    classes = tuple(sorted({example.label for example in examples}, key=_natural))
    if len(classes) < 2:
        raise DataError(f"{path} has one class only, {classes[0]!r}; a classifier needs two.")
    side, name = _common_side(examples), labelled_files.name_of(path)
    data = DataFormat(name, classes) if side is None else DataFormat(name, classes, side, "none")
    splits = labelled_files.split_examples(examples)
    for split in SPLITS:
        lacking = sorted(set(classes) - {example.label for example in splits[split]}, key=_natural)
        if lacking:
            raise DataError(
                f"The {split} split of {path} has no {', '.join(lacking)}. Every split needs "
                "examples of each class: add examples or writers, or give each example a split."
            )
    render = partial(_render_split, side, classes, workers, name)
    train, validation, test = (render(splits[split]) for split in SPLITS)
    return LabelledData(data, train, validation, test, _hashes(path, examples))


def _common_side(examples: Sequence[Example]) -> int | None:
    """Return the side if all examples are square pictures of one small size, else None."""
    first = _picture_size(examples[0])
    if first is None or first[0] != first[1] or first[0] > LARGEST_SIDE:
        return None
    if any(_picture_size(example) != first for example in examples):
        return None
    return first[0]


def _picture_size(example: Example) -> tuple[int, int] | None:
    """Return (width, height) of a picture; None for strokes and for what cannot be read."""
    if not isinstance(example.content, Path):
        return None
    try:
        with Image.open(example.content) as picture:
            return picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _in_chunks(make: Callable, items: Any, workers: int, name: str) -> np.ndarray:
    """Return the glyphs (N, side, side) uint8 that `make` returns for the items, chunk by chunk."""
    workers = workers if len(items) >= _MANY else 1
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    return np.concatenate(parallel.map_in_order(make, chunks, workers, f"preparing {name}"))


def _normalize(pictures: np.ndarray) -> np.ndarray:
    """Bring light ink on black, (N, H, W) uint8, to the place and size that glyphs have."""
    return np.stack([_to_uint8(glyph.place(glyph.fit(picture))) for picture in pictures])


def _render_split(
    side: int | None, classes: tuple[str, ...], workers: int, name: str, examples: list[Example]
) -> Glyphs:
    if any(not isinstance(example.content, Path) for example in examples):
        workers = 1  # strokes are faster than a start of processes
    pixels = _in_chunks(partial(_render, side), examples, workers, name)
    labels = [classes.index(example.label) for example in examples]
    return Glyphs(pixels, np.array(labels, np.int64))


def _render(side: int | None, examples: Sequence[Example]) -> np.ndarray:
    """Load pictures of this side as they are; with None, preprocess pictures and drawings."""
    return np.stack([_to_uint8(_load_glyph(side, example)) for example in examples])


def _load_glyph(side: int | None, example: Example) -> np.ndarray:
    try:
        if not isinstance(example.content, Path):
            return strokes.to_glyph(example.content)
        return load_grey(example.content) if side else binarize.to_glyph(example.content)
    except (BadImageError, BadStrokesError) as error:
        raise DataError(f"{example.place}: {error}") from error


def _to_uint8(pixels: np.ndarray) -> np.ndarray:
    return np.rint(pixels * 255).astype(np.uint8)


def _hashes(path: Path, examples: Sequence[Example]) -> dict[str, str]:
    """Return the SHA-256 of the file of labels, and one of the names and bytes of all pictures."""
    file = labelled_files.labels_file(path)
    found = {file.name: sha256(file)} if file else {}
    pictures = sorted({e.content for e in examples if isinstance(e.content, Path)})
    if pictures:
        start = file.parent if file else path
        lines = (f"{os.path.relpath(p, start)} {sha256(p)}\n" for p in pictures)
        found["pictures"] = hashlib.sha256("".join(lines).encode()).hexdigest()
    return found


def _natural(name: str) -> list:
    """Return the key that sorts "2" before "10"."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if index % 2 else part for index, part in enumerate(parts)]
