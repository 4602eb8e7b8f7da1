"""All models side by side: their order, what is known of them, and answers of those that load."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.preprocessing import strokes
from digitdraw.serving.answers import comparison, payloads
from digitdraw.serving.answers.comparison import Comparison
from tests.support.comparisons import make_lineup
from tests.support.drawings import DIGITS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_lineup(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def lineup(recognizer, folder):
    return Comparison(recognizer, folder)


def test_models_stand_from_simple_to_strong(lineup):
    assert lineup.names == ["softmax", "from-scratch", "tiny", "default"]
    assert lineup.reference == "default"


def test_what_comes_with_digitdraw_is_all_there(recognizer):
    shipped = Comparison(recognizer)
    assert sorted(shipped.names) == weights.available()
    for entry in shipped.answers(strokes.to_glyph(DIGITS[0])):
        assert entry.prediction is not None, entry.name


def test_a_card_says_what_is_known_and_leaves_open_what_is_not(lineup):
    cards = {card.name: card for card in lineup.cards()}
    assert cards["softmax"].summary == MODELS["softmax"].summary
    assert cards["softmax"].parameters == "7,850"
    assert re.fullmatch(r"3\d kB", cards["softmax"].size)  # 7,850 numbers of four bytes
    assert cards["softmax"].mnist == "92.3 %"
    assert cards["softmax"].drawings == comparison.UNKNOWN
    assert cards["default"].drawings == comparison.UNKNOWN
    assert cards["tiny"].mnist == comparison.UNKNOWN


def test_all_models_answer_one_drawing(lineup):
    told = payloads.compare_strokes(lineup, json.loads(json.dumps(DIGITS[7])))
    assert list(told["models"]) == lineup.names
    assert told["models"]["default"]["big"] == "7"
    assert told["models"]["softmax"]["words"] == "1"
    assert told["models"]["softmax"]["differs"]
    assert told["models"]["from-scratch"]["words"] == "0 or 1"
    assert not told["models"]["default"]["differs"]
    assert told["models"]["default"]["model_ms"] > 0
    assert sum(told["models"]["default"]["probabilities"]) == pytest.approx(1, abs=0.01)
    assert "default says 7" in told["words"]


def test_a_damaged_model_says_so_and_the_others_answer(lineup):
    told = payloads.compare_strokes(lineup, DIGITS[3])["models"]
    assert set(told["tiny"]) == {"error"}
    assert "damaged" in told["tiny"]["error"]
    assert told["default"]["big"] == "3"


def test_an_empty_drawing_invites_and_has_flat_bars(lineup):
    told = payloads.compare_strokes(lineup, [])
    assert told["blank"]
    assert told["words"] == "Draw a digit, and all models answer"
    assert told["models"]["softmax"]["probabilities"] == [0.0] * 10
    assert not told["models"]["softmax"]["differs"]


@pytest.mark.parametrize("drawing", [None, "7", [[1, 2]], [[[0, float("nan")]]], [[[0, 0]]] * 501])
def test_what_is_no_drawing_is_answered_in_words(lineup, drawing):
    assert set(payloads.compare_strokes(lineup, drawing)) == {"error"}


def test_models_are_loaded_once_and_just_when_they_are_needed(recognizer, folder, monkeypatch):
    loaded = []
    load = weights.load
    monkeypatch.setattr(
        comparison.weights, "load", lambda *given: loaded.append(given[0]) or load(*given)
    )
    lazy = Comparison(recognizer, folder)
    lazy.cards()
    assert loaded == []
    glyph = strokes.to_glyph(DIGITS[4])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: lazy.answers(glyph), range(8)))
    assert loaded == ["softmax", "from-scratch", "tiny"]  # the page's own is there already
    assert {entries[-1].prediction.digit for entries in answers} == {4}


def test_a_damaged_manifest_or_none_leaves_the_own_model(recognizer, tmp_path):
    assert Comparison(recognizer, tmp_path).names == ["default"]
    (tmp_path / "manifest.json").write_text("no manifest")
    (tmp_path / "evaluation.json").write_text("[]")
    alone = Comparison(recognizer, tmp_path)
    assert [card.parameters for card in alone.cards()] == [comparison.UNKNOWN]
    assert [card.size for card in alone.cards()] == [comparison.UNKNOWN]
    assert payloads.compare_strokes(alone, DIGITS[5])["words"] == "default says 5"
