"""Loads and saves weights, with a checksum and a manifest.

`manifest.json` lists for each model its file, SHA-256, architecture, normalization, calibration
and training record, and for a classifier its outputs and data format. A file is loaded with
`weights_only=True`, and only after its checksum matched. Every file is written to a temporary name
first."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from digitdraw.errors import BadWeightsError, DataError, UnknownModelError
from digitdraw.files import sha256, write_atomically
from digitdraw.models.calibration import Calibration
from digitdraw.models.data_format import DIGITS, DataFormat
from digitdraw.models.registry import MODELS, READING_MODELS, Architecture, architecture

_INSTALLED = Path(__file__).parents[1] / "_weights"
FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "weights"
"""Weights that come with digitdraw: inside an installed package, else beside the package."""


@dataclass(frozen=True)
class Weights:
    """A network in eval mode on the CPU, with its normalization, calibration and checksum.

    `data` says which classes and pictures a classifier was trained on."""

    name: str
    network: nn.Module
    mean: float
    std: float
    calibration: Calibration
    sha256: str
    data: DataFormat = DIGITS


def available(folder: Path = FOLDER) -> list[str]:
    """Return the names of the glyph classifiers in `folder`; none if it has no manifest."""
    return sorted(set(_manifest(folder)) - set(READING_MODELS))


def holds(name: str, folder: Path) -> bool:
    """Whether the manifest of `folder` lists a model, of any kind."""
    return name in _manifest(folder)


def data_format(name: str, folder: Path) -> DataFormat:
    """Return the data format of a model in `folder`, without loading its weights.

    Raises BadWeightsError if its entry in the manifest is damaged."""
    try:
        return _data(_manifest(folder)[name])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged_entry(name, folder, error) from error


def parameters(name: str, folder: Path = FOLDER) -> int:
    """Return the number of learned parameters of a model in `folder`."""
    return int(_manifest(folder)[name]["parameters"])


def kilobytes(name: str, folder: Path = FOLDER) -> int:
    """Return the file size of a model in `folder`, in thousands of bytes."""
    return round((folder / _manifest(folder)[name]["file"]).stat().st_size / 1000)


def load(name: str, folder: Path = FOLDER) -> Weights:
    """Load a model's weights from `folder`.

    Raises UnknownModelError for an unknown name. Raises BadWeightsError if the weights are missing,
    damaged, or of another architecture; the message has the path and how to make them."""
    entries = _manifest(folder)
    if name not in entries and name not in {*MODELS, *READING_MODELS}:
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
        data = _data(entry)
        network = _build(design, data, entry)
    except (KeyError, TypeError, ValueError, RuntimeError, DataError) as error:
        raise _damaged_entry(name, folder, error) from error
    try:
        network.load_state_dict(_read_state(path, expected, name))
    except (RuntimeError, AttributeError, TypeError) as error:
        raise BadWeightsError(
            f"{path} is of another architecture than {design.name!r}. {_remedy(name)}"
        ) from error
    return Weights(name, network.eval(), mean, std, calibration, expected, data)


def save(
    name: str,
    network: nn.Module,
    calibration: Calibration,
    record: dict[str, Any],
    folder: Path,
    data: DataFormat = DIGITS,
) -> Path:
    """Write a model's weights, its training record, and its entry in the manifest of `folder`.

    `data` says what a classifier was trained on; networks of the photo reader ignore it. Returns
    the path of the weights. Raises OSError if the folder is not writable; files that were there
    stay."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.pt"
    state = {key: value.cpu().contiguous() for key, value in network.state_dict().items()}
    write_atomically(path, lambda file: torch.save(state, file))
    design = architecture(name)
    entry = {
        "file": path.name,
        "sha256": sha256(path),
        "bytes": path.stat().st_size,
        "architecture": design.name,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "normalization": {"mean": design.mean, "std": design.std},
        "calibration": asdict(calibration),
        "record": f"{name}.json",
    }
    if name in MODELS:
        # The last parameter of every classifier is the bias of its outputs.
        entry |= {"outputs": len(list(network.parameters())[-1]), "data": asdict(data)}
    write_json(folder / f"{name}.json", record)
    write_json(folder / "manifest.json", {**_manifest(folder), name: entry})
    return path


def recalibrate(name: str, calibration: Calibration, folder: Path) -> None:
    """Replace a model's calibration in the manifest of `folder`."""
    entries = _manifest(folder)
    entries[name]["calibration"] = asdict(calibration)
    write_json(folder / "manifest.json", entries)


def write_json(path: Path, content: object) -> None:
    """Write `content` as JSON, atomically."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path, lambda file: file.write(text.encode()))


def _data(entry: dict[str, Any]) -> DataFormat:
    return DataFormat.from_json(entry["data"]) if "data" in entry else DIGITS


def _damaged_entry(name: str, folder: Path, error: Exception) -> BadWeightsError:
    manifest = folder / "manifest.json"
    return BadWeightsError(
        f"The entry {name!r} of {manifest} is damaged ({error!r}). {_remedy(name)}"
    )


def _build(design: Architecture, data: DataFormat, entry: dict[str, Any]) -> nn.Module:
    """Build the network of an entry. Raises ValueError, RuntimeError or DataError."""
    if design.name in READING_MODELS:
        return design.build()
    count = len(data.classes)
    outputs = entry.get("outputs", count + design.has_digitness)
    if outputs not in (count, count + 1):
        raise ValueError(f"{outputs!r} outputs for {count} classes")
    return design.build(outputs, data.side)


def _read_state(path: Path, expected: str, name: str) -> dict[str, Any]:
    if not path.is_file():
        raise BadWeightsError(f"The weights {path} are missing. {_remedy(name)}")
    found = sha256(path)
    if found != expected:
        raise BadWeightsError(
            f"The weights {path} are damaged: their SHA-256 is {found}, expected {expected}. "
            f"{_remedy(name)}"
        )
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # unpickling raises many types
        raise BadWeightsError(f"The weights {path} cannot be read. {_remedy(name)}") from error


def _remedy(name: str) -> str:
    known = MODELS | READING_MODELS
    command = known[name].command if name in known else Architecture.command
    return f"To make them again: {command.format(name=name)}"


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the entries of the manifest; none if `folder` has no manifest."""
    path = folder / "manifest.json"
    try:
        entries = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise BadWeightsError(f"The manifest {path} cannot be read ({error}).") from error
    if not isinstance(entries, dict):
        raise BadWeightsError(f"The manifest {path} is not a JSON object.")
    return entries
