"""Charts of a training: what they show, and that their texts can be read."""

import numpy as np
import pytest

from digitdraw.training import charts, metrics
from tests.support.figures import (
    CLOTHES,
    LETTERS,
    assert_texts_are_apart_and_inside,
    confident,
    history,
    predictions,
    words,
)


def test_losses_are_on_the_left_and_accuracies_on_the_right():
    left, right = charts.curves([{**entry, "seconds": 99} for entry in history(3)]).axes
    legends = [
        [text.get_text().split("  ")[0] for text in axes.get_legend().get_texts()]
        for axes in (left, right)
    ]
    assert legends[0] == ["training loss", "validation loss"]
    assert sorted(legends[1]) == [
        "drawings accuracy",
        "letters AUROC",
        "mnist accuracy",
        "pictures accuracy",
        "training accuracy",
    ]


@pytest.mark.parametrize("epochs", [1, 2, 30])
def test_curves_are_inside_their_axes_with_markers_and_ticks(epochs):
    figure = charts.curves(history(epochs))
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
def test_the_legends_of_curves_are_apart_and_inside(name):
    keys = [f"{kind} {of}" for of in ("loss", "accuracy") for kind in ("validation", "training")]
    figure = charts.curves([{"epoch": 1, **{name.format(key): 0.5 for key in keys}}])
    figure.draw_without_rendering()
    left, right = (axes.get_legend().get_window_extent() for axes in figure.axes)
    assert 0 <= left.x0 < left.x1 <= right.x0 < right.x1 <= figure.bbox.x1


def test_curves_may_have_metrics_of_a_few_epochs_only():
    measured = [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0, "mnist accuracy": 0.9}]
    left, right = charts.curves(measured).axes
    assert left.get_lines()[0].get_xdata().tolist() == [1, 2]
    assert right.get_lines()[0].get_xdata().tolist() == [2]


@pytest.mark.parametrize("accuracy", [0.0, 0.098, 0.5, 0.999, 1.0])
def test_curves_show_all_accuracies_from_0_to_1(accuracy):
    figure = charts.curves([{"epoch": 1, "loss": 0.0, "mnist accuracy": accuracy}])
    low, high = figure.axes[1].get_ylim()
    assert low <= accuracy < high
    assert f"mnist accuracy  {accuracy:.2%}" in words(figure)


def test_curves_without_metrics_have_a_notice():
    assert "not measured" in words(charts.curves([{"epoch": 1, "loss": 0.5}]))
    assert words(charts.curves([])) == ["No epoch yet"]


def test_the_confusion_matrix_counts_labels_and_answers():
    figure = charts.confusion(confident((3, 0.9), (3, 0.8), (5, 0.9)), np.array([3, 8, 5]))
    cells = {text.get_position(): text.get_text() for text in figure.axes[0].texts[:100]}
    assert cells.pop((3, 3)) == cells.pop((5, 5)) == "1"
    assert cells.pop((3, 8)) == "1"  # x = answer, y = label
    assert set(cells.values()) == {"0"}
    assert "1 mistake in 3 answers: 66.67% correct" in words(figure)


def test_rare_mistakes_are_visible_beside_many_correct_answers():
    labels = np.concatenate([np.repeat(np.arange(10), 500), [4, 4, 4, 7]])
    answers = np.concatenate([np.repeat(np.arange(10), 500), [9, 9, 9, 1]])
    figure = charts.confusion(np.eye(10)[answers], labels)
    brightness = np.asarray(figure.axes[0].images[0].get_array())[..., :3].mean(-1)
    assert brightness[4, 9] < brightness[7, 1] < brightness.diagonal().min()
    assert brightness[0, 1] == 1


def test_reliability_shows_the_calibration_error_and_every_count():
    _, rows, labels = predictions(500)
    figure = charts.reliability(rows, labels, bins=10)
    error = metrics.calibration_error(rows, labels, 10)
    assert f"Expected calibration error {error:.2%} over 500 answers" in words(figure)
    counts = metrics.reliability(rows, labels, 10)[0]
    shown = [text.get_text() for text in figure.axes[1].texts]
    assert shown == [str(count) for count in counts if count]


def test_reliability_shows_a_wide_interval_for_few_answers():
    # One correct answer of one: from 1 / (1 + 1.96²) = 20.7% up (Wilson 1927).
    figure = charts.reliability(confident((4, 0.8)), np.array([4]))
    (segment,) = figure.axes[0].collections[0].get_segments()
    assert segment[:, 0].tolist() == pytest.approx([0.8, 0.8])
    assert segment[:, 1].tolist() == pytest.approx([0.2065, 1], abs=1e-4)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: charts.curves(history(1)),
        lambda: charts.curves(history(30)),
        lambda: charts.confusion(*predictions(60_000)[1:]),
        lambda: charts.reliability(*predictions(60_000)[1:]),
    ],
    ids=["one epoch", "thirty epochs", "confusion", "reliability"],
)
def test_texts_are_apart_and_inside(draw):
    assert_texts_are_apart_and_inside(draw())


@pytest.mark.parametrize("classes", [LETTERS, CLOTHES], ids=["many classes", "long names"])
def test_a_confusion_matrix_of_other_classes_can_be_read(classes):
    _, rows, labels = predictions(3_000, len(classes))
    figure = charts.confusion(rows, labels, "cnn on letters", classes)
    assert_texts_are_apart_and_inside(figure)
    assert len(figure.axes[0].texts) == (0 if len(classes) > 15 else len(classes) ** 2) + 1


def test_every_chart_names_its_subject():
    rows = predictions(50)[1:]
    for figure in (
        charts.curves([], "cnn on mnist"),
        charts.curves(history(2), "cnn on mnist"),
        charts.confusion(*rows, "cnn on mnist"),
        charts.reliability(*rows, "cnn on mnist"),
    ):
        assert_texts_are_apart_and_inside(figure)
        assert any("cnn on mnist" in text for text in words(figure))


def test_empty_data_has_a_chart_too():
    nothing = np.zeros((0, 10)), np.zeros(0, int)
    for figure in (charts.curves([]), charts.confusion(*nothing), charts.reliability(*nothing)):
        assert words(figure)
