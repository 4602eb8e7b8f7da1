"""The pictures of a training: what they show, that it can be read, and how they are written."""

import io
import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from digitdraw.preprocessing import strokes
from digitdraw.training import metrics, plots
from tests.support.drawings import DIGITS

GLYPHS = np.stack([strokes.to_glyph(DIGITS[digit]) for digit in range(10)])


def bars(*confident):
    """Probabilities that put `p` on digit `d` and share the rest."""
    rows = np.array([[(1 - p) / 9] * 10 for _, p in confident])
    for row, (digit, p) in zip(rows, confident, strict=True):
        row[digit] = p
    return rows


def answers(count):
    """Random answers to glyphs, every fifth of them wrong: (glyphs, probabilities, labels)."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, count)
    given = np.where(np.arange(count) % 5, labels, (labels + rng.integers(1, 10, count)) % 10)
    confidence = np.where(np.arange(count) % 7, rng.uniform(0.3, 1, count), 1.0)
    return GLYPHS[labels], bars(*zip(given, confidence, strict=True)), labels


def course(epochs):
    """A history of so many epochs, as a training leaves it."""
    return [
        {
            "epoch": i,
            "loss": 0.6 / i + 0.3,
            "accuracy": 0.8 + 0.01 * min(i, 12),
            "validation loss": 0.05 / i,
            "mnist accuracy": 0.9946,
            "pictures accuracy": 0.9960,
            "drawings accuracy": 0.9926,
            "letters AUROC": 0.9990,
        }
        for i in range(1, epochs + 1)
    ]


def texts(figure):
    """All that is written in a figure, as it is drawn: what it says, and its box in pixels."""
    drawn, draw = {}, Text.draw

    def record(text, renderer):
        draw(text, renderer)
        if text.get_text() and text.get_visible():
            drawn[text] = (text.get_text(), text.get_window_extent(renderer))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", record)
        figure.savefig(io.BytesIO())  # draws more than once, and the last one counts
    return list(drawn.values())


def words(figure):
    return [said for said, _ in texts(figure)]


def sheet(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def tile(figure, row, column, pitch):
    """A glyph of a sheet, as (28, 28) floats with 1 = ink again."""
    y, x = row * pitch[0], column * pitch[1]
    return 1 - sheet(figure)[y : y + 28, x : x + 28] / 0.94


def test_samples_stand_in_rows_of_their_label_with_no_digit_last():
    glyphs, labels = np.concatenate([GLYPHS, GLYPHS[::-1]]), np.array([*range(10), -1, *range(9)])
    figure = plots.samples(glyphs.astype(np.float32), labels)
    rows = sorted(figure.axes[0].texts, key=lambda text: text.get_position()[1])
    assert [text.get_text() for text in rows] == [*map(str, range(10)), "no digit"]
    assert np.allclose(tile(figure, 7, 0, (30, 30)), GLYPHS[7], atol=1e-6)
    assert np.allclose(tile(figure, 7, 1, (30, 30)), GLYPHS[1], atol=1e-6)  # labelled so above
    assert np.allclose(tile(figure, 10, 0, (30, 30)), GLYPHS[9], atol=1e-6)


def test_samples_are_dark_ink_on_light_paper():
    shown = sheet(plots.samples(GLYPHS, np.arange(10)))
    assert shown.min() < 0.1 and np.median(shown) > 0.9


@pytest.mark.parametrize("count", [1, 13, 200])
def test_every_sample_is_shown_once(count):
    labels = np.random.default_rng(1).integers(-9, 10, count).clip(-1)
    glyphs = np.ones((count, 28, 28), np.float32)
    assert (sheet(plots.samples(glyphs, labels)) == 0).sum() == count * 28 * 28


def test_losses_are_on_the_left_and_shares_on_the_right():
    left, right = plots.curves([{**entry, "seconds": 99} for entry in course(3)]).axes
    named = [
        [text.get_text().split("  ")[0] for text in axes.get_legend().get_texts()]
        for axes in (left, right)
    ]
    assert named[0] == ["training loss", "validation loss"]
    assert sorted(named[1]) == [
        "drawings accuracy",
        "letters AUROC",
        "mnist accuracy",
        "pictures accuracy",
        "training accuracy",
    ]


@pytest.mark.parametrize("epochs", [1, 2, 30])
def test_curves_of_any_length_lie_inside_their_axes_with_markers_and_ticks(epochs):
    figure = plots.curves(course(epochs))
    figure.draw_without_rendering()
    for axes in figure.axes:
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        for line in axes.get_lines():
            x, y = line.get_data()
            assert len(x) == epochs and line.get_marker() not in ("", "None", None)
            assert left < min(x) and max(x) < right
            assert low < min(y) and max(y) < high
        assert len([tick for tick in axes.get_yticks() if low <= tick <= high]) >= 2
        assert all(tick == int(tick) for tick in axes.get_xticks())


@pytest.mark.parametrize("name", ["{}", "{}, as the source of the recipe has it"])
def test_the_legends_of_curves_stay_apart_and_on_the_page(name):
    said = [f"{kind} {of}" for of in ("loss", "accuracy") for kind in ("validation", "training")]
    figure = plots.curves([{"epoch": 1, **{name.format(each): 0.5 for each in said}}])
    figure.draw_without_rendering()
    one, other = (axes.get_legend().get_window_extent() for axes in figure.axes)
    assert 0 <= one.x0 < one.x1 <= other.x0 < other.x1 <= figure.bbox.x1


def test_curves_show_what_was_measured_in_some_epochs_only():
    history = [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0, "mnist accuracy": 0.9}]
    left, right = plots.curves(history).axes
    assert left.get_lines()[0].get_xdata().tolist() == [1, 2]
    assert right.get_lines()[0].get_xdata().tolist() == [2]


@pytest.mark.parametrize("share", [0.0, 0.098, 0.5, 0.999, 1.0])
def test_curves_show_all_shares_from_none_to_all(share):
    figure = plots.curves([{"epoch": 1, "loss": 0.0, "mnist accuracy": share}])
    low, high = figure.axes[1].get_ylim()
    assert low <= share < high
    assert f"mnist accuracy  {share:.2%}" in words(figure)


def test_curves_say_where_nothing_was_measured():
    assert "not measured" in words(plots.curves([{"epoch": 1, "loss": 0.5}]))
    assert words(plots.curves([])) == ["No epoch yet"]


def test_confusion_counts_each_label_and_answer():
    figure = plots.confusion(bars((3, 0.9), (3, 0.8), (5, 0.9)), np.array([3, 8, 5]))
    cells = {text.get_position(): text.get_text() for text in figure.axes[0].texts[:100]}
    assert cells.pop((3, 3)) == cells.pop((5, 5)) == "1"
    assert cells.pop((3, 8)) == "1"  # x = answer, y = label
    assert set(cells.values()) == {"0"}
    assert "1 mistake in 3 answers: 66.67% right" in words(figure)


def test_rare_mistakes_stand_out_however_many_answers_are_right():
    labels = np.concatenate([np.repeat(np.arange(10), 500), [4, 4, 4, 7]])
    given = np.concatenate([np.repeat(np.arange(10), 500), [9, 9, 9, 1]])
    figure = plots.confusion(np.eye(10)[given], labels)
    brightness = np.asarray(figure.axes[0].images[0].get_array())[..., :3].mean(-1)
    assert brightness[4, 9] < brightness[7, 1] < brightness.diagonal().min()
    assert brightness[0, 1] == 1


def test_reliability_says_the_calibration_error_and_every_count():
    _, probabilities, labels = answers(500)
    figure = plots.reliability(probabilities, labels, bins=10)
    error = metrics.calibration_error(probabilities, labels, 10)
    assert f"Expected calibration error {error:.2%} over 500 answers" in words(figure)
    counts = metrics.reliability(probabilities, labels, 10)[0]
    shown = [text.get_text() for text in figure.axes[1].texts]
    assert shown == [str(count) for count in counts if count]


def test_reliability_says_how_sure_few_answers_make_it():
    # One answer of one: from 1 / (1 + 1.96²) = 20.7% up (Wilson 1927).
    figure = plots.reliability(bars((4, 0.8)), np.array([4]))
    (segment,) = figure.axes[0].collections[0].get_segments()
    assert segment[:, 0].tolist() == pytest.approx([0.8, 0.8])
    assert segment[:, 1].tolist() == pytest.approx([0.2065, 1], abs=1e-4)


def test_the_surest_mistake_comes_first():
    probabilities = bars((1, 0.6), (2, 0.9), (8, 0.972), (9, 0.99))
    figure = plots.mistakes(GLYPHS[[4, 2, 3, 7]], probabilities, np.array([4, 2, 3, 7]))
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "7 → 9", "99%", "3 → 8", "97%", "4 → 1", "60%",
    ]  # fmt: skip
    assert np.allclose(tile(figure, 0, 0, (41, 39)), GLYPHS[7], atol=1e-6)
    assert np.allclose(tile(figure, 0, 2, (41, 39)), GLYPHS[4], atol=1e-6)
    assert any(said.startswith("3 mistakes in 4 answers, surest first") for said in words(figure))


def test_of_many_mistakes_only_the_surest_are_shown():
    figure = plots.mistakes(*answers(100), count=12)
    assert len(figure.axes[0].texts) == 2 * 12
    assert any("20 mistakes in 100 answers, the 12 surest" in said for said in words(figure))


def test_where_there_is_no_mistake_the_picture_says_so():
    figure = plots.mistakes(GLYPHS[:2], bars((0, 0.9), (1, 0.5)), np.array([0, 1]))
    assert words(figure) == ["No mistakes: 2 answers, all of them right"]


def test_nothing_at_all_has_its_picture_too(tmp_path):
    nothing = np.zeros((0, 28, 28), np.float32), np.zeros((0, 10)), np.zeros(0, int)
    figures = {
        "samples": plots.samples(nothing[0], nothing[2]),
        "curves": plots.curves([]),
        "confusion": plots.confusion(*nothing[1:]),
        "reliability": plots.reliability(*nothing[1:]),
        "mistakes": plots.mistakes(*nothing),
        "examples": plots.examples(*nothing),
    }
    assert len(plots.write(tmp_path, "none", figures)) == 6


def test_examples_show_the_bars_and_mark_the_wrong_answer():
    probabilities = bars((3, 0.9), (5, 0.7))
    figure = plots.examples(GLYPHS[[3, 6]], probabilities, np.array([3, 6]))
    assert {"3 → 3  90%", "6 → 5  70%"} <= set(words(figure))
    charts = [axes for axes in figure.axes if axes.patches]
    assert [[bar.get_height() for bar in chart.patches] for chart in charts] == [
        pytest.approx(row) for row in probabilities
    ]
    right, wrong = ([bar.get_facecolor() for bar in chart.patches] for chart in charts)
    assert right[3] == wrong[6] != wrong[5] and right[0] == wrong[0] != wrong[5]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.samples(np.tile(GLYPHS, (20, 1, 1)), np.tile([*range(8), -1, -1], 20)),
        lambda: plots.curves(course(1)),
        lambda: plots.curves(course(30)),
        lambda: plots.confusion(*answers(60_000)[1:]),
        lambda: plots.reliability(*answers(60_000)[1:]),
        lambda: plots.mistakes(*answers(1000)),
        lambda: plots.mistakes(*answers(5)),
        lambda: plots.examples(*answers(12)),
        lambda: plots.examples(*answers(1)),
    ],
    ids=[
        "samples", "one epoch", "thirty epochs", "confusion", "reliability", "mistakes",
        "one mistake", "examples", "one example",
    ],
)  # fmt: skip
def test_no_words_lie_over_others_or_leave_the_picture(draw):
    figure = draw()
    boxes = texts(figure)
    assert boxes
    wide, high = figure.bbox.size
    for said, box in boxes:
        assert box.x0 >= 0 and box.x1 <= wide and box.y0 >= 0 and box.y1 <= high, said
    for (one, box), (other, another) in itertools.combinations(boxes, 2):
        assert not box.overlaps(another), (one, other)


def test_pictures_are_written_under_the_name_and_kind(tmp_path):
    figures = {"curves": plots.curves(course(2)), "mistakes": plots.mistakes(*answers(9))}
    paths = plots.write(tmp_path, "default", figures)
    assert [path.name for path in paths] == ["default.curves.png", "default.mistakes.png"]
    assert sorted(tmp_path.iterdir()) == paths
    for path in paths:
        with Image.open(path) as picture:
            assert picture.format == "PNG" and min(picture.size) > 200
        assert path.stat().st_mode & 0o777 == 0o644


def test_the_same_arrays_give_the_same_picture(tmp_path):
    for name in ("one", "other"):
        plots.write(tmp_path, name, {"samples": plots.samples(GLYPHS, np.arange(10))})
    one, other = sorted(tmp_path.iterdir())
    assert one.read_bytes() == other.read_bytes()


def test_a_picture_that_cannot_be_written_leaves_the_one_before(tmp_path, monkeypatch):
    (tmp_path / "default.curves.png").write_bytes(b"before")
    figure = plots.curves(course(1))

    def full(file, **options):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(figure, "savefig", full)
    with pytest.raises(OSError, match="No space left"):
        plots.write(tmp_path, "default", {"curves": figure})
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        plots.write(tmp_path / "no", "default", {"curves": plots.curves(course(1))})


def test_plots_bring_no_pyplot():
    code = "import sys, digitdraw.training.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(plots.__file__).parents[2])
