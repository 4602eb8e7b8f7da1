"""Plots of glyphs, pages and line crops, and the helpers that all plots share.

Pure functions of arrays that return figures, and `write`, which saves them. They do not use pyplot,
so they keep no global state, and any thread may call them.
Colours are those of Okabe and Ito (2008), which people with colour blindness can tell apart."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from digitdraw.files import write_atomically
from digitdraw.models.data_format import DIGITS
from digitdraw.preprocessing.glyph import GLYPH

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#767676"
_DPI = 150
_PAPER = 0.94
"""Grey level behind the ink, so that the edge of a glyph shows on the white page."""
_LONGEST = 11
"""Letters of the name of a class that plots have room for."""
_CLASSES_IN_BLOCK = 13
"""Classes among each other in a plot of samples; more stand beside these."""
_BARS = 5
"""Bars of an example whose classes are not the digits."""


def samples(
    glyphs: np.ndarray,
    labels: np.ndarray,
    subject: str = "",
    classes: Sequence[str] = DIGITS.classes,
) -> Figure:
    """Plot training samples as the model sees them, in one or more rows for each label.

    `glyphs` is (N, side, side) float in [0, 1], 1 = ink; `labels` (N,) int, indices of `classes`,
    -1 for non-digits. `subject` names the model and the data."""
    if not len(labels):
        return notice("No training samples", subject)
    kind = np.where(labels < 0, len(classes), labels)
    counts = np.bincount(kind, minlength=len(classes) + 1)
    # There may be as many non-digits as digits, so they may take several rows.
    blocks = -(-len(classes) // _CLASSES_IN_BLOCK)
    columns = int(np.clip(counts[:-1].max(), *((12, 30) if blocks == 1 else (4, 8))))
    names = [*map(shorten, classes), "no digit"]
    rows: list[str] = []
    places: list[tuple[int, int]] = []
    for number in np.flatnonzero(counts):
        places += [(len(rows) + i // columns, i % columns) for i in range(counts[number])]
        rows += [names[number], *[""] * (-(-int(counts[number]) // columns) - 1)]
    left = max(0.75 if blocks == 1 else 0.4, 0.25 + 0.07 * max(map(len, rows)))
    height, width = -(-len(rows) // blocks), columns + round(left / 0.4 + 0.5)
    places = [(row % height, row // height * width + column) for row, column in places]
    order = np.argsort(kind, kind="stable")
    title = _lines(subject, f"Training samples as the model sees them: {len(labels):,}")
    figure, axes, pitch = _grid(glyphs[order], np.array(places), (2, 2), 2, title, left)
    for row, name in enumerate(rows):
        x, y = row // height * width * pitch[1] - 5, row % height * pitch[0] + GLYPH / 2
        axes.text(x, y, name, ha="right", va="center", fontsize=9 if len(name) > 1 else 12)
    return figure


def mistakes(
    glyphs: np.ndarray,
    probabilities: np.ndarray,
    labels: np.ndarray,
    subject: str = "",
    classes: Sequence[str] = DIGITS.classes,
    count: int = 100,
) -> Figure:
    """Plot the `count` mistakes with the highest confidence, each with label and answer.

    `glyphs` is (N, side, side) float in [0, 1], 1 = ink; `probabilities` (N, classes) float;
    `labels` (N,) int, indices of `classes`. `subject` names the model and the data."""
    answers, confidence = probabilities.argmax(1), probabilities.max(1)
    errors = np.flatnonzero(answers != labels)
    if not len(errors):
        total = count_text(len(labels), "answer")
        return notice(f"No mistakes: {total}, all of them correct", subject)
    worst = errors[np.argsort(-confidence[errors], kind="stable")][:count]
    counts = f"{count_text(len(errors), 'mistake')} in {count_text(len(labels), 'answer')}"
    shown = "surest first" if len(worst) == len(errors) else f"the {len(worst)} surest"
    columns, gap = (10, 11) if _are_short(classes) else (5, 72)
    places = np.array([divmod(i, columns) for i in range(len(worst))])
    title = _lines(subject, f"{counts}, {shown}: label → answer, confidence")
    figure, axes, pitch = _grid(glyphs[worst], places, (13, gap), 3, title)
    names = list(map(shorten, classes))
    for index, (row, column) in zip(worst, places, strict=True):
        x, y = column * pitch[1], row * pitch[0] + GLYPH + 4.5
        pair = f"{names[labels[index]]} → {names[answers[index]]}"
        axes.text(x, y, pair, va="center", fontsize=8)
        right = {"x": x + pitch[1] - 6, "y": y, "ha": "right", "va": "center"}
        axes.text(s=f"{confidence[index]:.0%}", **right, fontsize=7.5, color=VERMILION)
    return figure


def examples(
    glyphs: np.ndarray,
    probabilities: np.ndarray,
    labels: np.ndarray,
    subject: str = "",
    classes: Sequence[str] = DIGITS.classes,
) -> Figure:
    """Plot glyphs with their probabilities, the label in blue, a wrong answer in vermilion.

    `glyphs` is (N, side, side) float in [0, 1], 1 = ink; `probabilities` (N, classes) float;
    `labels` (N,) int, indices of `classes`. `subject` names the model and the data. Digits have ten
    bars; other classes have bars for the label and the likeliest, five together."""
    if not len(labels):
        return notice("No examples", subject)
    columns = min(6, max(3, len(labels)))
    rows = -(-len(labels) // columns)
    is_short = _are_short(classes)
    figure = new_figure((1.75 if is_short else 2.2) * columns, 2.6 * rows + 0.5)
    grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=(3, 1.6) * rows)
    for axes in grid.flat:
        axes.axis("off")
    names, has_all_bars = list(map(shorten, classes)), tuple(classes) == DIGITS.classes
    for i, (glyph, bars, label) in enumerate(zip(glyphs, probabilities, labels, strict=True)):
        row, column = divmod(i, columns)
        picture, chart = grid[2 * row : 2 * row + 2, column]
        answer = int(bars.argmax())
        picture.imshow(_PAPER * (1 - glyph), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        between = " " if is_short else "\n"
        caption = f"{names[label]} →{between}{names[answer]}  {bars[answer]:.0%}"
        colour = "black" if answer == label else VERMILION
        picture.set_title(caption, fontsize=10 if is_short else 9, color=colour)
        draw = _draw_bars if has_all_bars else _draw_likeliest
        draw(chart, bars, int(label), names)
    shown = "the ten probabilities" if has_all_bars else "the largest probabilities"
    figure.suptitle(_lines(subject, f"label → answer, and {shown}"), fontsize=11)
    return figure


def pages(
    pictures: Sequence[np.ndarray],
    boxes: Sequence[np.ndarray],
    labels: Sequence[np.ndarray],
    subject: str = "",
) -> Figure:
    """Plot pages, (H, W) uint8 each, with the boxes (n, 4) and the labels (n,) of their digits.

    The label of an ignored box is -1. `subject` names the model and the data."""
    if not len(pictures):
        return notice("No pages", subject)
    figure = _four_columns(len(pictures), 3.4, 3.4)
    figure.suptitle(subject, fontsize=11)
    shown = zip(figure.axes, pictures, boxes, labels, strict=False)
    for axes, picture, page_boxes, digits in shown:
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
        for (x, y, width, height), digit in zip(page_boxes, digits, strict=True):
            colour = VERMILION if digit >= 0 else GREY
            axes.add_patch(Rectangle((x, y), width, height, fill=False, color=colour, lw=0.8))
            if digit >= 0:
                axes.text(x, y, str(digit), color=BLUE, fontsize=8, va="bottom", weight="bold")
    return figure


def line_crops(crops: Sequence[np.ndarray], titles: Sequence[str], subject: str = "") -> Figure:
    """Plot line crops, (h, w) float each, with paper at 0 and ink above it, under their titles.

    `subject` names the model and the data."""
    if not len(crops):
        return notice("No line crops", subject)
    figure = _four_columns(len(crops), 3.0, 0.9)
    figure.suptitle(subject, fontsize=11)
    for axes, crop, title in zip(figure.axes, crops, titles, strict=False):
        axes.imshow(-crop, cmap="gray", vmin=-4, vmax=1)
        axes.set_title(title, fontsize=7, pad=2, parse_math=False)  # a title may have two "$"
    return figure


def write(folder: Path, name: str, figures: dict[str, Figure]) -> list[Path]:
    """Save each figure as `{name}.{kind}.png`, and return the paths.

    Raises OSError if the folder cannot be written; then earlier files stay."""
    paths = {folder / f"{name}.{kind}.png": figure for kind, figure in figures.items()}
    for path, figure in paths.items():
        save(path, figure)
    return list(paths)


def save(path: Path, figure: Figure) -> None:
    """Save a figure as PNG. Raises OSError if it cannot be written; then an earlier file stays."""
    write_atomically(path, partial(figure.savefig, format="png", facecolor="white"))


def new_figure(width: float, height: float) -> Figure:
    """Make a figure of this size in inches, whose axes leave room for their labels."""
    layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    return Figure(figsize=(width, height), dpi=_DPI, layout=layout)


def notice(text: str, subject: str = "") -> Figure:
    """Make a figure that has only a text, because there is nothing to plot."""
    figure = Figure(figsize=(6, 2), dpi=_DPI)
    text = _lines(subject, text)
    figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=13, color=GREY)
    return figure


def shorten(name: str) -> str:
    """Return the name of a class, cut to the room that plots have for it."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


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


