"""Small labelled data sets, in the files that torchvision and people have."""

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from PIL import Image
from torchvision.datasets import EMNIST, KMNIST, MNIST, FashionMNIST

LOADERS: dict[str, Any] = {
    "mnist": MNIST,
    "fashion-mnist": FashionMNIST,
    "kmnist": KMNIST,
    "emnist-letters": EMNIST,
}
FILES = ("images-idx3-ubyte", "labels-idx1-ubyte")


def idx(array: np.ndarray) -> bytes:
    """Return an array as MNIST's files have it: a header with the sizes, then the bytes."""
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def pictures_of(labels: np.ndarray, side: int = 28) -> np.ndarray:
    """Make a picture of light ink for each label, unlike its own transpose."""
    rng = np.random.default_rng(0)
    shapes = rng.integers(0, 2, (int(labels.max()) + 1, side // 4, side // 4)) * 255
    shapes[:, 0] = 255
    return np.kron(shapes[labels], np.ones((4, 4), int)).astype(np.uint8)


def files_of(name: str, train: int, test: int) -> dict[str, bytes]:
    """Make the four files of a data set by torchvision, with so many pictures."""
    classes = 26 if name == "emnist-letters" else 10
    prefixes = ("train", "t10k")
    if name == "emnist-letters":
        prefixes = ("emnist-letters-train", "emnist-letters-test")
    files = {}
    for prefix, count in zip(prefixes, (train, test), strict=True):
        labels = np.arange(count) % classes
        pictures = pictures_of(labels)
        if name == "emnist-letters":
            labels, pictures = labels + 1, pictures.transpose(0, 2, 1)
        for file, array in zip(FILES, (pictures, labels), strict=True):
            files[f"{prefix}-{file}"] = idx(array)
    return files


def raw_folder(name: str, root: Path) -> Path:
    """Return the folder of the files of a data set."""
    return root / LOADERS[name].__name__ / "raw"


def write_set(name: str, root: Path, train: int = 120, test: int = 60) -> Path:
    """Write the unpacked files of a data set into a data folder. Returns their folder."""
    folder = raw_folder(name, root)
    folder.mkdir(parents=True)
    for file, content in files_of(name, train, test).items():
        (folder / file).write_bytes(content)
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the files of a folder over HTTP on this machine; yields the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def pack_set(name: str, mirror: Path, address: str, set_attribute: Callable) -> None:
    """Write small files of a data set into `mirror`, and let torchvision download from `address`.

    `set_attribute` is `monkeypatch.setattr`. The files are compressed as those of the source."""
    loader, packed = LOADERS[name], {}
    for file, content in files_of(name, 120, 60).items():
        packed[f"{file}.gz"] = gzip.compress(content, mtime=0)
    if name == "emnist-letters":
        with zipfile.ZipFile(mirror / "gzip.zip", "w") as archive:
            for file, content in packed.items():
                archive.writestr(f"gzip/{file}", content)
        set_attribute(loader, "url", f"{address}gzip.zip")
        set_attribute(loader, "md5", _md5((mirror / "gzip.zip").read_bytes()))
        return
    for file, content in packed.items():
        (mirror / file).write_bytes(content)
    set_attribute(loader, "mirrors", [address])
    set_attribute(loader, "resources", [(file, _md5(packed[file])) for file, _ in loader.resources])


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def write_lines(path: Path, entries: Iterable[dict]) -> Path:
    """Write a file of labels, compressed if its name ends with .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = partial(gzip.open, path, "wt") if path.suffix == ".gz" else partial(path.open, "w")
    with opened() as file:
        file.writelines(json.dumps(entry) + "\n" for entry in entries)
    return path


def write_pictures(folder: Path, count: int, side: int = 16, start: int = 0) -> None:
    """Write grey pictures, each of another level, into the folder of a class."""
    folder.mkdir(parents=True)
    for number in range(start, start + count):
        Image.fromarray(np.full((side, side), number % 256, np.uint8)).save(
            folder / f"{number}.png"
        )
