"""The abstract trainer: optimizer, schedule, weight average, checkpoints and the epoch loop.

Subclasses supply the batches and the step. All randomness comes from (seed, epoch, rank), so a
resumed training gives the same weights as an unbroken one, bit for bit."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from digitdraw.errors import TrainingError
from digitdraw.files import write_atomically
from digitdraw.models import registry
from digitdraw.models.data_format import DIGITS, DataFormat
from digitdraw.training.distributed import ProcessGroup
from digitdraw.training.recipes import Recipe

WARM_UP = 0.05
"""Fraction of the training in which a cosine schedule warms up."""


class Trainer(ABC):
    """The state of a training.

    `epoch` counts the finished epochs, `seconds` is the time they took, and `history` has one entry
    for each. The last checkpoint is of `saved_epoch`. `examples_per_epoch` is set by the subclass,
    together with its data.
    On a GPU, networks compute in bfloat16; set `in_bfloat16` to do so on a CPU."""

    examples_per_epoch: int

    def __init__(
        self,
        model: str,
        recipe: Recipe,
        epochs: int,
        seed: int,
        device: torch.device,
        group: ProcessGroup | None = None,
        data: DataFormat = DIGITS,
    ) -> None:
        torch.manual_seed(seed)
        self.design, self.data = registry.architecture(model), data
        self.recipe, self.epochs, self.seed, self.device = recipe, epochs, seed, device
        self.group = group or ProcessGroup()
        self.in_bfloat16 = device.type == "cuda"
        network = _build(self.design, recipe, data)
        self.network = network.to(device).to(memory_format=torch.channels_last)
        # In a process group, the backward pass averages the gradients over all processes.
        gpus = [device] if device.type == "cuda" else None
        self._trained: nn.Module = self.network
        if self.group.size > 1:
            self._trained = DistributedDataParallel(self.network, device_ids=gpus)
        self._average = None
        if recipe.ema_decay is not None:
            average = partial(_moving_average, recipe.ema_decay)
            self._average = AveragedModel(self.network, multi_avg_fn=average, use_buffers=True)
        self.optimizer = _optimizer(self.network, recipe, device)
        self.optimizer.register_step_pre_hook(self._clip_gradients)
        self.optimizer.register_step_post_hook(self._update_average)
        self.epoch = self.saved_epoch = 0
        self.seconds = 0.0
        self.history: list[dict[str, float]] = []

    @abstractmethod
    def set_data(self, data: Any, fraction: float = 1.0, workers: int = 0) -> None:
        """Train on `data`, with a `fraction` of the usual examples in an epoch.

        `workers` processes generate or augment the batches; with 0, this process does."""

    @abstractmethod
    def samples(self) -> Figure:
        """Plot some examples as the network sees them."""

    @abstractmethod
    def batches(
        self, order: torch.Generator, rng: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, Any]]]:
        """Return the number of steps of an epoch, and an (input, target) pair for each.

        An input is (N, H, W) float32. `order` is the same in all processes; `rng` differs."""

    @abstractmethod
    def step(self, batches: Iterator[tuple[Tensor, Any]]) -> Tensor:
        """Train on the next batch. Returns (sum of losses, correct examples, examples), float64."""

    @property
    def result(self) -> nn.Module:
        """The trained network: the average of the weights if there is one, else the last ones."""
        return self.network if self._average is None else self._average.module

    def forward(self, x: Tensor) -> Tensor:
        """Normalize inputs (N, H, W), and return the outputs of the network for them, float32."""
        x = ((x - self.design.mean) / self.design.std)[:, None]
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            return self._trained(x).float()

    def start_from(self, trained: nn.Module) -> None:
        """Start from the weights of a trained network of the same architecture."""
        for network in (self.network, self.result):
            network.load_state_dict(trained.state_dict())

    def average_with(self, networks: Sequence[nn.Module]) -> None:
        """Replace the result by the mean of its weights and those of other networks.

        They start from the same weights or from each other (model soups: Wortsman et al. 2022,
        arXiv:2203.05482). Call it after the last epoch."""
        states = [network.state_dict() for network in (self.result, *networks)]
        mean = {
            key: torch.stack([state[key].to(self.device) for state in states]).mean(0)
            if value.is_floating_point()
            else value
            for key, value in states[0].items()
        }
        self.result.load_state_dict(mean)

    def train_epoch(self) -> None:
        """Train for one epoch, and append its mean loss and accuracy to the history.

        Raises TrainingError if the loss is not finite."""
        started = time.monotonic()
        order = torch.Generator(self.device).manual_seed(self.seed * 100_003 + self.epoch)
        own_seed = self.seed * 100_003 + self.epoch + 7_919 * self.group.rank
        rng = torch.Generator(self.device).manual_seed(own_seed)
        torch.manual_seed(own_seed)  # of dropout
        self._trained.train()
        loss, correct, count = self._train_batches(*self.batches(order, rng))
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss of epoch {self.epoch + 1} is {loss}; the checkpoint before it stays. "
                "A lower learning rate may help."
            )
        self.epoch += 1
        self.seconds += time.monotonic() - started
        entry = {"epoch": self.epoch, "loss": loss / count, "accuracy": correct / count}
        self.history.append(entry)

    def _train_batches(self, steps: int, batches: Iterator[tuple[Tensor, Any]]) -> list[float]:
        """Train on the batches of an epoch; returns (loss, correct, count), summed over all."""
        sums = torch.zeros(3, dtype=torch.float64, device=self.device)
        name = f"epoch {self.epoch + 1}/{self.epochs}"
        hidden = self.group.rank > 0
        bar = tqdm(range(steps), name, leave=False, mininterval=1, disable=hidden)
        for step in bar:
            self._set_learning_rate((self.epoch + step / steps) / self.epochs)
            sums += self.step(batches)
            if step % 50 == 0:
                loss, correct, count = sums.tolist()
                bar.set_postfix(loss=f"{loss / count:.3f}", accuracy=f"{correct / count:.1%}")
        return self.group.all_reduce(sums).tolist()

    def save_checkpoint(self, path: Path, settings: dict[str, Any] | None = None) -> None:
        """Write all that is needed to resume, and the `settings`, plain values by name.

        Raises TrainingError if that fails."""
        state = {
            "settings": settings or {},
            "epoch": self.epoch,
            "seconds": self.seconds,
            "history": self.history,
            "network": self.network.state_dict(),
            "averaged": self._average and self._average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        try:
            write_atomically(path, partial(torch.save, state))
        except (OSError, RuntimeError) as error:  # torch raises RuntimeError for a full disk
            raise TrainingError(
                f"The checkpoint {path} cannot be written ({error}); the one before it stays."
            ) from error
        self.saved_epoch = self.epoch

    def load_checkpoint(self, path: Path, settings: dict[str, Any] | None = None) -> None:
        """Resume from a checkpoint.

        Raises TrainingError if it cannot be read, or was saved with other `settings`."""
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            differing = _differences(state.get("settings", {}), settings or {})
        except Exception as error:  # unpickling may raise any exception
            raise _cannot_resume(path) from error
        if differing:
            raise TrainingError(
                f"The checkpoint {path} belongs to another training: {differing}. "
                "--resume needs the same options; --force starts anew."
            )
        try:
            self.network.load_state_dict(state["network"])
            if self._average is not None:
                self._average.load_state_dict(state["averaged"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.epoch = self.saved_epoch = state["epoch"]
            self.seconds, self.history = state["seconds"], state["history"]
        except (KeyError, TypeError, ValueError, RuntimeError, AttributeError) as error:
            raise _cannot_resume(path) from error

    def _clip_gradients(self, *_: Any) -> None:
        if self.recipe.max_gradient_norm is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.max_gradient_norm)

    def _update_average(self, *_: Any) -> None:
        if self._average is not None:
            self._average.update_parameters(self.network)

    def _set_learning_rate(self, progress: float) -> None:
        """Set the rate for `progress`, the finished fraction of the training.

        torch's schedulers count steps and are part of the state to resume; a fraction is not."""
        factor = 1.0
        if self.recipe.schedule == "cosine":
            after = (progress - WARM_UP) / (1 - WARM_UP)
            factor = min(progress / WARM_UP, 0.5 * (1 + math.cos(math.pi * max(0.0, after))))
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = self.recipe.learning_rate * factor


