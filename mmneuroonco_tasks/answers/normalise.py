"""Characters: what a model typed, in one spelling.

Full-width, mathematical, circled and boxed letters become plain ones (NFKC and a table), quotes, dashes, arrows, ticks
and crosses one sign each, and runs of blanks one blank. Nothing here knows of options or answers.
"""

from __future__ import annotations

import re
import unicodedata

from .gates import gated

#: One sign for each family. The ballot box with a cross is left: it depends on its neighbours what it means.
TICK, CROSS, EMPTY_BOX, ARROW, STAR = "✓", "✗", "☐", "→", "★"

_FAMILIES = {
    TICK: "✓✔☑✅🗸👍🆗",
    CROSS: "✗✘❌✖❎⛔🚫👎",
    EMPTY_BOX: "☐⬜◻□▢",
    ARROW: "→⇒➔➜➡⟶⟹➙➛➝➞➤►▶👉☞⮕↦←⇐⬅👈☜",
    '"': "“”„‟«»「」『』《》〈〉【】",
    "'": "‘’‚‛‹›´ʼ＇",
    "-": "‐‑‒−﹣－",
    "–": "―",
    "*": "＊",
}
# Letters that NFKC leaves alone: negative circled and squared, regional indicators, small capitals.
_LETTERS = {
    **{chr(0x1F150 + i): chr(65 + i) for i in range(26)},
    **{chr(0x1F170 + i): chr(65 + i) for i in range(26)},
    **{chr(0x1F1E6 + i): chr(65 + i) for i in range(26)},
    **dict(zip("ᴀʙᴄᴅᴇ", "ABCDE", strict=True)),
}
_TABLE = str.maketrans({**{c: sign for sign, family in _FAMILIES.items() for c in family}, **_LETTERS})

# Private-use characters are the reader's own alphabet; the rest is invisible.
_INVISIBLE = gated(
    "[\ud800-\udfff\ue000-\uf8ff\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\ufe00-\ufe0f\u20e3"
    "\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\U000e0000-\U0010ffff]"
)
_LINE_ENDS = gated("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = gated(r" [^\S\n]+|[^\S\n ][^\S\n]*")  # but a single one
_LINES = gated(r"(?: ?\n){2,} ?| ?\n ?")
_REPEATED = gated(r"([^\w\s])\1{7,}")

_ENTITY = gated(r"&(lt|gt|amp|quot|apos|nbsp|#39|#34|#60|#62|#x27);", re.I)
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "nbsp": " "}
_ENTITIES |= {"#39": "'", "#34": '"', "#60": "<", "#62": ">", "#x27": "'"}
_ASCII_ARROW = gated(r"(?<![-=<>])(?:<--?|<==|[-=]{1,2}>)(?!>)")
_POINTING = gated(r"^>{2,}(?=\s)", re.M)
_CHECKED = gated(r"\[\s?[xX✓]\s?\]|\(\s?[xX✓]\s?\)")
_UNCHECKED = gated(r"\[\s?\]|\(\s\)")
_EM_DASH = gated(r"\s?—\s?|\s?⸺\s?|\s–\s|(?<=\s)--(?=\s)")
_ABBREVIATION = gated(
    r"\b(?:e\.g\.|i\.e\.|vs\.|approx\.|dr\.|prof\.|fig\.|etc\.|cf\.|incl\.|resp\.|ca\."
    r"|a\.k\.a\.|p\. ?ex\.|z\. ?b\.|u\.s\.)",
    re.I,
)
_AI = gated(r"\bA\. ?I\.")

# Scripts written without blanks, or with endings glued to a Latin letter ("Bです", "B입니다").
_GLUED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0600-\u06ff\u0900-\u097f"
_INTO_LATIN = gated(f"(?<=[{_GLUED}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[{_GLUED}])")
# Glued in Latin script: "OptionB", "答案B" is handled above.
_GLUED_OPTION = gated(
    r"([A-H])\b(?:(?<=\b[Oo]ption[A-H])|(?<=\bOPTION[A-H])|(?<=\b[Cc]hoice[A-H])|(?<=\b[Aa]nswer[A-H]))"
)

_CHUNK = 256


def _compatible(text: str) -> str:
    # A long run of combining marks makes NFKC quadratic, so it is done in pieces.
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKC", text[start : start + _CHUNK]) for start in range(0, len(text), _CHUNK))


def plain(text: str) -> str:
    """``text`` in one spelling of every character, with single blanks and at most one empty line at a time.

    >>> plain("𝐁）  →  Ｃ")
    'B) → C'
    """
    if "&" in text:
        text = _ENTITY.sub(lambda found: _ENTITIES[found.group(1).lower()], text)
    typed = text.isascii() and text.replace("\n", "").isprintable()
    text = text if typed else _spelled(text)
    text = text.replace("...", "… ") if "..." in text else text
    text = text if typed and "  " not in text else _BLANKS.sub(" ", text)
    text = _LINES.sub(lambda found: "\n\n" if found.group().count("\n") > 1 else "\n", text)
    text = _REPEATED.sub(lambda found: found.group(1) * 8, text)
    text = _POINTING.sub(ARROW, text)
    text = _ASCII_ARROW.sub(f" {ARROW} ", text)
    text = _UNCHECKED.sub(EMPTY_BOX, _CHECKED.sub(TICK, text))
    text = _EM_DASH.sub(" - ", text).replace("–", "-")
    text = _AI.sub("AI", _ABBREVIATION.sub(lambda found: found.group().replace(".", ""), text))
    text = _GLUED_OPTION.sub(r" \1", text if typed else _INTO_LATIN.sub(" ", text))
    return (_BLANKS.sub(" ", text) if "  " in text or not typed else text).strip()


def _spelled(text: str) -> str:
    """Every character that is not typed on a plain keyboard in its one spelling."""
    text = _compatible(_INVISIBLE.sub("", text).translate(_TABLE)).translate(_TABLE)
    # NFKC can only have brought back what the translation removed before, never a private-use character.
    if "☒" in text:
        text = text.replace("☒", CROSS if TICK in text else TICK)
    if "○" in text or "◯" in text:  # radio buttons
        text = re.sub("[○◯]", EMPTY_BOX, re.sub("[●◉⦿⬤]", TICK, text))
    return _LINE_ENDS.sub("\n", text).replace("。", ". ").replace("｡", ". ").replace("、", ", ")
