"""Says which model a name means, or a folder of one's own weights."""

import os
from pathlib import Path

from digitdraw.errors import BadWeightsError, UnknownModelError
from digitdraw.models import weights
from digitdraw.models.registry import MODELS, READING_MODELS


def locate(
    name_or_folder: str | os.PathLike, folder: str | os.PathLike | None = None
) -> tuple[str, Path | None]:
    """Return the name of a classifier and its folder, None for those that come with digitdraw.

    `name_or_folder` is a name if it is one of a model, or if `folder` is given, else a folder. In
    a folder, "default" means its only classifier if it has no model of that name. A folder that
    has only networks that read numbers gives "default".

    Raises UnknownModelError, or BadWeightsError if the folder has no weights."""
    if folder is not None:
        return _classifier_in(Path(folder), str(name_or_folder))
    if isinstance(name_or_folder, str):
        known = sorted({*MODELS, *weights.available()})
        if name_or_folder in known:
            return name_or_folder, None
        if not os.path.isdir(name_or_folder) and os.path.basename(name_or_folder) == name_or_folder:
            raise UnknownModelError(
                f"There is no model or folder {name_or_folder!r}; known are: {', '.join(known)}."
            )
    return _classifier_in(Path(name_or_folder), "default")


def _classifier_in(folder: Path, name: str) -> tuple[str, Path]:
    if not os.path.isfile(folder / "manifest.json"):
        fault = "has no manifest.json" if os.path.isdir(folder) else "does not exist"
        raise BadWeightsError(
            f"The folder {folder} {fault}. A folder of weights is what "
            f"digitdraw train NAME --out FOLDER writes."
        )
    names = weights.available(folder)
    if name in names:
        return name, folder
    known = ", ".join(names) or "none"
    if name != "default":
        raise UnknownModelError(f"There is no model {name!r} in {folder}; known are: {known}.")
    if len(names) > 1:
        raise UnknownModelError(
            f"{folder} has several models: {known}. Name one of them: --model NAME in a command, "
            "load(NAME, folder=FOLDER) in Python."
        )
    if not names and not any(weights.holds(model, folder) for model in READING_MODELS):
        raise BadWeightsError(f"{folder / 'manifest.json'} lists no model.")
    return names[0] if names else name, folder
