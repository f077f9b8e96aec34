"""How a question is put to a model: the protocols, each defined once and named by a hash of what a model sees.

A protocol says who speaks, whether the picture comes first, the wording, how many questions one request holds, and
how many tokens an answer may have. Its hash stands in the signature of every score, so that two numbers that were
asked differently are never taken for one another.

Departures from the released evaluators, and why: ``direct`` allows 16 tokens where the released script allows 8, since
8 cut "The answer is (B)" off before the letter for several tokenisers; every form names the letters that the question
really offers, where the released ones ask for "A, B, C, or D" on two-option questions too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from .benchmark.records import BenchmarkError, ClosedQuestion, OpenQuestion

#: What a template may hold, by what it stands in.
_ITEM_FIELDS = ("question", "options", "letters", "number")
_IMAGE_FIELDS = ("questions", "count")
_FIELD = re.compile(r"\{(\w+)\}")
#: No paper's prompt comes near this.
LARGEST_TEMPLATE_BYTES = 100_000


def option_lines(options: Mapping[str, str]) -> str:
    """The options as they are listed in every protocol, one a line.

    >>> print(option_lines({"A": "Healthy", "B": "Abnormal"}))
    A. Healthy
    B. Abnormal
    """
    return "\n".join(f"{letter}. {text}" for letter, text in options.items())


def offered_letters(options: Mapping[str, str]) -> str:
    """The offered letters as a sentence names them.

    >>> offered_letters({"A": "Healthy", "B": "Abnormal"}), offered_letters({"A": "x", "B": "y", "C": "z"})
    ('A or B', 'A, B or C')
    """
    letters = list(options)
    return f"{', '.join(letters[:-1])} or {letters[-1]}" if len(letters) > 1 else "".join(letters)


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way of asking.

    ``template`` is the user's text. With ``per="question"`` it may use ``{question}``, ``{options}`` and
    ``{letters}``. With ``per="image"`` it uses ``{questions}`` and ``{count}``, and ``item`` is each question's part,
    with ``{number}`` besides. Whatever else stands in braces stays as it is.
    """

    name: str
    template: str
    #: Longest answer, in tokens. Frameworks' own defaults run from 8 to 32,768, so our tasks always set it.
    max_new_tokens: int
    system: str = ""
    image: Literal["first", "last", "none"] = "first"
    per: Literal["question", "image"] = "question"
    item: str = ""

    def text(self, *questions: ClosedQuestion | OpenQuestion) -> str:
        """The user's text, without the picture: of one question, or of all questions of an image.

        >>> from mmneuroonco_tasks.benchmark import ClosedQuestion, Picture
        >>> options = {"A": "Healthy", "B": "Abnormal"}
        >>> asked = ClosedQuestion("1_q1", Picture(1, "a/b/c.png", 1), "diagnosis", "Which is it?", options, "A")
        >>> DIRECT.text(asked).splitlines()[-1]
        'Answer with the option letter only.'
        >>> print(BATCH.text(asked))
        Answer every one of the 1 questions about this image.
        <BLANKLINE>
        Q1. Which is it?
        A. Healthy
        B. Abnormal
        <BLANKLINE>
        Reply with one line a question and nothing else, each in this form:
        Q<number>: <letter>
        """
        if self.per == "question":
            (question,) = questions
            return _filled(self.template, _item_values(question, 1))
        items = [_filled(self.item, _item_values(question, number)) for number, question in enumerate(questions, 1)]
        return _filled(self.template, {"questions": "\n\n".join(items), "count": str(len(items))})

    @property
    def key(self) -> str:
        """The protocol as the signature names it: name and hash of everything that a model sees."""
        seen = {name: value for name, value in asdict(self).items() if name not in ("name", "max_new_tokens")}
        return f"{self.name}-{sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:8]}"

    @property
    def generation(self) -> str:
        """The generation settings as the signature names them: greedy, with the token limit."""
        return f"greedy-{self.max_new_tokens}"


def _item_values(question: ClosedQuestion | OpenQuestion, number: int) -> dict[str, str]:
    values = {"question": question.question, "number": str(number)}
    if isinstance(question, ClosedQuestion):
        values |= {"options": option_lines(question.options), "letters": offered_letters(question.options)}
    return values


def _filled(template: str, values: Mapping[str, str]) -> str:
    # One pass over the template's own fields: a question that contains "{options}" stays as it is.
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), template)


#: The released Qwen3-VL evaluator's wording, which is also the form of the released training data.
DIRECT = Protocol("direct", "{question}\n\nOptions:\n{options}\n\nAnswer with the option letter only.", 16)
#: The same text without the picture: a model's own control run, from which its vision gain is taken.
BLIND = replace(DIRECT, name="blind", image="none")
#: Reasoning first, in the form of the released chain-of-thought training data.
COT = Protocol(
    "cot",
    "{question}\n\nOptions:\n{options}\n\nThink about what the image shows, then end with two lines in this form:\n"
    "Final: <letter>\nExplanation: <one or two sentences>",
    1024,
)
#: One request an image, all its questions: 3.19 times fewer requests.
BATCH = Protocol(
    "batch",
    "Answer every one of the {count} questions about this image.\n\n{questions}\n\n"
    "Reply with one line a question and nothing else, each in this form:\nQ<number>: <letter>",
    256,
    per="image",
    item="Q{number}. {question}\n{options}",
)
#: Open questions are asked as they stand, as the released script does.
OPEN = Protocol("open", "{question}", 512)

