"""One training: a network, its optimizer, and the glyphs it learns from, an epoch at a time.

Knows recipes and variation; knows nothing of files but its own checkpoint, of validation or of
test sets. All chance hangs on (seed, epoch), so a resumed training ends as an unbroken one.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from digitdraw.errors import TrainingError
from digitdraw.files import write_atomically
from digitdraw.models import registry
from digitdraw.training import plots
from digitdraw.training.classifier import augment, from_scratch
from digitdraw.training.classifier.dataset import GlyphDataset
from digitdraw.training.distributed import ProcessGroup
from digitdraw.training.recipes import Recipe

__all__ = ["ManualTrainer", "Trainer", "classifier_loss", "trainer_for"]

WARM_UP = 0.05
"""Share of the training over which a cosine schedule warms up."""


class Trainer:
    """A training where it stands; `epoch` counts the epochs done, `seconds` what they took, and
    `history` is of each. It computes `in_bfloat16` on a GPU, elsewhere only if told to."""

    def __init__(
        self,
        model: str,
        recipe: Recipe,
        epochs: int,
        seed: int,
        device: torch.device,
        team: ProcessGroup | None = None,
    ) -> None:
        torch.manual_seed(seed)
        self.design = registry.architecture(model)
        self.recipe, self.epochs, self.seed, self.device = recipe, epochs, seed, device
        self.team = team or ProcessGroup()
        self.in_bfloat16 = device.type == "cuda"
        self.network = self.design.build().to(device, memory_format=torch.channels_last)
        # Together with others, gradients are averaged over all while they are computed.
        self._learner = (
            DistributedDataParallel(self.network) if self.team.size > 1 else self.network
        )
        average = None if recipe.ema is None else partial(_moving_average, recipe.ema)
        self._averaged = average and AveragedModel(
            self.network, multi_avg_fn=average, use_buffers=True
        )
        self.optimizer = _optimizer(self.network, recipe, device)
        self.epoch = 0
        self.seconds = 0.0
        self.history: list[dict[str, float]] = []

    @property
    def result(self) -> nn.Module:
        """What the training has to show: the average of the weights, or else the last ones."""
        return self.network if self._averaged is None else self._averaged.module

    def start_from(self, trained: nn.Module) -> None:
        """Start from a trained network of the same design, instead of from chance."""
        for network in (self.network, self.result):
            network.load_state_dict(trained.state_dict())

    def average_with(self, others: Sequence[nn.Module]) -> None:
        """Put the mean of the weights of the result and of others, which were trained from the
        same or from each other, in its place (model soups: Wortsman et al. 2022,
        arXiv:2203.05482). A training that goes on goes on as if nothing had been averaged."""
        states = [each.state_dict() for each in (self.result, *others)]
        mean = {
            key: torch.stack([state[key].to(self.device) for state in states]).mean(0)
            if value.is_floating_point()
            else value
            for key, value in states[0].items()
        }
        self.result.load_state_dict(mean)

    def take(self, training: GlyphDataset, share: float = 1.0) -> None:
        """Put the corpus on the device; of each pool's glyphs for an epoch, take a share."""
        self.pixels = torch.from_numpy(np.concatenate([p.pixels for p in training.pools]))
        self.labels = torch.from_numpy(np.concatenate([p.labels for p in training.pools]))
        self.pixels, self.labels = self.pixels.to(self.device), self.labels.to(self.device)
        self.sizes = [len(pool.labels) for pool in training.pools]
        self.per_epoch = [max(1, int(pool.per_epoch * share)) for pool in training.pools]

    def one_epoch(self) -> None:
        """Train for one epoch, and add its mean loss and accuracy to the history.

        Raises TrainingError where the loss is no number.
        """
        began = time.monotonic()
        order = torch.Generator(self.device).manual_seed(self.seed * 100_003 + self.epoch)
        mine = self.seed * 100_003 + self.epoch + 7_919 * self.team.rank
        chance = torch.Generator(self.device).manual_seed(mine)
        torch.manual_seed(mine)  # dropout's
        self._learner.train()
        steps, examples = self._feed(order, chance)
        sums = torch.zeros(3, dtype=torch.float64, device=self.device)
        name = f"epoch {self.epoch + 1}/{self.epochs}"
        off = self.team.rank > 0
        bar = tqdm(examples, name, steps, leave=False, mininterval=1, disable=off)
        for step, (x, wanted) in enumerate(bar):
            self._set_learning_rate((self.epoch + step / steps) / self.epochs)
            sums += self._step(x, wanted)
            if step % 50 == 0:
                loss, right, seen = sums.tolist()
                bar.set_postfix(loss=f"{loss / seen:.3f}", accuracy=f"{right / seen:.1%}")
        loss, right, seen = self.team.total(sums).tolist()
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss of epoch {self.epoch + 1} is {loss}; the checkpoint before it stays. "
                "A lower learning rate may help."
            )
        self.epoch += 1
        self.seconds += time.monotonic() - began
        self.history.append({"epoch": self.epoch, "loss": loss / seen, "accuracy": right / seen})

    def glyphs(self, index: Tensor, chance: torch.Generator) -> Tensor:
        """The glyphs of `index` as the network gets them, (n, 28, 28) float32 in [0, 1]."""
        glyphs = self.pixels[index].float() / 255
        share = self.recipe.varied
        return augment.augment_glyphs(glyphs, chance, share) if share else glyphs

    def samples(self, count: int = 200) -> Figure:
        """Some glyphs as the network gets them."""
        chance = torch.Generator(self.device).manual_seed(self.seed)
        index = torch.cat(self._batches(chance))[:count]
        glyphs = self.glyphs(index, chance).cpu().numpy()
        return plots.samples(glyphs, self.labels[index].cpu().numpy())

    def validation_loss(self, logits: Tensor, labels: Tensor) -> float:
        """Mean loss of digits alone, logits (N, 10) and labels (N,), as this training counts it
        but for what it adds while it learns, such as label smoothing."""
        return F.cross_entropy(logits, labels).item()

    def store(self, path: Path) -> None:
        """Write all that is needed to go on; raises TrainingError where that fails."""
        state = {
            "epoch": self.epoch,
            "seconds": self.seconds,
            "history": self.history,
            "network": self.network.state_dict(),
            "averaged": self._averaged and self._averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        try:
            write_atomically(path, partial(torch.save, state))
        except (OSError, RuntimeError) as error:  # torch raises RuntimeError for a full disk
            raise TrainingError(
                f"The checkpoint {path} cannot be written ({error}); the one before it stays."
            ) from error

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint; raises TrainingError for one that cannot be read."""
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            self.network.load_state_dict(state["network"])
            if self._averaged is not None:
                self._averaged.load_state_dict(state["averaged"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.epoch, self.seconds = state["epoch"], state["seconds"]
            self.history = state["history"]
        except Exception as error:  # unpickling raises of everything
            raise TrainingError(
                f"The checkpoint {path} cannot be gone on from; start without --resume."
            ) from error

    def _feed(
        self, order: torch.Generator, chance: torch.Generator
    ) -> tuple[int, Iterator[tuple[Tensor, Tensor]]]:
        """How many steps an epoch has, and what each of them learns from: inputs and labels."""
        batches = self._batches(order)
        return len(batches), ((self.glyphs(i, chance), self.labels[i]) for i in batches)

    def _batches(self, order: torch.Generator) -> Sequence[Tensor]:
        """Indices for one epoch: some of each pool, shuffled together, this process's share."""
        chosen, start = [], 0
        for size, wanted in zip(self.sizes, self.per_epoch, strict=True):
            shuffled = torch.randperm(size, generator=order, device=self.device)
            chosen.append(shuffled[:wanted] + start)
            start += size
        together = torch.cat(chosen)
        mixed = torch.randperm(len(together), generator=order, device=self.device)
        batches = list(together[mixed].split(self.recipe.batch))
        # Batch norm needs two glyphs at least, and every process the same number of steps.
        if len(batches) > 1 and len(batches[-1]) < 2 * self.team.size:
            batches.pop()
        return [self.team.share(batch) for batch in batches]

    def _step(self, x: Tensor, labels: Tensor) -> Tensor:
        """Learn from one batch; returns (sum of losses, digits read right, glyphs)."""
        logits, loss = self._learn(x, lambda logits: classifier_loss(logits, labels, self.recipe))
        # What is no digit counts as read right where its digitness says so.
        read = logits[:, :10].argmax(1)
        if logits.shape[1] > 10:
            read = torch.where((labels < 0) & (logits[:, 10] < 0), labels, read)
        right = (read == labels).sum()
        return torch.stack([loss * len(x), right, torch.full_like(right, len(x))]).double()

    def _learn(self, x: Tensor, cost: Callable[[Tensor], Tensor]) -> tuple[Tensor, Tensor]:
        """One step down the gradient of what the network's answer to `x`, (N, H, W) in the
        units that the design normalizes, costs; returns the answer and its cost."""
        x = ((x - self.design.mean) / self.design.std)[:, None]
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            answer = self._learner(x).float()
        loss = cost(answer)
        self.optimizer.zero_grad()
        loss.backward()
        if self.recipe.largest_gradient is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.largest_gradient)
        self.optimizer.step()
        if self._averaged is not None:
            self._averaged.update_parameters(self.network)
        return answer.detach(), loss.detach()

    def _set_learning_rate(self, progress: float) -> None:
        factor = 1.0
        if self.recipe.schedule == "cosine":
            after = (progress - WARM_UP) / (1 - WARM_UP)
            factor = min(progress / WARM_UP, 0.5 * (1 + math.cos(math.pi * max(0.0, after))))
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.learning_rate * factor


