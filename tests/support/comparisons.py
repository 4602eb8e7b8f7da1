"""A weights folder whose models give known answers, for tests of the comparison."""

import json
import shutil
from pathlib import Path

import torch

from digitdraw.models import calibration, weights
from digitdraw.models.registry import MODELS

EVALUATION = """{
  "softmax": {"figures": {"MNIST test: correct": {"mean": 0.9234}}},
  "default": {"figures": {"MNIST test: correct": {"mean": 0.996}, "drawn anywhere: correct": 7}}
}"""


def make_comparison(folder: Path) -> Path:
    """Save the default model, one that always says 1, one that is never sure, a damaged one."""
    for path in weights.FOLDER.glob("default.*"):
        shutil.copy(path, folder)
    manifest = json.loads((weights.FOLDER / "manifest.json").read_text(encoding="utf-8"))
    weights.write_json(folder / "manifest.json", {"default": manifest["default"]})
    for name, favourite in (("softmax", 1), ("from-scratch", None), ("tiny", None)):
        network = MODELS[name].build()
        for parameter in network.parameters():
            torch.nn.init.zeros_(parameter)
        if favourite is not None:
            network[-1].bias.data[favourite] = 9
        weights.save(name, network, calibration.Calibration(), {}, folder)
    (folder / "tiny.pt").write_bytes(b"damaged")
    (folder / "evaluation.json").write_text(EVALUATION, encoding="utf-8")
    return folder
