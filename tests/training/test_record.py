"""The record of a training has the command that trains the same weights."""

import json
import shlex

import torch

from digitdraw.cli import train
from digitdraw.models import weights
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.recipes import RECIPES
from digitdraw.training.record import training_command, training_record

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
        if "command" not in record:  # the manifest and the evaluation
            continue
        options = options_of(record["command"])
        assert options.model == path.stem
        assert bool(options.start_from) == bool(record.get("started_from_sha256"))


def test_a_command_has_the_options_that_change_the_weights():
    arguments = ["tiny", "--seed", "3", "--start-from", "my folder", "--average-with", "a", "b c"]
    options = train._parser().parse_args([*arguments, "--bfloat16", "--out", "o", "--workers", "9"])
    command = training_command(options)
    assert command.startswith("digitdraw train tiny --seed 3")
    assert "--start-from 'my folder' --average-with a 'b c'" in command
    assert "--out" not in command and "--workers" not in command
    parsed = options_of(command)
    assert (parsed.average_with, parsed.bfloat16, parsed.seed) == (["a", "b c"], True, 3)


def test_a_record_is_json(tmp_path):
    options = train._parser().parse_args(["softmax", "--data", str(tmp_path)])
    trainer = trainer_for("softmax", RECIPES["softmax"], 1, 0, torch.device("cpu"))
    trainer.examples_per_epoch, trainer.history = 1, [{"epoch": 1}]
    record = training_record(options, trainer, None, [], {"mnist accuracy": 0.9})
    assert json.loads(json.dumps(record)) == record
    assert record["command"].startswith("digitdraw train softmax")
    assert record["started_from_sha256"] is None
    assert record["recipe"]["batch_size"] == RECIPES["softmax"].batch_size
