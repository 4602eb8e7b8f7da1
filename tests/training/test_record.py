"""The record of a training has the command that trains the same weights."""

import json
import shlex

import pytest
import torch

from digitdraw.cli import train
from digitdraw.models import weights
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.recipes import RECIPES
from digitdraw.training.record import settings_to_resume, training_command, training_record

# Names of models and options until 0.2; records keep the command that they were made with.
OLD_WORDS = {
    "reader": "detector",
    "sequence": "line-recognizer",
    "--share": "--fraction",
    "--more-strips": "--add-line-crops",
}


def options_of(command):
    """Parse a recorded command, of this version or of an older one."""
    words = shlex.split(command)
    if words[:2] == ["python", "-m"]:
        module, option, *words = words[2:]
        assert (module, option) == ("digitdraw.train", "--model")
        words = ["digitdraw", "train", *(OLD_WORDS.get(word, word) for word in words)]
        # A fraction is at most 1 now.
        words = ["1.0" if word == "1.5" else word for word in words]
    assert words[:2] == ["digitdraw", "train"]
    return train._parser().parse_args(words[2:])


def test_the_recorded_command_of_each_model_can_be_parsed():
    for path in sorted(weights.FOLDER.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        # The manifest and the evaluation have none; that of `stroke-scorer` is a tool's.
        if path.stem == "stroke-scorer" or "command" not in record:
            continue
        options = options_of(record["command"])
        assert options.model == path.stem
        assert bool(options.start_from) == bool(record.get("started_from_sha256"))


def test_a_command_has_the_options_that_change_the_weights():
    arguments = ["tiny", "--seed", "3", "--start-from", "my folder", "--average-with", "a", "b c"]
    options = train._parser().parse_args([*arguments, "--bfloat16", "--out", "o", "--workers", "9"])
    command = training_command(options)
    assert command.startswith("digitdraw train tiny --") and "--seed 3" in command
    assert "--start-from 'my folder' --average-with a 'b c'" in command
    assert "--out" not in command and "--workers" not in command
    parsed = options_of(command)
    assert (parsed.average_with, parsed.bfloat16, parsed.seed) == (["a", "b c"], True, 3)


@pytest.mark.parametrize("given", [[], ["--seed", "0"]])
def test_seed_0_is_recorded(given):
    command = training_command(train._parser().parse_args(["softmax", *given]))
    assert "--seed 0" in command


def test_options_that_do_not_change_the_weights_are_not_recorded():
    given = ["--force", "--resume", "--log", "tensorboard", "--workers", "2", "--data", "d"]
    command = training_command(train._parser().parse_args(["softmax", *given]))
    assert command == training_command(train._parser().parse_args(["softmax"]))


def test_settings_to_resume_are_plain_and_differ_with_options_data_and_device():
    def settings(*given, data="0", epochs=3):
        options = train._parser().parse_args(["softmax", *given])
        trainer = trainer_for("softmax", RECIPES["softmax"], epochs, 0, torch.device("cpu"))
        return settings_to_resume(options, trainer, {"file": data}, None)

    first = settings()
    assert json.loads(json.dumps(first)) == first
    assert settings("--device", "cpu", "--resume", "--epochs", "3") == first
    for other in (settings("--seed", "1"), settings(data="1"), settings(epochs=4)):
        assert other != first


def test_a_record_is_json(tmp_path):
    options = train._parser().parse_args(["softmax", "--data", str(tmp_path)])
    trainer = trainer_for("softmax", RECIPES["softmax"], 1, 0, torch.device("cpu"))
    trainer.examples_per_epoch, trainer.history = 1, [{"epoch": 1}]
    hashes, measured = {"train-images": "0" * 64}, {"validation": {}, "test": {"accuracy": 0.9}}
    record = training_record(options, trainer, hashes, None, [], measured)
    assert json.loads(json.dumps(record)) == record
    assert record["command"].startswith("digitdraw train softmax")
    assert record["started_from_sha256"] is None
    assert record["data_sha256"] == hashes and record["test"] == {"accuracy": 0.9}
    assert record["recipe"]["batch_size"] == RECIPES["softmax"].batch_size
