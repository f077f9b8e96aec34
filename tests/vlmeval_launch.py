"""VLMEvalKit's own command line on a machine without a GPU: ``python vlmeval_launch.py`` with VLMEvalKit's flags.

It does what its users' machines do for it, and knows nothing of us: ranks talk over gloo instead of NCCL, which needs
GPUs, and a class that transformers 5 has renamed has its old name too.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import Any

import torch.distributed

_initialise = torch.distributed.init_process_group


def _over_gloo(*_: Any, **options: Any) -> None:
    _initialise(**{**options, "backend": "gloo"})


if __name__ == "__main__":
    root = os.environ.get("VLMEVALKIT_ROOT")
    if root:
        sys.path.insert(0, root)
    import vlmeval.config  # noqa: F401

    torch.distributed.init_process_group = _over_gloo
    transformers = sys.modules["transformers"]  # not imported before: VLMEvalKit's imports load it anew
    transformers.AutoModelForVision2Seq = transformers.AutoModelForImageTextToText  # type: ignore[attr-defined]
    if root:
        runpy.run_path(str(Path(root) / "run.py"), run_name="__main__")
    else:
        runpy.run_module("vlmeval", run_name="__main__", alter_sys=True)
