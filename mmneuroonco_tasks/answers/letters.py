"""Which letters of a text name an option, and which are words.

"B" in "the answer is B" does; "A" in "A lesion is seen", "D" in "vitamin D" and "E" in "E. coli" do not. Lower-case
letters do only where something sets them off ("(b)", "option b", "b." at the start of a line).
"""

from __future__ import annotations

import re

from .gates import FirstOf, gated
from .mentions import LETTER, LETTERS, NOT_OFFERED, mention
from .tables import any_of, set_of

_NOUN = any_of(
    r"options? choices? letters? alternatives? opci[oó]n op[cç][aã]o alternativa lettre letra buchstabe lettera",
    r"opzione вариант буква 选项 選項 選択肢",
)

_LABEL = any_of(
    r"answer ans choice final selection selected respuesta réponse antwort risposta resposta ответ 答案 答え 正解 정답",
)

#: After one of these a capital is part of a name: "type B", "hepatitis B", "panel C".
_NAMED = set_of(
    "vitamin vitamins hepatitis type types grade group class stage phase panel figure fig plan appendix zone",
    "level factor series part section slice protein segment influenza immunoglobulin image subtype region column",
    "row view",
)
#: Before one of these too: "B cells", "E coli".
_NAMES_WITH = set_of(
    "cell cells coli lymphocyte lymphocytes virus dimer fibers fibres lymphoma level vitamin",
)
#: A letter at the start of a sentence is the subject of these, where an article is followed by a noun.
_SUBJECT_OF = set_of(
    "is was are were and and/or plus or nor vs versus over rather instead because since as but seems seem fits",
    "fit matches match would can cannot could should best looks appears not might may must does doesn't isn't",
    "wins remains due given for shows describes corresponds applies it if which without only then than though",
    "although while however so i'm i'd → ✓ ✗ y o et ou und oder ist es est é è e",
)
#: A capitalised word after a leading letter begins a sentence of its own.
_BEGINS = set_of(
    "the this it because there based in i since given as on these both however reason explanation",
)

_LOOKALIKES = str.maketrans("АВСЕΑΒΕаес", "ABCEABEaec")
_LOOKALIKE_LETTER = gated("[АВСЕΑΒΕаес]")
_LOOKALIKE = gated(
    r"(?P<before>^|[\n:=(\[★✓→]\s?|\b(?:option|answer|ответ|вариант|буква|is|—|-)\s)(?P<letter>[АВСЕΑΒΕаес])"
    r"(?=\s?(?:[)\]},;|]|[.:](?!\w)|$|\n))",
    re.I | re.M,
)
_RANGE = gated(r"(?<![\w'-])([A-H])\s?(-|(?:to|through|thru|bis)(?=\s))\s?([A-H])(?![\w'-])")
_PREFERS = gated(r"prefer\w*\s(?:option\s)?$", re.I)

_LETTER = FirstOf(
    (
        r"[(\[{<\"']\s?(?P<wrapped>[A-Ha-h])\s?[)\]}>\"']",
        rf"(?P<noun>\b(?:{_NOUN})\s?[:#]?\s?)(?P<named>[A-Ha-h])(?![\w'])(?!-\w)",
        r"(?P<start>^[★✓✗☐\s]{0,4})(?P<lower>[a-h])(?=\s?[.):](?!\w)|\s?$|\s?[-=|,]\s)",
        rf"(?P<label>\b(?:{_LABEL})(?:\s(?:is|es|est|ist|è|é))?\s?[:=-]?\s)(?P<announced>[a-h])"
        r"(?=[\s.!)]{0,3}(?:$|\n))",
        r"(?P<closed>[A-Ha-h](?<![\w.'-][A-Ha-h]))\)",
        r"(?P<plain>[A-H](?<![\w'@#.][A-H])(?<!\w-[A-H]))(?!['\w])(?!\.\w)(?!-\w)(?!\s?&\s?E\b)",
    ),
    re.M,
)
_BEFORE = gated(r"(?<!\S)(\S+)\s$")
_AFTER = gated(r" ?([^\s.,;:!?()\[\]|]+)")
_LEADING = gated(r"^([★\s]{0,2}[A-H])\s(?=([A-Z][\w']{0,12})\b)")
_CLOSED_LEADING = gated(
    (
        r"^([★\s]{0,2}(?:[(\[]?[A-H][)\]](?=\s[A-Z])|[A-H](?=\s?:\s(?:[Tt]h(?:e|ere|is|ese)|[Ii]t|[Bb]ecause|"
        r"[Ss]ince|[Aa]n?|[Ww]ith|[Dd]ue)\b)))\s?:?\s"
    ),
    re.M,
)

