"""From a model's lines to the text that is reasoned about: mentions, each as one character, in lower case.

What is only shown goes here: the echo of the option list, lists of probabilities, instructions. What merely names an
option differently becomes one mention: "option (B)", "B. meningioma", "the second option", "none of these".
"""

from __future__ import annotations

import re

from .gates import gated
from .letters import rewrite_letters
from .mentions import ANY, BOTH, BY_LETTER, BY_TEXT, CONFLICT, LETTER, NOT_OFFERED, TEXT, kind_of, mask_of, mention
from .normalise import ARROW, CROSS, EMPTY_BOX, STAR, TICK
from .options import OptionReader
from .rejection import rewrite_rejection
from .remembering import remembered
from .tables import any_of, set_of

_MENTION = gated(ANY)
_BLANKS = gated(" {2,}")
_NUMBERS = {
    word: number
    for number, listed in enumerate(
        (
            "first 1st primera primer premier première erste ersten prima primeira 一 1",
            "second 2nd segunda segundo deuxième seconde zweite zweiten seconda 二 两 2",
            "third 3rd tercera tercer troisième dritte dritten terza terceira 三 3",
            "fourth 4th cuarta cuarto quatrième vierte vierten quarta 四 4",
            "fifth 5th quinta quinto cinquième fünfte fünften 五 5",
            "sixth 6th", "seventh 7th", "eighth 8th",
        )
    )
    for word in listed.split()
}  # fmt: skip
_LAST = set_of(
    "last última último dernière dernier letzte letzten ultima 最后一 最後一",
)
_ORDINAL = gated(
    r"(?:(?<!my )(?<!your )(?<!at )(?<!\w)(?:(?:the|la|el|le|die|der|a) )?"
    rf"(?:(?P<word>{'|'.join(w for w in _NUMBERS if len(w) > 2)}|last|última|último|dernière|dernier|letzten?|ultima) "
    r"(?:listed |given |answer |of the )?(?:options?|choice|answer|one|alternative|item|possibility|opción|opção|"
    r"alternativa|réponse|antwort|opzione|respuesta|"
    r"risposta|resposta|proposition)(?: (?:in the list|listed|given|above|on the list))?(?![\w:])))|"
    r"第 ?(?P<han>[一二三四五六1-6]) ?(?:个|個|项|項|選|选)?(?:选项|選項|答案|项|項)?|"
    r"(?P<end>最后一个选项|最后一项|最後の選択肢)"
)

_NOUN = any_of(
    r"options? choices? letters? alternatives? opci[oó]n op[cç][aã]o alternativa lettre letra buchstabe lettera",
    r"opzione вариант буква answer_option answer_choice",
)
_UNWRAP = gated(rf"[(\[{{<\"'«]\s?({ANY})\s?[)\]}}>\"'»]|({ANY})['’]s?\b(?=\W)")
_NOUN_BEFORE = gated(rf"(?:\b(?:the|la|el|le|die|l')\s?)?\b{_NOUN}\s?#?\s?(?={ANY})")
_NOUN_AFTER = gated(rf"(?<={BY_LETTER})\s?(?:选项|選項|項|项|を|は|が|입니다|です)")
_ARTICLE = gated(rf"\b(?:an?|the|el|la|le|un|une|una|der|die|das|ein|eine)\s(?={ANY})")

_AGREEING = (
    gated(rf"({BY_LETTER})((?:[\s.:)\]|,=★]|-){{0,5}}\(?)({BY_TEXT})\)?"),
    gated(rf"({BY_TEXT})([\s(\[:,=|-]{{1,4}})({BY_LETTER})[)\]]?"),
)
_LETTER_THEN_TEXT = rf"({BY_LETTER})\s?[.):|=-]?(?:\s|\s-\s|\s?\()?({BY_TEXT})"
_DISAGREEMENT = gated(_LETTER_THEN_TEXT)
#: A letter and an option's text that stand as one answer, and disagree: at the start of a line, with nothing behind.
_DISAGREEING = gated(
    rf"((?:^|[:=→]\s?|\b(?:is|be|choose|select)\s)[\s★]?){_LETTER_THEN_TEXT}\)?(?=\s?[.)!]?\s?(?:$|\n))",
    re.M,
)
_TWO_LINES = gated(rf"\W{{0,6}}?({BY_LETTER})\W{{0,6}}?\n\W{{0,6}}?({BY_TEXT})\W{{0,6}}")

_DIGIT = gated(r"\d")
_SHARE = gated(
    rf"(?:{ANY}\s?[\"']?\s?(?:[:=(~≈-]|is|at|has|about)?\s?(?:a |approximately |about |~)?(?:probability|"
    rf"likelihood|confidence|score)?\s?(?:of\s|[:=]\s?)?"
    rf"(?:[01]?\.\d+|\d{{1,3}}(?:\.\d+)?\s?%|[01](?=[,;}}\s]))\s?\)?(?:\s?(?:probability|likelihood|confidence|"
    rf"chance))?[\s,;.|/]{{0,3}}(?:and\s)?){{2,}}"
)

