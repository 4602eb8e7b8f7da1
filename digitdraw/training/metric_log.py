"""Logs the metrics of each epoch to TensorBoard or Trackio, for `--log`. Both are optional.

Everything stays on this machine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from digitdraw.errors import TrainingError

Log = Callable[[dict[str, float]], None]
"""Takes the entry of an epoch: "epoch", and metrics by name."""
LOGS = ("tensorboard", "trackio")


def check_installed(kind: str | None) -> None:
    """Raise TrainingError if the package of a log is missing. None needs no package."""
    if kind is None:
        return
    try:
        import_module(kind)
    except ImportError as error:
        raise TrainingError(
            f"--log {kind} needs the package {kind} ({error}). To install it: pip install {kind}"
        ) from error


@contextmanager
def metric_log(kind: str | None, folder: Path, model: str) -> Iterator[Log]:
    """Open the log of a training; None discards the metrics.

    TensorBoard's files are in `folder`. Trackio keeps its own in a folder of the user."""
    if kind == "tensorboard":
        with _tensorboard(folder / "tensorboard" / model) as log:
            yield log
    elif kind == "trackio":
        with _trackio(model) as log:
            yield log
    else:
        yield lambda entry: None


@contextmanager
def _tensorboard(folder: Path) -> Iterator[Log]:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(folder)) as writer:

        def log(entry: dict[str, float]) -> None:
            for name, value in _metrics(entry).items():
                writer.add_scalar(name, value, int(entry["epoch"]))
            writer.flush()

        yield log


@contextmanager
def _trackio(model: str) -> Iterator[Log]:
    trackio = import_module("trackio")
    trackio.init(project="digitdraw", group=model)
    try:
        yield lambda entry: trackio.log(_metrics(entry), step=int(entry["epoch"]))
    finally:
        trackio.finish()


def _metrics(entry: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in entry.items() if name != "epoch"}
