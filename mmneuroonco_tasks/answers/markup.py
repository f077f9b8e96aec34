"""Wrappers around words: HTML, LaTeX, Markdown and tables, reduced to lines of text.

What a wrapper says is kept where it says something: a struck-out line is gone, a line that alone is bold or pointed at
keeps a star, a letter that is set off ("**b**") becomes "(b)", which no word can be.
"""

from __future__ import annotations

import re

from .gates import gated
from .normalise import ARROW, STAR
from .remembering import remembered
from .tables import set_of

_FENCE = gated(r"^\s?(?:```|~~~)[\w-]{0,20}$|```(?:json|text|markdown|plaintext|yaml|xml|latex)?", re.M)
_TAG_LETTER = gated(r"<([A-H])>(?![^<\n]{0,40}</\1>)")
_QUESTION_TAG = gated(
    (
        r"<\s?(?:q|question|answer|ans|a|item)[_ -]?(?:(?:id|n|no|num|number|question|"
        r"q)\s?=\s?[\"']?q?)?(\d{1,3})[\"']?\s?>"
    ),
    re.I,
)
_TAG = gated(r"<(/?)([a-zA-Z][\w:-]{0,30})(?:\s[^<>]{0,200})?/?>")
_COMMENT = gated(r"<!--|-->")
_INLINE_TAGS = set_of(
    "b i u s em strong span font mark code small big sub sup a tt kbd samp var q cite abbr ins label",
)
_CELL_TAGS = frozenset(("td", "th"))

_LATEX_WRAP = gated(
    r"\\(?:text(?:bf|it|rm|tt|sf|sc|normal|color)?|math(?:rm|bf|it|sf|tt|bb|cal|normal)|mbox|hbox|emph|underline|"
    r"operatorname|bm|boldsymbol|f?box(?:ed)?|framebox|displaystyle|bf|rm|large|Large|color)\*?\s?\{([^{}]{0,300})\}"
)
_LATEX_NOISE = gated(
    r"\\[()\[\]]|\$|\\(?:quad|qquad|displaystyle|bf|rm|it|large|Large|left|right|centering)\b|\\[,;:! ]|\\\\"
    r"|\\(?:begin|end)\{[a-z*]{0,20}\}"
)
_LATEX_ARROW = gated(r"\\(?:long)?(?:right|Right)arrow|\\(?:implies|to)\b")

_STRUCK = gated(r"~~[^~\n]{0,300}~~|<(?:s|del|strike)>[^<\n]{0,300}</(?:s|del|strike)>")
_BULLET = gated(r"^\s?(?:(?:[-*+•▪▫●○◦‣·∙⁃]|\d{1,2}[.)](?=\s[-*•])) )+|^\s?[•▪◦‣∙⁃]\s?", re.M)
_QUOTE = gated(r"^(?: ?>(?! ?\d|=))+ ?", re.M)
_HEADING = gated(r"^\s?#{1,8}(?:\s|(?=[A-Za-z]))|\s#{1,6}$", re.M)
_RULE = gated(r"^[-=_*~ |:+]{3,}$", re.M)
_WHOLE_BOLD = gated(r"^(\s?)(\*{2,3}|__)(?=\S)([^*\n]{2,200})\2(\s?)$", re.M)
_POINTED = gated(rf"^\s?{ARROW}\s?", re.M)
_SET_OFF = gated(r"(\*{1,3}|_{1,3}|`{1,3}|\"|')\s?[(\[]?([A-Ha-h])\s?[)\].:]?\s?\1(?!\w)")
_EMPHASIS = gated(r"\*+|`+|(?<![^\W_])_+(?=[^\W_])|(?<=[^\W_])_+(?![^\W_])")
_PIPES = gated(r" ?\|+ ?")
_EDGE_PIPE = gated(r"^ \| | \| $", re.M)


@remembered
def without_markup(text: str) -> str:
    """``text`` as plain lines.

    >>> without_markup("### Answer\\n**B**"), without_markup("| Answer | <b>D</b> |")
    ('Answer\\n(B)', 'Answer | D')
    """
    text = _FENCE.sub("\n", text)
    if "<" in text:
        text = _without_tags(text)
    if "\\" in text or "$" in text:
        text = _LATEX_ARROW.sub(f" {ARROW} ", text)
        for _ in range(3):
            text = _LATEX_WRAP.sub(r"\1", text)
        text = _LATEX_NOISE.sub(" ", text)
    text = _STRUCK.sub(" ", text)
    text = _RULE.sub("", _QUOTE.sub("", text))
    text = _HEADING.sub("", _BULLET.sub("", text))
    if "\n" in text:
        text = _WHOLE_BOLD.sub(rf"{STAR}\3", text)
        text = _POINTED.sub(STAR, text)
    text = _EMPHASIS.sub("", _SET_OFF.sub(r"(\2)", text))
    text = _EDGE_PIPE.sub("", _PIPES.sub(" | ", text))
    return "\n".join(line.strip() for line in text.split("\n"))


def _without_tags(text: str) -> str:
    text = _QUESTION_TAG.sub(r"\nQ\1: ", _STRUCK.sub(" ", text))
    text = _COMMENT.sub(" ", _TAG_LETTER.sub(r"(\1)", text))
    return _TAG.sub(_replaced_tag, text)


def _replaced_tag(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name in _INLINE_TAGS:
        return ""
    return " | " if name in _CELL_TAGS else "\n"
