"""Records the answers of all models, and compares the records of two versions of the code.

    git worktree add ../before COMMIT
    PYTHONPATH=../before python benchmarks/tools/compare_answers.py record before.pkl --data DIR
    PYTHONPATH=. python benchmarks/tools/compare_answers.py record after.pkl --data DIR
    python benchmarks/tools/compare_answers.py compare before.pkl after.pkl

The script uses the public API alone, so it runs on any version. `--pictures` takes more photos,
such as those of `python -m benchmarks.photo_dataset`.
"""

import argparse
import gzip
import json
import pickle
import sys
from pathlib import Path

import numpy as np

MODELS = ("default", "tiny", "cnn", "mlp-relu", "mlp-tanh", "softmax", "from-scratch")
PHOTO_MODELS = ("default", "cnn")  # one that rejects letters, and one that does not
TOLERANCE = 1e-5  # of probabilities
BOX_TOLERANCE = 1e-3  # pixels


def drawings(root: Path) -> list:
    """Return the strokes of some digits and letters, which have no order by label."""
    strokes = []
    for name, step in (("unipen-digits/dev", 13), ("unipen-letters/letters", 100)):
        with gzip.open(root / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            strokes += [json.loads(line)["strokes"] for line in list(lines)[::step]]
    return strokes


def record(root: Path, pictures: list[Path]) -> dict:
    """Return the answers by (model, kind of question), each a list."""
    import digitdraw

    print(f"recording {digitdraw.__file__}")
    strokes = drawings(root)
    single = sorted((root / "field" / "images").iterdir())
    photos = [*single, *sorted((root / "orand-car-a" / "images").iterdir())[::18], *pictures]
    answers = {}
    for name in MODELS:
        recognizer = digitdraw.load(name, device="cpu")
        answers[name, "strokes"] = [_plain(recognizer.predict_strokes(s)) for s in strokes]
        answers[name, "picture"] = [_plain(recognizer.predict_image(path)) for path in single]
        if name in PHOTO_MODELS:
            answers[name, "photo"] = [recognizer.read_numbers(p).as_dict() for p in photos]
    return answers


def compare(before: dict, after: dict) -> int:
    """Print how many answers differ; returns that number."""
    pairs = [
        (key, index, *pair)
        for key in before
        for index, pair in enumerate(zip(before[key], after[key], strict=True))
    ]
    different = [(key, index) for key, index, a, b in pairs if not _is_equal(a, b)]
    for key, index in different:
        print("differs:", *key, index)
    print(f"{len(different)} of {len(pairs)} answers differ")
    return len(different)


def _plain(prediction) -> dict:
    return {**prediction.as_dict(), "glyph": prediction.glyph}


def _is_equal(before, after, tolerance: float = TOLERANCE) -> bool:
    """Compare nested answers: numbers within a tolerance, everything else exactly."""
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(
            _is_equal(before[key], after[key], BOX_TOLERANCE if key == "box" else tolerance)
            for key in before
        )
    if isinstance(before, list):
        return len(before) == len(after) and all(
            _is_equal(a, b, tolerance) for a, b in zip(before, after, strict=True)
        )
    if isinstance(before, float | np.ndarray):
        return bool(np.allclose(before, after, rtol=0, atol=tolerance))
    return before == after


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record")
    recording.add_argument("out", type=Path)
    recording.add_argument("--data", type=Path, required=True, help="the data folder")
    recording.add_argument("--pictures", type=Path, nargs="*", default=[])
    comparing = commands.add_parser("compare")
    comparing.add_argument("records", type=Path, nargs=2)
    options = parser.parse_args()
    if options.command == "record":
        options.out.write_bytes(pickle.dumps(record(options.data, options.pictures)))
        return 0
    return 1 if compare(*(pickle.loads(path.read_bytes()) for path in options.records)) else 0


if __name__ == "__main__":
    sys.exit(main())
