"""What a response holds besides the answer: reasoning between tags, and the turns of an echoed dialogue.

Every model family marks its reasoning in a way of its own. All of it is dropped before anything else is read; a
response that never leaves its reasoning has no answer.
"""

from __future__ import annotations

import re

from .gates import gated

_NAMES = (
    r"(?:\w{1,12}:)?(?:think|thinking|thoughts?|reasoning|reason|reflection|reflect|scratch_?pad|analysis|cot|"
    r"chain[_ -]of[_ -]thought|(?:inner|internal)_?(?:monologue|thoughts?)|monologue|deliberation)"
)
#: Where reasoning begins and ends: HTML-like tags, Kimi, Magistral, OpenThoughts, Cohere, Gemma, gpt-oss and others.
_OPENING = (
    rf"<\s?{_NAMES}(?:\s[^<>]{{0,100}})?>|◁think▷|\[(?:THINK|think|THINKING)\]|<\|begin_of_thought\|>|"
    r"<\|START_THINKING\|>|<\|(?:think|thinking|begin_of_think)\|>|<unused94>(?:thought)?|"
    r"<\|channel\|>\s?(?:analysis|commentary)"
)
_CLOSING = (
    rf"<\s?/\s?{_NAMES}\s?>|◁/think▷|\[/(?:THINK|think|THINKING)\]|<\|end_of_thought\|>|<\|END_THINKING\|>|"
    r"<\|(?:/think|/thinking|end_of_think|end_think)\|>|<unused95>|<\|channel\|>\s?final(?:<\|message\|>)?"
)
_TAG = gated(rf"(?P<open>{_OPENING})|(?P<close>{_CLOSING})", re.I)

# gpt-oss with its special tokens removed: "analysisWe need …assistantfinalB".
_STRIPPED_START = gated(r"analysis(?=[A-Z\n\"'(])")
_STRIPPED_END = "assistantfinal"

# Sections that explain without being the reasoning proper: dropped where closed, kept as text where not.
_ASIDE = gated(
    r"<\s?(?P<close>/?)\s?(?P<name>explanation|rationale|justification|summary|caption|observations?|description)\s?>",
    re.I,
)


def without_reasoning(text: str) -> str | None:
    """``text`` after its reasoning, or ``None`` where the reasoning never ends.

    >>> without_reasoning("<think>A?</think>B"), without_reasoning("so A</think>B"), without_reasoning("<think>B")
    ('B', 'B', None)
    """
    if _STRIPPED_START.match(text):
        _, ended, text = text.rpartition(_STRIPPED_END)
        if not ended:
            return None
    kept: list[str] = []
    position, inside = 0, False
    for tag in _TAG.finditer(text):
        if tag.lastgroup == "open":
            if not inside:
                kept.append(text[position : tag.start()])
            inside = True
        else:
            if not inside:  # a lone end: its beginning was part of the prompt
                kept.clear()
            inside = False
            position = tag.end()
    if inside:
        return None
    kept.append(text[position:])
    return _without_asides("\n".join(kept)).strip()


def _without_asides(text: str) -> str:
    kept: list[str] = []
    position = 0
    opened: re.Match[str] | None = None
    for tag in _ASIDE.finditer(text):
        if not tag["close"]:
            opened = opened or tag
        elif opened:
            kept.append(text[position : opened.start()])
            position, opened = tag.end(), None
    kept.append(text[position:])
    return "\n".join(kept)


_TURN = gated(
    r"<\|(?:im_start|start_header_id)\|>\s?(?P<a>\w+)(?:<\|end_header_id\|>)?|<start_of_turn>(?P<b>\w+)|"
    r"<\|(?P<c>user|assistant|system|human)\|>|(?P<inst>\[/INST\])|(?P<ask>\[INST\])|"
    r"^(?:[#*]{1,4} ?)?(?P<d>user|human|assistant|system|model)(?:\*\*)?\s?(?::|$)|"
    r"\b(?P<e>USER|ASSISTANT|HUMAN|SYSTEM)\s?:",
    re.I | re.M,
)
_END_OF_TURN = gated(r"<\|im_end\|>|<\|end_of_text\|>|<\|eot_id\|>|<\|endoftext\|>|<end_of_turn>|</s>|<eos>", re.I)
_SPECIAL = gated(r"<\|[^|<>\n]{1,40}\|>|</?s>|<(?:eos|bos|pad|unk|unused\d+|image|img)>|<end_of_turn>|\[/?INST\]", re.I)


def last_speaker(text: str) -> str:
    """What the model itself said, where the response echoes the dialogue or runs on into the next turn.

    >>> last_speaker("USER: A or B?\\nASSISTANT: B\\nUSER: and now?")
    'B'
    """
    turns = [turn for turn in _TURN.finditer(text) if not turn["e"] or turn["e"].isupper()]
    if turns:
        text = _answering_turn(text, turns)
    return _SPECIAL.sub("\n", text).strip()


def _answering_turn(text: str, turns: list[re.Match[str]]) -> str:
    before = _SPECIAL.sub(" ", text[: turns[0].start()]).strip()
    said = [
        (_is_model(turn), text[turn.end() : following.start() if following else len(text)])
        for turn, following in zip(turns, [*turns[1:], None], strict=True)
    ]
    if before and (not said[0][0] or not any(words.strip() for _, words in said)):
        return before  # an answer, and then a turn that nobody took
    answers = [_END_OF_TURN.split(words, 1)[0] for model, words in said if model]
    spoken = [words for words in answers if _SPECIAL.sub(" ", words).strip()]
    if spoken:
        return spoken[0]
    return "" if answers else said[-1][1]


def _is_model(turn: re.Match[str]) -> bool:
    if turn["inst"] or turn["ask"]:
        return bool(turn["inst"])
    role = turn["a"] or turn["b"] or turn["c"] or turn["d"] or turn["e"]
    return role.lower() in ("assistant", "model")
