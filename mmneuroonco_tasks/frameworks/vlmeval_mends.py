"""What we mend in VLMEvalKit as it runs, for our datasets only: two faults that would change or lose a result.

Both editions have them. Where a later version has other names for these parts, nothing is changed, and our own
``TYPE`` still keeps most model classes from rewriting prompts.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

#: In the name of every file that VLMEvalKit keeps for one of our datasets.
OUR_FILES = "MMNeuroOnco"
_MENDED = "mended_for_mmneuroonco"


def mend_host(datasets: type[Any]) -> None:
    """Mend the loaded parts of VLMEvalKit for datasets of this class. Doing it twice changes nothing."""
    pipeline = getattr(sys.modules.get("vlmeval.inference_api"), "APIEvalPipeline", None)
    _replace(pipeline, "_produce_image_tasks", lambda produce: honouring_prompts(produce, datasets))
    for module in ("vlmeval.inference", "vlmeval.inference_api", "vlmeval.utils.mp_util"):
        _replace(sys.modules.get(module), "dump", dumping_whole_files)


def _replace(owner: Any, name: str, mend: Callable[[Any], Any]) -> None:
    original = getattr(owner, name, None)
    if original is not None and not hasattr(original, _MENDED):
        mended = mend(original)
        setattr(mended, _MENDED, True)
        setattr(owner, name, mended)


def honouring_prompts(produce: Callable[..., Any], datasets: type[Any]) -> Callable[..., Any]:
    """API mode's producer of requests, honouring ``force_use_dataset_prompt`` as local mode does.

    It asks the model first, and adapters such as ``internvl2`` then put the picture last.
    """

    @wraps(produce)
    async def produce_image_tasks(self: Any, config: Any, existing_results: Any) -> Any:
        if isinstance(config.dataset_obj, datasets):
            config.model_obj.use_custom_prompt = lambda dataset: False  # a model object serves one dataset here
        return await produce(self, config, existing_results)

    return produce_image_tasks


def dumping_whole_files(dump: Callable[..., Any]) -> Callable[..., Any]:
    """VLMEvalKit's ``dump``, writing beside and then renaming.

    It rewrites its checkpoint in place after every response. A run that is killed while it does so leaves a cut one,
    on which ``--reuse`` fails, or in API mode waits for ever.
    """

    @wraps(dump)
    def dump_whole(data: Any, f: str, **options: Any) -> Any:
        path = Path(f)
        if OUR_FILES not in path.name:
            return dump(data, f, **options)
        # A name that VLMEvalKit, which looks for parts of names, takes for nothing of its own.
        beside = path.with_name(f".{os.getpid()}-{threading.get_ident()}.part{path.suffix}")
        try:
            dump(data, str(beside), **options)
            if not beside.exists():  # it has fallen back to another format, under another name
                return dump(data, f, **options)
            beside.replace(path)
        finally:
            for left in (beside, beside.with_suffix(".pkl")):
                left.unlink(missing_ok=True)
        return None

    return dump_whole
