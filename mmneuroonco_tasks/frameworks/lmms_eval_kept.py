"""`mmneuroonco run lmms-eval`: lmms-eval itself, with responses safe on disk as they come.

lmms-eval hands a model all requests at once and stores what comes back at the very end. Here the model is loaded once
as ever, but is handed the requests of our tasks in parts of about ten seconds, and each part's responses are on disk
before the next one begins. Run the same command again after a kill: only what is missing is asked, and the number is
that of the whole run. Prompts, scores and signature are lmms-eval's and ours, unchanged; requests of other tasks pass
through as they are.

A model that answers in batches gets those of a part, so it may pad them otherwise than in a run of one piece. Under
``torchrun`` or ``accelerate`` each rank keeps its own responses and knows those of all; ranks do not go in step then,
so a model that is itself split over them cannot be asked this way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..benchmark import BenchmarkError
from ..benchmark.home import Home
from .asking import Asking, asking
from .kept_responses import KeptResponses, kept_responses, request_digest
from .lmms_eval import installed_version
from .lmms_eval_run import reported
from .parts import in_parts, tell
from .variants import VARIANTS, variant_named

#: Accelerate's words for models of which each rank holds a part.
_SPLIT = ("FSDP", "DEEPSPEED", "MEGATRON_LM", "TP")
_OURS = frozenset(variant.lmms_eval for variant in VARIANTS)


def main(arguments: Sequence[str]) -> None:
    """Run lmms-eval with these arguments; its exit code is ours.

    Raises:
        BenchmarkError: lmms-eval is not installed.
    """
    if installed_version() is None:
        raise BenchmarkError('lmms-eval is not installed here; run `pip install "mmneuroonco-tasks[lmms-eval]"`.')
    models: Any = import_module("lmms_eval.models")
    sys.argv = ["lmms-eval", *arguments]
    with ExitStack() as held:
        keeping = Keeping(held)
        find = models.get_model
        models.get_model = lambda name, *more, **named: _Loader(find(name, *more, **named), str(name), keeping)
        try:
            import_module("lmms_eval.cli.dispatch").main()
        finally:
            models.get_model = find
            keeping.finish(reported)


class _Loader:
    """Stands in for a model's class in the one place where lmms-eval makes a model of it."""

    def __init__(self, model_class: Any, name: str, keeping: Keeping) -> None:
        self._class, self._name, self._keeping = model_class, name, keeping

    def __getattr__(self, name: str) -> Any:
        return getattr(self._class, name)

    def create_from_arg_string(self, arguments: str, *more: Any, **named: Any) -> Any:
        """The loaded model, whose answers are kept."""
        model = self._class.create_from_arg_string(arguments, *more, **named)
        _refuse_split(model)
        generate = model.generate_until
        identity = (self._name, arguments)
        model.generate_until = lambda requests: self._keeping.generate(model, generate, requests, identity)
        return model


def _refuse_split(model: Any) -> None:
    """A ``SystemExit`` for a model whose parts must answer the same requests together."""
    distributed = getattr(getattr(model, "accelerator", None), "distributed_type", None)
    kind = str(getattr(distributed, "name", ""))
    if kind in _SPLIT:
        raise SystemExit(
            f"mmneuroonco: a model that is split over ranks ({kind}) cannot be asked in parts; run `lmms-eval` itself, "
            "whose --use_cache keeps responses at the end."
        )


