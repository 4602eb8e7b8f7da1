"""Keeps a generated dataset in a file, with what it was made from, so that it fits its training."""

import json
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from digitdraw.errors import DataError
from digitdraw.files import write_atomically

_MADE_FROM = "made from"
"""Name of the array that has the options and data of the dataset, as JSON."""


def save(path: Path, arrays: dict[str, Any], made_from: dict[str, Any]) -> None:
    """Write the arrays of a dataset, and the options and hashes that it was `made_from`, as JSON.

    Raises OSError if the file cannot be written."""
    everything: dict[str, Any] = {**arrays, _MADE_FROM: np.array(json.dumps(made_from))}
    write_atomically(path, partial(np.savez, **everything))


def load(path: Path, made_from: dict[str, Any]) -> dict[str, np.ndarray]:
    """Read the arrays that `save` wrote.

    Raises DataError if the file is damaged, or was made from something else than `made_from`; the
    message names what differs. A value of None in `made_from` may differ."""
    try:
        # A file opened here is closed even if it is no archive.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = dict(file)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no dataset cache, or is damaged ({error}).") from error
    if _MADE_FROM not in arrays:
        raise DataError(
            f"{path} does not say what it was made from, because an older version wrote it. "
            "Delete it; the training that wrote it makes it again."
        )
    stored = json.loads(str(arrays.pop(_MADE_FROM)))
    wanted = json.loads(json.dumps(made_from))
    fixed = [key for key in {**stored, **wanted} if wanted.get(key, "") is not None]
    different = [key for key in fixed if stored.get(key) != wanted.get(key)]
    if different:
        names = ", ".join(_difference(key, stored, wanted) for key in different)
        raise DataError(
            f"{path} was made from other data or options: {names}. "
            "Give the same ones, or another file to --dataset-cache, or delete this one."
        )
    return arrays


def _difference(key: str, stored: dict[str, Any], wanted: dict[str, Any]) -> str:
    was, now = (str(values.get(key, "none"))[:12] for values in (stored, wanted))
    return f"{key} (was {was}, now {now})"
