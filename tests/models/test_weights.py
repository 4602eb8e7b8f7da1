"""Weights are restored bit for bit, and damaged files are rejected with a clear message."""

import hashlib
import json

import pytest
import torch

from digitdraw.errors import BadWeightsError, UnknownModelError
from digitdraw.models import registry, weights
from digitdraw.models.calibration import Calibration
from digitdraw.models.data_format import DIGITS
from tests.support.own_models import CLOTHES, save_untrained

CALIBRATION = Calibration(1.25, 0.75, 0.4, 0.6)


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    network = registry.architecture("default").build()
    weights.save("default", network, CALIBRATION, {"seed": 0}, tmp_path)
    return tmp_path


def change_entry(folder, **changes):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["default"].update(changes)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_saved_weights_are_restored_exactly(tmp_path):
    network = registry.architecture("default").build().eval()
    weights.save("default", network, CALIBRATION, {}, tmp_path)
    loaded = weights.load("default", tmp_path)
    x = torch.randn(4, 1, 28, 28)
    with torch.inference_mode():
        assert torch.equal(loaded.network(x), network(x))
    assert loaded.calibration == CALIBRATION
    assert loaded.sha256 == hashlib.sha256((tmp_path / "default.pt").read_bytes()).hexdigest()


def test_shipped_weights_are_complete_and_small():
    names = weights.available()
    assert "default" in names
    total = 0
    for name in names:
        loaded = weights.load(name)
        assert not loaded.network.training
        record = json.loads((weights.FOLDER / f"{name}.json").read_text())
        assert {"command", "seed", "versions", "data_sha256", "validation", "device"} <= set(record)
        size = (weights.FOLDER / f"{name}.pt").stat().st_size
        assert size <= 5_000_000
        total += size
    sizes = [(weights.FOLDER / f"{name}.pt").stat().st_size for name in registry.PHOTO_MODELS]
    assert total + sum(sizes) <= 20_000_000
    assert (weights.FOLDER / "MODEL_CARD.md").is_file()


def test_missing_weights_raise_an_error_with_the_training_command(folder):
    (folder / "default.pt").unlink()
    with pytest.raises(BadWeightsError, match=r"default.pt are missing.*digitdraw train default"):
        weights.load("default", folder)


def test_a_missing_manifest_raises_an_error_with_the_training_command(tmp_path):
    with pytest.raises(BadWeightsError, match="digitdraw train default"):
        weights.load("default", tmp_path)
    assert weights.available(tmp_path) == []


def test_damaged_weights_raise_an_error_with_both_checksums(folder):
    path = folder / "default.pt"
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    found = hashlib.sha256(data).hexdigest()
    with pytest.raises(BadWeightsError, match=f"{found}, expected {expected}"):
        weights.load("default", folder)


def test_weights_of_another_architecture_are_rejected(folder):
    torch.save({"layer.weight": torch.zeros(2, 2)}, folder / "default.pt")
    sha = hashlib.sha256((folder / "default.pt").read_bytes()).hexdigest()
    change_entry(folder, sha256=sha)
    with pytest.raises(BadWeightsError, match="another architecture"):
        weights.load("default", folder)


def test_weights_that_run_code_are_rejected(folder, tmp_path):
    class Harmful:
        def __reduce__(self):
            return (print, ("this must never run",))

    torch.save({"x": Harmful()}, folder / "default.pt")
    sha = hashlib.sha256((folder / "default.pt").read_bytes()).hexdigest()
    change_entry(folder, sha256=sha)
    with pytest.raises(BadWeightsError, match="cannot be read"):
        weights.load("default", folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"default": {}}', '{"default": 7}'])
def test_a_damaged_manifest_raises_an_error(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BadWeightsError, match=r"manifest\.json"):
        weights.load("default", tmp_path)


def test_unknown_names_raise_an_error_that_lists_the_known_ones(folder):
    with pytest.raises(UnknownModelError, match=r"'nonesuch'; known are: .*default"):
        weights.load("nonesuch", folder)


def test_a_failed_write_keeps_the_previous_file(folder):
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(TypeError):
        weights.write_json(folder / "manifest.json", {"bad": object()})
    assert (folder / "manifest.json").read_bytes() == before
    assert not list(folder.glob("*.tmp"))


def test_recalibration_changes_only_the_calibration(folder):
    before = weights.load("default", folder)
    weights.recalibrate("default", Calibration(2.0, 3.0, 0.1, 0.2), folder)
    after = weights.load("default", folder)
    assert after.calibration == Calibration(2.0, 3.0, 0.1, 0.2)
    assert after.sha256 == before.sha256


def test_the_data_format_is_stored_with_the_weights(tmp_path):
    save_untrained(tmp_path, "cnn", CLOTHES, "bag")
    loaded = weights.load("cnn", tmp_path)
    assert loaded.data == CLOTHES
    assert loaded.network(torch.zeros(1, 1, 16, 16)).shape == (1, 3)


def test_weights_without_a_data_format_are_of_the_ten_digits(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["default"].pop("outputs") == 11
    assert manifest["default"].pop("data")["dataset"] == "mnist"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert weights.load("default", folder).data == DIGITS


def test_a_classifier_with_digitness_may_be_trained_without_it(tmp_path):
    network = registry.architecture("default").build(10)
    weights.save("default", network, CALIBRATION, {}, tmp_path)
    assert weights.load("default", tmp_path).network(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


@pytest.mark.parametrize(
    "changes",
    [
        {"data": 7},
        {"data": {"dataset": "mnist"}},
        {"data": {"dataset": "mnist", "classes": []}},
        {"data": {"dataset": "mnist", "classes": [1, 2]}},
        {"data": {"dataset": "mnist", "classes": ["a", "b"], "side": "28"}},
        {"data": {"dataset": "mnist", "classes": ["a", "b"], "preparation": "magic"}},
        {"data": {"dataset": "mnist", "classes": list("0123456789"), "side": 32}},
        {"outputs": 12},
        {"outputs": "11"},
    ],
)
def test_a_damaged_data_format_raises_an_error(folder, changes):
    change_entry(folder, **changes)
    with pytest.raises(BadWeightsError, match=r"'default' of .*manifest\.json is damaged"):
        weights.load("default", folder)


def test_a_side_that_the_network_cannot_take_raises_an_error(folder):
    data = {"dataset": "mine", "classes": list("0123456789"), "side": 30, "preparation": "none"}
    change_entry(folder, data=data)
    with pytest.raises(BadWeightsError, match="multiple of 4; got 30"):
        weights.load("default", folder)
