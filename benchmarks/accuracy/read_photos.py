"""Readers of handwritten numbers side by side, on the same pictures in one run.

    python benchmarks/read_photos.py --data DIR --count 120 \\
        --readers digitdraw components tesseract rapidocr --sheet failures.png

The pictures are made photos (`photos.make`), the kept scans of ORAND-CAR-A, made photos of one
number of one or two digits, of numbers in the forms of handwriting fonts, of whole pages of small
digits, of numbers with signs around them, and of none. What is measured, on each set and kind:

- photos exact: all numbers of the photo, in reading order, and nothing else
- numbers exact: numbers that were found, each at most once, wherever in the order: the photo's
  numbers and the answer's are compared as multisets. Beside it, how many were answered that are
  not there, per hundred that are
- precision and recall of digits: a found box with the right label that covers a true one by an
  intersection of at least half of their union; the best covered are matched first. Only of
  readers that give a box for every digit. "found" is the recall whatever the label
- characters wrong per hundred: Levenshtein distance of the numbers, joined by a space in reading
  order, per hundred characters of the truth joined like this
- photos of one or two digits in which none was found
- pictures without digits in which any was found

A reader is a callable: picture (H, W, 3) uint8 RGB -> `Answer`. Times are those of one call, on
one core where the reader lets itself be told.
"""

import argparse
import importlib.util
import logging
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cv2
import numpy as np
import torch
from PIL import Image

import digitdraw
from benchmarks.photo_dataset import dataset as photos
from benchmarks.photo_dataset.dataset import Photo
from digitdraw.models import weights
from digitdraw.models.registry import DETECTOR, LINE_RECOGNIZER
from digitdraw.photo.reader import GLYPH_CLASSIFIER, PhotoReader
from digitdraw.training import metrics

__all__ = ["READERS", "Answer", "Result", "Score", "levenshtein", "measure", "score"]

TILE = (360, 280)
"""Width and height of one failure on the contact sheet, in pixels, its caption included."""
CAPTION = 40
ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}
"""Environment in which Tesseract does not use more cores than the others."""


@dataclass(frozen=True)
class Answer:
    """What a reader says of a picture: numbers in reading order and, where it gives them, each
    digit's box (x, y, width, height) in pixels of the picture and its label."""

    numbers: list[str]
    boxes: list[tuple[float, float, float, float]] | None = None
    labels: list[int] | None = None


Reader = Callable[[np.ndarray], Answer]


@dataclass(frozen=True)
class Result:
    """One answer to one picture, and the seconds that it took."""

    photo: Photo
    answer: Answer
    seconds: float

    @property
    def exact(self) -> bool:
        return self.answer.numbers == self.photo.numbers


@dataclass
class Score:
    """Counts over some photos; the shares that are reported follow from them."""

    photos: int = 0
    photos_exact: int = 0
    numbers: int = 0
    numbers_found: int = 0
    numbers_invented: int = 0
    characters: int = 0
    characters_wrong: int = 0
    digits: int = 0  # true digits, answered ones and matches only where the reader gives boxes
    digits_answered: int = 0
    digits_placed: int = 0
    digits_right: int = 0
    with_any: int = 0
    seconds: list[float] = field(default_factory=list)


def score(results: Iterable[Result]) -> Score:
    """Count over results; see the head of this file for what is counted."""
    total = Score()
    for result in results:
        truth, said = result.photo.numbers, result.answer.numbers
        common = sum((Counter(truth) & Counter(said)).values())
        total.photos += 1
        total.photos_exact += result.exact
        total.numbers += len(truth)
        total.numbers_found += common
        total.numbers_invented += len(said) - common
        total.characters += len(" ".join(truth))
        total.characters_wrong += levenshtein(" ".join(truth), " ".join(said))
        total.with_any += any(said)
        total.seconds.append(result.seconds)
        if result.answer.boxes is not None:
            pairs = metrics.match_boxes(result.photo.boxes, result.answer.boxes)
            right = [
                result.photo.labels[i] == result.answer.labels[j]
                for i, j in pairs
                if result.answer.labels is not None
            ]
            total.digits += len(result.photo.boxes)
            total.digits_answered += len(result.answer.boxes)
            total.digits_placed += len(pairs)
            total.digits_right += sum(right)
    return total