def _differences(saved: dict[str, Any], now: dict[str, Any]) -> str:
    """Return the settings that differ, as a text; empty if none does."""
    if now and not saved:
        return "an older version wrote it, without its options"
    return ", ".join(
        f"{key} was {saved.get(key, 'not given')} and is {now.get(key, 'not given')}"
        for key in {**saved, **now}
        if saved.get(key) != now.get(key)
    )


def _cannot_resume(path: Path) -> TrainingError:
    return TrainingError(
        f"The checkpoint {path} cannot be resumed; --force, without --resume, starts anew."
    )


def _build(design: registry.Architecture, recipe: Recipe, data: DataFormat) -> nn.Module:
    if recipe.task != "classifier":
        return design.build()
    # The last output of a network that learns to reject is the digitness logit.
    outputs = len(data.classes) + (recipe.digitness_weight > 0 and data.is_digits)
    return design.build(outputs, data.side)


def _optimizer(network: nn.Module, recipe: Recipe, device: torch.device) -> torch.optim.Optimizer:
    weights, rate, decay = network.parameters(), recipe.learning_rate, recipe.weight_decay
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(weights, rate, momentum=recipe.momentum, weight_decay=decay)
    return torch.optim.AdamW(weights, rate, weight_decay=decay, fused=device.type == "cuda")


@torch.no_grad()
def _moving_average(
    decay: float, averages: list[Tensor], current: list[Tensor], count: Tensor
) -> None:
    """Update averages in place, in one operation for all tensors.

    The decay is smaller at the start; otherwise the random first weights would count for long.
    `count` stays on the device, because reading it would wait for the device."""
    if not averages[0].is_floating_point():  # the batch counters of batch norm
        torch._foreach_copy_(averages, current)
        return
    step = 1 - ((1 + count) / (10 + count)).clamp(max=decay)
    difference = torch._foreach_sub(current, averages)
    torch._foreach_mul_(difference, step)
    torch._foreach_add_(averages, difference)
