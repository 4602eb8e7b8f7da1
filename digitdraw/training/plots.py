"""What a training looks like: figures of its samples, its course, and its answers.

Pure functions of arrays that return figures, and `write`, which saves them. Knows nothing of
models, data sets or screens: no pyplot, so nothing global, and any thread may draw.
Colours are those of Okabe and Ito (2008), which people who mix up red and green can tell apart.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullLocator,
    PercentFormatter,
)

from digitdraw.files import write_atomically
from digitdraw.training import metrics

__all__ = [
    "confusion",
    "curves",
    "examples",
    "mistakes",
    "pages",
    "reliability",
    "samples",
    "write",
]

_DPI = 150

_SIDE = 28
"""Side of a glyph, in pixels."""

_PAPER = 0.94
"""Grey behind the ink, so that a glyph's edge shows on the white page."""

_BLUE, _VERMILION, _GREY = "#0072B2", "#D55E00", "#767676"

_LINES = (_BLUE, _VERMILION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")

_MARKERS = ("o", "s", "^", "D", "v", "P")

_HALF = 26
"""Letters of a name that half of the space below a plot has room for."""

_NINES = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1)
"""Where a scale of shares may have its ticks."""

_BEYOND = 5e-4
"""How far above 100% the logarithm of the errors would lie at infinity."""


def samples(glyphs: np.ndarray, labels: np.ndarray) -> Figure:
    """Training samples as the model gets them, a row or more for each label.

    `glyphs` is (N, 28, 28) float in [0, 1], 1 = ink; `labels` (N,) int, -1 for no digit.
    """
    if not len(labels):
        return _notice("No training samples")
    kind = np.where(labels < 0, 10, labels)
    counts = np.bincount(kind, minlength=11)
    # What is no digit may be as much as all the rest, and may take several rows.
    columns = int(np.clip(counts[:10].max(), 12, 30))
    places, names, row = [], {}, 0
    for each in np.flatnonzero(counts):
        names[row] = "no digit" if each == 10 else str(each)
        places += [(row + i // columns, i % columns) for i in range(counts[each])]
        row += -(-int(counts[each]) // columns)
    order = np.argsort(kind, kind="stable")
    title = f"Training samples as the model gets them: {len(labels):,}"
    axes = _sheet(glyphs[order], np.array(places), (2, 2), 2, title, left=0.75)
    for row, name in names.items():
        size = 9 if name == "no digit" else 12
        axes.text(-5, row * (_SIDE + 2) + _SIDE / 2, name, ha="right", va="center", fontsize=size)
    return axes.get_figure()


def curves(history: Sequence[dict[str, float]]) -> Figure:
    """Losses on the left, accuracies and AUROCs on the right, over the epochs.

    `history` holds a dict of each epoch with "epoch" and whatever was measured; the keys
    "loss" and "accuracy" are the training's own. Shares are in [0, 1].
    """
    names = list(dict.fromkeys(name for entry in history for name in entry))
    losses = [name for name in names if "loss" in name]
    shares = [name for name in names if "accuracy" in name or "AUROC" in name]
    if not losses + shares:
        return _notice("No epoch yet")
    figure = _page(11.4, 5.4)
    left, right = figure.subplots(1, 2)
    _draw_lines(left, history, losses, "{:.4f}")
    left.set_title("Loss, on a logarithmic scale", loc="left", pad=12)
    if losses:
        _scale_losses(left)
    _draw_lines(right, history, shares, "{:.2%}")
    right.set_title("Accuracy and AUROC, errors on a logarithmic scale", loc="left", pad=12)
    if shares:
        _scale_shares(right)
    return figure


def confusion(probabilities: np.ndarray, labels: np.ndarray) -> Figure:
    """How often each digit was read as each: counts, coloured by errors alone.

    `probabilities` is (N, 10) float, `labels` (N,) int of 0..9.
    """
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, probabilities.argmax(1)), 1)
    right = counts.diagonal()
    errors = counts - np.diag(right)
    # The diagonal is a hundred times the rest and would take all the colour for itself.
    shade = PowerNorm(0.6, 0, max(4, errors.max()))(errors)
    colours = colormaps["Oranges"](0.12 + 0.78 * np.asarray(shade))
    colours[errors == 0] = (1, 1, 1, 1)
    colours[np.diag_indices(10)] = (0.87, 0.92, 0.96, 1)
    figure = _page(7.6, 7.5)
    axes = figure.subplots()
    axes.imshow(colours)
    for (label, answer), count in np.ndenumerate(counts):
        dark = label != answer and shade[label, answer] > 0.7
        ink = "#bbbbbb" if count == 0 else "white" if dark else "black"
        weight = "bold" if count and label != answer else "normal"
        axes.text(answer, label, f"{count:,}", color=ink, weight=weight, ha="center", va="center")
    _frame_cells(axes)
    _label_rows(axes, right, counts.sum(1))
    wrong, total = int(errors.sum()), int(counts.sum())
    share = right.sum() / max(1, total)
    title = f"{_several(wrong, 'mistake')} in {_several(total, 'answer')}: {share:.2%} right"
    axes.set_title(title, loc="left", pad=12)
    return figure


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> Figure:
    """How often answers of each confidence are right, and how many such answers there are.

    `probabilities` is (N, 10) float, `labels` (N,) int of 0..9; equal bins of [0, 1].
    """
    count, confidence, right = metrics.reliability(probabilities, labels, bins)
    error = metrics.calibration_error(probabilities, labels, bins)
    figure = _page(7.4, 7.8)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.1))
    filled = count > 0
    middles = ((np.arange(bins) + 0.5) / bins)[filled]
    _draw_reliability(upper, middles, 0.94 / bins, confidence[filled], right[filled], count[filled])
    _draw_counts(lower, middles, 0.94 / bins, count[filled])
    title = f"Expected calibration error {error:.2%} over {_several(len(labels), 'answer')}"
    upper.set_title(title, loc="left", pad=34)
    lower.set(xlim=(-0.01, 1.01), xlabel="confidence")
    lower.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