_LIST_GAP = gated(
    rf"[\s,;.:|/()\[\]\"'{STAR}{TICK}{ARROW}-]*(?:(?:and|or|&)\s)?(?:\(?(?:the )?(?:(?:correct|"
    rf"right)(?: (?:answer|option|choice))?|(?:my )?(?:answer|choice|"
    rf"pick)(?=\s?[)\n]))\)?)?[\s,;.:|/()\[\]\"'{STAR}{TICK}{ARROW}-]*"
)
_MARKED = gated(rf"[{STAR}{TICK}{ARROW}]|\b(?:correct|right)\b")
_DENIED_BEFORE = gated(r"(?:\bnot|n't|\bneither|\bno|\bnone|\bcannot be)\b[^.\n]{0,25}$")
_DENIED_AFTER = gated(
    r"\s?(?:(?:are|is|all|can|be|were|was|have|been|both|of them|do|does)\s){0,4}(?:not\b|n't|incorrect|wrong|"
    r"excluded|ruled|unlikely|eliminated|false|don't|doesn't|aren't|out\b|rejected|absent)"
)
_LONGEST_GAP = 40

_LINE_MARK = gated(
    rf"^([^\w\n\ue000-\ue2ff{TICK}{CROSS}{EMPTY_BOX}]{{0,4}})([{TICK}{CROSS}{EMPTY_BOX}])\s?"
    rf"(?=[^\n{TICK}{CROSS}{EMPTY_BOX}]{{0,3}}{ANY})"
)
_BOX_MARK = gated(rf"([{TICK}{CROSS}{EMPTY_BOX}])\s?[(\s]?({ANY}[.):]?(?:\s?{BY_TEXT})?)")

_MARK = rf"(?:[{TICK}{CROSS}]|(?:no|yes|wrong|right|correct|incorrect|true|false)\b)"
#: "A. no" and "(A) no" are a verdict on A; as "A. No" alone they look like a pick and a sentence after it.
_VERDICT = gated(rf"^(\W{{0,3}}{ANY})\s?[.)\]]\s?(?={_MARK}\s?[.,;!]?\s?$)", re.M)
_VERDICTS_IN_A_LINE = gated(rf"(?<=[{TICK}{CROSS}])[\s,;|]{{1,3}}(?=\(?{ANY}\s?[.):]?\s?[{TICK}{CROSS}])")

_ALL = gated(
    r"\ball of the above\b(?: (?:options|answers|choices))?|以上都是|以上皆是|todas las anteriores|alle der genannten"
)
_INSTRUCTION = gated(
    r"^\W{0,6}(?:please )?(?:answer|respond|reply|output|return|choose|select|pick|give|provide|write|do not|"
    r"don't|only|use|just)\b[^\n\ue000-\ue2ff]{0,200}?"
    r"\b(?:only(?: one)?(?: of)?(?: the)?(?: option'?s?)?(?: correct)?(?: single)? (?:option )?letters?|"
    r"letter only|option letter(?: only)?|one letter|single letter|any other text|letter of the correct \w+|"
    r"letter from the given choices directly|no explanation|given choices directly|following options|"
    r"from the options)\b(?:\s?(?:from|:|among|of|in)?\s?(?:the )?[^\n]{0,30}?:?\s?"
    rf"{ANY}(?:[\s,]*(?:or |and )?{ANY}){{1,7}})?[.:)]*",
    re.M,
)


def rewritten(text: str, options: OptionReader) -> str:
    """``text`` (plain lines, see `markup`) in lower case, each mention of an option as one character."""
    if text.count("|") == 1:
        text = text.replace("|", "-")
    return _rewritten(options.mark_texts(text), options.offered, options.rejection)


@remembered
def _rewritten(text: str, offered: int, rejection: int) -> str:
    """The same from where the texts of options are mentions."""
    text = rewrite_letters(text, offered).lower()
    text = _ordinals(text, offered)
    text = _INSTRUCTION.sub("\n", text)
    text = _marks_after(text)
    text = _VERDICT.sub(r"\1: ", text)
    text = _UNWRAP.sub(lambda found: (found[1] or found[2]) + (" " if found[2] else ""), text)
    text = _NOUN_AFTER.sub(" ", _NOUN_BEFORE.sub("", text))
    rejecting = mention(TEXT, rejection) if rejection else NOT_OFFERED
    text = rewrite_rejection(text, rejecting)
    text = _ALL.sub(mention(TEXT, offered & ~rejection), text)
    text = _ARTICLE.sub("", text)
    text = _merged(text)
    text = _SHARE.sub(" ", text) if _DIGIT.search(text) else text
    return _BLANKS.sub(" ", _without_echo(text, offered, rejection).replace(STAR, " "))


