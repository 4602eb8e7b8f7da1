"""The command: `python -m digitdraw picture.png ...` reads one digit from each picture, and
`python -m digitdraw read photo.jpg folder ...` the numbers of photos (see `read_command`)."""

import argparse
import json
import sys
from collections.abc import Sequence

from digitdraw.cli import read
from digitdraw.errors import BadImageError, DigitDrawError
from digitdraw.prediction import Prediction
from digitdraw.recognizer import Recognizer, load


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, or 1 where a picture could not be read."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["read"]:
        return read.main(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        recognizer = load(options.model, options.device)
    except DigitDrawError as error:
        print(f"digitdraw: {error}", file=sys.stderr)
        return 1
    answered = [_answer(recognizer, path, as_json=options.json) for path in options.pictures]
    return 0 if all(answered) else 1


def _answer(recognizer: Recognizer, path: str, *, as_json: bool) -> bool:
    """Print one picture's answer; says why on stderr, and returns False, where it has none."""
    try:
        prediction = recognizer.predict_image(path)
    except BadImageError as error:
        print(f"digitdraw: {path}: {error}", file=sys.stderr)
        return False
    if as_json:
        print(json.dumps({"picture": path, **prediction.as_dict()}), flush=True)
    else:
        print(f"{path}: {_in_words(prediction)}", flush=True)
    return True


def _in_words(prediction: Prediction) -> str:
    if prediction.verdict == "blank":
        return "blank"
    first, second = prediction.ranking[:2]
    if prediction.verdict == "unsure":
        return f"unsure: {first} or {second} ({prediction.confidence:.1%})"
    if prediction.verdict == "not a digit":
        return f"not a digit (digitness {prediction.digitness:.1%})"
    return f"{first} ({prediction.confidence:.1%})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m digitdraw", description=__doc__)
    add = parser.add_argument
    add("pictures", nargs="+", metavar="PICTURE", help="pictures of one digit each")
    add("--json", action="store_true", help="print one JSON object a line")
    add("--model", default="default", help="name of the model")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    return parser


if __name__ == "__main__":
    sys.exit(main())
