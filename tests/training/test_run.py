"""The training script, end to end on a small subset of the real data."""

import json
import shlex

import numpy as np
import pytest
import torch

from digitdraw.cli import train
from digitdraw.models import registry, weights
from digitdraw.models.calibration import Calibration
from digitdraw.preprocessing import glyph
from digitdraw.training import datasets, plots
from digitdraw.training import trainer as training_trainer
from digitdraw.training.classifier import dataset, speedrun
from digitdraw.training.classifier.validation import ClassifierValidation
from digitdraw.training.line_recognizer import dataset as line_crop_dataset
from digitdraw.training.recipes import RECIPES
from digitdraw.training.run import _record
from digitdraw.training.trainer import Trainer, trainer_for

SMALL = ["--device", "cpu", "--share", "0.004", "--epochs", "2"]


@pytest.fixture(scope="module")
def tiny_corpus(data_folder):
    """A corpus of every pool, made of a hundredth of the data."""
    digits = datasets.mnist(data_folder, "train")
    drawn = datasets.drawings(data_folder, "train")[:60]
    other = datasets.letters(data_folder, "train")[:60]
    rng = np.random.default_rng(0)
    made = [dataset.non_digit(other, drawn, i, rng)[0] for i in range(60)]
    nothing = np.stack([glyph.place(ink) for ink in made])
    return dataset.GlyphDataset(
        [
            dataset.Subset("mnist", digits.pixels[:600], digits.labels[:600], 50_000),
            dataset.Subset(
                "drawings",
                (dataset.render(drawn) * 255).astype(np.uint8),
                np.array([int(each.label) for each in drawn]),
                15_000,
            ),
            dataset.Subset(
                "no digits",
                (nothing * 255).astype(np.uint8),
                np.full(len(nothing), dataset.NOT_A_DIGIT),
                15_000,
            ),
        ]
    )


@pytest.fixture
def script(tiny_corpus, data_folder, monkeypatch):
    """Runs the script's `main` on the small corpus, and on few validation digits."""
    digits = datasets.mnist(data_folder, "validation")
    pixels, labels = digits.pixels[:200].astype(np.float32) / 255, digits.labels[:200]
    validation = ClassifierValidation(
        {"mnist": pixels, "drawings": pixels, "other": pixels[:, ::-1].copy()},
        {"mnist": labels, "drawings": labels},
        "drawings",
    )
    monkeypatch.setattr(dataset, "build", lambda *args: tiny_corpus)
    monkeypatch.setattr(ClassifierValidation, "load", lambda *args: validation)

    def run(folder, *arguments, pictures=False):
        if not pictures:  # they take as long as all the rest
            monkeypatch.setattr(plots, "write", lambda *args: [])
        return train.main([*SMALL, "--data", str(data_folder), "--out", str(folder), *arguments])

    return run


def test_training_writes_weights_record_and_manifest(script, tmp_path, data_folder):
    assert script(tmp_path, pictures=True) == 0
    loaded = weights.load("default", tmp_path)
    assert loaded.network(torch.zeros(1, 1, 28, 28)).isfinite().all()
    record = json.loads((tmp_path / "default.json").read_text())
    assert record["seed"] == 0
    assert record["command"].startswith("python -m digitdraw.train --model default --epochs 2")
    assert len(record["history"]) == record["epochs"] == 2
    images = "MNIST/raw/train-images-idx3-ubyte"
    assert record["data_sha256"][images] == datasets.file_hashes(data_folder)[images]
    assert record["versions"]["torch"] == torch.__version__
    kinds = ("samples", "curves", "confusion", "reliability", "mistakes")
    assert all((tmp_path / f"default.{kind}.png").stat().st_size > 1000 for kind in kinds)
    assert {"mnist accuracy", "drawings accuracy", "letters AUROC"} <= set(record["validation"])


