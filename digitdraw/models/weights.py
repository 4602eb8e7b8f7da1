"""Weights on disk: a manifest, a checksum, saving and loading. Knows no device but the CPU.

`weights/manifest.json` says for each model its file, SHA-256, architecture, normalization,
calibration, and the record of its training. Files are loaded with `weights_only=True`, never
before their checksum has been compared, and are written to a temporary file first.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from digitdraw.errors import BadWeightsError, UnknownModelError
from digitdraw.files import write_atomically
from digitdraw.models.calibration import Calibration
from digitdraw.models.registry import MODELS, PHOTO_MODELS, architecture

__all__ = [
    "FOLDER",
    "Weights",
    "available",
    "kilobytes",
    "load",
    "parameters",
    "recalibrate",
    "save",
    "write_json",
]

_BESIDE = Path(__file__).parents[2] / "weights"

_INSTALLED = Path(__file__).parents[1] / "_weights"

FOLDER = _INSTALLED if _INSTALLED.is_dir() else _BESIDE
"""The weights that come with digitdraw: beside the package, or inside it once installed."""


@dataclass(frozen=True)
class Weights:
    """A network in eval mode on the CPU, and what its manifest entry says of it."""

    name: str
    network: nn.Module
    mean: float
    std: float
    calibration: Calibration
    sha256: str


def available(folder: Path = FOLDER) -> list[str]:
    """Names of the models in the manifest of `folder` that a glyph can be given to; none where
    there is no manifest."""
    path = folder / "manifest.json"
    return sorted(set(_manifest(path)) - set(PHOTO_MODELS)) if path.is_file() else []


def parameters(name: str, folder: Path = FOLDER) -> int:
    """How many numbers a model in the manifest of `folder` has learned."""
    return int(_manifest(folder / "manifest.json")[name]["parameters"])


def kilobytes(name: str, folder: Path = FOLDER) -> int:
    """The size of a model's file in `folder`, in thousands of bytes."""
    file = _manifest(folder / "manifest.json")[name]["file"]
    return round((folder / file).stat().st_size / 1000)


def load(name: str, folder: Path = FOLDER) -> Weights:
    """Load a model's weights from `folder`.

    Raises UnknownModelError for a name that is no model, and BadWeightsError where weights are
    missing, damaged, or of another architecture: with path, checksums, and what makes them.
    """
    entries = _manifest(folder / "manifest.json") if (folder / "manifest.json").is_file() else {}
    if name not in entries and name not in {*MODELS, *PHOTO_MODELS}:
        known = ", ".join(sorted({*entries, *MODELS}))
        raise UnknownModelError(f"There is no model {name!r}; known are: {known}.")
    if name not in entries:
        raise BadWeightsError(f"{folder / 'manifest.json'} lists no {name!r}. {_remedy(name)}")
    try:
        entry = entries[name]
        path = folder / entry["file"]
        design = architecture(entry["architecture"])
        calibration = design.calibration(**entry["calibration"])
        mean, std = float(entry["normalization"]["mean"]), float(entry["normalization"]["std"])
        expected = str(entry["sha256"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadWeightsError(
            f"The entry {name!r} of {folder / 'manifest.json'} is damaged ({error!r}). "
            f"{_remedy(name)}"
        ) from error
    state = _read_state(path, expected, name)
    network = design.build()
    try:
        network.load_state_dict(state)
    except (RuntimeError, AttributeError, TypeError) as error:
        raise BadWeightsError(
            f"{path} is of another architecture than {design.name!r}. {_remedy(name)}"
        ) from error
    return Weights(name, network.eval(), mean, std, calibration, expected)


def save(
    name: str,
    network: nn.Module,
    calibration: Calibration,
    record: dict[str, Any],
    folder: Path,
) -> Path:
    """Write a model's weights, its record, and its entry in the manifest of `folder`.

    Raises OSError where the folder cannot be written; what was there before then stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pt"
    state = {key: value.cpu().contiguous() for key, value in network.state_dict().items()}
    write_atomically(path, lambda file: torch.save(state, file))
    design = architecture(name)
    entry = {
        "file": path.name,
        "sha256": _sha256(path),
        "bytes": path.stat().st_size,
        "architecture": design.name,
        "parameters": sum(each.numel() for each in network.parameters()),
        "normalization": {"mean": design.mean, "std": design.std},
        "calibration": asdict(calibration),
        "record": f"{name}.json",
    }
    write_json(folder / f"{name}.json", record)
    manifest = folder / "manifest.json"
    entries = _manifest(manifest) if manifest.is_file() else {}
    write_json(manifest, {**entries, name: entry})
    return path


def recalibrate(name: str, calibration: Calibration, folder: Path) -> None:
    """Put another calibration into a model's entry in the manifest of `folder`."""
    manifest = folder / "manifest.json"
    entries = _manifest(manifest)
    entries[name]["calibration"] = asdict(calibration)
    write_json(manifest, entries)


def write_json(path: Path, content: object) -> None:
    """Write JSON to a temporary file, then move it into place."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))


def _read_state(path: Path, expected: str, name: str) -> dict[str, Any]:
    if not path.is_file():
        raise BadWeightsError(f"The weights {path} are missing. {_remedy(name)}")
    found = _sha256(path)
    if found != expected:
        raise BadWeightsError(
            f"The weights {path} are damaged: their SHA-256 is {found}, expected {expected}. "
            f"{_remedy(name)}"
        )
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # unpickling raises of everything
        raise BadWeightsError(f"The weights {path} cannot be read. {_remedy(name)}") from error


def _remedy(name: str) -> str:
    return f"This makes them anew: python -m digitdraw.train --model {name}"


def _manifest(path: Path) -> dict[str, Any]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadWeightsError(f"The manifest {path} cannot be read ({error}).") from error
    if not isinstance(entries, dict):
        raise BadWeightsError(f"The manifest {path} is not a table of models.")
    return entries


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
