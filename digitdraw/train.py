"""The training script: `python -m digitdraw.train --model default`.

Trains on the corpus, watches validation data only, and writes weights, record and manifest.
The last epoch is taken, never the best of many; the test sets are `evaluate`'s.
"""

import argparse
import math
import os
import platform
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from digitdraw import augment, calibrate, corpus, data, metrics, models, weights
from digitdraw.errors import DigitDrawError, TrainingError
from digitdraw.recipes import RECIPES, Recipe
from digitdraw.recognizer import choose_device

__all__ = ["Validation", "main", "train"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        train(options)
    except DigitDrawError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: cannot write to {options.out}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the same command with --resume goes on from the last epoch")
        return 130
    return 0


def train(options: argparse.Namespace) -> Path:
    """Train as the options say; returns the path of the weights.

    Raises DataError, UnknownModelError, UnknownDeviceError, TrainingError, OSError.
    """
    started = time.monotonic()
    device, _ = choose_device(options.device)
    recipe = RECIPES[options.model]
    epochs = recipe.epochs if options.epochs is None else options.epochs
    root = Path(options.data)
    torch.backends.cudnn.deterministic = True
    run = Run(options.model, recipe, epochs, options.seed, device)
    print("making the training corpus ...", flush=True)
    run.take(corpus.build(root, options.seed, options.variants, options.workers), options.share)
    validation = Validation.load(root, options.workers)
    checkpoint = Path(options.out) / f"{options.model}.checkpoint.pt"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    if options.resume and checkpoint.is_file():
        run.restore(checkpoint)
    for _ in range(run.epoch, epochs):
        run.one_epoch()
        run.history[-1].update(validation.measure(run.averaged, run.design, device))
        _report(run.history[-1])
        run.store(checkpoint)
    logits = validation.logits(run.averaged, run.design, device)
    calibration = calibrate.fit(logits["drawings"], validation.labels["drawings"], logits["other"])
    record = _record(options, run, root, started)
    path = weights.save(options.model, run.averaged.module, calibration, record, Path(options.out))
    print(f"wrote {path}")
    return path


class Run:
    """One training: the network, its average over time, optimizer, and where it stands.

    All chance hangs on (seed, epoch), so that a resumed run gives what an unbroken one does.
    """

    def __init__(
        self, model: str, recipe: Recipe, epochs: int, seed: int, device: torch.device
    ) -> None:
        torch.manual_seed(seed)
        self.design = models.architecture(model)
        self.recipe, self.epochs, self.seed, self.device = recipe, epochs, seed, device
        self.network = self.design.build().to(device, memory_format=torch.channels_last)
        self.averaged = AveragedModel(
            self.network, avg_fn=partial(_moving_average, recipe.ema), use_buffers=True
        )
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(),
            lr=recipe.learning_rate,
            weight_decay=recipe.weight_decay,
            fused=device.type == "cuda",
        )
        self.epoch = 0
        self.history: list[dict[str, float]] = []

    def take(self, training: corpus.Corpus, share: float = 1.0) -> None:
        """Put the corpus on the device; of each pool's glyphs for an epoch, take a share."""
        self.pixels = torch.from_numpy(np.concatenate([p.pixels for p in training.pools]))
        self.labels = torch.from_numpy(np.concatenate([p.labels for p in training.pools]))
        self.pixels, self.labels = self.pixels.to(self.device), self.labels.to(self.device)
        self.sizes = [len(pool.labels) for pool in training.pools]
        self.per_epoch = [max(1, int(pool.per_epoch * share)) for pool in training.pools]

    def one_epoch(self) -> None:
        """Train for one epoch, and add its mean loss to the history."""
        generator = torch.Generator(self.device).manual_seed(self.seed * 100_003 + self.epoch)
        torch.manual_seed(self.seed * 100_003 + self.epoch)
        self.network.train()
        batches = self._batches(generator)
        total, seen = torch.zeros((), device=self.device), 0
        bar = tqdm(batches, f"epoch {self.epoch + 1}/{self.epochs}", leave=False, mininterval=1)
        for step, index in enumerate(bar):
            self._set_learning_rate((self.epoch + step / len(batches)) / self.epochs)
            x = augment.vary_glyphs(self.pixels[index].float() / 255, generator)
            loss = self._step(x, self.labels[index])
            total, seen = total + loss * len(index), seen + len(index)
            if step % 50 == 0:
                bar.set_postfix(loss=f"{float(loss):.3f}")
        mean = float(total) / seen
        if not np.isfinite(mean):
            raise TrainingError(
                f"The loss of epoch {self.epoch + 1} is {mean}; the checkpoint before it stays. "
                "A lower learning rate may help."
            )
        self.epoch += 1
        self.history.append({"epoch": self.epoch, "loss": mean})

    def store(self, path: Path) -> None:
        """Write all that is needed to go on."""
        state = {
            "epoch": self.epoch,
            "history": self.history,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        partial = path.with_suffix(".tmp")
        torch.save(state, partial)
        partial.replace(path)

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.epoch, self.history = state["epoch"], state["history"]
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _batches(self, generator: torch.Generator) -> Sequence[Tensor]:
        """Indices for one epoch: some of each pool, shuffled together."""
        chosen, start = [], 0
        for size, wanted in zip(self.sizes, self.per_epoch, strict=True):
            order = torch.randperm(size, generator=generator, device=self.device)
            chosen.append(order[:wanted] + start)
            start += size
        together = torch.cat(chosen)
        mixed = torch.randperm(len(together), generator=generator, device=self.device)
        return together[mixed].split(self.recipe.batch)

    def _step(self, x: Tensor, labels: Tensor) -> Tensor:
        x = ((x - self.design.mean) / self.design.std)[:, None]
        x = x.contiguous(memory_format=torch.channels_last)
        on_gpu = self.device.type == "cuda"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=on_gpu):
            logits = self.network(x).float()
        loss = _loss(logits, labels, self.recipe)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.averaged.update_parameters(self.network)
        return loss.detach()

    def _set_learning_rate(self, progress: float) -> None:
        """Linear warm-up over a twentieth of the training, then half a cosine down to 0."""
        warm = 0.05
        if progress < warm:
            factor = progress / warm
        else:
            factor = 0.5 * (1 + math.cos(math.pi * (progress - warm) / (1 - warm)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.learning_rate * factor


class Validation:
    """Validation glyphs by kind, and how a network does on them."""

    def __init__(self, pixels: dict[str, np.ndarray], labels: dict[str, np.ndarray]) -> None:
        self.pixels, self.labels = pixels, labels

    @classmethod
    def load(cls, root: Path, workers: int) -> "Validation":
        """MNIST's validation digits, the same as pictures, drawings, and what is no digit."""
        digits = data.mnist(root, "validation")
        pictures = corpus.renormalized(digits.pixels, workers).astype(np.float32) / 255
        pixels = {"mnist": digits.pixels.astype(np.float32) / 255, "pictures": pictures}
        labels = {"mnist": digits.labels, "pictures": digits.labels}
        drawn, other = data.drawings(root, "validation"), data.letters(root, "validation")
        # Without drawings, MNIST stands in for them, and nothing for what is no digit.
        pixels["drawings"] = corpus.render(drawn) if drawn else pictures
        labels["drawings"] = np.array([int(d.label) for d in drawn]) if drawn else digits.labels
        pixels["other"] = corpus.render(other) if other else np.zeros((1, 28, 28), np.float32)
        return cls(pixels, labels)

    @torch.inference_mode()
    def logits(
        self, network: nn.Module, design: models.Architecture, device: torch.device
    ) -> dict[str, np.ndarray]:
        """Logits of every kind, (N, 10 or 11) float32."""
        network.eval()
        found = {}
        for kind, pixels in self.pixels.items():
            x = ((torch.from_numpy(pixels)[:, None] - design.mean) / design.std).to(device)
            found[kind] = torch.cat([network(part).cpu() for part in x.split(1024)]).numpy()
        return found

    def measure(
        self, network: nn.Module, design: models.Architecture, device: torch.device
    ) -> dict[str, float]:
        """Accuracy on each kind of digits, and AUROC of digitness against letters."""
        logits = self.logits(network, design, device)
        found = {
            f"{kind} accuracy": metrics.accuracy(logits[kind][:, :10], labels)
            for kind, labels in self.labels.items()
        }
        if logits["other"].shape[1] > 10:
            digits, others = logits["drawings"][:, 10], logits["other"][:, 10]
            found["letters AUROC"] = metrics.auroc(digits, others)
        return found


def _moving_average(decay: float, average: Tensor, current: Tensor, count: Tensor) -> Tensor:
    """The next average; at the start it looks back less far, or it would hold the first
    random weights for long."""
    return average + (current - average) * (1 - min(decay, (1 + count) / (10 + count)))


def _loss(logits: Tensor, labels: Tensor, recipe: Recipe) -> Tensor:
    """Cross-entropy of digits; of what is no digit, towards ten equal bars; and of digitness."""
    digit = labels >= 0
    target = F.one_hot(labels.clamp(min=0), 10).float()
    target = target * (1 - recipe.smoothing) + recipe.smoothing / 10
    target = torch.where(digit[:, None], target, torch.full_like(target, 0.1))
    classes = -(target * logits[:, :10].log_softmax(1)).sum(1)
    weight = torch.where(digit, 1.0, recipe.non_digit_weight)
    known = F.binary_cross_entropy_with_logits(logits[:, 10], digit.float())
    return (classes * weight).mean() + recipe.digitness_weight * known


def _report(entry: dict[str, float]) -> None:
    shares = "  ".join(f"{k} {v:.2%}" for k, v in entry.items() if k not in ("epoch", "loss"))
    print(f"epoch {entry['epoch']}: loss {entry['loss']:.4f}  {shares}", flush=True)


def _record(options: argparse.Namespace, run: Run, root: Path, started: float) -> dict[str, Any]:
    """What a reader needs to trust the weights, or make them again."""
    device = torch.cuda.get_device_name() if run.device.type == "cuda" else platform.processor()
    hidden = {"data", "out", "resume", "workers"}
    arguments = [
        f"--{key} {shlex.quote(str(value))}"
        for key, value in vars(options).items()
        if key not in hidden and value not in (None, False)
    ]
    return {
        "model": options.model,
        "command": " ".join(["python -m digitdraw.train", *arguments]),
        "seed": options.seed,
        "recipe": asdict(run.recipe),
        "epochs": run.epochs,
        "glyphs_per_epoch": sum(run.per_epoch),
        "seconds": round(time.monotonic() - started),
        "device": device or platform.machine(),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        "data_sha256": data.file_hashes(root),
        "validation": {k: v for k, v in run.history[-1].items() if k != "epoch"},
        "history": run.history,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m digitdraw.train", description=__doc__)
    add = parser.add_argument
    add("--model", default="default", choices=sorted(RECIPES), help="which model to train")
    add("--epochs", type=int, help="how many epochs; the recipe's number by default")
    add("--seed", type=int, default=0, help="seed of everything random")
    add("--data", default="data", help="folder of MNIST/, unipen-digits/, unipen-letters/")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    add("--out", default="runs", help="folder for weights, record, manifest and checkpoint")
    add("--resume", action="store_true", help="go on from the checkpoint in --out")
    add("--share", type=float, default=1.0, help="share of the glyphs to take for each epoch")
    add("--variants", type=int, default=corpus.VARIANTS, help="variations of each drawing")
    add("--workers", type=int, default=os.cpu_count() or 1, help="processes that make glyphs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
