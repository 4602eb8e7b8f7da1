"""A run of a training, from the command to weights and record, on a small part of the data."""

import json
import shlex

import numpy as np
import pytest
import torch

from digitdraw.cli import train
from digitdraw.cli.main import main
from digitdraw.models import registry, weights
from digitdraw.models.calibration import Calibration
from digitdraw.preprocessing import glyph
from digitdraw.training import charts, datasets, plots, tasks
from digitdraw.training import run as training_run
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier import trainer as classifier_trainer
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.distributed import ProcessGroup
from digitdraw.training.line_recognizer import dataset as line_crop_dataset
from digitdraw.training.recipes import RECIPES
from digitdraw.training.trainer import Trainer
from tests.support.trainings import assert_equal_weights


@pytest.fixture(scope="module")
def small_dataset(data_folder):
    """A hundredth of the data, with subsets of MNIST, drawings and non-digits."""
    digits = datasets.mnist(data_folder, "train")
    drawings = datasets.drawings(data_folder, "train")[:60]
    letters = datasets.letters(data_folder, "train")[:60]
    rng = np.random.default_rng(0)
    inks = [dataset.non_digit(letters, drawings, index, rng)[0] for index in range(60)]
    non_digits = (np.stack([glyph.place(ink) for ink in inks]) * 255).astype(np.uint8)
    rendered = (dataset.render(drawings) * 255).astype(np.uint8)
    labels = np.array([int(drawing.label) for drawing in drawings])
    no_digit = np.full(len(non_digits), dataset.NOT_A_DIGIT)
    return dataset.GlyphDataset(
        [
            dataset.Subset("mnist", digits.pixels[:600], digits.labels[:600], 50_000),
            dataset.Subset("drawings", rendered, labels, 15_000),
            dataset.Subset("no digits", non_digits, no_digit, 15_000),
        ]
    )


@pytest.fixture
def run(small_dataset, data_folder, monkeypatch):
    """Runs the command with the small dataset and 200 validation digits; returns its status."""
    digits = datasets.mnist(data_folder, "validation")
    pixels, labels = digits.pixels[:200].astype(np.float32) / 255, digits.labels[:200]
    validation = ClassifierValidation(
        {"mnist": pixels, "drawings": pixels, "other": pixels[:, ::-1].copy()},
        {"mnist": labels, "drawings": labels},
        "drawings",
        RECIPES["default"],
    )
    monkeypatch.setattr(dataset, "build", lambda *arguments: small_dataset)
    monkeypatch.setattr(ClassifierValidation, "load", lambda *arguments: validation)
    test = {"mnist": pixels[:20]}, {"mnist": labels[:20]}
    monkeypatch.setattr(tasks.ClassifierTask, "_test_sets", lambda task: test)
    small = ["--device", "cpu", "--fraction", "0.004", "--epochs", "2", "--data", str(data_folder)]

    def run_command(folder, model, *arguments, with_plots=False):
        if not with_plots:  # they take as long as all the rest
            monkeypatch.setattr(plots, "write", lambda *arguments: [])
        return main(["train", model, *small, "--out", str(folder), *arguments])

    return run_command


def test_a_training_writes_weights_record_and_plots(run, tmp_path):
    assert run(tmp_path, "default", with_plots=True) == 0
    loaded = weights.load("default", tmp_path)
    assert loaded.network(torch.zeros(1, 1, 28, 28)).isfinite().all()
    record = json.loads((tmp_path / "default.json").read_text())
    assert record["seed"] == 0
    assert record["command"].startswith("digitdraw train default --epochs 2")
    assert len(record["history"]) == record["epochs"] == 2
    assert len(record["data_sha256"]["MNIST/raw/train-images-idx3-ubyte"]) == 64
    assert record["versions"]["torch"] == torch.__version__
    kinds = ("samples", "curves", "confusion", "reliability", "mistakes")
    assert all((tmp_path / f"default.{kind}.png").stat().st_size > 1000 for kind in kinds)
    assert {"mnist accuracy", "drawings accuracy", "letters AUROC"} <= set(record["validation"])


