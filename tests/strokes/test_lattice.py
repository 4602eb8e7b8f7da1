"""The lattice: the best path and its probability, against all paths of small lattices."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.strokes.groups import Group
from digitdraw.strokes.lattice import Lattice

BOX = (0.0, 0.0, 1.0, 1.0)


def lattice_of(count: int, seed: int) -> Lattice:
    rng = np.random.default_rng(seed)
    spans = [
        (a, b)
        for a, b in itertools.combinations(range(count + 1), 2)
        if b - a == 1 or rng.random() < 0.6
    ]
    groups = [Group(a, b, BOX, 0.0) for a, b in spans]
    return Lattice(count, groups, rng.normal(0, 2, (len(groups), 3)))


def all_paths(lattice: Lattice, node: int = 0) -> list[list[tuple[int, int]]]:
    if node == lattice.count:
        return [[]]
    return [
        [(index, character), *rest]
        for index, group in enumerate(lattice.groups)
        if group.start == node
        for rest in all_paths(lattice, group.end)
        for character in range(3)
    ]


@given(st.integers(1, 4), st.integers(0, 10**6))
def test_the_best_path_is_the_most_probable_of_all(count, seed):
    lattice = lattice_of(count, seed)
    paths = all_paths(lattice)
    scores = [sum(lattice.scores[edge] for edge in path) for path in paths]
    assert lattice.best_path() == paths[int(np.argmax(scores))]
    expected = np.exp(scores) / np.exp(scores).sum()
    assert [lattice.probability(path) for path in paths] == pytest.approx(expected.tolist())


def test_a_part_of_a_path_has_the_probability_of_all_paths_with_it():
    lattice = lattice_of(3, 1)
    edge = lattice.best_path()[0]
    paths = all_paths(lattice)
    with_it = sum(lattice.probability(path) for path in paths if edge in path)
    assert lattice.probability([edge]) == pytest.approx(with_it)