_LETTER_FIRST = (
    "Choose one option. Output a single letter ({letters}) and nothing more.\n\n{question}\n{options}\nAnswer:"
)
_RADIOLOGIST = "You are a radiologist with long experience in brain MRI."

#: The released evaluators' forms: who speaks, picture first or last, one or all questions a call, token limit. The
#: words are ours; whoever needs a paper's literal prompt writes it in a template file (``read_protocol``).
FORMS: dict[str, Protocol] = {
    form.name: form
    for form in (
        DIRECT,
        Protocol("letter-only", _LETTER_FIRST, 10),
        Protocol("radiologist-letter", _LETTER_FIRST, 10, system=_RADIOLOGIST),
        Protocol(
            "radiologist-image-last",
            "{question}\n\nOptions:\n{options}\n\nReply with exactly one letter: {letters}.",
            128,
            system=_RADIOLOGIST,
            image="last",
        ),
        replace(BATCH, name="radiologist-batch", system=_RADIOLOGIST, image="last"),
        replace(
            BATCH,
            name="radiologist-batch-brief",
            system=f"{_RADIOLOGIST} Keep your answer short.",
            image="last",
            max_new_tokens=512,
        ),
    )
}

#: Every protocol that has a name.
PROTOCOLS: dict[str, Protocol] = {**{each.name: each for each in (DIRECT, BLIND, COT, BATCH, OPEN)}, **FORMS}


def named_protocol(name: str) -> Protocol:
    """The form of this name, or the protocol in the template file of this path.

    Raises:
        BenchmarkError: neither exists, or the file is malformed.
    """
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    path = Path(name)
    if not path.is_file():
        raise BenchmarkError(f"no protocol is called {name}: use {', '.join(PROTOCOLS)} or a template file's path.")
    return read_protocol(path)


def read_protocol(path: Path) -> Protocol:
    """A user's own protocol: a JSON file with ``name``, ``template``, ``max_new_tokens`` and, where they differ from
    the defaults, ``system``, ``image`` (first, last, none), ``per`` (question, image) and ``item``.

    Raises:
        BenchmarkError: the file cannot be read, a key is unknown or of the wrong kind, or the question is not in it.
    """
    from .benchmark.files import read_at_most
    from .benchmark.reading import parse_json_bytes

    try:
        content = read_at_most(path, LARGEST_TEMPLATE_BYTES)
    except OSError as error:
        raise BenchmarkError(f"{path}: cannot be read ({error.strerror}); check the template's path.") from None
    if content is None:
        raise BenchmarkError(f"{path}: larger than 100 kB, which no prompt is; name another file.")
    values = parse_json_bytes(content, str(path))
    if not isinstance(values, dict):
        raise BenchmarkError(f"{path}: expected an object with name, template and max_new_tokens.")
    problem = _problem_of(values)
    if problem:
        raise BenchmarkError(f"{path}: {problem}; correct the template.")
    return Protocol(**values)


def _problem_of(values: dict[str, Any]) -> str | None:
    known = {field.name for field in fields(Protocol)}
    for key in values:
        if key not in known:
            return f"{key!r:.60} is unknown (known are {', '.join(sorted(known))})"
    tokens = values.get("max_new_tokens")
    if not isinstance(tokens, int) or isinstance(tokens, bool) or not 1 <= tokens <= 1_000_000:
        return "max_new_tokens must be a whole number from 1"
    for key in known - {"max_new_tokens"}:
        if not isinstance(values.get(key, ""), str):
            return f"{key} must be a text"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", values.get("name", "")) or values["name"] in PROTOCOLS:
        return "name must be of lower-case letters, digits and hyphens, and none of ours"
    if values.get("image", "first") not in ("first", "last", "none"):
        return "image must be first, last or none"
    if values.get("per", "question") not in ("question", "image"):
        return "per must be question or image"
    return _problem_of_fields(values)


def _problem_of_fields(values: Mapping[str, str]) -> str | None:
    per_image = values.get("per") == "image"
    holder, wanted = ("item", ("question", "options")) if per_image else ("template", ("question", "options"))
    present = _FIELD.findall(values.get(holder, ""))
    missing: Sequence[str] = [name for name in wanted if name not in present]
    if missing:
        return f"{holder} lacks {{{missing[0]}}}"
    if per_image and "questions" not in _FIELD.findall(values.get("template", "")):
        return "template lacks {questions}"
    return None
