"""The texts of the page: one catalogue for each language, with the same keys.

The page reads the catalogues itself. Python knows their English texts alone: command line, logs and
the API of programs are English."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "de")
ENGLISH = LANGUAGES[0]
_SUFFIX = "_message"


class Message(str):
    """An English text that the page can say in any language.

    `key` names the text in the catalogues. `values` fill its placeholders: texts, numbers, other
    messages, or lists of these."""

    key: str
    values: dict[str, Any]

    def __new__(cls, key: str, /, **values: Any) -> "Message":
        shown = {name: _shown(value) for name, value in values.items()}
        message = super().__new__(cls, catalogue(ENGLISH)[key].format(**shown))
        message.key, message.values = key, values
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Copy and pickle a message by its key and values."""
        return (self.key,), self.values

    def as_dict(self) -> dict[str, Any]:
        """Return key and values, ready for JSON."""
        values = {name: _as_json(value) for name, value in self.values.items()}
        return {"key": self.key, "values": values}


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return the texts of a language by their keys.

    Placeholders are those of `str.format`, with at most the formats `,` and `.1f`."""
    return json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def with_messages(content: Any) -> Any:
    """Add to each message in a JSON value what the page needs to say it in another language.

    Beside a field `words` stands `words_message`, with key and values. A list of messages gets a
    list of them."""
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return [with_messages(item) for item in content]
    if not isinstance(content, dict):
        return content
    messages = {
        name + _SUFFIX: _as_json(value) for name, value in content.items() if _is_message(value)
    }
    return {name: with_messages(value) for name, value in content.items()} | messages


def _is_message(value: Any) -> bool:
    is_list = isinstance(value, list) and bool(value)
    return isinstance(value[0] if is_list else value, Message)


def _as_json(value: Any) -> Any:
    if isinstance(value, Message):
        return value.as_dict()
    return [_as_json(item) for item in value] if isinstance(value, (list, tuple)) else value


def _shown(value: Any) -> Any:
    """Return a value as `str.format` takes it; lists become "a", "a and b", "a, b and c"."""
    if not isinstance(value, (list, tuple)):
        return value
    *first, last = map(str, value)
    return Message("list.and", first=", ".join(first), last=last) if first else last