class ManualTrainer(Trainer):
    """The training of `from_scratch`: no optimizer, and no gradient but its own."""

    def __init__(self, model: str, recipe: Recipe, epochs: int, seed: int, *where) -> None:
        super().__init__(model, recipe, epochs, seed, *where)
        chance = torch.Generator(self.device).manual_seed(seed)
        first = from_scratch.start(chance, recipe.by_hand.start)
        tensors = [parameter.detach() for parameter in self.network.parameters()]
        for tensor, value in zip(tensors, first.tensors(), strict=True):
            tensor.copy_(value)
        self._weights = from_scratch.Weights(*tensors)  # share memory with the network's

    @torch.no_grad()
    def _step(self, x: Tensor, labels: Tensor) -> Tensor:
        loss = self.recipe.by_hand.loss
        x, targets = x.flatten(1), from_scratch.one_hot(labels)
        hidden, z = from_scratch.forward(x, self._weights)
        gradients = from_scratch.backward(x, hidden, z, targets, self._weights, loss)
        for gradient in gradients.tensors():
            self.team.total(gradient).div_(self.team.size)
        from_scratch.step(self._weights, gradients, self.recipe.learning_rate)
        right = (z.argmax(1) == labels).sum()
        seen = torch.full_like(right, len(x))
        return torch.stack([from_scratch.loss_of(z, targets, loss) * len(x), right, seen]).double()

    def validation_loss(self, logits: Tensor, labels: Tensor) -> float:
        targets = from_scratch.one_hot(labels)
        return from_scratch.loss_of(logits, targets, self.recipe.by_hand.loss).item()