def test_a_resumed_training_ends_where_an_unbroken_one_does(script, tmp_path, monkeypatch):
    assert script(tmp_path / "unbroken") == 0
    store = Trainer.store

    def store_and_stop(self, path):
        store(self, path)
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "store", store_and_stop)
    assert script(tmp_path / "broken") == 130
    assert not (tmp_path / "broken" / "default.pt").exists()
    monkeypatch.setattr(Trainer, "store", store)
    assert script(tmp_path / "broken", "--resume") == 0
    one, other = (
        weights.load("default", tmp_path / name).network.state_dict()
        for name in ("unbroken", "broken")
    )
    assert all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("default", "for the sequence reader alone, not default"),
        ("line-recognizer", "no such file as"),
    ],
)
def test_strips_that_cannot_be_added_are_told(script, tmp_path, capsys, monkeypatch, model, said):
    monkeypatch.setattr(line_crop_dataset, "build", lambda *args: pytest.fail("made in vain"))
    arguments = ["--model", model, "--more-strips", str(tmp_path / "gone.npz")]
    assert script(tmp_path, *arguments) == 1
    assert said in capsys.readouterr().err


def test_a_training_starts_from_the_weights_that_it_is_told_and_says_so(
    script, tmp_path, monkeypatch
):
    first = registry.MODELS["tiny"].build()
    weights.save("tiny", first, Calibration(), {}, tmp_path)
    monkeypatch.setattr(Trainer, "_set_learning_rate", lambda self, progress: _stand_still(self))
    arguments = ["--model", "tiny", "--epochs", "1", "--start-from", str(tmp_path)]
    assert script(tmp_path / "next", *arguments) == 0
    last = weights.load("tiny", tmp_path / "next").network.parameters()
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), last, strict=True))
    record = json.loads((tmp_path / "next" / "tiny.json").read_text())
    assert record["started_from_sha256"] == weights.load("tiny", tmp_path).sha256


def test_a_training_ends_with_the_average_that_it_is_told_and_says_so(
    script, tmp_path, monkeypatch
):
    ones, threes = (registry.MODELS["tiny"].build() for _ in range(2))
    for network, value in ((ones, 1.0), (threes, 3.0)):
        for parameter in network.parameters():
            torch.nn.init.constant_(parameter, value)
    weights.save("tiny", ones, Calibration(), {}, tmp_path / "ones")
    weights.save("tiny", threes, Calibration(), {}, tmp_path / "threes")
    monkeypatch.setattr(Trainer, "_set_learning_rate", lambda self, progress: _stand_still(self))
    arguments = ["--model", "tiny", "--epochs", "1", "--start-from", str(tmp_path / "ones")]
    arguments += ["--average-with", str(tmp_path / "ones"), str(tmp_path / "threes")]
    assert script(tmp_path / "mean", *arguments) == 0
    for parameter in weights.load("tiny", tmp_path / "mean").network.parameters():
        assert torch.allclose(parameter, torch.tensor(5 / 3))
    record = json.loads((tmp_path / "mean" / "tiny.json").read_text())
    assert record["averaged_with_sha256"] == [
        weights.load("tiny", tmp_path / name).sha256 for name in ("ones", "threes")
    ]
    options = train._parser().parse_args(
        shlex.split(record["command"].split("digitdraw.train ")[1])
    )
    assert options.average_with == [str(tmp_path / name) for name in ("ones", "threes")]


def _stand_still(trainer):
    trainer.optimizer.param_groups[0]["lr"] = 0.0


def test_another_seed_gives_other_weights(script, tmp_path):
    script(tmp_path / "one", "--epochs", "1")
    script(tmp_path / "two", "--epochs", "1", "--seed", "2")
    one, two = (weights.load("default", tmp_path / name).sha256 for name in ("one", "two"))
    assert one != two


def test_a_loss_that_is_no_number_stops_and_keeps_the_checkpoint(
    script, tmp_path, monkeypatch, capsys
):
    script(tmp_path, "--epochs", "1")
    before = (tmp_path / "default.checkpoint.pt").read_bytes()
    monkeypatch.setattr(
        training_trainer, "classifier_loss", lambda logits, *rest: logits.sum() * float("nan")
    )
    assert script(tmp_path, "--resume") == 1
    assert "loss of epoch 2 is nan" in capsys.readouterr().err
    assert (tmp_path / "default.checkpoint.pt").read_bytes() == before


