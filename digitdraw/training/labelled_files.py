"""Reads one's own labelled examples: a folder of pictures for each class, or `labels.jsonl`.

It lists the examples and splits them. `labelled_data` makes glyphs of them."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitdraw.errors import DataError
from digitdraw.training import datasets

LABELS = ("labels.jsonl", "labels.jsonl.gz")
"""Names of the file of labels in a folder. Another name will do if it is the only such file."""
SPLITS = ("train", "validation", "test")
SHARES = {"train": 70, "validation": 15, "test": 15}
"""Percentages of the data in each split, where the data does not say it."""
SPLIT_NAMES = {"train": "train", "test": "test"} | dict.fromkeys(
    ("validation", "val", "valid", "dev"), "validation"
)
"""The split that each name means, in the field `split` or as the name of a folder."""
_ALLOWED = (
    "A data set is a folder with one folder of pictures for each class, or a file labels.jsonl "
    'with one object a line: "label", and "image" or "strokes".'
)
_SEED = 0
"""Seed of the shuffle. It does not depend on the training."""
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".heif")
"""Endings of the files in a class's folder that are pictures."""


@dataclass(frozen=True)
class Example:
    """One labelled picture or drawing.

    `content` is the path of a picture, or strokes as JSON has them. `place` names the example in
    errors. `writer` and `split` are "" where they are not known."""

    label: str
    content: Any
    place: str
    writer: str = ""
    split: str = ""


def read_examples(path: Path) -> list[Example]:
    """Read the examples of a folder, or of a file of labels, in the order of the names or lines.

    Raises DataError if there are none, or if a line is damaged; the message has its number."""
    file = labels_file(path)
    examples = list(_read_lines(file) if file else _read_folders(path))
    if not examples:
        raise DataError(f"{file or path} has no examples. {_ALLOWED}")
    return examples


def labels_file(path: Path) -> Path | None:
    """Return the file of labels that `path` is or holds; None for a folder of pictures."""
    if path.is_file():
        if not path.name.endswith((".jsonl", ".jsonl.gz")):
            raise DataError(f"{path} is not .jsonl or .jsonl.gz. {_ALLOWED}")
        return path
    for name in LABELS:
        if (path / name).is_file():
            return path / name
    found = sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")])
    if len(found) > 1:
        names = ", ".join(file.name for file in found)
        raise DataError(f"{path} has several files of labels: {names}. Give the path of one.")
    return found[0] if found else None


def name_of(path: Path) -> str:
    """Return the name of the data set: that of the file, or of the folder for a `labels.jsonl`."""
    file = labels_file(path)
    if file and file.name not in LABELS:
        return file.name.split(".jsonl")[0]
    return (file.parent if file else path).resolve().name


def split_examples(examples: Sequence[Example]) -> dict[str, list[Example]]:
    """Split examples as they say; where they do not, by writer, else by a shuffle of each class.

    If no example is for test, those for validation are the test split. Without a validation
    split, the training split gives 15% to it."""
    known = {example.split for example in examples}
    if len(known) < 2 and known <= {"", "train"}:
        return _divide(examples, SHARES)
    if "" in known:
        place = next(example.place for example in examples if not example.split)
        raise DataError(f"{place}: a split is missing here, but other examples have one.")
    splits = {name: [e for e in examples if e.split == name] for name in SPLITS}
    if not splits["test"]:
        splits["test"], splits["validation"] = splits["validation"], []
    if not splits["validation"]:
        splits |= _divide(splits["train"], {"train": 85, "validation": 15})
    if not splits["train"]:
        raise DataError(f"{examples[0].place}: no example has the split 'train'.")
    return splits


def _divide(examples: Sequence[Example], shares: dict[str, int]) -> dict[str, list[Example]]:
    """Split by writer where it is known. Of the others, each class is shuffled and cut.

    The first split takes what the others, which have one example at least, leave."""
    splits = datasets.split_by_writer([e for e in examples if e.writer], shares)
    classes: dict[str, list[Example]] = {}
    for example in examples:
        if not example.writer:
            classes.setdefault(example.label, []).append(example)
    rng = np.random.default_rng(_SEED)
    for label in sorted(classes):
        found = [classes[label][i] for i in rng.permutation(len(classes[label]))]
        for name, percent in list(shares.items())[1:]:
            count = max(1, round(len(classes[label]) * percent / 100))
            splits[name] += found[:count]
            found = found[count:]
        splits[next(iter(shares))] += found
    return splits


def _read_lines(file: Path) -> Iterator[Example]:
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _example(line, file, f"{file}, line {number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is damaged: {error}.") from error


def _example(line: str, file: Path, place: str) -> Example:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise DataError(f"{place}: this is not JSON ({error}).") from error
    if not isinstance(entry, dict):
        raise DataError(f"{place}: this is not a JSON object. {_ALLOWED}")
    label, split = entry.get("label"), entry.get("split") or ""
    if type(label) not in (str, int) or label == "":
        raise DataError(f'{place}: "label" is missing, or is neither a text nor an integer.')
    if ("image" in entry) == ("strokes" in entry):
        raise DataError(f'{place}: there must be either "image" or "strokes".')
    if split and (type(split) is not str or split not in SPLIT_NAMES):
        raise DataError(f'{place}: "split" is {split!r}; allowed are {", ".join(SPLIT_NAMES)}.')
    content = entry.get("strokes")
    if "image" in entry:
        if not isinstance(entry["image"], str):
            raise DataError(f'{place}: "image" is not the path of a picture.')
        content = file.parent / entry["image"]
    writer = entry.get("writer")
    name = "" if writer is None else str(writer)
    return Example(str(label), content, place, name, SPLIT_NAMES.get(split, ""))


def _read_folders(path: Path) -> Iterator[Example]:
    """List the pictures of each class; the folders of classes may be in folders of splits."""
    folders = _folders(path)
    if not {folder.name for folder in folders} <= SPLIT_NAMES.keys():
        yield from _read_classes(folders, "")
        return
    for folder in folders:
        yield from _read_classes(_folders(folder), SPLIT_NAMES[folder.name])


def _read_classes(folders: list[Path], split: str) -> Iterator[Example]:
    for folder in folders:
        for file in sorted(folder.iterdir()):
            if file.suffix.lower() in _PICTURES and not file.name.startswith("."):
                yield Example(folder.name, file, str(file), "", split)


def _folders(path: Path) -> list[Path]:
    found = (folder for folder in path.iterdir() if folder.is_dir())
    return sorted(folder for folder in found if not folder.name.startswith("."))