def trainer_for(model: str, recipe: Recipe, *rest) -> Trainer:
    """The training of a model by its recipe, at its start; takes what `Trainer` takes."""
    kind = Trainer if recipe.by_hand is None else ManualTrainer
    return kind(model, recipe, *rest)


def classifier_loss(logits: Tensor, labels: Tensor, recipe: Recipe) -> Tensor:
    """Cross-entropy of digits; of what is no digit, towards ten equal bars; and of digitness.

    `logits` is (N, 10 or 11), `labels` (N,) with -1 for what is no digit.
    """
    digit = labels >= 0
    target = F.one_hot(labels.clamp(min=0), 10).float()
    target = target * (1 - recipe.smoothing) + recipe.smoothing / 10
    target = torch.where(digit[:, None], target, torch.full_like(target, 0.1))
    classes = -(target * logits[:, :10].log_softmax(1)).sum(1)
    weight = torch.where(digit, 1.0, recipe.non_digit_weight)
    loss = (classes * weight).mean()
    if logits.shape[1] > 10:
        known = F.binary_cross_entropy_with_logits(logits[:, 10], digit.float())
        loss = loss + recipe.digitness_weight * known
    return loss


def _optimizer(network: nn.Module, recipe: Recipe, device: torch.device) -> torch.optim.Optimizer:
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            network.parameters(),
            lr=recipe.learning_rate,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
        )
    return torch.optim.AdamW(
        network.parameters(),
        lr=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        fused=device.type == "cuda",
    )


@torch.no_grad()
def _moving_average(
    decay: float, averages: list[Tensor], current: list[Tensor], count: Tensor
) -> None:
    """Moves averages on; at the start they look back less far, or they would hold the first
    random weights for long. All at once, and without asking the device for a number, which
    would wait for it."""
    if not averages[0].is_floating_point():  # how many batches a norm has seen
        torch._foreach_copy_(averages, current)
        return
    step = 1 - ((1 + count) / (10 + count)).clamp(max=decay)
    away = torch._foreach_sub(current, averages)
    torch._foreach_mul_(away, step)
    torch._foreach_add_(averages, away)
