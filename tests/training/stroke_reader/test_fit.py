"""Fitting the scorer: the loss against a count of all paths, and numbers that it learns."""

import numpy as np
import pytest
import torch

from digitdraw.models.stroke_scorer import FEATURES, StrokeScorer
from digitdraw.strokes.groups import Group
from digitdraw.strokes.lattice import Lattice
from digitdraw.strokes.scores import CHARACTERS, character_scores
from digitdraw.training.stroke_reader.fit import Example, examples, fit, loss
from tests.support.drawn_numbers import drawn

SPANS = [(0, 1), (1, 2), (0, 2), (2, 3), (1, 3)]


def random_example(text: str, seed: int = 0) -> Example:
    rng = np.random.default_rng(seed)
    logs = np.log(rng.dirichlet(np.ones(10), len(SPANS))).astype(np.float32)
    features = rng.normal(0, 1, (len(SPANS), FEATURES)).astype(np.float32)
    return Example(3, np.array(SPANS), features, logs, text)


def probability(scorer: StrokeScorer, item: Example) -> float:
    """The sum over the paths that spell the text, counted one by one."""
    groups = [Group(a, b, (0, 0, 1, 1), 0.0) for a, b in SPANS]
    lattice = Lattice(3, groups, character_scores(scorer, item.features, item.logs))
    total = 0.0
    for path in ([0, 1, 3], [0, 4], [2, 3]):
        if len(path) == len(item.text):
            labels = [CHARACTERS.index(character) for character in item.text]
            total += lattice.probability(list(zip(path, labels, strict=True)))
    return total


@pytest.mark.parametrize("text", ["123", "7.", "-5"])
def test_the_loss_is_that_of_all_paths_which_spell_the_text(text):
    torch.manual_seed(0)
    scorer, item = StrokeScorer(), random_example(text)
    with torch.no_grad():
        found = float(loss(scorer, [item, random_example("12", 1)][:1]))
    assert found == pytest.approx(-np.log(probability(scorer, item)), rel=1e-4)


def test_the_loss_of_a_batch_is_the_mean():
    torch.manual_seed(0)
    scorer, items = StrokeScorer(), [random_example("123"), random_example("7.", 1)]
    with torch.no_grad():
        single = [float(loss(scorer, [item])) for item in items]
        assert float(loss(scorer, items)) == pytest.approx(np.mean(single), rel=1e-5)


def test_one_other_may_take_several_groups():
    torch.manual_seed(0)
    scorer = StrokeScorer()
    with torch.no_grad():
        assert float(loss(scorer, [random_example("?")])) < 100


def test_texts_that_the_lattice_cannot_spell_are_left_out(recognizer):
    strokes = [np.array(stroke, float) for stroke in drawn("42")]
    assert len(examples(strokes, "42", recognizer.classifier)) >= 1
    assert examples(strokes, "1234567890", recognizer.classifier) == []


def test_a_scorer_learns_a_few_numbers(recognizer):
    texts = ["42", "1-0", "3.1", "10"]
    items = [
        item
        for text in texts
        for item in examples(
            [np.array(stroke, float) for stroke in drawn(text)], text, recognizer.classifier
        )
    ]
    scorer, losses = fit(items, epochs=60, seed=0, batch_size=4)
    assert losses[-1] < losses[0] / 4
    again, _ = fit(items, epochs=60, seed=0, batch_size=4)
    assert all(
        torch.equal(a, b) for a, b in zip(scorer.parameters(), again.parameters(), strict=True)
    )
