"""`mmneuroonco dual`: a run beside the same model's control run or twin run: did it look, and did it know the trap?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..benchmark import ClosedBenchmark
    from ..scores import Estimate, Signature
    from .runs import LoadedRun


class DualError(ValueError):
    """Two results that do not belong together. The message is one sentence."""


def dual(
    run: Annotated[Path, typer.Argument(help="The *_result.json of the run, or its predictions.")],
    second: Annotated[Path, typer.Argument(help="That of the same model's blind, swapped or twin run.")],
    annotations: Annotated[Path | None, typer.Option(help="Annotation file or folder. Default: the home's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
) -> None:
    """Pair a run with its control (vision_gain) or its twin (dual accuracy, ΔNOTA), question by question."""
    from .runs import Choices, load_run, tell_of

    first, other = (load_run(path, Choices(annotations=annotations), with_trust_rows=False) for path in (run, second))
    for own in (first, other):
        tell_of(own)
    estimates = {name: estimate.to_dict() for name, estimate in paired(first, other, annotations).items()}
    lines = [own.result["signature_line"] for own in (first, other)]
    if as_json:
        typer.echo(json.dumps({"metrics": estimates, "signature_lines": lines}, ensure_ascii=False, indent=1))
        return
    from ..reports.terminal import print_estimates

    print_estimates(estimates)
    for line in lines:
        typer.echo(line)


def paired(run: LoadedRun, second: LoadedRun, annotations: Path | None) -> dict[str, Estimate]:
    """The paired metrics of two runs: of a control where the questions are the same, else of a twin.

    Raises:
        DualError: the two are not a run and its control or twin.
        ComparisonError, RunError: answers or questions of one are not to be had.
    """
    from ..benchmark.twins import TWINS
    from ..reports.comparable import answers_of
    from ..reports.shown import signature_of
    from ..scores.pairs import VISION_GAIN, dual_scores, vision_gain
    from .runs import benchmark_of

    signature = signature_of(second.result)
    check_together(signature_of(run.result), signature)
    benchmark: ClosedBenchmark = run.benchmark or benchmark_of(run.result, str(run.path), annotations)
    answers = [answers_of(own.result, str(own.path)) for own in (run, second)]
    if answers[0].keys() != answers[1].keys():
        raise DualError("the two runs asked different questions, so they cannot be paired; ask both the same.")
    _, _, twin_name = signature.scope.partition("+")
    if not twin_name and "+shuffled" not in signature.prompt:
        return {VISION_GAIN.name: vision_gain(benchmark, *answers)}
    # Answers to the shuffled twin were given back their own letters when they were scored.
    twin = TWINS[twin_name](benchmark) if twin_name else benchmark
    return dual_scores(benchmark, answers[0], twin, answers[1])


def check_together(run: Signature, second: Signature) -> None:
    """Make sure that the second is a control or twin of the first.

    Raises:
        DualError: keys differ that may not, or nothing tells the two apart.
    """
    from ..benchmark.twins import twin_hash
    from ..scores import differences

    scope, _, twin = second.scope.partition("+")
    found = [key for key in differences(run, second, {"prompt", "scope", "data"}) if key != "data"]
    if run.scope.partition("+")[0] != scope:
        found.append("scope")
    elif second.data != (twin_hash(run.data, twin) if twin else run.data):
        found.append("data")
    if run.model != second.model and "unknown" not in (run.model, second.model):
        found.append("model")
    if found:
        raise DualError(
            f"the two results differ in {', '.join(found)}, so the second is no control or twin of the first."
        )
    if "+" in run.scope or "+" in run.prompt:
        raise DualError("the first result is a control or twin itself; name the plain run first.")
    control = second.prompt.startswith("blind-") or second.prompt.endswith(("+swapped", "+shuffled"))
    if not (control or "+" in second.scope):
        raise DualError("the second result is no blind, swapped or twin run; name one second.")