@pytest.fixture
def stop_after_an_epoch(run, monkeypatch):
    """Runs the command, which Ctrl-C stops after the first checkpoint."""
    save = Trainer.save_checkpoint

    def save_and_stop(self, *arguments):
        save(self, *arguments)
        raise KeyboardInterrupt

    def run_command(folder, model, *arguments):
        with monkeypatch.context() as patch:
            patch.setattr(Trainer, "save_checkpoint", save_and_stop)
            assert run(folder, model, *arguments) == 130
        assert not (folder / f"{model}.pt").exists()

    return run_command


def test_a_resumed_training_equals_an_unbroken_one(run, tmp_path, stop_after_an_epoch, capsys):
    assert run(tmp_path / "unbroken", "default") == 0
    stop_after_an_epoch(tmp_path / "broken", "default")
    output = capsys.readouterr().out
    assert "checkpoint after epoch 1 of 2 is kept" in output
    command = shlex.split(output.split("To continue: ")[1])
    assert command[:3] == ["digitdraw", "train", "default"]
    assert command[-3:] == ["--out", str(tmp_path / "broken"), "--resume"]
    assert main(command[1:]) == 0
    first, second = (weights.load("default", tmp_path / name) for name in ("unbroken", "broken"))
    assert_equal_weights(first.network, second.network)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("default", "for the line recognizer only, not for default"),
        ("line-recognizer", "no such file as"),
    ],
)
def test_line_crops_that_cannot_be_added_are_an_error(
    run, tmp_path, capsys, monkeypatch, model, message
):
    monkeypatch.setattr(line_crop_dataset, "generated", lambda *_: pytest.fail("generated first"))
    assert run(tmp_path, model, "--add-line-crops", str(tmp_path / "missing.npz")) == 1
    assert message in capsys.readouterr().err


def keep_weights(monkeypatch):
    """Train with a learning rate of 0."""
    monkeypatch.setattr(
        Trainer,
        "_set_learning_rate",
        lambda self, progress: self.optimizer.param_groups[0].update(lr=0.0),
    )


def test_a_training_starts_from_given_weights_and_records_them(run, tmp_path, monkeypatch):
    first = registry.MODELS["tiny"].build()
    weights.save("tiny", first, Calibration(), {}, tmp_path)
    keep_weights(monkeypatch)
    assert run(tmp_path / "next", "tiny", "--epochs", "1", "--start-from", str(tmp_path)) == 0
    last = weights.load("tiny", tmp_path / "next").network.parameters()
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), last, strict=True))
    record = json.loads((tmp_path / "next" / "tiny.json").read_text())
    assert record["started_from_sha256"] == weights.load("tiny", tmp_path).sha256


def test_a_training_ends_with_the_average_of_given_weights_and_records_them(
    run, tmp_path, monkeypatch
):
    for name, value in (("ones", 1.0), ("threes", 3.0)):
        network = registry.MODELS["tiny"].build()
        for parameter in network.parameters():
            torch.nn.init.constant_(parameter, value)
        weights.save("tiny", network, Calibration(), {}, tmp_path / name)
    keep_weights(monkeypatch)
    ones, threes = str(tmp_path / "ones"), str(tmp_path / "threes")
    arguments = ["--epochs", "1", "--start-from", ones, "--average-with", ones, threes]
    assert run(tmp_path / "mean", "tiny", *arguments) == 0
    for parameter in weights.load("tiny", tmp_path / "mean").network.parameters():
        assert torch.allclose(parameter, torch.tensor(5 / 3))
    record = json.loads((tmp_path / "mean" / "tiny.json").read_text())
    assert record["averaged_with_sha256"] == [
        weights.load("tiny", tmp_path / name).sha256 for name in ("ones", "threes")
    ]


