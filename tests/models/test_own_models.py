"""Which model a name or a folder means, and what a wrong one is answered."""

import json
from pathlib import Path

import pytest

from digitdraw.errors import BadWeightsError, UnknownModelError
from digitdraw.models import weights
from digitdraw.models.own_models import locate
from tests.support.own_models import LETTERS, copy_shipped, save_untrained


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A working folder with the folder `runs`."""
    monkeypatch.chdir(tmp_path)
    return save_untrained(tmp_path / "runs", "cnn", LETTERS, "A")


def test_a_registered_name_is_one_even_beside_a_folder_of_that_name(runs):
    copy_shipped(Path("softmax"), "softmax")
    assert locate("softmax") == ("softmax", None)
    assert locate("./softmax") == ("softmax", Path("softmax"))
    assert locate(Path("softmax")) == ("softmax", Path("softmax"))


def test_a_folder_means_its_only_classifier(runs):
    assert locate("runs") == ("cnn", Path("runs"))
    assert locate("default", runs) == locate(runs) == locate(str(runs)) == ("cnn", runs)


def test_of_several_models_a_folder_means_the_default(runs):
    copy_shipped(runs, "default", "softmax", "detector")
    assert locate(runs) == ("default", runs)
    assert locate("softmax", runs) == ("softmax", runs)


def test_without_a_default_one_of_several_models_must_be_named(runs):
    copy_shipped(runs, "cnn", "tiny", "detector")
    with pytest.raises(UnknownModelError, match=r"models: cnn, tiny\..*load\(NAME, folder=FOLDER"):
        locate(runs)
    with pytest.raises(UnknownModelError, match=r"no model 'softmax' in .*runs; known are: cnn, t"):
        locate("softmax", runs)


def test_a_folder_with_a_detector_alone_means_the_default_that_comes_with_digitdraw(runs):
    copy_shipped(runs, "detector")
    assert locate(runs) == ("default", runs)
    with pytest.raises(UnknownModelError, match="known are: none"):
        locate("detector", runs)


@pytest.mark.parametrize("name", ["nonesuch", "detector", "", "a\0b", "n" * 5000])
def test_an_unknown_name_is_answered_with_the_known_ones(runs, name):
    with pytest.raises(UnknownModelError, match=r"no model or folder .* known are: .*tiny"):
        locate(name)


@pytest.mark.parametrize(
    ("folder", "fault"),
    [("a/b", "does not exist"), ("./nonesuch", "does not exist"), (".", "has no manifest.json")],
)
def test_a_folder_without_weights_is_named(runs, folder, fault):
    for arguments in ((folder,), (Path(folder),), ("default", folder)):
        with pytest.raises(BadWeightsError, match=f"{fault}.*digitdraw train"):
            locate(*arguments)


def test_an_empty_manifest_is_named(runs):
    weights.write_json(runs / "manifest.json", {})
    with pytest.raises(BadWeightsError, match=r"manifest\.json lists no model"):
        locate(runs)
    (runs / "manifest.json").write_text(json.dumps({"cnn": 7}))
    with pytest.raises(BadWeightsError, match=r"'cnn' of .* is damaged"):
        weights.data_format("cnn", runs)