def _lines(subject: str, title: str) -> str:
    return f"{subject}\n{title}" if subject else title


def _are_short(classes: Sequence[str]) -> bool:
    """Return whether two names of classes fit below a small glyph."""
    return max(map(len, classes)) <= 2


def _grid(
    glyphs: np.ndarray,
    places: np.ndarray,
    gaps: tuple[int, int],
    scale: int,
    title: str,
    left: float = 0.15,
) -> tuple[Figure, Axes, np.ndarray]:
    """Plot glyphs (N, side, side) at their places, (row, column), with `gaps` between them.

    The units of the axes and of the gaps are 1/28 of a glyph, from the corner of the first. Each is
    `scale` pixels of the picture. `left` is the margin in inches. Returns the distance (y, x) from
    glyph to glyph, too."""
    side = glyphs.shape[1]
    unit = side / GLYPH
    pitch = side + np.rint(np.array(gaps) * unit).astype(int)
    rows, columns = places.max(0) + 1
    least = -(-300 * unit // pitch[1])  # columns, which the title needs
    height, width = (int(n) for n in pitch * (rows, max(least, columns)))
    picture = np.ones((height, width))
    for glyph, (y, x) in zip(glyphs, places * pitch, strict=True):
        picture[y : y + side, x : x + side] = _PAPER * (1 - glyph)
    height, width, pitch = height / unit, width / unit, pitch / unit
    width_in, height_in = width * scale / _DPI, height * scale / _DPI
    top, margin = 0.25 + 0.2 * len(title.splitlines()), 0.15
    size_x, size_y = left + width_in + margin, top + height_in + margin
    figure = Figure(figsize=(size_x, size_y), dpi=_DPI)
    axes = figure.add_axes((left / size_x, margin / size_y, width_in / size_x, height_in / size_y))
    extent = (0, width, height, 0)
    axes.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest", extent=extent)
    axes.axis("off")
    figure.text(0.15 / size_x, 1 - top / 2 / size_y, title, fontsize=11, va="center", ha="left")
    return figure, axes, pitch


def _draw_bars(axes: Axes, bars: np.ndarray, label: int, names: list[str]) -> None:
    """Plot all probabilities. The label is marked below, because its bar may be too low to see."""
    count = len(bars)
    axes.bar(range(count), bars, color=_bar_colours(range(count), bars, label))
    axes.set(ylim=(0, 1), yticks=[])
    axes.set_xticks(range(count), names, fontsize=7)
    _mark_label(axes, axes.get_xticklabels()[label], ["left", "top", "right"])


def _draw_likeliest(axes: Axes, bars: np.ndarray, label: int, names: list[str]) -> None:
    """Plot the probabilities of the likeliest classes and of the label, _BARS together."""
    shown = np.argsort(-bars, kind="stable")[:_BARS].tolist()
    if label not in shown:
        shown[-1] = label
    axes.barh(range(len(shown)), bars[shown], color=_bar_colours(shown, bars, label))
    axes.set(xlim=(0, 1), xticks=[])
    axes.set_yticks(range(len(shown)), [names[number] for number in shown], fontsize=7)
    axes.invert_yaxis()
    _mark_label(axes, axes.get_yticklabels()[shown.index(label)], ["top", "right", "bottom"])


def _bar_colours(shown: Iterable[int], bars: np.ndarray, label: int) -> list[str]:
    colours = {int(bars.argmax()): VERMILION} | {label: BLUE}
    return [colours.get(number, "#b0b0b0") for number in shown]


def _mark_label(axes: Axes, text: Text, hidden: list[str]) -> None:
    """Mark the label of an example, and hide these spines of its chart."""
    text.set(color=BLUE, weight="bold")
    axes.axis("on")
    axes.tick_params(length=0)
    axes.spines[hidden].set_visible(False)
