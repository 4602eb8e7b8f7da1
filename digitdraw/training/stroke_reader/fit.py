"""Fits the scorer: it makes the right reading of each drawing probable among all of its lattice.

The right way to split a drawing is not needed, only its text: all paths that spell it count."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from digitdraw.classifier import GlyphClassifier
from digitdraw.models.stroke_scorer import LABELS, OTHER, StrokeScorer
from digitdraw.strokes.groups import is_digit_sized, list_groups
from digitdraw.strokes.pieces import Pieces, cut_strokes, whole_strokes
from digitdraw.strokes.scores import CHARACTERS, Ink, features

RARER = {OTHER: 1.0, "/": 0.7}
"""What these labels lose after the fit: they are rarer on the pad than among the examples. With it,
0.5% more of the validation writers' composed numbers without symbols are read."""
_NEVER = -1e5
"""Score of what the lattice does not have."""


@dataclass(frozen=True)
class Example:
    """The groups of a drawing: `spans` (n, 2) int, `features` and `logs` as of `scores.features`,
    and the `text` to read, of CHARACTERS."""

    count: int
    spans: np.ndarray
    features: np.ndarray
    logs: np.ndarray
    text: str


def examples(
    strokes: Sequence[np.ndarray], text: str, classifier: GlyphClassifier
) -> list[Example]:
    """Return the lattices of a line with its strokes whole and cut, where they can spell `text`."""
    lines = [whole_strokes(strokes), cut_strokes(strokes, range(len(strokes)))]
    lines = lines[: 1 + (len(lines[1]) > len(lines[0]))]
    ink = Ink(classifier)
    found = [_example(pieces, text, classifier.calibration.temperature, ink) for pieces in lines]
    with torch.no_grad():
        return [item for item in found if float(loss(StrokeScorer(), [item])) < -_NEVER / 10]


def _example(pieces: Pieces, text: str, temperature: float, ink: Ink) -> Example:
    groups = list_groups(pieces)
    sized = [group for group in groups if is_digit_sized(group, pieces)]
    _, logits = ink.of([pieces.points[group.start : group.end] for group in sized])
    found, logs = features(pieces, groups, logits, temperature)
    spans = np.array([(group.start, group.end) for group in groups])
    return Example(len(pieces), spans, found, logs, text)


def loss(scorer: StrokeScorer, batch: Sequence[Example]) -> Tensor:
    """Return the mean negative log likelihood of the texts of a batch."""
    nodes = max(item.count for item in batch)
    groups = max(len(item.spans) for item in batch)
    scores = torch.full((len(batch), groups, len(CHARACTERS)), _NEVER)
    found = torch.from_numpy(np.concatenate([item.features for item in batch]))
    logs = torch.from_numpy(np.concatenate([item.logs for item in batch]))
    outputs = scorer(found)
    rows = torch.cat([outputs[:, :1] + scorer.sharpness * logs, outputs[:, 1:]], 1)
    which = torch.cat([torch.full((len(item.spans),), i) for i, item in enumerate(batch)])
    place = torch.cat([torch.arange(len(item.spans)) for item in batch])
    scores = scores.index_put((which, place), rows)
    steps = [_step(batch, end, groups) for end in range(1, nodes + 1)]
    counts = torch.tensor([item.count for item in batch])
    total = _any_path(scores, steps, counts)
    right = _right_paths(scores, steps, counts, [item.text for item in batch])
    return (total - right).mean()


def _step(batch: Sequence[Example], end: int, groups: int) -> tuple[Tensor, Tensor]:
    """Return for each item the groups that end at a node, and where they start, (items, most)."""
    ending = [np.flatnonzero(item.spans[:, 1] == end) for item in batch]
    most = max(1, *map(len, ending))
    which = np.full((len(batch), most), -1)
    starts = np.zeros((len(batch), most), int)
    for i, (item, found) in enumerate(zip(batch, ending, strict=True)):
        which[i, : len(found)] = found
        starts[i, : len(found)] = item.spans[found, 0]
    return torch.from_numpy(which), torch.from_numpy(starts)


