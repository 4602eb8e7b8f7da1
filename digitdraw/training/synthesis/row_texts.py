"""Generates texts as people write them in rows: amounts, dates, sums, telephone numbers, grades.

A space separates two items. Two more characters have a meaning of their own: THIN is a gap inside a
number, and superscript digits are small and raised. Letters stand for words and single letters."""

from collections.abc import Callable

from numpy.random import Generator

THIN = "\N{THIN SPACE}"
"""A gap between thousands: wider than between two digits, but no separation."""
SUPERSCRIPTS = "\N{SUPERSCRIPT ZERO}¹²³⁴⁵⁶⁷⁸⁹"
"""Raised digits. They are no digits of the number that they follow."""
TIMES = "\N{MULTIPLICATION SIGN}"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLEAR_LETTERS = "acdefhkmnprtuvwxy"
"""Letters that look like no digit. Beside digits, nobody could tell the others from one."""
_MARKS = ".,'-/:+=()%$€£#&@!?*;\"[]{}<>~_\\^" + TIMES + "÷"
"""Symbols of a random text."""


def pick(rng: Generator, *choices: str) -> str:
    """A random one of `choices`."""
    return choices[int(rng.integers(len(choices)))]


def digits(rng: Generator, low: int, high: int | None = None) -> str:
    """From `low` to `high` digits, the first of them mostly no 0; round numbers are frequent."""
    count = int(rng.integers(low, (high or low) + 1))
    text = "".join(map(str, rng.integers(0, 10, count)))
    if text[0] == "0" and count > 1 and rng.random() < 0.7:
        text = str(rng.integers(1, 10)) + text[1:]
    if count > 1 and rng.random() < 0.15:
        zeros = int(rng.integers(1, count))
        text = text[:-zeros] + "0" * zeros
    return text


def integer(rng: Generator) -> str:
    """A whole number, mostly short."""
    if rng.random() < 0.1:
        return digits(rng, 7, 12)
    return digits(rng, 1, 4) if rng.random() < 0.7 else digits(rng, 3, 7)


def decimal(rng: Generator) -> str:
    """A number with a decimal point or comma."""
    return digits(rng, 1, 3) + pick(rng, ".", ".", ",") + digits(rng, 1, 3)


def thousands(rng: Generator) -> str:
    """A number with thousands apart, maybe with decimals."""
    mark = pick(rng, ",", ",", ".", "'", THIN)
    text = digits(rng, 1, 3) + "".join(mark + digits(rng, 3) for _ in range(rng.integers(1, 3)))
    if rng.random() < 0.35:
        text += ("," if mark == "." else ".") + digits(rng, 2)
    return text


def price(rng: Generator) -> str:
    """An amount with two decimals, maybe with a currency."""
    amount = thousands(rng) if rng.random() < 0.2 else digits(rng, 1, 3)
    if "." not in amount and "," not in amount[-3:]:
        amount += pick(rng, ".", ".", ",") + digits(rng, 2)
    if rng.random() < 0.1:
        amount = digits(rng, 1, 3) + pick(rng, ".", ",") + "-"
    place, currency = rng.random(), pick(rng, "$", "$", "€", "£")
    if place < 0.35:
        return currency + amount
    return amount + pick(rng, "", " ") + currency if place < 0.55 else amount


def date(rng: Generator) -> str:
    """A date, with points, slashes or dashes."""
    mark = pick(rng, ".", "/", "-")
    day, month = str(rng.integers(1, 32)), str(rng.integers(1, 13))
    if rng.random() < 0.5:
        day, month = day.zfill(2), month.zfill(2)
    year = pick(rng, "19", "20", "20") + digits(rng, 2).zfill(2)
    if mark == "-" and rng.random() < 0.6:
        return f"{year}-{month.zfill(2)}-{day.zfill(2)}"
    year = year[2:] if rng.random() < 0.5 else year
    if rng.random() < 0.12:
        return day + mark + month + ("." if mark == "." else "")
    return mark.join((day, month, year))


def time(rng: Generator) -> str:
    """A time of day or a duration."""
    mark = pick(rng, ":", ":", ":", ".")
    text = str(rng.integers(0, 24)).zfill(int(rng.integers(1, 3)))
    text += mark + str(rng.integers(0, 60)).zfill(2)
    if rng.random() < 0.15:
        text += mark + str(rng.integers(0, 60)).zfill(2)
    return text + pick(rng, "", "", "", "", " am", "pm", " h")


def telephone(rng: Generator) -> str:
    """A telephone number in one of many forms."""
    form = pick(
        rng, "ddd-dddd", "ddd-dddd", "(ddd) ddd-dddd", "(ddd)ddd-dddd", "ddd-ddd-dddd",
        "(0)dd ddd dd", "0dd/dddddd", "0ddd-ddddddd", "+dd ddd dddddd", "+dd-ddd-dddddd",
        "0ddddddddd", "ddd.ddd.dddd", "dd dd dd dd dd", "ddd dddd", "d-ddd-ddd-dddd",
    )  # fmt: skip
    return "".join(str(rng.integers(10)) if mark == "d" else mark for mark in form)