def mistakes(
    glyphs: np.ndarray, probabilities: np.ndarray, labels: np.ndarray, count: int = 100
) -> Figure:
    """The `count` worst mistakes, the surest first, each with its label, answer and confidence.

    `glyphs` is (N, 28, 28) float in [0, 1], 1 = ink; `probabilities` (N, 10) float, `labels`
    (N,) int of 0..9.
    """
    answers, confidence = probabilities.argmax(1), probabilities.max(1)
    wrong = np.flatnonzero(answers != labels)
    if not len(wrong):
        return _notice(f"No mistakes: {_several(len(labels), 'answer')}, all of them right")
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    found = f"{_several(len(wrong), 'mistake')} in {_several(len(labels), 'answer')}"
    shown = "surest first" if len(worst) == len(wrong) else f"the {len(worst)} surest"
    places = np.array([divmod(i, 10) for i in range(len(worst))])
    title = f"{found}, {shown}: label → answer, confidence"
    axes = _sheet(glyphs[worst], places, (13, 11), 3, title)
    for index, (row, column) in zip(worst, places, strict=True):
        x, y = column * (_SIDE + 11), row * (_SIDE + 13) + _SIDE + 4.5
        axes.text(x, y, f"{labels[index]} → {answers[index]}", va="center", fontsize=8)
        axes.text(
            x + _SIDE + 5,
            y,
            f"{confidence[index]:.0%}",
            va="center",
            ha="right",
            fontsize=7.5,
            color=_VERMILION,
        )
    return axes.get_figure()


