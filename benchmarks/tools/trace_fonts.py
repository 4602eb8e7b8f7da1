"""Traces the digits of handwriting fonts to pen strokes.

    python benchmarks/tools/trace_fonts.py FOLDER

Writes `digitdraw/training/fonts/digits.jsonl.gz`, which `datasets.font_drawings` reads. FOLDER has
each font as NAME.woff, .ttf or .otf, and its metadata as NAME.json in the form of Fontsource's
`metadata.json`. Only fonts of the category "handwriting" count. `family` and `license.attribution`
go into the list of sources. The writers of fonts write carefully, but come from all countries:
Playwrite alone has the school forms of about forty.
"""

import argparse
import gzip
import json
import sys
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.tools.centre_lines import trace
from digitdraw.preprocessing import strokes

SIZE = 200
"""Longer side of a digit when it is traced, in pixels."""
UNIT = 1000
"""Longer side of a traced digit in the file, as in unipen-digits."""
LEFT_OUT = {
    "amatic-sc": "7", "ballet": "0123456789", "berkshire-swash": "1", "dr-sugiyama": "1",
    "gochi-hand": "1", "kristi": "4", "ma-shan-zheng": "4", "zhi-mang-xing": "4",
}  # fmt: skip
"""Digits that are unreadable once traced; chosen by eye from the 91 that `default` rejected."""
_SIMILAR, _MIN_SIMILAR = 0.25, 5
"""Two glyphs are similar below this difference, a fraction of their ink. Two fonts with so many
similar digits have the same writer."""
_SAME = 0.15
"""Two glyphs below this difference are the same."""
_SUFFIXES = (".woff", ".ttf", ".otf")


def main() -> None:
    """Trace all fonts of a folder and write the file and the list of sources."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the fonts with their metadata")
    fonts = ROOT / "digitdraw" / "training" / "fonts"
    parser.add_argument("--out", type=Path, default=fonts, help="folder to write into")
    options = parser.parse_args()
    fonts = {
        path.stem: traced(path)
        for path in sorted(options.folder.iterdir())
        if path.suffix in _SUFFIXES and _metadata(path)["category"] == "handwriting"
    }
    fonts = {name: digits for name, digits in fonts.items() if digits}
    write(options.out / "digits.jsonl.gz", fonts)
    metadata = [_metadata(options.folder / f"{name}.json") for name in fonts]
    (options.out / "SOURCES.md").write_text(sources(metadata), encoding="utf-8")
    print(f"traced {sum(map(len, fonts.values()))} digits of {len(fonts)} fonts")


def traced(path: Path) -> dict[str, list[np.ndarray]]:
    """Return the strokes of each digit of a font, without those of LEFT_OUT."""
    wanted = set("0123456789") - set(LEFT_OUT.get(path.stem, ""))
    digits = {digit: trace(ink_of(path, digit)) for digit in sorted(wanted)}
    return {digit: _in_units(lines) for digit, lines in digits.items() if lines}


def ink_of(path: Path, digit: str) -> np.ndarray:
    """Return the ink of a digit, (H, W) bool; its longer side is SIZE pixels."""
    size = SIZE
    for _ in range(2):
        font = ImageFont.truetype(str(path), size)
        left, top, right, bottom = font.getbbox(digit)
        size = max(1, round(size * SIZE / max(right - left, bottom - top, 1)))
    picture = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(picture).text((-left, -top), digit, font=font, fill=255)
    return np.asarray(picture) > 127


def write(path: Path, fonts: dict[str, dict[str, list[np.ndarray]]]) -> None:
    """Write one JSON object per line; the same fonts give the same bytes."""
    entries = [
        {
            "label": digit,
            "writer": writer,
            "strokes": [np.rint(line).astype(int).tolist() for line in fonts[name][digit]],
        }
        for name, (writer, digits) in assign_writers(fonts).items()
        for digit in digits
    ]
    text = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def assign_writers(
    fonts: dict[str, dict[str, list[np.ndarray]]],
) -> dict[str, tuple[str, list[str]]]:
    """Return the writer of each font and its new digits, by the name of the font.

    A writer is named after the first of its fonts. Digits that look the same in an earlier font of
    the writer are left out, because some families repeat the same digits in many fonts.
    """
    glyphs = {
        name: {digit: strokes.to_glyph(lines) for digit, lines in digits.items()}
        for name, digits in fonts.items()
    }
    writers = {name: name for name in fonts}
    for a, b in combinations(fonts, 2):
        shared = glyphs[a].keys() & glyphs[b].keys()
        similar = sum(_difference(glyphs[a][d], glyphs[b][d]) < _SIMILAR for d in shared)
        if writers[a] != writers[b] and similar >= _MIN_SIMILAR:
            first, merged = sorted((writers[a], writers[b]))
            writers = {name: first if w == merged else w for name, w in writers.items()}
    result: dict[str, tuple[str, list[str]]] = {}
    for name, writer in writers.items():
        earlier = [glyphs[font] for font in result if result[font][0] == writer]
        new = [
            digit
            for digit, glyph in glyphs[name].items()
            if all(_difference(glyph, font[digit]) >= _SAME for font in earlier if digit in font)
        ]
        result[name] = writer, new
    return result


def sources(fonts: list[dict]) -> str:
    """Return the list of fonts with their copyright as Markdown; `fonts` is their metadata."""
    rows = []
    for font in fonts:
        licence = font["license"] if isinstance(font["license"], dict) else {}
        copyright_ = licence.get("attribution") or "see its page at fonts.google.com"
        rows.append(f"| {font.get('family') or font['fontName']} | {font['version']} "
                    f"| {licence.get('type', 'OFL-1.1')} | {copyright_} |")  # fmt: skip
    head = "| font | version | licence | copyright |\n|---|---|---|---|\n"
    return f"{_SOURCES}\n{head}" + "\n".join(rows) + "\n"


_SOURCES = """# Handwriting fonts

`digits.jsonl.gz` holds the digits of these fonts from Google Fonts, as pen strokes along the middle
of their ink. `benchmarks/tools/trace_fonts.py` traced them. The file holds no outlines of a font
and is not a font itself. Fonts with the same handwriting count as one `writer`.
"""


def _difference(a: np.ndarray, b: np.ndarray) -> float:
    """Return the difference of two glyphs in units of their mean ink, 0 to 2."""
    return float(2 * np.abs(a - b).sum() / max(a.sum() + b.sum(), 1e-9))


def _in_units(lines: list[np.ndarray]) -> list[np.ndarray]:
    points = np.concatenate(lines)
    low, size = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1.0)
    return [(line - low) / size * UNIT for line in lines]


def _metadata(path: Path) -> dict:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
