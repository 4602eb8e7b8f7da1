"""Digits of handwriting fonts as pen strokes: `python benchmarks/trace_fonts.py FOLDER`.

Makes `digitdraw/font_hands/digits.jsonl.gz`, what `data.font_drawings` reads, of a folder that
has each font as NAME.woff, .ttf or .otf and what is known of it as NAME.json, as Fontsource's
packages have them (`metadata.json`): `category` must be "handwriting"; `family` and
`license.attribution` go into the list of sources. Fonts are hands of people who know that they
are looked at, but of all countries: Playwrite alone has the school forms of some forty.
"""

import argparse
import gzip
import json
import sys
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.tools.centre_lines import trace
from digitdraw.preprocessing import strokes

TALL = 200
"""Longer side of a digit when it is traced, in pixels."""
UNIT = 1000
"""Longer side of a traced digit in the file, as in unipen-digits."""
LEFT_OUT = {
    "amatic-sc": "7", "ballet": "0123456789", "berkshire-swash": "1", "dr-sugiyama": "1",
    "gochi-hand": "1", "kristi": "4", "ma-shan-zheng": "4", "zhi-mang-xing": "4",
}  # fmt: skip
"""Digits that, once traced, nobody would read as what they are; found by looking at the 91 that
a default model doubted."""
_ALIKE, _OF_TEN = 0.25, 5
"""Two glyphs are alike that differ in less than this share of their ink; two fonts are of one
hand that have so many digits alike."""
_SAME = 0.15
"""Two glyphs that differ in less are the same."""
_SUFFIXES = (".woff", ".ttf", ".otf")


def main() -> None:
    """Trace all fonts of a folder and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the fonts, and what is known of each")
    here = Path(__file__).resolve().parents[2] / "digitdraw" / "training" / "fonts"
    parser.add_argument("--out", type=Path, default=here, help="folder to write into")
    options = parser.parse_args()
    fonts = {
        path.stem: traced(path)
        for path in sorted(options.folder.iterdir())
        if path.suffix in _SUFFIXES and _about(path)["category"] == "handwriting"
    }
    fonts = {name: digits for name, digits in fonts.items() if digits}
    write(options.out / "digits.jsonl.gz", fonts)
    abouts = [_about(options.folder / f"{name}.json") for name in fonts]
    (options.out / "SOURCES.md").write_text(sources(abouts), encoding="utf-8")
    print(f"traced {sum(map(len, fonts.values()))} digits of {len(fonts)} fonts")


def traced(path: Path) -> dict[str, list[np.ndarray]]:
    """Strokes of each digit of a font, but for those of LEFT_OUT."""
    wanted = set("0123456789") - set(LEFT_OUT.get(path.stem, ""))
    found = {digit: trace(ink_of(path, digit)) for digit in sorted(wanted)}
    return {digit: _in_units(lines) for digit, lines in found.items() if lines}


def ink_of(path: Path, digit: str) -> np.ndarray:
    """A digit's ink, (H, W) bool, its longer side TALL pixels."""
    size = TALL
    for _ in range(2):
        font = ImageFont.truetype(str(path), size)
        left, top, right, bottom = font.getbbox(digit)
        size = max(1, round(size * TALL / max(right - left, bottom - top, 1)))
    picture = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(picture).text((-left, -top), digit, font=font, fill=255)
    return np.asarray(picture) > 127


def write(path: Path, fonts: dict[str, dict[str, list[np.ndarray]]]) -> None:
    """One JSON object a line, the same bytes for the same fonts."""
    entries = [
        {
            "label": digit,
            "writer": writer,
            "strokes": [np.rint(line).astype(int).tolist() for line in fonts[name][digit]],
        }
        for name, (writer, digits) in hands(fonts).items()
        for digit in digits
    ]
    text = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in entries)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def hands(fonts: dict[str, dict[str, list[np.ndarray]]]) -> dict[str, tuple[str, list[str]]]:
    """By font, the first font of the same hand, and those digits that no font before it has in
    the same form: some families have one hand's digits in many fonts."""
    glyphs = {
        name: {digit: strokes.to_glyph(drawn) for digit, drawn in digits.items()}
        for name, digits in fonts.items()
    }
    first = {name: name for name in fonts}
    for one, other in combinations(fonts, 2):
        shared = glyphs[one].keys() & glyphs[other].keys()
        alike = sum(_apart(glyphs[one][d], glyphs[other][d]) < _ALIKE for d in shared)
        if first[one] != first[other] and alike >= _OF_TEN:
            kept, gone = sorted((first[one], first[other]))
            first = {name: kept if now == gone else now for name, now in first.items()}
    found = {}
    for name, writer in first.items():
        before = [glyphs[each] for each in found if found[each][0] == writer]
        new = [
            digit
            for digit, glyph in glyphs[name].items()
            if all(_apart(glyph, each[digit]) >= _SAME for each in before if digit in each)
        ]
        found[name] = writer, new
    return found


def sources(abouts: list[dict]) -> str:
    """The list of fonts with whose they are, as Markdown."""
    rows = []
    for about in abouts:
        licence = about["license"]
        known = licence if isinstance(licence, dict) else {}
        whose = known.get("attribution") or "see its page at fonts.google.com"
        rows.append(f"| {about.get('family') or about['fontName']} | {about['version']} "
                    f"| {known.get('type', 'OFL-1.1')} | {whose} |")  # fmt: skip
    head = "| font | version | licence | copyright |\n|---|---|---|---|\n"
    return f"{_SOURCES}\n{head}" + "\n".join(rows) + "\n"


_SOURCES = """# Hands of handwriting fonts

`digits.jsonl.gz` has the digits of these fonts, of Google Fonts, as pen strokes through the middle
of their ink, traced by `benchmarks/trace_fonts.py`. It has none of the fonts' outlines, and is no
font; whoever wants one finds it under its name. Fonts that share a hand are one `writer`.
"""


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """In how much of their ink two glyphs differ, of 2."""
    return float(2 * np.abs(one - other).sum() / max(one.sum() + other.sum(), 1e-9))


def _in_units(lines: list[np.ndarray]) -> list[np.ndarray]:
    points = np.concatenate(lines)
    low, size = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1.0)
    return [(each - low) / size * UNIT for each in lines]


def _about(path: Path) -> dict:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
