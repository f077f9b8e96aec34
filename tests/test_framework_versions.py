"""Each framework's tested versions are named once, in its module; the extras install exactly these."""

from __future__ import annotations

import re
from importlib.metadata import requires

import pytest

from mmneuroonco_tasks.frameworks import inspect_ai, lm_eval, lmms_eval, vlmeval

INSTALLED_BY_EXTRA = {
    "lmms-eval": ("lmms-eval", lmms_eval.TESTED_VERSIONS),
    "vlmeval": ("ms-vlmeval", tuple(each.removeprefix("ms-vlmeval-") for each in vlmeval.TESTED_VERSIONS)),
    "inspect": ("inspect-ai", inspect_ai.TESTED_VERSIONS),
    "lm-eval": ("lm-eval", lm_eval.TESTED_VERSIONS),
}


@pytest.mark.parametrize("extra", INSTALLED_BY_EXTRA)
def test_an_extra_installs_a_tested_version(extra: str) -> None:
    package, tested = INSTALLED_BY_EXTRA[extra]
    pattern = rf"{package}(?:\[\w+\])?==(\S+); extra == ['\"]{extra}['\"]"
    (pinned,) = [found[1] for each in requires("mmneuroonco-tasks") or () if (found := re.fullmatch(pattern, each))]
    assert pinned == tested[0]
