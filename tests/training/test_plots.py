"""Plots of glyphs: what they show, that their texts can be read, and how they are saved."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitdraw.training import plots
from tests.support.figures import (
    CLOTHES,
    GLYPHS,
    LETTERS,
    assert_texts_are_apart_and_inside,
    confident,
    predictions,
    words,
)


def picture_of(figure):
    """Return the pixels of a grid of glyphs."""
    return np.asarray(figure.axes[0].images[0].get_array())


def tile(figure, row, column, pitch):
    """Return a glyph of a grid as (28, 28) floats, 1 = ink."""
    y, x = row * pitch[0], column * pitch[1]
    return 1 - picture_of(figure)[y : y + 28, x : x + 28] / 0.94


def test_samples_are_in_rows_by_label_with_non_digits_last():
    glyphs, labels = np.concatenate([GLYPHS, GLYPHS[::-1]]), np.array([*range(10), -1, *range(9)])
    figure = plots.samples(glyphs.astype(np.float32), labels)
    rows = sorted(figure.axes[0].texts, key=lambda text: text.get_position()[1])
    assert [text.get_text() for text in rows] == [*map(str, range(10)), "no digit"]
    assert np.allclose(tile(figure, 7, 0, (30, 30)), GLYPHS[7], atol=1e-6)
    assert np.allclose(tile(figure, 7, 1, (30, 30)), GLYPHS[1], atol=1e-6)  # labelled so above
    assert np.allclose(tile(figure, 10, 0, (30, 30)), GLYPHS[9], atol=1e-6)


def test_samples_are_dark_ink_on_light_paper():
    shown = picture_of(plots.samples(GLYPHS, np.arange(10)))
    assert shown.min() < 0.1 and np.median(shown) > 0.9


@pytest.mark.parametrize("count", [1, 13, 200])
def test_every_sample_is_shown_once(count):
    labels = np.random.default_rng(1).integers(-9, 10, count).clip(-1)
    glyphs = np.ones((count, 28, 28), np.float32)
    assert (picture_of(plots.samples(glyphs, labels)) == 0).sum() == count * 28 * 28


def test_the_surest_mistake_comes_first():
    rows = confident((1, 0.6), (2, 0.9), (8, 0.972), (9, 0.99))
    figure = plots.mistakes(GLYPHS[[4, 2, 3, 7]], rows, np.array([4, 2, 3, 7]))
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "7 → 9", "99%", "3 → 8", "97%", "4 → 1", "60%",
    ]  # fmt: skip
    assert np.allclose(tile(figure, 0, 0, (41, 39)), GLYPHS[7], atol=1e-6)
    assert np.allclose(tile(figure, 0, 2, (41, 39)), GLYPHS[4], atol=1e-6)
    assert any(text.startswith("3 mistakes in 4 answers, surest first") for text in words(figure))


def test_of_many_mistakes_only_the_surest_are_shown():
    figure = plots.mistakes(*predictions(100), count=12)
    assert len(figure.axes[0].texts) == 2 * 12
    assert any("20 mistakes in 100 answers, the 12 surest" in text for text in words(figure))


def test_without_mistakes_the_plot_has_a_notice():
    figure = plots.mistakes(GLYPHS[:2], confident((0, 0.9), (1, 0.5)), np.array([0, 1]))
    assert words(figure) == ["No mistakes: 2 answers, all of them correct"]


def test_empty_data_has_a_plot_too(tmp_path):
    nothing = np.zeros((0, 28, 28), np.float32), np.zeros((0, 10)), np.zeros(0, int)
    figures = {
        "samples": plots.samples(nothing[0], nothing[2]),
        "mistakes": plots.mistakes(*nothing),
        "examples": plots.examples(*nothing),
    }
    assert len(plots.write(tmp_path, "none", figures)) == 3


def test_examples_have_their_bars_and_mark_a_wrong_answer():
    rows = confident((3, 0.9), (5, 0.7))
    figure = plots.examples(GLYPHS[[3, 6]], rows, np.array([3, 6]))
    assert {"3 → 3  90%", "6 → 5  70%"} <= set(words(figure))
    bar_charts = [axes for axes in figure.axes if axes.patches]
    assert [[bar.get_height() for bar in chart.patches] for chart in bar_charts] == [
        pytest.approx(row) for row in rows
    ]
    correct, wrong = ([bar.get_facecolor() for bar in chart.patches] for chart in bar_charts)
    assert correct[3] == wrong[6] != wrong[5] and correct[0] == wrong[0] != wrong[5]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.samples(np.tile(GLYPHS, (20, 1, 1)), np.tile([*range(8), -1, -1], 20)),
        lambda: plots.mistakes(*predictions(1000)),
        lambda: plots.mistakes(*predictions(5)),
        lambda: plots.examples(*predictions(12)),
        lambda: plots.examples(*predictions(1)),
    ],
    ids=["samples", "mistakes", "one mistake", "examples", "one example"],
)
def test_texts_are_apart_and_inside(draw):
    assert_texts_are_apart_and_inside(draw())


SUBJECT = "cnn on letters, validation"


@pytest.mark.parametrize("classes", [LETTERS, CLOTHES], ids=["many classes", "long names"])
@pytest.mark.parametrize("kind", ["samples", "mistakes", "examples"])
def test_other_classes_can_be_read_too(kind, classes):
    glyphs, rows, labels = predictions(200, len(classes))
    draw = {
        "samples": lambda: plots.samples(glyphs, labels, SUBJECT, classes),
        "mistakes": lambda: plots.mistakes(glyphs, rows, labels, SUBJECT, classes, 12),
        "examples": lambda: plots.examples(glyphs[:12], rows[:12], labels[:12], SUBJECT, classes),
    }[kind]
    assert_texts_are_apart_and_inside(draw())
    shown = words(draw())
    assert any(text.startswith(f"{SUBJECT}\n") for text in shown)
    assert any(text.startswith(plots.shorten(classes[labels[0]])) for text in shown)


def test_of_many_classes_the_likeliest_and_the_label_have_bars():
    rows = confident((3, 0.9), classes=26)
    rows[0, 7:11] = 0.01
    figure = plots.examples(GLYPHS[[3]], rows, np.array([25]), classes=LETTERS[:26])
    (chart,) = (axes for axes in figure.axes if axes.patches)
    assert [text.get_text() for text in chart.get_yticklabels()] == ["D", "H", "I", "J", "Z"]


def test_every_picture_names_its_subject():
    nothing = np.zeros((0, 28, 28), np.float32), np.zeros((0, 10)), np.zeros(0, int)
    for figure in (
        plots.samples(nothing[0], nothing[2], SUBJECT),
        plots.mistakes(*nothing, SUBJECT),
        plots.examples(*nothing, SUBJECT),
        plots.pages([], [], [], SUBJECT),
        plots.pages([GLYPHS[3]], [np.zeros((0, 4))], [np.zeros(0, int)], SUBJECT),
        plots.line_crops([], [], SUBJECT),
        plots.line_crops([GLYPHS[3]], ["3"], SUBJECT),
    ):
        assert any(SUBJECT in text for text in words(figure))


def test_glyphs_of_another_size_are_shown_as_large():
    glyphs = np.kron(GLYPHS, np.ones((2, 2), np.float32))
    small, large = (plots.samples(g, np.arange(10)) for g in (GLYPHS, glyphs))
    assert small.get_size_inches().tolist() == large.get_size_inches().tolist()
    assert np.allclose(picture_of(large)[::2, ::2], picture_of(small))


def test_plots_are_saved_by_name_and_kind(tmp_path):
    figures = {
        "examples": plots.examples(*predictions(2)),
        "mistakes": plots.mistakes(*predictions(9)),
    }
    paths = plots.write(tmp_path, "default", figures)
    assert [path.name for path in paths] == ["default.examples.png", "default.mistakes.png"]
    assert sorted(tmp_path.iterdir()) == paths
    for path in paths:
        with Image.open(path) as picture:
            assert picture.format == "PNG" and min(picture.size) > 200
        assert path.stat().st_mode & 0o777 == 0o644


def test_the_same_arrays_give_the_same_file(tmp_path):
    for name in ("first", "second"):
        plots.write(tmp_path, name, {"samples": plots.samples(GLYPHS, np.arange(10))})
    first, second = sorted(tmp_path.iterdir())
    assert first.read_bytes() == second.read_bytes()


def test_a_failed_save_keeps_the_earlier_file(tmp_path, monkeypatch):
    (tmp_path / "default.mistakes.png").write_bytes(b"before")
    figure = plots.mistakes(*predictions(9))

    def full(file, **options):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(figure, "savefig", full)
    with pytest.raises(OSError, match="No space left"):
        plots.write(tmp_path, "default", {"mistakes": figure})
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        plots.write(tmp_path / "no", "default", {"mistakes": plots.mistakes(*predictions(9))})


def test_plots_and_charts_do_not_import_pyplot():
    code = "import sys, digitdraw.training.charts; sys.exit('matplotlib.pyplot' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(plots.__file__).parents[2])


def test_a_title_of_a_line_crop_may_have_dollars(tmp_path):
    figure = plots.line_crops([np.zeros((32, 90), np.float32)], ["$5 \\ $7 → $"])
    plots.save(tmp_path / "crops.png", figure)
    assert (tmp_path / "crops.png").stat().st_size > 0
