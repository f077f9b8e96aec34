"""`mmneuroonco dual`: a run beside the same model's control run or twin run: did it look, and did it know the trap?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..benchmark import ClosedBenchmark
    from ..scores import Estimate, Signature


class DualError(ValueError):
    """Two results that do not belong together. The message is one sentence."""


def dual(
    run: Annotated[Path, typer.Argument(help="The *_result.json of the run.")],
    second: Annotated[Path, typer.Argument(help="That of the same model's blind, swapped or twin run.")],
    annotations: Annotated[Path | None, typer.Option(help="Annotation file or folder. Default: the home's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
) -> None:
    """Pair a run with its control (vision_gain) or its twin (dual accuracy, ΔNOTA), question by question."""
    from ..scores import Signature, read_result

    results = [read_result(path) for path in (run, second)]
    signatures = [Signature.from_dict(result["signature"]) for result in results]
    estimates = pair(results, signatures, annotations)
    if as_json:
        plain = {name: estimate.to_dict() for name, estimate in estimates.items()}
        lines = [signature.line() for signature in signatures]
        typer.echo(json.dumps({"metrics": plain, "signature_lines": lines}, ensure_ascii=False, indent=1))
        return
    from ..reports.terminal import print_estimates

    print_estimates({name: estimate.to_dict() for name, estimate in estimates.items()})
    for signature in signatures:
        typer.echo(signature.line())


def pair(results: list[dict[str, Any]], signatures: list[Signature], annotations: Path | None) -> dict[str, Estimate]:
    """The paired metrics of two results: of a control where the questions are the same, else of a twin.

    Raises:
        DualError: the two are not a run and its control or twin.
    """
    from ..benchmark.twins import TWINS
    from ..scores.pairs import VISION_GAIN, dual_scores, vision_gain

    check_together(*signatures)
    run, second = signatures
    _, _, twin_name = second.scope.partition("+")
    benchmark = _asked(_benchmark_of(run, annotations), results[0])
    answers = [_answers(result) for result in results]
    if not twin_name and "+shuffled" not in second.prompt:
        return {VISION_GAIN.name: vision_gain(benchmark, *answers)}
    # Answers to the shuffled twin were given back their own letters when they were scored.
    twin = TWINS[twin_name](benchmark) if twin_name else benchmark
    return dual_scores(benchmark, answers[0], twin, answers[1])


def check_together(run: Signature, second: Signature) -> None:
    """Make sure that the second is a control or twin of the first.

    Raises:
        DualError: keys differ that may not, or nothing tells the two apart.
    """
    from ..scores import differences

    found = [key for key in differences(run, second, {"prompt", "scope", "data"}) if key != "data"]
    if run.scope.partition("+")[0] != second.scope.partition("+")[0]:
        found.append("scope")
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


def _benchmark_of(run: Signature, annotations: Path | None) -> ClosedBenchmark:
    from ..benchmark import load_benchmark
    from ..benchmark.home import Home

    homes = [None] if annotations else [Home.default(), Home(Home.default().folder / "phantom")]
    for home in homes:
        if home is not None and not home.annotations("closed").is_file():
            continue
        benchmark = load_benchmark("closed", annotations=annotations, scope=run.scope, home=home)
        if benchmark.data_hash == run.data:
            return benchmark
    raise DualError(f"the annotations with data:{run.data} are not here; name them by --annotations.")


def _asked(benchmark: ClosedBenchmark, result: dict[str, Any]) -> ClosedBenchmark:
    if not result.get("answers"):
        raise DualError("the result holds no answers; score the run again and keep them.")
    return benchmark.restricted_to(result["answers"])


def _answers(result: dict[str, Any]) -> dict[str, Any]:
    from ..answers import Answer, Outcome

    return {
        qid: None
        if answer["outcome"] == "missing"
        else Answer(Outcome(answer["outcome"]), answer["letter"], answer["rule"], answer["hedged"])
        for qid, answer in result.get("answers", {}).items()
    }