def test_a_folder_that_cannot_be_written_gets_one_line(script, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert script(tmp_path / "file" / "out") == 1
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1 and error[0].startswith("error: cannot write")


def test_missing_data_gets_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(
        datasets, "MNIST", lambda *a, **k: (_ for _ in ()).throw(RuntimeError("no"))
    )
    assert train.main(["--data", str(tmp_path), "--out", str(tmp_path), "--device", "cpu"]) == 1
    assert "Put its four unpacked files there" in capsys.readouterr().err


@pytest.mark.parametrize("epochs", ["0", "-1", "many"])
def test_a_number_of_epochs_that_is_none_gets_one_line(epochs, script, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        script(tmp_path, "--epochs", epochs)
    assert stopped.value.code == 2
    assert "--epochs" in capsys.readouterr().err.splitlines()[-1]


def test_a_full_disk_gets_one_line_and_keeps_the_checkpoint(script, tmp_path, monkeypatch, capsys):
    script(tmp_path, "--epochs", "1")
    before = (tmp_path / "default.checkpoint.pt").read_bytes()

    def full(state, file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    assert script(tmp_path, "--resume") == 1
    assert "No space left" in capsys.readouterr().err
    assert (tmp_path / "default.checkpoint.pt").read_bytes() == before
    assert not list(tmp_path.glob("*.tmp"))


def test_a_classic_is_trained_on_mnist_alone_and_answers_after_loading(tmp_path, full_data_folder):
    arguments = ["--model", "softmax", "--epochs", "1", "--share", "0.1", "--device", "cpu"]
    assert train.main([*arguments, "--data", str(full_data_folder), "--out", str(tmp_path)]) == 0
    record = json.loads((tmp_path / "softmax.json").read_text())
    assert record["validation"]["mnist accuracy"] > 0.6
    assert not any("unipen" in name for name in record["data_sha256"])
    assert weights.load("softmax", tmp_path).network(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


def test_the_speedrun_says_seconds_and_accuracy(full_data_folder, monkeypatch, capsys):
    monkeypatch.setattr(speedrun, "EPOCHS", 0.1)
    assert train.main(["--speedrun", "--data", str(full_data_folder), "--device", "cpu"]) == 0
    assert " s to 9" in capsys.readouterr().out


def test_recorded_commands_are_ones_that_the_script_takes():
    for path in sorted(weights.FOLDER.glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if "command" not in record:  # the manifest, and the figures
            continue
        start, arguments = record["command"].split("digitdraw.train ")
        assert start == "python -m "
        arguments = arguments.replace("--model reader", "--model detector")  # its name until 0.2
        arguments = arguments.replace("--model sequence", "--model line-recognizer")
        options = train._parser().parse_args(shlex.split(arguments))
        assert options.model == path.stem == record["model"]
        assert bool(options.start_from) == bool(record.get("started_from_sha256"))


def test_options_are_recorded_as_they_are_typed(tmp_path):
    options = train._parser().parse_args(["--model", "softmax", "--start-from", "some folder"])
    trainer = trainer_for("softmax", RECIPES["softmax"], 1, 0, torch.device("cpu"))
    trainer.per_epoch, trainer.history = [1], [{"epoch": 1}]
    options.data = str(tmp_path)
    command = _record(options, trainer, "0")["command"]
    assert "--start-from 'some folder'" in command


def test_a_cpu_computes_in_bfloat16_where_it_is_told_to(script, tmp_path):
    arguments = ["--model", "tiny", "--epochs", "1"]
    assert script(tmp_path / "exact", *arguments) == 0
    assert script(tmp_path / "short", *arguments, "--bfloat16") == 0
    exact, short = (weights.load("tiny", tmp_path / name).network for name in ("exact", "short"))
    differences = [
        (a - b).abs().max() for a, b in zip(exact.parameters(), short.parameters(), strict=True)
    ]
    assert 0 < max(differences) < 0.5
    record = json.loads((tmp_path / "short" / "tiny.json").read_text())
    options = train._parser().parse_args(
        shlex.split(record["command"].split("digitdraw.train ")[1])
    )
    assert options.bfloat16


@pytest.mark.parametrize("its_own", [True, False])
def test_who_asks_a_cpu_without_bfloat16_for_it_is_told(
    its_own, script, tmp_path, monkeypatch, capsys
):
    can = {"architecture": "x86_64", "avx512_bf16": its_own, "amx_bf16": False}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: can)
    assert script(tmp_path, "--model", "softmax", "--epochs", "1", "--bfloat16") == 0
    assert ("no bfloat16 instructions" in capsys.readouterr().out) is not its_own
