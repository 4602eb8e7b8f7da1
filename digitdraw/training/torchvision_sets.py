"""Loads MNIST and data sets of the same form with torchvision; downloads them if missing.

A data set has four files in its folder `raw`: pictures and labels, for training and for test. Each
starts with its sizes (the format "idx" of MNIST)."""

import math
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from digitdraw.errors import DataError
from digitdraw.files import sha256

_FILES = ("images-idx3-ubyte", "labels-idx1-ubyte")
_UINT8 = 8
"""Type of the values in the header of a file."""


@dataclass(frozen=True)
class TorchvisionSet:
    """A data set that torchvision loads: `folder` in the data folder, and the names of its files.

    torchvision's class has the name of the folder. File names start with `train` or `test`."""

    folder: str
    train: str = "train"
    test: str = "t10k"
    options: tuple[tuple[str, str], ...] = ()

    def files(self, train: bool) -> list[str]:
        """Return the files of pictures and labels, relative to the data folder."""
        return [f"{self.folder}/raw/{self.train if train else self.test}-{f}" for f in _FILES]

    def load(self, root: Path | str, train: bool, download: bool = False) -> Any:
        """Load the training or test set with torchvision."""
        import torchvision.datasets  # takes two seconds, and MNIST needs it for downloads only

        make = getattr(torchvision.datasets, self.folder)
        return make(root, train=train, download=download, **dict(self.options))


SETS = {
    "mnist": TorchvisionSet("MNIST"),
    "fashion-mnist": TorchvisionSet("FashionMNIST"),
    "kmnist": TorchvisionSet("KMNIST"),
    "emnist-letters": TorchvisionSet(
        "EMNIST", "emnist-letters-train", "emnist-letters-test", (("split", "letters"),)
    ),
}
"""The known data sets, by the name that commands have for them."""


def load(name: str, root: Path, train: bool) -> tuple[np.ndarray, np.ndarray]:
    """Load one of SETS as its files have it: pictures (N, H, W) uint8 and labels (N,) int64.

    Downloads the files that are missing in the data folder `root`; a failed download leaves
    nothing behind. Raises DataError if it fails, or if a file is damaged."""
    known = SETS[name]
    missing = [f for part in (True, False) for f in known.files(part) if not (root / f).is_file()]
    if missing:
        _download(known, root, missing)
    sizes = [_checked_size(root / file) for file in known.files(train)]
    if sizes[0][0] != sizes[1][0]:
        raise DataError(
            f"{' and '.join(str(root / file) for file in known.files(train))} do not belong "
            f"together: {sizes[0][0]:,} pictures, {sizes[1][0]:,} labels. {_AGAIN}"
        )
    if name == "mnist":
        pixels, labels = map(_read, sizes, (root / file for file in known.files(train)))
        return pixels, labels.astype(np.int64)
    loaded = known.load(root, train)
    return loaded.data.numpy(), loaded.targets.numpy().astype(np.int64)


def hashes(name: str, root: Path) -> dict[str, str]:
    """Return the SHA-256 of the training files of one of SETS, by their path in `root`."""
    return {file: sha256(root / file) for file in SETS[name].files(train=True)}


def damaged(path: Path, reason: str) -> DataError:
    """Return the error for a damaged file, which says what to do."""
    return DataError(f"{path} is damaged: {reason}. {_AGAIN}")


_AGAIN = "Delete it, and run the command again to download it."


def _download(known: TorchvisionSet, root: Path, missing: list[str]) -> None:
    """Download into a temporary folder inside `root`, then move the missing files to their place.

    torchvision checks the downloads by their MD5."""
    new_folders = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix="download-") as temporary:
            known.load(temporary, train=True, download=True)
            for file in missing:
                _checked_size(Path(temporary) / file)
            (root / known.folder / "raw").mkdir(parents=True, exist_ok=True)
            for file in missing:
                os.replace(Path(temporary) / file, root / file)
    except BaseException as error:
        for folder in new_folders:
            with suppress(OSError):
                folder.rmdir()
        if not isinstance(error, Exception):
            raise
        # A download fails in many ways: no network, wrong hash, broken connection, full disk.
        names = ", ".join(Path(file).name for file in missing)
        raise DataError(
            f"{root / known.folder / 'raw'} lacks {names}, and the download failed "
            f"({' '.join(str(error).split())}). Run the command again to try again, "
            "or put the unpacked files there. --data names the data folder."
        ) from error


def _read(sizes: list[int], path: Path) -> np.ndarray:
    """Return the values of a file that `_checked_size` has checked, uint8 of these sizes."""
    return np.fromfile(path, np.uint8, offset=4 + 4 * len(sizes)).reshape(sizes)


def _checked_size(path: Path) -> list[int]:
    """Return the sizes that a file's header states. Raises DataError if they are not true."""
    with path.open("rb") as file:
        header = file.read(16)
    dimensions = 3 if "idx3" in path.name else 1
    if header[:4] != bytes([0, 0, _UINT8, dimensions]) or len(header) < 4 + 4 * dimensions:
        raise damaged(path, "it does not start as such a file does")
    sizes = np.frombuffer(header, ">u4", dimensions, 4).tolist()
    expected, size = 4 + 4 * dimensions + math.prod(sizes), path.stat().st_size
    if size != expected:
        raise damaged(path, f"it has {size:,} bytes, but its header says {expected:,}")
    return sizes