def _ordinals(text: str, offered: int) -> str:
    if not offered:
        return text

    def named(found: re.Match[str]) -> str:
        word = found["word"] or found["han"] or ""
        if found["end"] or word in _LAST:
            bit = 1 << (offered.bit_length() - 1)
        else:
            bit = 1 << _NUMBERS[word] if word in _NUMBERS else 0
        if found["han"] and not re.search("选|選|答|项|項", found.group()):
            return found.group()
        return mention(LETTER, bit) if bit & offered else NOT_OFFERED

    return _ORDINAL.sub(named, text)


def _marks_after(text: str) -> str:
    """Ticks, crosses and boxes before an option moved behind it, line by line."""
    if not any(mark in text for mark in (TICK, CROSS, EMPTY_BOX)):
        return text
    lines = []
    for line in text.split("\n"):
        if _LINE_MARK.match(line):
            line = _BOX_MARK.sub(lambda found: f"{found[2]} {CROSS if found[1] == EMPTY_BOX else found[1]} ", line)
            if line[:4].strip()[:1] in (TICK, CROSS, EMPTY_BOX) and line.strip():
                mark = line.strip()[0]
                line = f"{line.strip()[1:]} {CROSS if mark == EMPTY_BOX else mark}"
        else:
            line = _VERDICTS_IN_A_LINE.sub("\n", line)
        lines.append(line.replace(EMPTY_BOX, CROSS) if _is_list_line(line) else line)
    return "\n".join(lines)


def _is_list_line(line: str) -> bool:
    return EMPTY_BOX in line and any("\ue000" <= character <= "\ue2ff" for character in line)


def _merged(text: str) -> str:
    def merge(found: re.Match[str]) -> str:
        common = mask_of(found[1]) & mask_of(found[3])
        return mention(BOTH, common) + (" " if found[2][-1:].isspace() else "") if common else found.group()

    for pattern in _AGREEING:
        text = pattern.sub(merge, text)
    both = _TWO_LINES.fullmatch(text)
    if both:
        common = mask_of(both[1]) & mask_of(both[2])
        return mention(BOTH, common) if common else CONFLICT
    if not _DISAGREEMENT.search(text):
        return text
    return _DISAGREEING.sub(
        lambda found: found[1] + CONFLICT if not mask_of(found[2]) & mask_of(found[3]) else found.group(), text
    )


def _without_echo(text: str, offered: int, rejection: int) -> str:
    """``text`` without runs of mentions that only list the options; one that is marked in such a run stays."""
    places = [found.start() for found in _MENTION.finditer(text)]
    if len(places) < 2:
        return text
    pieces, position, run = [], 0, places[:1]
    for place in [*places[1:], len(text)]:
        if place < len(text) and _continues(text, run[-1], place):
            run.append(place)
            continue
        if _is_echo([text[p] for p in run], offered, rejection) and not _is_denied(text, run):
            pieces += [text[position : run[0]], _chosen(text, run)]
            position = run[-1] + 1
        run = [place]
    return "".join([*pieces, text[position:]])


def _is_denied(text: str, run: list[int]) -> bool:
    before, after = text[max(0, run[0] - _LONGEST_GAP) : run[0]], text[run[-1] + 1 : run[-1] + 1 + _LONGEST_GAP]
    return _DENIED_BEFORE.search(before) is not None or _DENIED_AFTER.match(after) is not None


def _continues(text: str, last: int, place: int) -> bool:
    if not mask_of(text[place]) > mask_of(text[last]) > 0:
        return False
    kind, before = kind_of(text[place]), kind_of(text[last])
    return (
        (kind == before or LETTER not in (kind, before))
        and place - last <= _LONGEST_GAP
        and _LIST_GAP.fullmatch(text, last + 1, place) is not None
        # Letters alone are listed within a line; below such a list a letter is an answer.
        and not (kind == LETTER and "\n" in text[last:place])
    )


def _is_echo(run: list[str], offered: int, rejection: int) -> bool:
    if len(run) < 2:
        return False
    count = offered.bit_count()
    kinds = {kind_of(character) for character in run}
    if kinds == {LETTER}:
        return count > 2 and len(run) == count
    if LETTER in kinds:
        return False
    if TEXT in kinds and kinds != {TEXT, BOTH}:
        return _are_all(run, offered & ~rejection) and (len(run) > 2 or count == 2)
    return len(run) >= min(3, count)


def _are_all(characters: list[str], options: int) -> bool:
    """Whether these mentions name all of the options."""
    named = 0
    for character in characters:
        named |= mask_of(character)
    return options & ~named == 0


def _chosen(text: str, run: list[int]) -> str:
    """The one option of an echoed list that is set off from the others, if there is one."""
    marked = []
    for index, place in enumerate(run):
        start = run[index - 1] + 1 if index else max(0, place - 4)
        end = run[index + 1] if index + 1 < len(run) else place + _LONGEST_GAP
        before, after = text[start:place], text[place + 1 : end]
        separate_lines = "\n" in before or index == 0
        before = before.rpartition("\n")[2]
        after = after.partition("\n")[0]
        if (separate_lines and _MARKED.search(before[-4:])) or _MARKED.search(after):
            marked.append(text[place])
    return f" {marked[0]}\n" if len(marked) == 1 else "\n"