def levenshtein(a: Sequence, b: Sequence) -> int:
    """Fewest insertions, deletions and replacements that make `b` of `a`."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


# The readers. Each maker returns a reader, or raises NotInstalled.


class NotInstalled(Exception):
    """A reader that this machine lacks; the message says how to get it."""


def digitdraw_reader(folder: Path = weights.FOLDER) -> Reader:
    """This package, with the weights of a folder for photos, and its own for a single digit."""
    networks = [weights.load(name, folder) for name in (DETECTOR.name, LINE_RECOGNIZER.name)]
    networks.append(weights.load(GLYPH_CLASSIFIER))
    judge = digitdraw.load("default", device="cpu").predict_batch
    numbers = PhotoReader(*networks, torch.device("cpu"), judge)

    def read(picture: np.ndarray) -> Answer:
        found = numbers.read(picture)
        boxes = [tuple(each.box) for each in found.digits]
        return Answer(list(found.numbers), boxes, [each.label for each in found.digits])

    return read


def components_reader() -> Reader:
    """Connected components and the package's single-digit model."""
    from benchmarks.components_reader import Components

    components = Components()

    def read(picture: np.ndarray) -> Answer:
        numbers, boxes, labels, _ = components(picture)
        return Answer(numbers, boxes, labels)

    return read


def rapidocr_engine() -> Callable:
    """PP-OCRv6 small as RapidOCR ships it, in one thread."""
    if importlib.util.find_spec("rapidocr") is None:
        raise NotInstalled("pip install -r benchmarks/requirements-peers.txt")
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    threads = {f"EngineConfig.onnxruntime.{n}_op_num_threads": 1 for n in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "error", **threads})


def rapidocr_reader() -> Reader:
    """RapidOCR finds lines of text and reads them; the digits of each word are a number. It gives
    boxes of lines, not of digits."""
    engine = rapidocr_engine()

    def read(picture: np.ndarray) -> Answer:
        found = engine(np.ascontiguousarray(picture[..., ::-1]))
        if found.boxes is None:
            return Answer([])
        lines = [
            (box[:, 0].min(), box[:, 1].min(), box[:, 0].max(), box[:, 1].max(), text)
            for box, text in zip(found.boxes, found.txts, strict=True)
        ]
        return Answer([digits for line in reading_order(lines) for digits in numbers_in(line[4])])

    return read


def rapidocr_line_reader() -> Reader:
    """RapidOCR told that the picture is one line: it only reads. All digits are one number. This
    is how it is asked about scans of single amounts."""
    engine = rapidocr_engine()

    def read(picture: np.ndarray) -> Answer:
        bgr = np.ascontiguousarray(picture[..., ::-1])
        found = engine(bgr, use_det=False, use_cls=False, use_rec=True)
        return Answer(as_one_number(" ".join(found.txts or [])))

    return read


def tesseract_reader(page_mode: int = 6) -> Reader:
    """Tesseract's default engine in one thread, whitelist 0-9 and the separators, which are left
    out then. Page mode 6 is a block of text and, of 3, 6 and 11, the one that reads the most of
    other such photos; 7 is one line, all of whose digits are one number."""
    if shutil.which("tesseract") is None:
        raise NotInstalled("apt-get install tesseract-ocr")
    command = ["tesseract", "stdin", "stdout", "--psm", str(page_mode), "-l", "eng"]
    command += ["-c", "tessedit_char_whitelist=0123456789.,-"]
    split = as_one_number if page_mode == 7 else numbers_in

    def read(picture: np.ndarray) -> Answer:
        _, file = cv2.imencode(".png", picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
        done = subprocess.run(
            command, input=file.tobytes(), capture_output=True, env=os.environ | ONE_THREAD
        )
        return Answer(split(done.stdout.decode(errors="replace")))

    return read


Makers = dict[str, Callable[[], Reader]]
READERS: Makers = {
    "digitdraw": digitdraw_reader,
    "components": components_reader,
    "rapidocr": rapidocr_reader,
    "rapidocr-line": rapidocr_line_reader,
    "tesseract": tesseract_reader,
    "tesseract-line": lambda: tesseract_reader(page_mode=7),
}
"""Makers of readers by name. Those of a line are for scans of one amount, and know it to be one."""


def numbers_in(text: str) -> list[str]:
    """The digits of each word of a text that has any: "No. 1,234.50 of 7" -> ["123450", "7"]."""
    words = ("".join(c for c in word if c in "0123456789") for word in text.split())
    return [word for word in words if word]


def as_one_number(text: str) -> list[str]:
    """All digits of a text as one number; none where it has none."""
    digits = "".join(numbers_in(text))
    return [digits] if digits else []


def reading_order(lines: list[tuple]) -> list[tuple]:
    """Lines of text (left, top, right, bottom, ...) top to bottom, those side by side from left
    to right: two are side by side where they share half the height of the lower one."""
    rows: list[list[tuple]] = []
    for line in sorted(lines, key=lambda each: each[1] + each[3]):
        for row in rows:
            shared = min(line[3], row[-1][3]) - max(line[1], row[-1][1])
            if shared > 0.5 * min(line[3] - line[1], row[-1][3] - row[-1][1]):
                row.append(line)
                break
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda each: each[0])]


