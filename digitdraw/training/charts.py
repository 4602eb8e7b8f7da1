"""Charts of a training and its results: curves, confusion matrix and reliability diagram.

Pure functions of arrays that return figures."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullLocator,
    PercentFormatter,
)

from digitdraw.models.data_format import DIGITS
from digitdraw.training import metrics
from digitdraw.training.plots import BLUE, GREY, VERMILION, count_text, new_figure, notice, shorten

_COLOURS = (BLUE, VERMILION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_SHADES = ListedColormap(colormaps["Oranges"](np.linspace(0.12, 0.9, 256)))
"""Colours of the mistakes in a confusion matrix."""
_MOST_WITH_COUNTS = 15
"""Classes of a confusion matrix whose cells have room for their counts."""
_HALF = 26
"""Letters of a name that fit into half of the space below a plot."""
_TICKS = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1)
"""Possible ticks of a scale of accuracies."""
_OFFSET = 5e-4
"""Added to errors before their logarithm, so that 100% is not at infinity."""


def curves(history: Sequence[dict[str, float]], subject: str = "") -> Figure:
    """Plot losses on the left, and accuracies and AUROCs on the right, over the epochs.

    `history` has a dict for each epoch: "epoch", "loss" and "accuracy" of the training, and metrics
    of the validation. Accuracies are in [0, 1]. `subject` names the model and the data."""
    names = list(dict.fromkeys(name for entry in history for name in entry))
    losses = [name for name in names if "loss" in name]
    accuracies = [name for name in names if "accuracy" in name or "AUROC" in name]
    if not losses + accuracies:
        return notice("No epoch yet", subject)
    figure = new_figure(11.4, 5.4)
    figure.suptitle(subject)
    left, right = figure.subplots(1, 2)
    _draw_lines(left, history, losses, "{:.4f}")
    left.set_title("Loss, on a logarithmic scale", loc="left", pad=12)
    if losses:
        _scale_losses(left)
    _draw_lines(right, history, accuracies, "{:.2%}")
    measures = "Accuracy and AUROC" if any("AUROC" in name for name in accuracies) else "Accuracy"
    right.set_title(f"{measures}, errors on a logarithmic scale", loc="left", pad=12)
    if accuracies:
        _scale_accuracies(right)
    return figure


def confusion(
    probabilities: np.ndarray,
    labels: np.ndarray,
    subject: str = "",
    classes: Sequence[str] = DIGITS.classes,
) -> Figure:
    """Plot the confusion matrix, coloured by the number of errors, with counts if they fit.

    `probabilities` is (N, classes) float; `labels` (N,) int, indices of `classes`. `subject` names
    the model and the data."""
    size = len(classes)
    counts = np.zeros((size, size), int)
    np.add.at(counts, (labels, probabilities.argmax(1)), 1)
    correct = counts.diagonal()
    errors = counts - np.diag(correct)
    # The diagonal is a hundred times larger, so it is not part of the colour scale.
    scale = PowerNorm(0.6, 0, max(4, errors.max()))
    colours = _SHADES(np.asarray(scale(errors)))
    colours[errors == 0] = (1, 1, 1, 1)
    colours[np.diag_indices(size)] = (0.87, 0.92, 0.96, 1)
    has_counts = size <= _MOST_WITH_COUNTS
    inches = 7.5 if has_counts else 3 + 0.16 * size
    figure = new_figure(inches + (0.1 if has_counts else 1.3), inches)
    figure.suptitle(subject)
    axes = figure.subplots()
    axes.imshow(colours)
    if has_counts:
        _write_counts(axes, counts, np.asarray(scale(errors)) > 0.7)
    else:
        bar = figure.colorbar(ScalarMappable(scale, _SHADES), ax=axes, shrink=0.5, pad=0.02)
        bar.set_label("mistakes")
        bar.locator = MaxNLocator(integer=True)
    _frame_cells(axes, list(map(shorten, classes)), 10 if has_counts else 7)
    _label_rows(axes, correct, counts.sum(1), 10 if has_counts else 7)
    mistakes, total = int(errors.sum()), int(counts.sum())
    accuracy = correct.sum() / max(1, total)
    title = f"{count_text(mistakes, 'mistake')} in {count_text(total, 'answer')}"
    axes.set_title(f"{title}: {accuracy:.2%} correct", loc="left", pad=12)
    return figure


def reliability(
    probabilities: np.ndarray, labels: np.ndarray, subject: str = "", bins: int = 15
) -> Figure:
    """Plot accuracy over confidence, and the number of answers, in equal bins of [0, 1].

    `probabilities` is (N, classes) float; `labels` (N,) int. `subject` names the model and the
    data."""
    count, confidence, accuracy = metrics.reliability(probabilities, labels, bins)
    error = metrics.calibration_error(probabilities, labels, bins)
    figure = new_figure(7.4, 7.8)
    figure.suptitle(subject)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.1))
    filled = count > 0
    centres, width = ((np.arange(bins) + 0.5) / bins)[filled], 0.94 / bins
    upper.bar(centres, accuracy[filled], width, color="#dbe9f4", label="fraction correct")
    _draw_reliability(upper, confidence[filled], accuracy[filled], count[filled])
    _draw_counts(lower, centres, width, count[filled])
    title = f"Expected calibration error {error:.2%} over {count_text(len(labels), 'answer')}"
    upper.set_title(title, loc="left", pad=34)
    lower.set(xlim=(-0.01, 1.01), xlabel="confidence")
    lower.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


def _draw_lines(
    axes: Axes, history: Sequence[dict[str, float]], names: list[str], form: str
) -> None:
    """Plot a line for each name, with its last value in the legend; the training's in black."""
    validation = [name for name in names if name not in ("loss", "accuracy")]
    for name in names:
        points = [(entry["epoch"], entry[name]) for entry in history if name in entry]
        is_training = name not in validation
        i = 0 if is_training else validation.index(name)
        axes.plot(
            *zip(*points, strict=True),
            color="black" if is_training else _COLOURS[i % len(_COLOURS)],
            marker="x" if is_training else _MARKERS[i % len(_MARKERS)],
            ls="--" if is_training else "-",
            ms=5.5 if len(history) <= 12 else 3.5,
            lw=1.4,
            label=f"{'training ' if is_training else ''}{name}  {form.format(points[-1][1])}",
        )
    epochs = [entry["epoch"] for entry in history]
    axes.set(xlim=(min(epochs) - 0.5, max(epochs) + 0.5), xlabel="epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    _tidy(axes)
    if names:
        columns = 2 if max(map(len, names)) <= _HALF else 1
        below = (0.5, -0.13)
        axes.legend(
            loc="upper center", bbox_to_anchor=below, ncols=columns, frameon=False, fontsize=9
        )
    else:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", color=GREY)
        axes.set_yticks([])


def _values(axes: Axes) -> np.ndarray:
    """Return the values of all lines; there is at least one line."""
    return np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.get_lines()])


