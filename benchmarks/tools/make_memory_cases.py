"""Makes tests/data/memory_cases.json, which holds the rule in Python and in the page to one result.

    python benchmarks/tools/make_memory_cases.py

"answers" has what the server answers about drawings of tests/data, examples that somebody taught,
and the result. "files" has texts of files, and the key of the error for each, or null.
"""

import argparse
import base64
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import torch

import digitdraw
from digitdraw.languages import Message
from digitdraw.memory import file, rule
from digitdraw.memory.memory import Memory
from digitdraw.recognizer import Recognizer
from digitdraw.serving.answers import features, payloads
from digitdraw.training import datasets

PATH = ROOT / "tests" / "data" / "memory_cases.json"
SEED, ANSWERS, MOST_EXAMPLES = 0, 30, 4


def answers(recognizer: Recognizer) -> list[dict[str, Any]]:
    """Return answers of the server with the examples of several drawings, and the results."""
    drawn = datasets.drawings(ROOT / "tests" / "data", "test")
    drawn += datasets.letters(ROOT / "tests" / "data", "test")
    rng = np.random.default_rng(SEED)
    found = []
    for index in rng.permutation(len(drawn))[:ANSWERS]:
        (answer,) = payloads.answer_drawings(recognizer, [drawn[index].strokes])
        features.add(recognizer, [answer])
        taught = rng.choice(len(drawn), rng.integers(0, MOST_EXAMPLES + 1))
        # Often the same drawing, and one of another model, are among the examples.
        examples = [_example(recognizer, drawn[i].strokes, int(rng.integers(10))) for i in taught]
        if rng.random() < 0.4:
            examples.append(_example(recognizer, drawn[index].strokes, int(rng.integers(10))))
        if rng.random() < 0.2:
            examples.append({"label": 3, "features": base64.b64encode(b"\x00\xff").decode()})
        part = {name: answer[name] for name in ("probabilities", "memory")}
        found.append({**part, "examples": examples, "result": result(part, examples)})
    return found


def _example(recognizer: Recognizer, strokes: object, label: int) -> dict[str, Any]:
    packed = base64.b64encode(recognizer.features(strokes).tobytes()).decode()
    return {"label": label, "features": packed}


def result(answer: dict[str, Any], examples: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the rule in Python makes of an answer of the server."""
    memory, own = answer["memory"], np.array(answer["probabilities"])
    known = _bytes_of(memory["features"])
    fitting = [e for e in examples if len(_bytes_of(e["features"])) == len(known)]
    probabilities, digitness = own, memory["digitness"]
    if fitting:
        remembered = np.stack([_bytes_of(example["features"]) for example in fitting])
        labels = np.array([example["label"] for example in fitting])
        nearness = rule.similarities(known, remembered)
        probabilities, digitness = rule.adapt(own, digitness, nearness, labels)
    before = _verdict(own, memory["digitness"], memory), int(own.argmax())
    after = _verdict(probabilities, digitness, memory), int(probabilities.argmax())
    return {
        "probabilities": probabilities.tolist(),
        "digitness": digitness,
        "verdict": after[0],
        "digit": after[1],
        "changed": after != before,
    }


def _bytes_of(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8)


def _verdict(probabilities: np.ndarray, digitness: float, memory: dict[str, Any]) -> str:
    if digitness < memory["min_digitness"]:
        return "not a digit"
    return "digit" if probabilities.max() >= memory["min_confidence"] else "unsure"


def files(recognizer: Recognizer) -> list[dict[str, Any]]:
    """Return the texts of good and of damaged files."""
    memory = Memory(recognizer)
    memory.remember([[(0, 0), (0, 10)], [(5, 5)]], 7)
    good = json.loads(memory.export_json())
    example = {**good["examples"][0], "features": "AAj/"}
    long = [[[0, 0]] * (file.MAX_POINTS + 1)]
    contents: list[Any] = [
        good, {**good, "examples": []}, {**good, "version": 1.0, "more": True}, None, [], 7,
        {**good, "format": "digitdraw"}, {**good, "version": 2}, {**good, "version": "1"},
        {**good, "version": True}, {**good, "model": "default"}, {**good, "model": None},
        {**good, "model": good["model"].upper()}, {**good, "examples": {}},
        {**good, "examples": [0] * (file.MAX_EXAMPLES + 1)},
    ]  # fmt: skip
    changes: list[dict[str, Any]] = [
        {"label": 10}, {"label": -1}, {"label": "7"}, {"label": 6.5}, {"label": 7.0},
        {"label": True}, {"label": None}, {"strokes": None}, {"strokes": []}, {"strokes": [[]]},
        {"strokes": [[[1, 2, 3]]]}, {"strokes": [[[1, 2.5]]]}, {"strokes": [[["1", 2]]]},
        {"strokes": [[[1, file.MAX_COORDINATE + 1]]]}, {"strokes": [[[1e3, -2]]]},
        {"strokes": long}, {"strokes": [[[0, 0]]] * (file.MAX_STROKES + 1)}, {"features": ""},
        {"features": "A"}, {"features": "AA=="}, {"features": "A A="}, {"features": 7},
        {"features": None}, {"features": "A" * 4 * (file.MAX_FEATURES // 3 + 1)},
    ]  # fmt: skip
    contents += [{**good, "examples": [example, {**example, **change}]} for change in changes]
    contents += [{**good, "examples": [other]} for other in (None, [], 7, "seven")]
    compact = [json.dumps(content, separators=(",", ":")) for content in contents]
    texts = [*compact, "", "{", "NaN", "seven", compact[0][:-9]]
    return [{"text": text, "error": _error_key(text)} for text in texts]


def _error_key(text: str) -> str | None:
    try:
        file.read(text)
    except digitdraw.BadMemoryError as error:
        return error.message.key if isinstance(error.message, Message) else ""
    return None


def main() -> None:
    """Write the file."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    torch.set_num_threads(1)
    recognizer = digitdraw.load("default", device="cpu")
    parts = {"answers": answers(recognizer), "files": files(recognizer)}
    lines = (
        f'"{name}": [\n' + ",\n".join(map(json.dumps, entries)) + "\n]"
        for name, entries in parts.items()
    )
    PATH.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
    print(f"{PATH.relative_to(ROOT)}: {PATH.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
