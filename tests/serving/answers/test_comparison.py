"""The comparison: order of the models, their cards, and the answers of those that load."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from digitdraw import load
from digitdraw.errors import BadStrokesError
from digitdraw.models import weights
from digitdraw.models.registry import MODELS
from digitdraw.preprocessing import strokes
from digitdraw.serving.answers import comparison, payloads
from digitdraw.serving.answers.comparison import Comparison
from tests.support.comparisons import make_comparison
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn
from tests.support.own_models import LETTERS, copy_shipped, save_untrained


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_comparison(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def compared(recognizer, folder):
    return Comparison(recognizer, folder)


def test_models_are_ordered_from_simple_to_strong(compared):
    assert compared.names == ["softmax", "from-scratch", "tiny", "default"]
    assert compared.reference == "default"


def test_all_shipped_models_answer(recognizer):
    shipped = Comparison(recognizer)
    assert sorted(shipped.names) == weights.available()
    for entry in shipped.answers(strokes.to_glyph(DIGITS[0])):
        assert entry.prediction is not None, entry.name


def test_a_card_shows_what_is_known_and_a_dash_for_the_rest(compared):
    cards = {card["name"]: card for card in compared.cards()}
    assert cards["softmax"]["summary"] == MODELS["softmax"].summary
    assert cards["softmax"]["parameters"] == "7,850"
    assert re.fullmatch(r"3\d kB", cards["softmax"]["size"])  # 7,850 numbers of four bytes
    assert cards["softmax"]["mnist"] == "92.3 %"
    assert cards["softmax"]["drawings"] == comparison.UNKNOWN
    assert cards["default"]["drawings"] == comparison.UNKNOWN
    assert cards["tiny"]["mnist"] == comparison.UNKNOWN


def test_all_models_answer_one_drawing(compared):
    answer = payloads.compare_strokes(compared, json.loads(json.dumps(DIGITS[7])))
    assert list(answer["models"]) == compared.names
    assert answer["models"]["default"]["big"] == "7"
    assert answer["models"]["softmax"]["words"] == "1"
    assert answer["models"]["softmax"]["differs"]
    assert answer["models"]["from-scratch"]["words"] == "0 or 1"
    assert not answer["models"]["default"]["differs"]
    assert answer["models"]["default"]["model_ms"] > 0
    assert sum(answer["models"]["default"]["probabilities"]) == pytest.approx(1, abs=0.01)
    assert "default says 7" in answer["words"]
    assert answer["digits"] == []


def test_of_a_number_all_models_answer_the_last_digit(compared):
    answer = payloads.compare_strokes(compared, drawn("427"))
    assert [digit["digit"] for digit in answer["digits"]] == [4, 2, 7]
    alone = payloads.compare_strokes(compared, DIGITS[7])
    bars = [given["models"]["softmax"]["probabilities"] for given in (answer, alone)]
    assert bars[0] == pytest.approx(bars[1], abs=1e-3)


def test_a_damaged_model_says_so_and_the_others_answer(compared):
    cards = payloads.compare_strokes(compared, DIGITS[3])["models"]
    assert set(cards["tiny"]) == {"error"}
    assert "damaged" in cards["tiny"]["error"]
    assert cards["default"]["big"] == "3"


def test_an_empty_drawing_invites_and_has_flat_bars(compared):
    answer = payloads.compare_strokes(compared, [])
    assert answer["blank"]
    assert answer["words"] == "Draw a digit, and all models answer"
    assert answer["models"]["softmax"]["probabilities"] == [0.0] * 10
    assert not answer["models"]["softmax"]["differs"]


@pytest.mark.parametrize("drawing", [None, "7", [[1, 2]], [[[0, float("nan")]]], [[[0, 0]]] * 501])
def test_json_that_is_not_a_drawing_gets_an_error(compared, drawing):
    with pytest.raises(BadStrokesError):
        payloads.compare_strokes(compared, drawing)


def test_models_load_once_and_only_when_they_are_needed(recognizer, folder, monkeypatch):
    loaded = []
    load = weights.load
    monkeypatch.setattr(
        comparison.weights, "load", lambda *args: loaded.append(args[0]) or load(*args)
    )
    lazy = Comparison(recognizer, folder)
    lazy.cards()
    assert loaded == []
    glyph = strokes.to_glyph(DIGITS[4])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: lazy.answers(glyph), range(8)))
    assert loaded == ["softmax", "from-scratch", "tiny"]  # the page's own model is loaded already
    assert {entries[-1].prediction.digit for entries in answers} == {4}


def test_without_a_valid_manifest_only_the_own_model_is_compared(recognizer, tmp_path):
    assert Comparison(recognizer, tmp_path).names == ["default"]
    (tmp_path / "manifest.json").write_text("no manifest")
    (tmp_path / "evaluation.json").write_text("[]")
    alone = Comparison(recognizer, tmp_path)
    assert [card["parameters"] for card in alone.cards()] == [comparison.UNKNOWN]
    assert [card["size"] for card in alone.cards()] == [comparison.UNKNOWN]
    assert payloads.compare_strokes(alone, DIGITS[5])["words"] == "default says 5"


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory):
    """A folder `mine` with a good cnn, a damaged softmax, a model of letters, and metrics."""
    folder = copy_shipped(tmp_path_factory.mktemp("runs") / "mine", "cnn", "softmax")
    (folder / "softmax.pt").write_bytes(b"damaged")
    save_untrained(folder, "mlp-relu", LETTERS, "A")
    figures = {"MNIST test: correct": {"mean": 0.5}}
    weights.write_json(folder / "evaluation.json", {"cnn": {"figures": figures}})
    return folder


def test_own_models_stand_beside_those_that_come_with_digitdraw(own_folder, caplog):
    recognizer = load("cnn", "cpu", own_folder)
    compared = Comparison(recognizer)
    own = [name for name in compared.names if name.startswith("mine/")]
    assert own == ["mine/softmax", "mine/cnn"]
    assert compared.names[:2] == ["softmax", "mine/softmax"] and "default" in compared.names
    assert compared.reference == "mine/cnn"
    assert "'mlp-relu' is left out of the comparison: it was trained on emnist" in caplog.text
    cards = {card["name"]: card for card in compared.cards()}
    assert (cards["mine/cnn"]["mnist"], cards["mine/cnn"]["drawings"]) == ("50.0 %", "\N{EN DASH}")
    assert cards["mine/cnn"]["parameters"] == cards["cnn"]["parameters"] == "206,922"
    assert cards["cnn"]["mnist"] not in ("50.0 %", "\N{EN DASH}")
    answers = payloads.compare_strokes(compared, DIGITS[3])["models"]
    assert answers["mine/cnn"]["probabilities"] == answers["cnn"]["probabilities"]
    assert set(answers["mine/softmax"]) == {"error"}
    assert set(answers) == set(compared.names)


def test_with_an_own_detector_alone_the_page_has_the_default_model(tmp_path):
    compared = Comparison(load(copy_shipped(tmp_path, "detector"), "cpu"))
    assert compared.reference == "default"
    assert not [name for name in compared.names if "/" in name]