def test_another_seed_gives_other_weights(run, tmp_path):
    run(tmp_path / "first", "default", "--epochs", "1")
    run(tmp_path / "second", "default", "--epochs", "1", "--seed", "2")
    first, second = (weights.load("default", tmp_path / name) for name in ("first", "second"))
    assert first.sha256 != second.sha256


def test_a_loss_that_is_not_finite_stops_and_keeps_the_checkpoint(
    run, tmp_path, stop_after_an_epoch, monkeypatch, capsys
):
    stop_after_an_epoch(tmp_path, "default")
    before = (tmp_path / "default.checkpoint.pt").read_bytes()
    monkeypatch.setattr(
        classifier_trainer, "classifier_loss", lambda logits, *_: logits.sum() * float("nan")
    )
    assert run(tmp_path, "default", "--resume") == 1
    assert "loss of epoch 2 is nan" in capsys.readouterr().err
    assert (tmp_path / "default.checkpoint.pt").read_bytes() == before


def test_a_folder_that_cannot_be_written_is_an_error_of_one_line(run, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert run(tmp_path / "file" / "out", "default") == 1
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1 and error[0].startswith("digitdraw train: cannot write")


def test_a_full_disk_is_an_error_and_keeps_the_checkpoint(
    run, tmp_path, stop_after_an_epoch, monkeypatch, capsys
):
    stop_after_an_epoch(tmp_path, "default")
    before = (tmp_path / "default.checkpoint.pt").read_bytes()

    def full(state, file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    assert run(tmp_path, "default", "--resume") == 1
    assert "No space left" in capsys.readouterr().err
    assert (tmp_path / "default.checkpoint.pt").read_bytes() == before
    assert not list(tmp_path.glob("*.tmp"))


def test_a_classic_model_is_trained_on_mnist_alone(tmp_path, data_folder):
    arguments = ["softmax", "--epochs", "1", "--fraction", "0.1", "--device", "cpu"]
    assert main(["train", *arguments, "--data", str(data_folder), "--out", str(tmp_path)]) == 0
    record = json.loads((tmp_path / "softmax.json").read_text())
    assert not any("unipen" in name for name in record["data_sha256"])
    if record["examples_per_epoch"] > 1_000:
        assert record["validation"]["mnist accuracy"] > 0.6
    assert weights.load("softmax", tmp_path).network(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


def test_a_cpu_computes_in_bfloat16_on_request(run, tmp_path):
    assert run(tmp_path / "exact", "tiny", "--epochs", "1") == 0
    assert run(tmp_path / "short", "tiny", "--epochs", "1", "--bfloat16") == 0
    exact, short = (weights.load("tiny", tmp_path / name).network for name in ("exact", "short"))
    differences = [
        (a - b).abs().max() for a, b in zip(exact.parameters(), short.parameters(), strict=True)
    ]
    assert 0 < max(differences) < 0.5
    record = json.loads((tmp_path / "short" / "tiny.json").read_text())
    assert "--bfloat16" in record["command"]


@pytest.mark.parametrize("has_bfloat16", [True, False])
def test_a_note_says_that_a_cpu_has_no_bfloat16(has_bfloat16, run, tmp_path, monkeypatch, capsys):
    capabilities = {"architecture": "x86_64", "avx512_bf16": has_bfloat16, "amx_bf16": False}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert run(tmp_path, "softmax", "--epochs", "1", "--bfloat16") == 0
    assert ("no bfloat16 instructions" in capsys.readouterr().out) is not has_bfloat16


@pytest.mark.parametrize("reply", [[], ["--resume"]])
def test_finished_weights_are_replaced_only_with_force(reply, run, tmp_path, capsys):
    assert run(tmp_path, "softmax", "--epochs", "1") == 0
    before = (tmp_path / "softmax.pt").read_bytes()
    assert run(tmp_path, "softmax", "--epochs", "1", "--seed", "1", *reply) == 1
    error = capsys.readouterr().err
    assert "softmax.pt" in error and "--force" in error
    assert ("is finished" in error) == bool(reply)
    assert (tmp_path / "softmax.pt").read_bytes() == before
    assert run(tmp_path, "softmax", "--epochs", "1", "--seed", "1", "--force") == 0
    assert (tmp_path / "softmax.pt").read_bytes() != before


def test_an_unfinished_training_is_not_replaced_by_accident(
    run, tmp_path, stop_after_an_epoch, capsys
):
    stop_after_an_epoch(tmp_path, "softmax")
    before = (tmp_path / "softmax.checkpoint.pt").read_bytes()
    assert run(tmp_path, "softmax") == 1
    error = capsys.readouterr().err
    assert "did not finish" in error and "--resume" in error and "--force" in error
    assert (tmp_path / "softmax.checkpoint.pt").read_bytes() == before
    assert run(tmp_path, "softmax", "--force") == 0


def test_a_training_is_not_resumed_with_other_options(run, tmp_path, stop_after_an_epoch, capsys):
    stop_after_an_epoch(tmp_path, "softmax")
    assert run(tmp_path, "softmax", "--resume", "--seed", "3", "--epochs", "5") == 1
    error = capsys.readouterr().err
    assert "--seed was 0 and is 3" in error and "--epochs was 2 and is 5" in error
    assert run(tmp_path, "softmax", "--resume") == 0


def test_resume_without_a_checkpoint_is_an_error(run, tmp_path, capsys):
    assert run(tmp_path, "softmax", "--resume") == 1
    assert "softmax.checkpoint.pt to resume" in capsys.readouterr().err


def test_ctrl_c_before_the_first_epoch_says_that_nothing_is_kept(
    run, tmp_path, monkeypatch, capsys
):
    def stop(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "train_epoch", stop)
    assert run(tmp_path, "softmax") == 130
    assert "nothing was kept" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_training_prints_what_it_does_in_a_few_lines(run, tmp_path, capsys, monkeypatch):
    measured = []
    test = tasks.ClassifierTask.test
    monkeypatch.setattr(
        tasks.ClassifierTask, "test", lambda *given: measured.append(1) or test(*given)
    )
    assert run(tmp_path, "softmax", with_plots=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    text = "\n".join(lines)
    for part in (
        "device: CPU, as requested", "model: softmax", "7,850 parameters",
        " digits an epoch; validation: ",
        "2 epochs", "epoch 1/2: ", "epoch 2/2: ", "trained in ", "test: mnist accuracy", "wrote ",
    ):  # fmt: skip
        assert part in text
    assert measured == [1]
    assert set(json.loads((tmp_path / "softmax.json").read_text())["test"]) == {"mnist accuracy"}


def test_curves_are_written_after_each_epoch(run, tmp_path, monkeypatch):
    monkeypatch.setattr(training_run, "_CURVES_PAUSE", 0)
    shown = []
    curves = charts.curves
    monkeypatch.setattr(
        charts,
        "curves",
        lambda history, *rest: shown.append(len(history)) or curves(history, *rest),
    )
    assert run(tmp_path, "softmax") == 0
    assert shown[:2] == [1, 2]


def test_tensorboard_gets_the_metrics_of_each_epoch(run, tmp_path):
    assert run(tmp_path, "softmax", "--log", "tensorboard") == 0
    assert list((tmp_path / "tensorboard" / "softmax").glob("events.*"))


def test_the_test_digits_of_a_data_folder_are_those_of_mnist_and_drawings(data_folder):
    options = train._parser().parse_args(["default", "--data", str(data_folder)])
    task = tasks.ClassifierTask(options, RECIPES["default"], ProcessGroup())
    pixels, labels = task._test_sets()
    assert list(pixels) == list(labels)
    assert set(pixels) <= {"mnist", "drawings"} and "mnist" in pixels
    assert all(pixels[kind].shape == (len(labels[kind]), 28, 28) for kind in pixels)
    classic = tasks.ClassifierTask(options, RECIPES["softmax"], ProcessGroup())
    assert list(classic._test_sets()[0]) == ["mnist"]
