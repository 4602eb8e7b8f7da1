"""Finds the best way to split a line into characters, and how probable each part of it is.

The lattice has a node between any two pieces, and an edge for each group as each character. A path
from the first node to the last is a reading. Its probability is the exponential of the sum of its
scores, divided by that of all paths: a semi-Markov conditional random field (Sarawagi and Cohen
2004)."""

from collections.abc import Sequence

import numpy as np

from digitdraw.strokes.groups import Group


class Lattice:
    """A lattice over `count` pieces, for groups and their `scores` (groups, characters)."""

    def __init__(self, count: int, groups: Sequence[Group], scores: np.ndarray) -> None:
        self.count, self.groups, self.scores = count, groups, scores
        totals = np.logaddexp.reduce(scores, axis=1) if len(groups) else np.zeros(0)
        self._forward = np.full(count + 1, -np.inf)
        self._backward = np.full(count + 1, -np.inf)
        self._forward[0] = self._backward[count] = 0
        order = sorted(range(len(groups)), key=lambda index: groups[index].end)
        for index in order:
            group = groups[index]
            through = self._forward[group.start] + totals[index]
            self._forward[group.end] = np.logaddexp(self._forward[group.end], through)
        for index in sorted(order, key=lambda index: -groups[index].start):
            group = groups[index]
            through = self._backward[group.end] + totals[index]
            self._backward[group.start] = np.logaddexp(self._backward[group.start], through)

    def best_path(self) -> list[tuple[int, int]]:
        """Return the most probable path: the index of each group, and of its character."""
        characters = self.scores.argmax(axis=1)
        best = np.full(self.count + 1, -np.inf)
        best[0] = 0
        last = np.zeros(self.count + 1, int)
        for index in sorted(range(len(self.groups)), key=lambda index: self.groups[index].end):
            group = self.groups[index]
            score = best[group.start] + self.scores[index, characters[index]]
            if score > best[group.end]:
                best[group.end], last[group.end] = score, index
        path: list[tuple[int, int]] = []
        node = self.count
        while node:
            path.append((int(last[node]), int(characters[last[node]])))
            node = self.groups[last[node]].start
        return path[::-1]

    def probability(self, path: Sequence[tuple[int, int]]) -> float:
        """Return the probability of a part of a path, at least one edge, in [0, 1]."""
        first, last = self.groups[path[0][0]], self.groups[path[-1][0]]
        score = sum(self.scores[index, character] for index, character in path)
        score += self._forward[first.start] + self._backward[last.end] - self._forward[-1]
        return float(np.exp(min(score, 0.0)))
