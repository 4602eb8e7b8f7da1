"""Makes the sample of training data in tests/data.

    python benchmarks/tools/make_test_data.py DATA

DATA is a folder with MNIST, unipen-digits and unipen-letters (see docs/training.md). The sample has
the same layout, so that training, validation and evaluation run on it. It leaves out drawings that
nobody can read. Prints the SHA-256 of the MNIST files for `datasets.SAMPLE_SHA256`.
"""

import argparse
import gzip
import hashlib
import json
import struct
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np

from digitdraw.training import datasets

FOLDER = ROOT / "tests" / "data"

MNIST_TRAIN, MNIST_VALIDATION, MNIST_TEST = 256, 64, 80
"""Digits of each part. Validation digits are a fifth of the training file, as in `datasets`."""

DIGIT_WRITERS = {"train": 7, "validation": 3, "test": 5}
LETTER_WRITERS = {"train": 5, "validation": 3, "test": 3}
"""Writers of each part."""

PER_LABEL = {"unipen-digits": 3, "unipen-letters": 2}
"""Drawings of each digit or letter by each writer, at most."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA", help="folder of the full data")
    options = parser.parse_args()
    write_mnist(options.data)
    faults = json.loads((options.data / "unipen-digits" / "faults.json").read_text("utf-8"))
    path = Path("unipen-digits", "train.jsonl.gz")
    chosen = choose(options.data, path, "train", faults["train_suspect"])
    write(path, [*chosen, *choose(options.data, path, "validation", [])])
    unusable_dev = [*faults["dev_suspect"], *faults["dev_identical_to_train"]]
    path = Path("unipen-digits", "dev.jsonl.gz")
    write(path, choose(options.data, path, "test", unusable_dev))
    path = Path("unipen-letters", "letters.jsonl.gz")
    write(path, [line for part in LETTER_WRITERS for line in choose(options.data, path, part, [])])
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    print(f"{FOLDER.relative_to(ROOT)}: {size / 1000:.0f} kB")


def write_mnist(data: Path) -> None:
    """Write the first digits of each part as IDX files, and print their hashes."""
    train, validation, test = (
        datasets.mnist(data, part) for part in ("train", "validation", "test")
    )
    pixels = np.concatenate([train.pixels[:MNIST_TRAIN], validation.pixels[:MNIST_VALIDATION]])
    labels = np.concatenate([train.labels[:MNIST_TRAIN], validation.labels[:MNIST_VALIDATION]])
    write_idx("train-images-idx3-ubyte", pixels)
    write_idx("train-labels-idx1-ubyte", labels)
    write_idx("t10k-images-idx3-ubyte", test.pixels[:MNIST_TEST])
    write_idx("t10k-labels-idx1-ubyte", test.labels[:MNIST_TEST])


def write_idx(name: str, values: np.ndarray) -> None:
    """Write unsigned bytes in the format of MNIST: type 8, number of axes, sizes, values."""
    path = FOLDER / "MNIST" / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())
    print(f'    "{name}": "{hashlib.sha256(path.read_bytes()).hexdigest()}",')


def choose(data: Path, path: Path, part: str, excluded: list[int]) -> list[str]:
    """Lines of a file by some writers of a part, a few of each label.

    `datasets` decides which writers a part has. The writers with most labels come first.
    """
    of_digits = path.parent.name == "unipen-digits"
    drawings = datasets.readable_drawings(data, part) if of_digits else datasets.letters(data, part)
    allowed = {strokes_hash(drawing.strokes) for drawing in drawings}
    with gzip.open(data / path, "rt", encoding="utf-8") as file:
        entries = [(line, json.loads(line)) for index, line in enumerate(file)
                   if index not in set(excluded)]  # fmt: skip
    entries = [
        (line, entry) for line, entry in entries if strokes_hash(entry["strokes"]) in allowed
    ]
    labels = Counter(writer for writer, _ in {(e["writer"], e["label"]) for _, e in entries})
    count = (DIGIT_WRITERS if of_digits else LETTER_WRITERS)[part]
    writers = {writer for writer, _ in sorted(labels.items(), key=lambda n: (-n[1], n[0]))[:count]}
    taken: Counter = Counter()
    chosen = []
    for line, entry in entries:
        key = (entry["writer"], entry["label"])
        if entry["writer"] in writers and taken[key] < PER_LABEL[path.parent.name]:
            taken[key] += 1
            chosen.append(line)
    return chosen


def strokes_hash(strokes: list) -> bytes:
    points = [np.asarray(stroke, np.float64).tobytes() for stroke in strokes if len(stroke)]
    return hashlib.sha256(b"|".join(points)).digest()


def write(path: Path, lines: list[str]) -> None:
    """Write lines, compressed, without the time of writing."""
    (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
    (FOLDER / path).write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))
    writers = {json.loads(line)["writer"] for line in lines}
    print(f"{path}: {len(lines)} drawings by {len(writers)} writers")


if __name__ == "__main__":
    main()
