"""Numbers as pen strokes, made of the digits of `drawings` and of symbols, side by side."""

from tests.support.drawings import DIGITS, Strokes

SYMBOLS: dict[str, Strokes] = {
    ".": [[(4, 93), (6, 95), (5, 97)]],
    ",": [[(10, 88), (9, 100), (2, 114)]],
    "-": [[(0, 52), (38, 50)]],
    "/": [[(45, -8), (0, 112)]],
    ":": [[(4, 32), (6, 34)], [(4, 76), (6, 78)]],
}


def drawn(text: str, gap: float = 25, x: float = 0, y: float = 0) -> Strokes:
    """Return the strokes of a text from (x, y) on; a digit is about 90 high."""
    strokes: Strokes = []
    for character in text:
        parts = DIGITS[int(character)] if character.isdigit() else SYMBOLS[character]
        left = min(px for part in parts for px, _ in part)
        right = max(px for part in parts for px, _ in part)
        strokes += [[(px - left + x, py + y) for px, py in part] for part in parts]
        x += right - left + gap
    return strokes


def fitted(strokes: Strokes, share: float = 0.86) -> Strokes:
    """Return strokes in the middle of a square of 100 units, whose `share` they take."""
    left, top, right, bottom = bounds(strokes)
    scale = 100 * share / max(right - left, bottom - top)
    x, y = (left + right) / 2, (top + bottom) / 2
    return [[((px - x) * scale + 50, (py - y) * scale + 50) for px, py in part] for part in strokes]


def bounds(strokes: Strokes) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom)."""
    xs, ys = zip(*(point for stroke in strokes for point in stroke), strict=True)
    return min(xs), min(ys), max(xs), max(ys)