def examples(glyphs: np.ndarray, probabilities: np.ndarray, labels: np.ndarray) -> Figure:
    """Glyphs, each with its ten bars: blue the label's, vermilion that of a wrong answer.

    `glyphs` is (N, 28, 28) float in [0, 1], 1 = ink; `probabilities` (N, 10) float, `labels`
    (N,) int of 0..9.
    """
    if not len(labels):
        return _notice("No examples")
    columns = min(6, max(3, len(labels)))
    rows = -(-len(labels) // columns)
    figure = _page(1.75 * columns, 2.6 * rows + 0.4)
    grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=(3, 1.6) * rows)
    for axes in grid.flat:
        axes.axis("off")
    for i, (glyph, bars, label) in enumerate(zip(glyphs, probabilities, labels, strict=True)):
        row, column = divmod(i, columns)
        picture, chart = grid[2 * row : 2 * row + 2, column]
        answer = int(bars.argmax())
        picture.imshow(_on_paper(glyph), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        caption = f"{label} → {answer}  {bars[answer]:.0%}"
        picture.set_title(caption, fontsize=10, color="black" if answer == label else _VERMILION)
        _draw_bars(chart, bars, int(label))
    figure.suptitle("label → answer, and the ten probabilities", fontsize=11)
    return figure


def pages(
    pictures: Sequence[np.ndarray], boxes: Sequence[np.ndarray], labels: Sequence[np.ndarray]
) -> Figure:
    """Pages, (H, W) uint8 each, with boxes (n, 4) of digits and which digit, (n,), each is;
    what is to be ignored is labelled -1."""
    if not len(pictures):
        return _notice("No pages")
    columns = min(4, len(pictures))
    rows = -(-len(pictures) // columns)
    figure = _page(3.4 * columns, 3.4 * rows)
    for axes in figure.subplots(rows, columns, squeeze=False).flat:
        axes.axis("off")
    for axes, picture, some, digits in zip(figure.axes, pictures, boxes, labels, strict=False):
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
        for (x, y, width, height), digit in zip(some, digits, strict=True):
            colour = _VERMILION if digit >= 0 else _GREY
            axes.add_patch(Rectangle((x, y), width, height, fill=False, color=colour, lw=0.8))
            if digit >= 0:
                axes.text(x, y, str(digit), color=_BLUE, fontsize=8, va="bottom", weight="bold")
    return figure


def line_crops(seen: Sequence[np.ndarray], words: Sequence[str]) -> Figure:
    """Strips, (h, w) float each, paper at 0 and ink above it, each under a few words."""
    if not len(seen):
        return _notice("No strips")
    columns = min(4, len(seen))
    rows = -(-len(seen) // columns)
    figure = _page(3.0 * columns, 0.9 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).flat
    for axes in grid:
        axes.axis("off")
    for axes, strip, text in zip(figure.axes, seen, words, strict=False):
        axes.imshow(-strip, cmap="gray", vmin=-4, vmax=1)
        axes.set_title(text, fontsize=7, pad=2)
    return figure


def write(folder: Path, name: str, figures: dict[str, Figure]) -> list[Path]:
    """Save `{name}.{kind}.png` of each kind of figure, and return their paths.

    Each is written to a temporary file first. Raises OSError where the folder cannot be
    written; the pictures that were there before then stay.
    """
    paths = []
    for kind, figure in figures.items():
        path = folder / f"{name}.{kind}.png"
        write_atomically(path, partial(figure.savefig, format="png", facecolor="white"))
        paths.append(path)
    return paths


def _sheet(
    glyphs: np.ndarray,
    places: np.ndarray,
    gaps: tuple[int, int],
    scale: int,
    title: str,
    left: float = 0.15,
) -> Axes:
    """Glyphs at their (row, column), `gaps` apart, on a page that is made to measure.

    The axes count in pixels of glyphs, each `scale` pixels of the picture, from the first
    glyph's corner; `left` is the margin in inches.
    """
    pitch = _SIDE + np.array(gaps)
    rows, columns = places.max(0) + 1
    # Few glyphs still need a page on which the title has room.
    height, width = (int(n) for n in pitch * (rows, max(10, columns)))
    sheet = np.ones((height, width))
    for glyph, (y, x) in zip(glyphs, places * pitch, strict=True):
        sheet[y : y + _SIDE, x : x + _SIDE] = _on_paper(glyph)
    wide, high, top, margin = width * scale / _DPI, height * scale / _DPI, 0.45, 0.15
    size = (left + wide + margin, top + high + margin)
    figure = Figure(figsize=size, dpi=_DPI)
    axes = figure.add_axes((left / size[0], margin / size[1], wide / size[0], high / size[1]))
    extent = (0, width, height, 0)
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest", extent=extent)
    axes.axis("off")
    place = (left / size[0], 1 - top / 2 / size[1])
    figure.text(*place, title, fontsize=11, va="center", ha="left")
    return axes


def _on_paper(glyph: np.ndarray) -> np.ndarray:
    return _PAPER * (1 - glyph)


def _page(width: float, height: float) -> Figure:
    """A figure of so many inches, whose axes make room for what is written around them."""
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    return Figure(figsize=(width, height), dpi=_DPI, layout=layout)


def _notice(text: str) -> Figure:
    """A figure of nothing but words, where there is nothing to show."""
    figure = Figure(figsize=(6, 2), dpi=_DPI)
    figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=13, color=_GREY)
    return figure


def _draw_lines(
    axes: Axes, history: Sequence[dict[str, float]], names: list[str], form: str
) -> None:
    """A line for each name, its last value in the legend, the training's own in black."""
    others = [name for name in names if name not in ("loss", "accuracy")]
    for name in names:
        points = [(entry["epoch"], entry[name]) for entry in history if name in entry]
        own = name not in others
        i = 0 if own else others.index(name)
        axes.plot(
            *zip(*points, strict=True),
            color="black" if own else _LINES[i % len(_LINES)],
            marker="x" if own else _MARKERS[i % len(_MARKERS)],
            ls="--" if own else "-",
            ms=5.5 if len(history) <= 12 else 3.5,
            lw=1.4,
            label=f"{'training ' if own else ''}{name}  {form.format(points[-1][1])}",
        )
    epochs = [entry["epoch"] for entry in history]
    axes.set(xlim=(min(epochs) - 0.5, max(epochs) + 0.5), xlabel="epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    _tidy(axes)
    if names:
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13)}
        ncols = 2 if max(map(len, names)) <= _HALF else 1
        axes.legend(**below, ncols=ncols, frameon=False, fontsize=9)
    else:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", color=_GREY)
        axes.set_yticks([])


def _values(axes: Axes) -> np.ndarray:
    """All values that are drawn as lines, of which there is one at least."""
    return np.concatenate([np.asarray(line.get_ydata(), float) for line in axes.get_lines()])


def _scale_losses(axes: Axes) -> None:
    """Logarithmic: validation losses are often a tenth of those under variation."""
    # A loss of 0 has no logarithm, and lies below the axes.
    seen = np.maximum(_values(axes), 1e-5)
    axes.set_ylim(seen.min() / 1.4, seen.max() * 1.4)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda loss, _: f"{loss:g}"))