def _any_path(scores: Tensor, steps: list[tuple[Tensor, Tensor]], counts: Tensor) -> Tensor:
    totals = scores.logsumexp(2)
    items = torch.arange(len(scores))
    nodes = [torch.zeros(len(scores))]
    for which, starts in steps:
        before = torch.stack(nodes, 1).gather(1, starts)
        through = totals.gather(1, which.clamp(min=0)) + before
        nodes.append(through.masked_fill(which < 0, _NEVER).logsumexp(1))
    return torch.stack(nodes, 1)[items, counts]


def _right_paths(
    scores: Tensor, steps: list[tuple[Tensor, Tensor]], counts: Tensor, texts: Sequence[str]
) -> Tensor:
    """As `_any_path`, for the paths that spell the texts. OTHER may take several groups."""
    longest = max(map(len, texts))
    labels = torch.zeros(len(texts), longest, dtype=torch.long)
    for i, text in enumerate(texts):
        labels[i, : len(text)] = torch.tensor([CHARACTERS.index(c) for c in text])
    is_other = labels == CHARACTERS.index(OTHER)
    spelled = scores.gather(2, labels[:, None].expand(-1, scores.shape[1], -1))
    first = torch.full((len(texts), longest + 1), _NEVER)
    first[:, 0] = 0
    nodes = [first]
    for which, starts in steps:
        index = starts[:, :, None].expand(-1, -1, longest + 1)
        before = torch.stack(nodes, 1).gather(1, index)
        score = spelled.gather(1, which.clamp(min=0)[:, :, None].expand(-1, -1, longest))
        score = score.masked_fill((which < 0)[:, :, None], _NEVER)
        onward = before[:, :, :-1] + score
        again = (before[:, :, 1:] + score).masked_fill(~is_other[:, None], _NEVER)
        ahead = torch.cat([onward, again], 1).logsumexp(1)
        nodes.append(torch.cat([torch.full((len(texts), 1), _NEVER), ahead], 1))
    items = torch.arange(len(texts))
    lengths = torch.tensor([len(text) for text in texts])
    return torch.stack(nodes, 1)[items, counts, lengths]


def fit(
    examples: Sequence[Example], epochs: int, seed: int, batch_size: int = 64, rate: float = 4e-3
) -> tuple[StrokeScorer, list[float]]:
    """Train a scorer with AdamW and a cosine schedule. Also return the mean loss of each epoch."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    scorer = StrokeScorer()
    optimizer = torch.optim.AdamW(scorer.parameters(), rate, weight_decay=1e-3)
    steps = epochs * len(_batches(examples, batch_size, np.random.default_rng(seed)))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    means = []
    for epoch in range(epochs):
        losses = []
        for batch in _batches(examples, batch_size, rng):
            value = loss(scorer, batch)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
            losses.append(value.item())
        means.append(float(np.mean(losses)))
        print(f"epoch {epoch + 1}/{epochs}: loss {means[-1]:.4f}", flush=True)
    with torch.no_grad():
        for label, less in RARER.items():
            scorer.output.bias[LABELS.index(label)] -= less
    return scorer.eval(), means


def _batches(
    examples: Sequence[Example], size: int, rng: np.random.Generator
) -> list[list[Example]]:
    """Return batches in random order. Each has lattices of similar size, so that few are padded."""
    order = rng.permutation(len(examples))
    batches = []
    for chunk in np.split(order, range(16 * size, len(order), 16 * size)):
        by_size = sorted(chunk.tolist(), key=lambda index: examples[index].count)
        batches += [by_size[start : start + size] for start in range(0, len(by_size), size)]
    return [[examples[index] for index in batches[i]] for i in rng.permutation(len(batches))]