def percentage(rng: Generator) -> str:
    """A percentage."""
    number = decimal(rng) if rng.random() < 0.3 else digits(rng, 1, 3)
    return number + pick(rng, "", "", " ") + "%"


def negative(rng: Generator) -> str:
    """A number with a sign."""
    number = decimal(rng) if rng.random() < 0.3 else digits(rng, 1, 4)
    return pick(rng, "-", "-", "-", "+") + number


def with_letters(rng: Generator) -> str:
    """A roll number, a size, a quantity: digits and letters without a gap."""
    letter = pick(rng, *_CLEAR_LETTERS)
    upper = letter.upper()
    return pick(
        rng, digits(rng, 1, 4) + upper, upper + digits(rng, 1, 4), digits(rng, 1, 3) + letter,
        f"{upper}-{digits(rng, 1, 4)}", f"{digits(rng, 1, 2)}{upper}{digits(rng, 1, 3)}",
        digits(rng, 1, 2) + pick(rng, "th", "st", "nd", "rd"), digits(rng, 1, 2) + "x",
        digits(rng, 1, 4) + pick(rng, "kg", "g", "cm", "m", "ml", "km", "h", "min", "L", "lb"),
        f"{digits(rng, 1, 3)} {pick(rng, 'kg', 'g', 'cm', 'mm', 'ml', 'km')}",
        "x." + digits(rng, 2), f"No{digits(rng, 1, 3)}", "#" + digits(rng, 1, 3),
    )  # fmt: skip


def raised(rng: Generator) -> str:
    """A number with a superscript."""
    base = digits(rng, 1, 2) + pick(rng, "", "", "m", "cm", "x")
    return base + pick(rng, *SUPERSCRIPTS[1:4], SUPERSCRIPTS[int(rng.integers(10))])


def fraction(rng: Generator) -> str:
    """A fraction, a score, a ratio or a range."""
    return digits(rng, 1, 2) + pick(rng, "/", "/", ":", "-") + digits(rng, 1, 3)


def list_marker(rng: Generator) -> str:
    """The number of an entry in a list."""
    number = digits(rng, 1, 2)
    return pick(rng, f"{number}.", f"{number})", f"({number})", f"{number}:", f"#{number}")


def sum_in_a_row(rng: Generator) -> str:
    """A sum with its result, maybe without; spaces stand beside all of its operators or none."""
    space = " " if rng.random() < 0.6 else ""
    short = decimal if rng.random() < 0.1 else lambda rng: digits(rng, 1, 3)
    operators = "+", "+", "-", "-", TIMES, TIMES, "÷", "/", ":"
    text = short(rng)
    for _ in range(1 + (rng.random() < 0.25)):
        text += space + pick(rng, *operators) + space + short(rng)
    if rng.random() < 0.1:
        text = f"({text}){space}{pick(rng, *operators)}{space}{short(rng)}"
    if rng.random() < 0.85:
        text += space + "=" + space
        text += "" if rng.random() < 0.1 else negative(rng) if rng.random() < 0.1 else short(rng)
    return text.strip()


def equation(rng: Generator) -> str:
    """An equation with a letter."""
    space = " " if rng.random() < 0.6 else ""
    letter = pick(rng, *"abcnxyzt")
    return pick(
        rng, f"{letter}{space}={space}{digits(rng, 1, 3)}",
        f"{digits(rng, 1, 2)}{letter}{space}+{space}{digits(rng, 1, 2)}{space}={space}"
        f"{digits(rng, 1, 2)}",
        f"{letter.upper()}{space}={space}{decimal(rng)}",
    )  # fmt: skip


def random_marks(rng: Generator) -> str:
    """Digits and symbols in any order, so that no order is taken for granted."""
    marks = [pick(rng, *_MARKS) if rng.random() < 0.25 else digits(rng, 1, 2) for _ in range(6)]
    text = "".join(marks[: int(rng.integers(1, 6))])
    return text if any(map(str.isdigit, text)) else text + digits(rng, 1)


def word(rng: Generator) -> str:
    """A word of random letters."""
    letters = "".join(pick(rng, *_LETTERS) for _ in range(rng.integers(2, 9)))
    return letters.capitalize() if rng.random() < 0.5 else letters


def grade(rng: Generator) -> str:
    """A grade by letters, or a result."""
    return pick(rng, *"ABCDEF") + pick(rng, "", "", "", "+", "-")


_ENTRIES: dict[Callable[[Generator], str], float] = {
    integer: 0.22, decimal: 0.09, thousands: 0.08, price: 0.09, date: 0.08, time: 0.06,
    telephone: 0.07, percentage: 0.05, negative: 0.05, with_letters: 0.06, raised: 0.02,
    fraction: 0.04, list_marker: 0.02, random_marks: 0.07,
}  # fmt: skip
"""Kinds of numbers, with their probabilities."""


def entry(rng: Generator) -> str:
    """A number of any kind."""
    weights = list(_ENTRIES.values())
    return list(_ENTRIES)[rng.choice(len(weights), p=weights)](rng)
