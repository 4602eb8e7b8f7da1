"""Finds the sentences of a Markdown text, for the tests of documents and lessons."""

import re

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`\[*-])|\n\n")
MOST_WORDS = 30


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, without front matter, examples, tables and headings."""
    text = FENCE.sub("", FRONT_MATTER.sub("", text))
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r"^[|#].*$", "", text, flags=re.MULTILINE)
    return [" ".join(sentence.split()) for sentence in SENTENCE_END.split(text)]


def long_sentences(text: str) -> list[str]:
    """The sentences of a Markdown text that have more than MOST_WORDS words."""
    return [sentence for sentence in sentences(text) if len(sentence.split()) > MOST_WORDS]
