"""Scopes and subsets: named lists of question ids, one mechanism for both.

``full`` and ``nobrats`` are complete, comparable scopes with task names of their own. Any other list is a text file
with one qid a line (``#`` starts a comment), shipped with the package or the user's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from .files import read_at_most
from .records import BenchmarkError, ClosedQuestion, OpenQuestion, Question

#: The scopes that are complete in themselves: which questions belong.
SCOPES: dict[str, Callable[[ClosedQuestion | OpenQuestion], bool]] = {
    "full": lambda question: True,
    # The 113 BraTS slices are not redistributed with the images: without them this scope is whole.
    "nobrats": lambda question: question.picture.patient is None,
}
#: Every qid of the benchmark takes a thirtieth of this.
LARGEST_LIST_BYTES = 1024 * 1024


def read_qids(path: Path) -> tuple[str, ...]:
    """The qids of a list file, in file order, each once.

    Raises:
        BenchmarkError: the file cannot be read, is empty, or a line is no qid.
    """
    try:
        content = read_at_most(path, LARGEST_LIST_BYTES)
        lines = None if content is None else content.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BenchmarkError(f"{path}: cannot be read ({error}); name a text file with one qid a line.") from None
    if lines is None:
        raise BenchmarkError(f"{path}: larger than 1 MB, which no list of questions is; name another file.")
    qids: dict[str, None] = {}
    for number, line in enumerate(lines, start=1):
        qid = line.split("#", 1)[0].strip()
        if not qid:
            continue
        image_id, separator, position = qid.partition("_q")
        if not (separator and image_id.isdecimal() and position.isdecimal()):
            raise BenchmarkError(f"{path}, line {number}: {qid[:60]!r} is no question id such as 3_q1; correct it.")
        qids[qid] = None
    if not qids:
        raise BenchmarkError(f"{path}: holds no question id; write one a line, such as 3_q1.")
    return tuple(qids)


def questions_in(scope: str, questions: Sequence[Question]) -> tuple[str, tuple[Question, ...]]:
    """The scope's name and its questions: ``scope`` is a known name or the path of a list of qids.

    Raises:
        BenchmarkError: no such scope, or the list names a question that is not in the benchmark.
    """
    if scope in SCOPES:
        belongs = SCOPES[scope]
        chosen = tuple(question for question in questions if belongs(question))
        if not chosen:
            raise BenchmarkError(f"the scope {scope} is empty for these annotations; use --scope full.")
        return scope, chosen
    path = Path(scope)
    if not path.is_file():
        raise BenchmarkError(
            f"no scope is called {scope}: use {', '.join(SCOPES)} or the path of a text file with one qid a line."
        )
    wanted = set(read_qids(path))
    unknown = wanted - {question.qid for question in questions}
    if unknown:
        raise BenchmarkError(f"{path}: {min(unknown)} is not a question of these annotations; remove it.")
    return path.stem, tuple(question for question in questions if question.qid in wanted)
