"""The tasks of inspect_ai, one for every row of ``variants``: ``inspect eval mmneuroonco_tasks/mmneuroonco_closed``.

This module is our entry point there, so importing it registers the reference reader too.

A sample is one request: a question, or with a batch protocol all questions of an image. Its id is the (first) qid. A
picture is named by its file in the home, whose name is only a number; what the log says of a sample names no path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inspect_ai import Task, task
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, Content, ContentImage, ContentText
from inspect_ai.model import GenerateConfig as Generation
from inspect_ai.solver import generate
from rich.markup import escape

from ..benchmark import BenchmarkError
from ..scores.signature import COMPARABILITY
from .asking import Asking, asking
from .inspect_ai import TESTED_VERSIONS, installed_version
from .inspect_ai_model import ReferenceReaderAPI as ReferenceReaderAPI
from .inspect_ai_scoring import closed_answers, open_answers
from .variants import VARIANTS, Variant
from .versions import warn_unless_tested

warn_unless_tested(installed_version(), TESTED_VERSIONS, "inspect_ai")


def _registered(variant: Variant) -> Callable[[], Task]:
    """The variant as a task in inspect_ai's registry."""

    def made() -> Task:
        return _task(variant)

    made.__name__ = made.__qualname__ = variant.lmms_eval
    made.__doc__ = f"{variant.task.capitalize()} questions, scope {variant.scope}."
    registered: Callable[[], Task] = task(name=variant.lmms_eval)(made)
    return registered


def _task(variant: Variant) -> Task:
    """Everything is checked here, before the model is asked anything. inspect_ai shows bad data as one clean line."""
    try:
        asked = asking(variant)
    except BenchmarkError as error:
        raise PrerequisiteError(escape(f"mmneuroonco: {error}")) from None
    samples = [_sample(asked, qids) for qids in asked.requests()]
    return Task(
        dataset=MemoryDataset(samples, name=variant.lmms_eval),
        solver=generate(),
        scorer=open_answers() if variant.task == "open" else closed_answers(),
        config=Generation(temperature=0.0, max_tokens=asked.protocol.max_new_tokens),
        # A request that fails for ever is counted as failed; left out, it would raise the score.
        score_on_error=True,
        version=COMPARABILITY,
        # For the signature of what `mmneuroonco score` reads from the log.
        metadata={"mmneuroonco_prompt": asked.prompt_key, "mmneuroonco_per": asked.protocol.per},
    )


def _sample(asked: Asking, qids: Sequence[str]) -> Sample:
    first = asked.scored[qids[0]]
    metadata = {
        "task": asked.variant.lmms_eval,
        "image_id": first.picture.id,
        "cluster": first.picture.cluster,
        "question_type": first.question_type,
    }
    if asked.protocol.per == "question" and asked.variant.task == "closed":
        metadata["trap"] = first.trap
    return Sample(input=_messages(asked, qids), target=_target(asked, qids), id=qids[0], metadata=metadata)


def _messages(asked: Asking, qids: Sequence[str]) -> list[ChatMessage]:
    protocol, picture = asked.protocol, asked.picture(qids)
    text: list[Content] = [ContentText(text=asked.text(qids))]
    shown: list[Content] = [ContentImage(image=str(asked.shown.images.path(picture)))] if picture else []
    content = text + shown if protocol.image == "last" else shown + text
    system: list[ChatMessage] = [ChatMessageSystem(content=protocol.system)] if protocol.system else []
    return [*system, ChatMessageUser(content=content)]


def _target(asked: Asking, qids: Sequence[str]) -> str | list[str]:
    if asked.variant.task == "open":
        return str(asked.shown[qids[0]].reference_answer)
    keys = [str(asked.shown[qid].answer) for qid in qids]
    return keys if len(keys) > 1 else keys[0]


globals().update({variant.lmms_eval: _registered(variant) for variant in VARIANTS})