# The run and its report.


def measure(reader: Reader, cases: Sequence[Photo]) -> list[Result]:
    """Ask a reader about every case, one at a time; the first is asked twice, to warm up."""
    results = []
    for photo in cases[:1]:
        reader(photo.picture)
    for photo in cases:
        start = time.perf_counter()
        answer = reader(photo.picture)
        results.append(Result(photo, answer, time.perf_counter() - start))
    return results


def summary_table(results: dict[str, dict[str, list[Result]]]) -> str:
    """One row for each reader and set that has digits; `results` are by reader, then by set."""
    rows = [
        "| reader | set | photos exact | numbers exact | invented | characters wrong "
        "| digits found | precision | recall | ms |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for reader, sets in results.items():
        for name, found in sets.items():
            s = score(found)
            if s.numbers:
                cells = [
                    percent(s.photos_exact, s.photos),
                    percent(s.numbers_found, s.numbers),
                    percent(s.numbers_invented, s.numbers),
                    percent(s.characters_wrong, s.characters),
                    percent(s.digits_placed, s.digits),
                    percent(s.digits_right, s.digits_answered),
                    percent(s.digits_right, s.digits),
                    f"{statistics.median(s.seconds) * 1000:.0f}",
                ]
                rows.append(f"| {reader} | {name} ({s.photos}) | {' | '.join(cells)} |")
    return "\n".join(rows)


def kinds_table(results: dict[str, list[Result]], title: str, of: Callable[[Score], str]) -> str:
    """One row for each kind of photo, one column for each reader; `of` makes a cell."""
    rows = [f"| {title} | {' | '.join(results)} |", "|---|" + "---|" * len(results)]
    by_kind: dict[str, dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
    for reader, found in results.items():
        for result in found:
            by_kind[result.photo.kind][reader].append(result)
            by_kind["all"][reader].append(result)
    overall = by_kind.pop("all", {})
    for kind, readers in [*by_kind.items(), ("all", overall)]:
        cells = [of(score(readers[reader])) for reader in results]
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(rows)


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def failure_sheet(results: dict[str, dict[str, list[Result]]]) -> np.ndarray:
    """All wrong answers as one picture, (H, W, 3) uint8: truth above, answer below it."""
    tiles = [
        failure_tile(reader, result)
        for reader, sets in results.items()
        for found in sets.values()
        for result in found
        if not result.exact
    ]
    blank = np.full((TILE[1], TILE[0], 3), 255, np.uint8)
    columns = 6
    tiles += [blank] * (-len(tiles) % columns or (columns if not tiles else 0))
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.vstack(rows)


def failure_tile(reader: str, result: Result) -> np.ndarray:
    """One wrong answer: the photo with the boxes that were found, reader and kind, both texts."""
    tile = np.full((TILE[1], TILE[0], 3), 255, np.uint8)
    picture = result.photo.picture.copy()
    thick = max(1, max(picture.shape) // 400)
    for x, y, width, height in result.answer.boxes or []:
        ends = (round(x), round(y)), (round(x + width), round(y + height))
        cv2.rectangle(picture, *ends, (220, 30, 30), thick)
    height, width = picture.shape[:2]
    scale = min((TILE[0] - 4) / width, (TILE[1] - CAPTION - 4) / height)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)
    tile[CAPTION : CAPTION + small.shape[0], : small.shape[1]] = small
    said = [f"{reader}, {result.photo.kind}: {' '.join(result.photo.numbers) or 'nothing'}"]
    said += [f"read: {' '.join(result.answer.numbers) or 'nothing'}"]
    for line, text in enumerate(said):
        place, colour = (3, 15 + 18 * line), (0, 0, 0) if line == 0 else (180, 0, 0)
        cv2.putText(tile, text[:56], place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)
    return tile


def cases_of(options: argparse.Namespace) -> dict[str, list[Photo]]:
    """The sets of pictures that the options ask for, by name."""
    root, seed, part = options.data, options.seed, options.part
    return {
        "photos": list(photos.make(root, options.count, seed, part)),
        "ORAND-CAR-A": photos.checks(root, part)[: options.orand],
        "one or two digits": list(photos.few_digits(root, options.few, seed, part)),
        "handwriting fonts": list(photos.of_fonts(root, options.fonts, seed, part)),
        "whole pages": list(photos.whole_pages(root, options.pages, seed, part)),
        "cropped": list(photos.cropped(root, options.crops, seed, part)),
        "with signs": list(photos.with_signs(root, options.signs, seed, part)),
        "without digits": list(photos.without_digits(root, options.empty, seed, part)),
    }


def installed(names: Sequence[str], makers: Makers = READERS) -> dict[str, Reader]:
    """The readers of these names that this machine has; says which are left out, and why."""
    readers = {}
    for name in names:
        try:
            readers[name] = makers[name]()
        except NotInstalled as reason:
            print(f"Left out: {name} ({reason}).", flush=True)
    return readers


def report(results: dict[str, dict[str, list[Result]]]) -> None:
    """Print all tables, but those of sets that are empty."""
    print(summary_table(results))
    tables: list[tuple[str, str, Callable[[Score], str]]] = [
        ("photos", "photos exact", lambda s: percent(s.photos_exact, s.photos)),
        ("photos", "numbers exact", lambda s: percent(s.numbers_found, s.numbers)),
        ("photos", "characters wrong", lambda s: percent(s.characters_wrong, s.characters)),
        ("one or two digits", "one or two digits, none found", _nothing),
        (
            "whole pages",
            "whole pages, numbers exact",
            lambda s: percent(s.numbers_found, s.numbers),
        ),
        ("cropped", "cropped, exact", lambda s: percent(s.photos_exact, s.photos)),
        ("with signs", "with signs, numbers exact", lambda s: percent(s.numbers_found, s.numbers)),
        ("without digits", "without digits, any found", lambda s: f"{s.with_any} of {s.photos}"),
    ]
    for name, title, of in tables:
        found = {reader: sets[name] for reader, sets in results.items()}
        if any(found.values()):
            print()
            print(kinds_table(found, title, of))


def _nothing(s: Score) -> str:
    return f"{s.photos - s.with_any} of {s.photos}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--count", type=int, default=120, help="made photos")
    parser.add_argument("--few", type=int, default=95, help="made photos of one or two digits")
    parser.add_argument("--fonts", type=int, default=95, help="made photos in fonts' forms")
    parser.add_argument("--pages", type=int, default=19, help="made photos of whole pages")
    parser.add_argument("--crops", type=int, default=100, help="made clean and cropped pictures")
    parser.add_argument("--signs", type=int, default=96, help="made photos with signs")
    parser.add_argument("--empty", type=int, default=100, help="made photos without digits")
    parser.add_argument("--orand", type=int, help="how many of the kept scans; all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", choices=photos.PARTS, default="test")
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    parser.add_argument("--weights", type=Path, default=weights.FOLDER, help="digitdraw's")
    parser.add_argument("--sheet", type=Path, help="a PNG to write all failures to")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    ours = {"digitdraw": partial(digitdraw_reader, options.weights)}
    readers = installed(options.readers, READERS | ours)
    cases = cases_of(options)
    results: dict[str, dict[str, list[Result]]] = {}
    for name, reader in readers.items():
        results[name] = {part: measure(reader, cases[part]) for part in cases}
        print(f"{name}: done", file=sys.stderr, flush=True)
    report(results)
    if options.sheet:
        Image.fromarray(failure_sheet(results)).save(options.sheet)


if __name__ == "__main__":
    main()
