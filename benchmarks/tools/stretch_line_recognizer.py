"""Makes weights of the line recognizer for line crops of another height, to start a training from.

    python benchmarks/tools/stretch_line_recognizer.py WEIGHTS OUT

WEIGHTS is a folder with `line-recognizer.pt` and a manifest; OUT must not exist. Only one layer
knows the height of line crops: the convolution that reduces all rows that are left to one. Its
kernel is stretched to the present height by linear interpolation, and scaled so that the sum of an
even kernel stays the same.
"""

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import torch
import torch.nn.functional as F
from torch import Tensor

from digitdraw.models import registry

__all__ = ["stretch", "stretched"]

NAME = "line-recognizer"


def stretched(state: dict[str, Tensor], shapes: dict[str, torch.Size]) -> dict[str, Tensor]:
    """Return weights in which kernels have the rows that `shapes` ask for."""
    return {
        key: value if value.shape == shapes[key] else _with_rows(value, shapes[key][2])
        for key, value in state.items()
    }


def _with_rows(kernel: Tensor, rows: int) -> Tensor:
    """Stretch a kernel (outputs, inputs, height, 1) to another height."""
    wider = F.interpolate(kernel[..., 0], size=rows, mode="linear", align_corners=False)
    return (wider * (kernel.shape[2] / rows))[..., None].contiguous()


def stretch(weights: Path, out: Path) -> None:
    """Write the stretched weights of a folder, and a manifest with their checksum, to `out`."""
    shapes = {
        key: value.shape for key, value in registry.architecture(NAME).build().state_dict().items()
    }
    out.mkdir(parents=True)
    path = out / f"{NAME}.pt"
    torch.save(stretched(torch.load(weights / path.name, weights_only=True), shapes), path)
    entry = json.loads((weights / "manifest.json").read_text(encoding="utf-8"))[NAME]
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps({NAME: entry}, indent=2) + "\n", encoding="utf-8")
    shutil.copy(weights / f"{NAME}.json", out)


def main() -> None:
    """Stretch the weights of a folder into another one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    stretch(options.weights, options.out)


if __name__ == "__main__":
    main()
