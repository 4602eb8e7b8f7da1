"""Plots of glyphs, pages and line crops, and the helpers that all plots share.

Pure functions of arrays that return figures, and `write`, which saves them. They do not use pyplot,
so they keep no global state, and any thread may call them.
Colours are those of Okabe and Ito (2008), which people with colour blindness can tell apart."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from digitdraw.files import write_atomically
from digitdraw.preprocessing.glyph import GLYPH

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#767676"
_DPI = 150
_PAPER = 0.94
"""Grey level behind the ink, so that the edge of a glyph shows on the white page."""


def samples(glyphs: np.ndarray, labels: np.ndarray) -> Figure:
    """Plot training samples as the model sees them, in one or more rows for each label.

    `glyphs` is (N, 28, 28) float in [0, 1], 1 = ink; `labels` (N,) int, -1 for non-digits."""
    if not len(labels):
        return notice("No training samples")
    kind = np.where(labels < 0, 10, labels)
    counts = np.bincount(kind, minlength=11)
    # There may be as many non-digits as digits, so they may take several rows.
    columns = int(np.clip(counts[:10].max(), 12, 30))
    places, names, row = [], {}, 0
    for digit in np.flatnonzero(counts):
        names[row] = "no digit" if digit == 10 else str(digit)
        places += [(row + i // columns, i % columns) for i in range(counts[digit])]
        row += -(-int(counts[digit]) // columns)
    order = np.argsort(kind, kind="stable")
    title = f"Training samples as the model sees them: {len(labels):,}"
    figure, axes = _grid(glyphs[order], np.array(places), (2, 2), 2, title, left=0.75)
    for row, name in names.items():
        size = 9 if name == "no digit" else 12
        axes.text(-5, row * (GLYPH + 2) + GLYPH / 2, name, ha="right", va="center", fontsize=size)
    return figure


def mistakes(
    glyphs: np.ndarray, probabilities: np.ndarray, labels: np.ndarray, count: int = 100
) -> Figure:
    """Plot the `count` mistakes with the highest confidence, each with label and answer.

    `glyphs` is (N, 28, 28) float in [0, 1], 1 = ink; `probabilities` (N, 10) float; `labels` (N,)
    int, 0 to 9."""
    answers, confidence = probabilities.argmax(1), probabilities.max(1)
    errors = np.flatnonzero(answers != labels)
    if not len(errors):
        return notice(f"No mistakes: {count_text(len(labels), 'answer')}, all of them correct")
    worst = errors[np.argsort(-confidence[errors], kind="stable")][:count]
    counts = f"{count_text(len(errors), 'mistake')} in {count_text(len(labels), 'answer')}"
    shown = "surest first" if len(worst) == len(errors) else f"the {len(worst)} surest"
    places = np.array([divmod(i, 10) for i in range(len(worst))])
    title = f"{counts}, {shown}: label → answer, confidence"
    figure, axes = _grid(glyphs[worst], places, (13, 11), 3, title)
    for index, (row, column) in zip(worst, places, strict=True):
        x, y = column * (GLYPH + 11), row * (GLYPH + 13) + GLYPH + 4.5
        axes.text(x, y, f"{labels[index]} → {answers[index]}", va="center", fontsize=8)
        right = {"x": x + GLYPH + 5, "y": y, "ha": "right", "va": "center"}
        axes.text(s=f"{confidence[index]:.0%}", **right, fontsize=7.5, color=VERMILION)
    return figure


def examples(glyphs: np.ndarray, probabilities: np.ndarray, labels: np.ndarray) -> Figure:
    """Plot glyphs with their ten probabilities, the label in blue, a wrong answer in vermilion.

    `glyphs` is (N, 28, 28) float in [0, 1], 1 = ink; `probabilities` (N, 10) float; `labels` (N,)
    int, 0 to 9."""
    if not len(labels):
        return notice("No examples")
    columns = min(6, max(3, len(labels)))
    rows = -(-len(labels) // columns)
    figure = new_figure(1.75 * columns, 2.6 * rows + 0.4)
    grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=(3, 1.6) * rows)
    for axes in grid.flat:
        axes.axis("off")
    for i, (glyph, bars, label) in enumerate(zip(glyphs, probabilities, labels, strict=True)):
        row, column = divmod(i, columns)
        picture, chart = grid[2 * row : 2 * row + 2, column]
        answer = int(bars.argmax())
        picture.imshow(_PAPER * (1 - glyph), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        caption = f"{label} → {answer}  {bars[answer]:.0%}"
        picture.set_title(caption, fontsize=10, color="black" if answer == label else VERMILION)
        _draw_bars(chart, bars, int(label))
    figure.suptitle("label → answer, and the ten probabilities", fontsize=11)
    return figure


def pages(
    pictures: Sequence[np.ndarray], boxes: Sequence[np.ndarray], labels: Sequence[np.ndarray]
) -> Figure:
    """Plot pages, (H, W) uint8 each, with the boxes (n, 4) and the labels (n,) of their digits.

    The label of an ignored box is -1."""
    if not len(pictures):
        return notice("No pages")
    figure = _four_columns(len(pictures), 3.4, 3.4)
    shown = zip(figure.axes, pictures, boxes, labels, strict=False)
    for axes, picture, page_boxes, digits in shown:
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
        for (x, y, width, height), digit in zip(page_boxes, digits, strict=True):
            colour = VERMILION if digit >= 0 else GREY
            axes.add_patch(Rectangle((x, y), width, height, fill=False, color=colour, lw=0.8))
            if digit >= 0:
                axes.text(x, y, str(digit), color=BLUE, fontsize=8, va="bottom", weight="bold")
    return figure


def line_crops(crops: Sequence[np.ndarray], titles: Sequence[str]) -> Figure:
    """Plot line crops, (h, w) float each, with paper at 0 and ink above it, under their titles."""
    if not len(crops):
        return notice("No line crops")
    figure = _four_columns(len(crops), 3.0, 0.9)
    for axes, crop, title in zip(figure.axes, crops, titles, strict=False):
        axes.imshow(-crop, cmap="gray", vmin=-4, vmax=1)
        axes.set_title(title, fontsize=7, pad=2)
    return figure


def write(folder: Path, name: str, figures: dict[str, Figure]) -> list[Path]:
    """Save each figure as `{name}.{kind}.png`, and return the paths.

    Raises OSError if the folder cannot be written; then earlier files stay."""
    paths = {folder / f"{name}.{kind}.png": figure for kind, figure in figures.items()}
    for path, figure in paths.items():
        write_atomically(path, partial(figure.savefig, format="png", facecolor="white"))
    return list(paths)


def new_figure(width: float, height: float) -> Figure:
    """Make a figure of this size in inches, whose axes leave room for their labels."""
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    return Figure(figsize=(width, height), dpi=_DPI, layout=layout)


def notice(text: str) -> Figure:
    """Make a figure that has only a text, because there is nothing to plot."""
    figure = Figure(figsize=(6, 2), dpi=_DPI)
    figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=13, color=GREY)
    return figure


def count_text(count: int, noun: str) -> str:
    """Return a count with its noun, for example "1 mistake" or "2,000 answers"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _four_columns(count: int, width: float, height: float) -> Figure:
    """Make a figure of `count` cells in up to four columns; sizes of a cell are in inches."""
    columns = min(4, count)
    rows = -(-count // columns)
    figure = new_figure(width * columns, height * rows)
    for axes in figure.subplots(rows, columns, squeeze=False).flat:
        axes.axis("off")
    return figure


def _grid(
    glyphs: np.ndarray,
    places: np.ndarray,
    gaps: tuple[int, int],
    scale: int,
    title: str,
    left: float = 0.15,
) -> tuple[Figure, Axes]:
    """Plot glyphs at their places, (row, column), with `gaps` between them.

    The units of the axes are pixels of glyphs, from the corner of the first glyph. Each is `scale`
    pixels of the picture. `left` is the margin in inches."""
    pitch = GLYPH + np.array(gaps)
    rows, columns = places.max(0) + 1
    # The title needs the width of ten glyphs.
    height, width = (int(n) for n in pitch * (rows, max(10, columns)))
    picture = np.ones((height, width))
    for glyph, (y, x) in zip(glyphs, places * pitch, strict=True):
        picture[y : y + GLYPH, x : x + GLYPH] = _PAPER * (1 - glyph)
    width_in, height_in, top, margin = width * scale / _DPI, height * scale / _DPI, 0.45, 0.15
    size_x, size_y = left + width_in + margin, top + height_in + margin
    figure = Figure(figsize=(size_x, size_y), dpi=_DPI)
    axes = figure.add_axes((left / size_x, margin / size_y, width_in / size_x, height_in / size_y))
    extent = (0, width, height, 0)
    axes.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest", extent=extent)
    axes.axis("off")
    figure.text(left / size_x, 1 - top / 2 / size_y, title, fontsize=11, va="center", ha="left")
    return figure, axes


def _draw_bars(axes: Axes, bars: np.ndarray, label: int) -> None:
    """Plot ten probabilities. The label is marked below, because its bar may be too low to see."""
    colours = ["#b0b0b0"] * 10
    colours[int(bars.argmax())] = VERMILION
    colours[label] = BLUE
    axes.axis("on")
    axes.bar(range(10), bars, color=colours)
    axes.set(ylim=(0, 1), yticks=[])
    axes.set_xticks(range(10), list("0123456789"), fontsize=7)
    axes.get_xticklabels()[label].set(color=BLUE, weight="bold")
    axes.tick_params(length=0)
    axes.spines[["left", "top", "right"]].set_visible(False)