def _scale_shares(axes: Axes) -> None:
    """Logarithmic in the errors: of 99.4% and 99.7% the one is twice as wrong."""
    axes.set_yscale(
        "function",
        functions=(
            lambda share: -np.log10(np.maximum(1 + _BEYOND - share, 1e-9)),
            lambda nines: 1 + _BEYOND - 10.0 ** -np.asarray(nines),
        ),
    )
    least = _values(axes).min()
    lowest = max((tick for tick in _NINES[:-3] if tick < least), default=0)
    # A line along 100% needs some room above, to be seen whole.
    axes.set_ylim(lowest, 1 + 0.2 * _BEYOND)
    axes.yaxis.set_major_locator(FixedLocator(_NINES))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share * 100:.4g}%"))


def _frame_cells(axes: Axes) -> None:
    """Thin lines between the cells of a table of digits, and its axes' names."""
    axes.set_xticks(range(10), range(10))
    axes.set_yticks(range(10), range(10))
    axes.set_xticks(np.arange(9) + 0.5, minor=True)
    axes.set_yticks(np.arange(9) + 0.5, minor=True)
    axes.grid(which="minor", color="#d9d9d9", lw=0.8)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_color("#d9d9d9")
    axes.set(xlabel="answer", ylabel="label")


def _label_rows(axes: Axes, right: np.ndarray, total: np.ndarray) -> None:
    """Beside each row of a table of digits, the share of it that is right."""
    beside = axes.secondary_yaxis("right")
    shares = [f"{r / n:.2%}" if n else "none" for r, n in zip(right, total, strict=True)]
    beside.set_yticks(range(10), shares)
    beside.tick_params(length=0)
    beside.spines[:].set_visible(False)
    axes.annotate("right", (1, 1), (4, 6), xycoords="axes fraction", textcoords="offset points")


def _draw_reliability(
    axes: Axes,
    middles: np.ndarray,
    width: float,
    confidence: np.ndarray,
    right: np.ndarray,
    count: np.ndarray,
) -> None:
    """The share of right answers in each bin, and how sure so many answers make it."""
    axes.bar(middles, right, width, color="#dbe9f4", label="share right")
    axes.errorbar(
        confidence,
        right,
        _wilson(right, count),
        fmt="o",
        color=_BLUE,
        ms=5,
        lw=1.3,
        capsize=3,
        label="with 95% interval",
    )
    axes.plot([0, 1], [0, 1], "--", color=_GREY, lw=1.2, zorder=1.5, label="perfectly calibrated")
    axes.set(ylim=(-0.02, 1.03), ylabel="right answers")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    above = {"loc": "lower left", "bbox_to_anchor": (-0.01, 1)}
    axes.legend(**above, ncols=3, frameon=False, fontsize=9)
    _tidy(axes)


def _draw_counts(axes: Axes, middles: np.ndarray, width: float, count: np.ndarray) -> None:
    """The number of answers in each bin, most of which are thousands fewer than the last."""
    bars = axes.bar(middles, count, width, color=_BLUE)
    axes.bar_label(bars, fmt="{:,.0f}", fontsize=7, padding=1)
    axes.set(ylim=(0.5, 6 * count.max(initial=1)), ylabel="answers")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    axes.yaxis.set_minor_locator(NullLocator())
    _tidy(axes)


def _draw_bars(axes: Axes, bars: np.ndarray, label: int) -> None:
    """Ten probabilities; the label is marked below, for its bar may be too low to see."""
    colours = ["#b0b0b0"] * 10
    colours[int(bars.argmax())] = _VERMILION
    colours[label] = _BLUE
    axes.axis("on")
    axes.bar(range(10), bars, color=colours)
    axes.set(ylim=(0, 1), yticks=[])
    axes.set_xticks(range(10), range(10), fontsize=7)
    axes.get_xticklabels()[label].set(color=_BLUE, weight="bold")
    axes.tick_params(length=0)
    axes.spines[["left", "top", "right"]].set_visible(False)


def _wilson(share: np.ndarray, count: np.ndarray) -> np.ndarray:
    """How far the 95% interval of a share reaches down and up, (2, n) (Wilson 1927)."""
    z2 = 1.96**2 / count
    middle = (share + z2 / 2) / (1 + z2)
    reach = np.sqrt(z2 * share * (1 - share) + z2**2 / 4) / (1 + z2)
    return np.maximum([share - middle + reach, middle + reach - share], 0)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color="#e5e5e5", lw=0.8)


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