def _scale_losses(axes: Axes) -> None:
    """Use a logarithmic scale: without augmentation, losses are often ten times smaller."""
    # A loss of 0 has no logarithm, and lies below the axes.
    values = np.maximum(_values(axes), 1e-5)
    axes.set_ylim(values.min() / 1.4, values.max() * 1.4)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda loss, _: f"{loss:g}"))


def _scale_accuracies(axes: Axes) -> None:
    """Use a scale that is logarithmic in the errors: 99.4% has twice the errors of 99.7%."""
    axes.set_yscale(
        "function",
        functions=(
            lambda accuracy: -np.log10(np.maximum(1 + _OFFSET - accuracy, 1e-9)),
            lambda nines: 1 + _OFFSET - 10.0 ** -np.asarray(nines),
        ),
    )
    least = _values(axes).min()
    lowest = max((tick for tick in _TICKS[:-3] if tick < least), default=0)
    # A line at 100% needs some room above.
    axes.set_ylim(lowest, 1 + 0.2 * _OFFSET)
    axes.yaxis.set_major_locator(FixedLocator(_TICKS))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda accuracy, _: f"{accuracy * 100:.4g}%"))


def _write_counts(axes: Axes, counts: np.ndarray, is_dark: np.ndarray) -> None:
    """Write the counts into the cells of a confusion matrix."""
    for (label, answer), count in np.ndenumerate(counts):
        is_error = label != answer
        ink = "#bbbbbb" if count == 0 else "white" if is_dark[label, answer] else "black"
        weight = "bold" if count and is_error else "normal"
        axes.text(answer, label, f"{count:,}", color=ink, weight=weight, ha="center", va="center")


def _frame_cells(axes: Axes, names: list[str], text_size: int) -> None:
    """Draw thin lines between the cells of a confusion matrix, and name its axes."""
    is_long = max(map(len, names)) > 2
    axes.set_xticks(range(len(names)), names, fontsize=text_size, rotation=90 * is_long)
    axes.set_yticks(range(len(names)), names, fontsize=text_size)
    axes.set_xticks(np.arange(len(names) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="#d9d9d9", lw=0.8)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_color("#d9d9d9")
    axes.set(xlabel="answer", ylabel="label")


def _label_rows(axes: Axes, correct: np.ndarray, total: np.ndarray, text_size: int) -> None:
    """Write the accuracy of each row of a confusion matrix beside it."""
    labels = [f"{c / n:.2%}" if n else "none" for c, n in zip(correct, total, strict=True)]
    beside = axes.secondary_yaxis("right")
    beside.set_yticks(range(len(labels)), labels, fontsize=text_size)
    beside.tick_params(length=0)
    beside.spines[:].set_visible(False)
    axes.annotate("correct", (1, 1), (4, 6), xycoords="axes fraction", textcoords="offset points")


def _draw_reliability(
    axes: Axes, confidence: np.ndarray, accuracy: np.ndarray, count: np.ndarray
) -> None:
    """Plot the accuracy of each bin with its 95% interval."""
    axes.errorbar(
        confidence,
        accuracy,
        _wilson_interval(accuracy, count),
        fmt="o",
        color=BLUE,
        ms=5,
        lw=1.3,
        capsize=3,
        label="with 95% interval",
    )
    axes.plot([0, 1], [0, 1], "--", color=GREY, lw=1.2, zorder=1.5, label="perfectly calibrated")
    axes.set(ylim=(-0.02, 1.03), ylabel="correct answers")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=3, frameon=False, fontsize=9)
    _tidy(axes)


def _draw_counts(axes: Axes, centres: np.ndarray, width: float, count: np.ndarray) -> None:
    """Plot the number of answers in each bin; the last often has thousands more than the others."""
    bars = axes.bar(centres, count, width, color=BLUE)
    axes.bar_label(bars, fmt="{:,.0f}", fontsize=7, padding=1)
    axes.set(ylim=(0.5, 6 * count.max(initial=1)), ylabel="answers")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.yaxis.set_minor_locator(NullLocator())
    _tidy(axes)


def _wilson_interval(fraction: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return how far the 95% interval (Wilson 1927) reaches below and above a fraction, (2, n)."""
    z2 = 1.96**2 / count
    centre = (fraction + z2 / 2) / (1 + z2)
    reach = np.sqrt(z2 * fraction * (1 - fraction) + z2**2 / 4) / (1 + z2)
    return np.maximum([fraction - centre + reach, centre + reach - fraction], 0)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color="#e5e5e5", lw=0.8)
