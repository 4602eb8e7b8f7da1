"""`digitdraw predict`: classifies each picture, which by default shows one digit."""

import argparse
import json
import sys
from collections.abc import Sequence

from digitdraw.errors import BadImageError
from digitdraw.prediction import Prediction
from digitdraw.recognizer import Recognizer, load


def main(arguments: Sequence[str] | None = None) -> int:
    """Print an answer for each picture; return 1 if a picture could not be read, else 0."""
    options = _parser().parse_args(arguments)
    recognizer = load(options.model, options.device, options.weights)
    succeeded = [_predict(recognizer, path, as_json=options.json) for path in options.pictures]
    return 0 if all(succeeded) else 1


def _predict(recognizer: Recognizer, path: str, *, as_json: bool) -> bool:
    """Print the answer for one picture. On a bad picture print an error and return False."""
    try:
        prediction = recognizer.predict_image(path)
    except BadImageError as error:
        print(f"digitdraw predict: {path}: {error}", file=sys.stderr)
        return False
    if as_json:
        print(json.dumps({"picture": path, **prediction.as_dict()}), flush=True)
    else:
        print(f"{path}: {_in_words(prediction)}", flush=True)
    return True


def _in_words(prediction: Prediction) -> str:
    if prediction.verdict == "blank":
        return "blank"
    first, second = (prediction.classes[index] for index in prediction.ranking[:2])
    if prediction.verdict == "unsure":
        return f"unsure: {first} or {second} ({prediction.confidence:.1%})"
    if prediction.verdict == "not a digit":
        return f"not a digit (digitness {prediction.digitness:.1%})"
    return f"{first} ({prediction.confidence:.1%})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "digitdraw predict",
        description="Classify each picture, by default of one handwritten digit.",
    )
    parser.add_argument(
        "pictures",
        nargs="+",
        metavar="PICTURE",
        help="a picture of one digit, or of a class of your own model",
    )
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="print one JSON object per line")
    model = parser.add_argument_group("model")
    model.add_argument("--model", default="default", metavar="NAME", help="name of the model")
    model.add_argument(
        "--weights", metavar="FOLDER", help="folder of your own weights, of any classes"
    )
    model.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    return parser