class Keeping:
    """Asks a model for what is missing and keeps what it says."""

    def __init__(self, held: ExitStack, folder: Path | None = None) -> None:
        self._held = held
        self._rank = int(os.environ.get("RANK", "0") or "0")
        self._folder = folder or responses_folder()
        self._stores: dict[Path, tuple[KeptResponses, str]] = {}

    def generate(
        self, model: Any, generate: Callable[[list[Any]], list[Any]], requests: list[Any], identity: tuple[str, str]
    ) -> list[Any]:
        """The responses to lmms-eval's requests, in their order. A ``SystemExit`` is one clean line."""
        try:
            return self._generate(model, generate, requests, identity)
        except BenchmarkError as error:
            raise SystemExit(f"mmneuroonco: {error}") from None

    def _generate(
        self, model: Any, generate: Callable[[list[Any]], list[Any]], requests: list[Any], identity: tuple[str, str]
    ) -> list[Any]:
        named = [_Named(model, request, identity) for request in requests]
        responses: dict[int, Any] = {}
        for task in dict.fromkeys(each.task for each in named):
            places = [place for place, each in enumerate(named) if each.task == task]
            if task not in _OURS:
                responses |= zip(places, generate([requests[place] for place in places]), strict=True)
                continue
            store = self._store(task, identity)
            known = {place: store.get(named[place].digest) for place in places}
            responses |= {place: response for place, response in known.items() if response is not None}
            missing = [place for place, response in known.items() if response is None]
            said = f"rank {self._rank}: {task}" if self._rank else task
            if len(missing) < len(places):
                tell(f"{said}: {len(places) - len(missing)} of {len(places)} responses are kept in {store.path}")
            for part in in_parts(missing, _at_least(model), said):
                answered = generate([requests[place] for place in part])
                responses |= zip(part, answered, strict=True)
                store.add((named[place].digest, named[place].qid, _text(responses[place])) for place in part)
        return [responses[place] for place in range(len(requests))]

    def _store(self, task: str, identity: tuple[str, str]) -> KeptResponses:
        asked = asking(variant_named(task))
        # The name is a digest, since a model's arguments may hold a key.
        run = request_digest(task, asked.prompt_key, asked.shown.data_hash, asked.shown.images_hash, *identity)
        path = self._folder / f"{task}-{run[:12]}.jsonl"
        if path not in self._stores:
            self._stores[path] = (self._held.enter_context(kept_responses(path, self._rank)), task)
        return self._stores[path][0]

    def finish(self, done: set[str]) -> None:
        """Put the files of the tasks by whose number was reported; those of others wait for the next run."""
        for store, task in self._stores.values():
            if task in done:
                store.finish()


def responses_folder() -> Path:
    """Where responses are kept: in the home, or in this user's own where the home is shared and cannot be written."""
    from platformdirs import user_data_path

    folder = Home.default().folder / "responses"
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return folder if os.access(existing, os.W_OK) else user_data_path("mmneuroonco") / "responses"


class _Named:
    """A request of lmms-eval, and by what its response is known."""

    def __init__(self, model: Any, request: Any, identity: tuple[str, str]) -> None:
        *self._settings, doc_id, self.task, split = request.args
        self._identity = identity
        self._document = model.task_dict[self.task][split][doc_id] if self.task in _OURS else {}

    @property
    def qid(self) -> str:
        return str(self._document["qid"])

    @cached_property
    def digest(self) -> str:
        """Of the text, the picture, the settings and the model."""
        asked: Asking = asking(variant_named(self.task))
        qids = asked.request_of(self.qid)
        picture = asked.picture(qids)
        settings = [setting for setting in self._settings if isinstance(setting, dict)]
        return request_digest(
            self.task,
            qids,
            asked.prompt_key,
            asked.text(qids),
            picture.id if picture else None,
            asked.shown.images_hash,
            settings,
            self._identity,
            version("lmms-eval"),
        )


def _text(response: Any) -> str:
    """The text of what models return: a text, or a text with counts of tokens."""
    response = response[0] if isinstance(response, tuple | list) and response else response
    text = getattr(response, "text", response)
    return text if isinstance(text, str) else str(text)


def _at_least(model: Any) -> int:
    """How many requests the model works on at once."""
    sizes = (getattr(model, name, 1) for name in ("batch_size", "num_cpus", "max_concurrency"))
    return max([1, *(size for size in sizes if isinstance(size, int))])