#: A short reply may end in a lower-case letter ("i choose b"); a is too often an article cut off.
_SHORT = 40
_LAST_OF_SHORT = gated(r"(?<=[a-z:] )[b-h](?=\W{0,3}$)")

_CONTEXT = 24


def rewrite_letters(text: str, offered: int) -> str:
    """``text`` with every letter that names an option as a mention by letter."""
    if _LOOKALIKE_LETTER.search(text):
        text = _LOOKALIKE.sub(lambda m: m["before"] + m["letter"].translate(_LOOKALIKES), text)
    if len(text) <= _SHORT and "\n" not in text:
        text = _LAST_OF_SHORT.sub(lambda m: m.group().upper(), text)
    leading = _LEADING.match(text)
    if leading and leading[2].lower() in _BEGINS:
        text = f"{leading[1]}. {text[leading.end() :]}"
    text = _CLOSED_LEADING.sub(r"\1. ", text)
    text = _RANGE.sub(_listed, text)
    return _LETTER.sub(lambda found: _mentioned(found, text, offered), text)


def _listed(found: re.Match[str]) -> str:
    first, last = LETTERS.index(found[1]), LETTERS.index(found[3])
    before = found.string[max(0, found.start() - _CONTEXT) : found.start()]
    if first >= last or (found[2] != "-" and (first > 0 or _PREFERS.search(before))):
        return found.group()
    return ", ".join(LETTERS[first : last + 1])


#: How a letter is written, by the groups of these patterns, and where the words before it stay.
_KINDS = frozenset(("wrapped", "named", "lower", "announced", "closed", "plain"))
_KEEPING = frozenset(("named", "lower", "announced"))


def _mentioned(found: re.Match[str], text: str, offered: int) -> str:
    (name,) = _KINDS & found.groupdict().keys()
    letter, start, end = found[name], found.start(), found.end()
    if name == "named" and letter == "a" and _word_after(text, end) not in _SUBJECT_OF | {""}:
        return found.group()
    if name == "plain" and not _names_an_option(letter, text, start, end):
        return found.group()
    if (
        name == "lower"
        and letter == "a"
        and text[end : end + 1] == " "
        and _word_after(text, end) not in ("", "-", "=", "|")
    ):
        return found.group()
    bit = 1 << LETTERS.index(letter.upper())
    kept = found.group()[: found.start(name) - start] if name in _KEEPING else ""
    return kept + (mention(LETTER, bit) if bit & offered else NOT_OFFERED)


def _word_after(text: str, end: int) -> str:
    found = _AFTER.match(text, end, end + _CONTEXT)
    return found[1].lower() if found else ""


def _names_an_option(letter: str, text: str, start: int, end: int) -> bool:
    before = _BEFORE.search(text[max(0, start - _CONTEXT) : start])
    word_before = before[1] if before else ""
    if word_before.lower() in _NAMED or (text[end : end + 1] == "+" and text[end + 1 : end + 2] == "+"):
        return False
    after = _AFTER.match(text, end, end + _CONTEXT)
    adjacent = after is not None and after.start(1) == end + 1
    word_after = after[1] if adjacent and after else ""
    if text[start - 2 : start] == "H&" and letter == "E":
        return False
    if word_after.lower() in _NAMES_WITH or (letter == "E" and text[end : end + 6].lower() == ". coli"):
        return False
    return letter != "A" or _is_not_an_article(text, start, word_before, word_after)


def _is_not_an_article(text: str, start: int, word_before: str, word_after: str) -> bool:
    """Whether a capital A is the letter, by the words on either side."""
    if not word_after or word_after.lower() in _SUBJECT_OF:
        return True
    first = word_after[0]
    if len(word_after) == 1 and first in LETTERS:
        return True
    if "\ue000" <= first <= "\uf8ff":  # an option's text follows: "A glioma" is a noun with its article …
        return bool(ord(first) & 1) or _inside_a_sentence(word_before)  # … unless the text is A's own
    if not ("a" <= first.lower() <= "z" or "À" <= first <= "ɏ"):
        return True
    if word_after.lower() in _BEGINS and word_after[0].isupper():
        return True
    return _inside_a_sentence(word_before) and word_after[0].islower()


def _inside_a_sentence(word_before: str) -> bool:
    return word_before.isalpha() and word_before.islower()
