"""Tests of the pages as people write them: what the kinds have on them, and where."""

import itertools
import re

import numpy as np
import pytest

from benchmarks.photo_dataset import pages
from benchmarks.photo_dataset.looks import Look
from benchmarks.photo_dataset.prints import Rule, Words
from benchmarks.photo_dataset.sheet import Sheet
from benchmarks.photo_dataset.writers import Writers
from benchmarks.photo_dataset.writing import right_edge


def written(data_folder, kind, seed=0) -> Sheet:
    sheet = Sheet(Writers(data_folder), Look(), np.random.default_rng(seed))
    pages.KINDS[kind](sheet)
    return sheet


def texts_of(data_folder, kind):
    """The texts on some pages that have a digit."""
    entries = [entry for seed in range(6) for entry in written(data_folder, kind, seed).entries]
    return [entry.text for entry in entries if any(map(str.isdigit, entry.text))]


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("sums in rows", r"[\d+\-\u00d7÷ ]+=[\d ]*"),
        ("sums in columns", r"\d+"),
        ("tables", r"\d+"),
        ("sudokus", r"[1-9]"),
        ("marksheets", r"\d+(/\d\d)?"),
        ("receipts", r"[$£]?[\d,']+\.\d\d( €|-)?"),
        ("decimals", r"\d+[.,]\d+"),
        ("dates", r"\d+([./-])\d+\1\d+"),
        ("times of day", r"\d+:\d\d"),
        ("telephones", r"\(?\d+\)?[ /-]\d+(-\d+)*"),
        ("percents", r"-?\d+([.,]\d+)?( ?%)?"),
    ],
)
def test_every_number_of_a_page_has_the_form_of_its_kind(data_folder, kind, form):
    found = texts_of(data_folder, kind)
    assert len(found) > 6
    assert [text for text in found if not re.fullmatch(form, text)] == []


@pytest.mark.parametrize("kind", pages.KINDS)
def test_entries_of_a_row_do_not_overlap(data_folder, kind):
    for seed in range(4):
        sheet = written(data_folder, kind, seed)
        for row in {entry.row for entry in sheet.entries}:
            marks = [entry.marks for entry in sheet.entries if entry.row == row]
            ends = sorted(
                (min(s[:, 0].min() for mark in own for s in mark.strokes), right_edge(own))
                for own in marks
            )
            for (_, end), (start, _) in itertools.pairwise(ends):
                assert start > end


def test_numbers_of_a_ruled_table_stand_between_its_rules(data_folder):
    sheet = written(data_folder, "ruled tables")
    rules = [printed for printed in sheet.prints if isinstance(printed, Rule)]
    upright = [rule.start[0] for rule in rules if rule.start[0] == rule.end[0]]
    assert len(upright) > 2
    for entry in sheet.entries:
        start = min(s[:, 0].min() for mark in entry.marks for s in mark.strokes)
        end = right_edge(entry.marks)
        assert not any(start < x < end for x in upright)


def test_forms_have_printed_words_and_rules(data_folder):
    prints = [
        printed for seed in range(4) for printed in written(data_folder, "forms", seed).prints
    ]
    assert {type(printed) for printed in prints} == {Rule, Words}


def test_marksheets_have_names_and_grades(data_folder):
    entries = [e for seed in range(8) for e in written(data_folder, "marksheets", seed).entries]
    assert any(re.fullmatch(r"[A-F]\+?", entry.text) for entry in entries)
    assert any(entry.text.isalpha() and len(entry.text) > 2 for entry in entries)
