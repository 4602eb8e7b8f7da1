"""Weights on disk: what is saved comes back bit for bit, and what is damaged is refused."""

import hashlib
import json

import pytest
import torch

from digitdraw.errors import BadWeightsError, UnknownModelError
from digitdraw.models import registry, weights
from digitdraw.models.calibration import Calibration

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


def test_what_is_saved_comes_back_to_the_last_bit(tmp_path):
    network = registry.architecture("default").build().eval()
    weights.save("default", network, CALIBRATION, {}, tmp_path)
    loaded = weights.load("default", tmp_path)
    x = torch.randn(4, 1, 28, 28)
    with torch.inference_mode():
        assert torch.equal(loaded.network(x), network(x))
    assert loaded.calibration == CALIBRATION
    assert loaded.sha256 == hashlib.sha256((tmp_path / "default.pt").read_bytes()).hexdigest()


def test_the_weights_that_come_with_digitdraw_are_whole():
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
    assert total <= 15_000_000
    photos = sum((weights.FOLDER / f"{name}.pt").stat().st_size for name in registry.PHOTO_MODELS)
    assert photos <= 6_000_000
    assert (weights.FOLDER / "MODEL_CARD.md").is_file()


def test_missing_weights_get_the_command_that_makes_them(folder):
    (folder / "default.pt").unlink()
    with pytest.raises(
        BadWeightsError, match=r"default.pt are missing.*digitdraw\.train --model default"
    ):
        weights.load("default", folder)


def test_a_folder_without_a_manifest_gets_the_command_too(tmp_path):
    with pytest.raises(BadWeightsError, match=r"digitdraw\.train --model default"):
        weights.load("default", tmp_path)
    assert weights.available(tmp_path) == []


def test_damaged_weights_are_refused_with_both_checksums(folder):
    path = folder / "default.pt"
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    found = hashlib.sha256(data).hexdigest()
    with pytest.raises(BadWeightsError, match=f"{found}, expected {expected}"):
        weights.load("default", folder)


def test_weights_of_another_architecture_are_refused(folder):
    torch.save({"layer.weight": torch.zeros(2, 2)}, folder / "default.pt")
    sha = hashlib.sha256((folder / "default.pt").read_bytes()).hexdigest()
    change_entry(folder, sha256=sha)
    with pytest.raises(BadWeightsError, match="another architecture"):
        weights.load("default", folder)


def test_weights_that_run_code_are_refused(folder, tmp_path):
    class Harmful:
        def __reduce__(self):
            return (print, ("this must never run",))

    torch.save({"x": Harmful()}, folder / "default.pt")
    sha = hashlib.sha256((folder / "default.pt").read_bytes()).hexdigest()
    change_entry(folder, sha256=sha)
    with pytest.raises(BadWeightsError, match="cannot be read"):
        weights.load("default", folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"default": {}}', '{"default": 7}'])
def test_a_damaged_manifest_gets_an_error(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BadWeightsError, match=r"manifest\.json"):
        weights.load("default", tmp_path)


def test_an_unknown_model_gets_an_error_that_lists_the_known_ones(folder):
    with pytest.raises(UnknownModelError, match=r"'nonesuch'; known are: .*default"):
        weights.load("nonesuch", folder)


def test_a_failed_write_leaves_what_was_there(folder):
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(TypeError):
        weights.write_json(folder / "manifest.json", {"bad": object()})
    assert (folder / "manifest.json").read_bytes() == before
    assert not list(folder.glob("*.tmp"))
