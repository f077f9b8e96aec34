"""What is there, what is missing and how to get it: the findings behind ``mmneuroonco doctor``.

Only looks: nothing is written, no framework is imported (that takes up to a minute) and no network is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from .benchmark import BenchmarkError, ClosedQuestion, OpenQuestion, Picture, Task
from .benchmark.hashing import data_hash
from .benchmark.home import FileRecord, Home
from .benchmark.images import by_source
from .benchmark.reading import parse_json_bytes, parse_questions
from .benchmark.scopes import SCOPES
from .frameworks import inspect_ai, lm_eval, lmms_eval, plugin_hook, vlmeval
from .frameworks.variants import VARIANTS

#: Wraps an iterable to show progress: (items, description, total) → items.
Progress = Callable[[Iterable[Picture], str, int], Iterable[Picture]]

Questions: TypeAlias = Sequence[ClosedQuestion | OpenQuestion]

_TASKS: tuple[Task, ...] = ("closed", "open")
_MISSING = "is missing"
_GET = "`mmneuroonco prepare` gets them from the hub, `mmneuroonco prepare {option} PATH` takes your own"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not as it should be, and one line on what to do."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class TaskState:
    """The annotations of a task: how many questions, or what is wrong."""

    task: Task
    questions: int = 0
    data_hash: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ScopeState:
    """A scope of a task: how many questions, how many pictures it lacks, and what the frameworks call it."""

    task: Task
    scope: str
    questions: int
    lacking: int
    lmms_eval: str | None
    vlmeval: str | None

    @property
    def can_run(self) -> bool:
        """Whether every picture is there."""
        return self.lacking == 0


@dataclass(frozen=True, slots=True)
class FrameworkState:
    """A framework in this environment."""

    name: str
    #: ``None`` where it is not installed.
    version: str | None = None
    tested: bool = False
    #: Whether its own commands find our tasks.
    registered: bool = False
    #: By name, the file of a task of its own that has the name of one of ours, which it silently prefers.
    shadows: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Diagnosis:
    """Everything ``doctor`` found."""

    home: Path
    tasks: tuple[TaskState, ...]
    #: How many pictures the annotations name.
    pictures: int
    #: By image id, the pictures that cannot be used and why.
    problems: Mapping[int, tuple[Picture, str]]
    #: Whether every picture was digested and decoded anew, or only those whose size or time has changed.
    verified: bool
    scopes: tuple[ScopeState, ...]
    frameworks: tuple[FrameworkState, ...]
    #: ``on``, ``off``, or ``outdated``: the line that ``mmneuroonco enable`` writes.
    hook: str
    gaps: tuple[Gap, ...]

    @property
    def can_run(self) -> bool:
        """Whether at least one scope can run."""
        return any(scope.can_run for scope in self.scopes)

    @property
    def missing_by_source(self) -> dict[str, int]:
        """How many pictures each source folder lacks."""
        return by_source(picture for picture, problem in self.problems.values() if problem == _MISSING)


def diagnose(
    home: Home, *, verify: bool = False, progress: Progress = lambda pictures, _description, _total: pictures
) -> Diagnosis:
    """Look at the home and at this environment.

    Args:
        home: the prepared folder.
        verify: digest and decode every picture, also those whose size and time have not changed.
        progress: shows progress over the pictures.
    """
    gaps: list[Gap] = []
    manifest = _manifest(home, gaps)
    read = [_task_state(home, task, manifest) for task in _TASKS]
    pictures = list({q.picture.id: q.picture for _, questions in read for q in questions}.values())
    problems: dict[int, tuple[Picture, str]] = {}
    files = home.image_files(manifest)
    for picture in progress(pictures, "reading pictures", len(pictures)):
        problem = _picture_problem(home, files.get(picture.id), manifest, verify)
        if problem:
            problems[picture.id] = (picture, problem)
    tasks = tuple(state for state, _ in read)
    scopes = tuple(scope for state, questions in read for scope in _scope_states(state.task, questions, problems))
    hook = _hook_state()
    frameworks = (_lmms_eval_state(), _vlmeval_state(hook == "on"), _inspect_ai_state(), _lm_eval_state())
    gaps += _annotation_gaps(tasks) + _picture_gaps(problems) + _framework_gaps(frameworks, hook)
    return Diagnosis(home.folder, tasks, len(pictures), problems, verify, scopes, frameworks, hook, tuple(gaps))


def _manifest(home: Home, gaps: list[Gap]) -> dict[str, FileRecord]:
    try:
        return home.manifest()
    except BenchmarkError as error:
        gaps.append(Gap(str(error), "run `mmneuroonco prepare` again: it looks at every file anew"))
        return {}


def _task_state(home: Home, task: Task, manifest: Mapping[str, FileRecord]) -> tuple[TaskState, Questions]:
    path, name = home.annotations(task), f"benchmark/{task}.json"
    try:
        questions = parse_questions(parse_json_bytes(path.read_bytes(), str(path)), task, str(path))
    except FileNotFoundError:
        return TaskState(task, problem="are missing"), ()
    except (OSError, BenchmarkError) as error:
        return TaskState(task, problem=f"cannot be read: {error}"), ()
    changed = name not in manifest or home.problem(name, manifest[name])
    problem = "have changed since they were prepared" if changed else None
    return TaskState(task, len(questions), data_hash(questions), problem), questions


def _picture_problem(home: Home, path: Path | None, manifest: Mapping[str, FileRecord], verify: bool) -> str | None:
    if path is None:
        return _MISSING
    name = f"images/{path.name}"
    record = manifest[name]
    return None if record.unchanged(path) and not verify else home.problem(name, record)


def _scope_states(task: Task, questions: Questions, problems: Mapping[int, object]) -> list[ScopeState]:
    states = []
    for scope, belongs in SCOPES.items():
        asked = [question for question in questions if belongs(question)]
        lacking = len({question.picture.id for question in asked} & problems.keys())
        # The plain task of a scope comes first in the table, before its controls and twins.
        variant = next((v for v in VARIANTS if (v.task, v.scope, v.phantom) == (task, scope, False)), None)
        names = (variant.lmms_eval, variant.vlmeval) if variant else (None, None)
        if asked:
            states.append(ScopeState(task, scope, len(asked), lacking, *names))
    return states


def _lmms_eval_state() -> FrameworkState:
    package = _package_folder("lmms_eval")
    if package is None:
        return FrameworkState("lmms-eval")
    found = lmms_eval.installed_version()
    return FrameworkState(
        "lmms-eval",
        found or "of unknown version",
        found in lmms_eval.TESTED_VERSIONS,
        _our_entry("lmms_eval.models"),
        _shadows(_yaml_names(package / "tasks"), _yaml_names(lmms_eval.task_yamls())),
    )


def _our_entry(group: str) -> bool:
    """Whether an entry point of this group is ours: a checkout that is not installed has none."""
    return any(entry.value.startswith("mmneuroonco_tasks.") for entry in entry_points(group=group))


def _inspect_ai_state() -> FrameworkState:
    found = inspect_ai.installed_version()
    return FrameworkState("inspect_ai", found, found in inspect_ai.TESTED_VERSIONS, _our_entry("inspect_ai"))


def _lm_eval_state() -> FrameworkState:
    found = lm_eval.installed_version()
    return FrameworkState("lm-eval", found, found in lm_eval.TESTED_VERSIONS)


def _vlmeval_state(registered: bool) -> FrameworkState:
    try:
        runner = vlmeval.find_runner()
    except vlmeval.RunnerNotFound:
        return FrameworkState("VLMEvalKit")
    package = runner.parent if runner.parent.name == "vlmeval" else runner.parent / "vlmeval"
    found = _vlmeval_edition(package)
    ours = {variant.vlmeval: Path() for variant in VARIANTS}
    return FrameworkState(
        "VLMEvalKit", found, found in vlmeval.TESTED_VERSIONS, registered, _shadows(_class_names(package), ours)
    )


def _vlmeval_edition(package: Path) -> str:
    """The edition in a folder, named as ``frameworks.versions.vlmeval_version`` names what is loaded."""
    if package == _package_folder("vlmeval"):
        try:
            return f"ms-vlmeval-{version('ms-vlmeval')}"
        except PackageNotFoundError:
            pass
    code = (package / "__init__.py").read_text(encoding="utf-8", errors="replace")
    said = re.search(r"^__version__\s*=\s*['\"]([^'\"]+)", code, re.MULTILINE)
    return f"vlmevalkit-{said.group(1) if said else 'unknown'}"


def _package_folder(name: str) -> Path | None:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin).parent if spec and spec.origin else None


def _shadows(theirs: Mapping[str, Path], ours: Iterable[str]) -> dict[str, Path]:
    return {name: theirs[name] for name in sorted(theirs.keys() & set(ours))}


def _yaml_names(folder: Path) -> dict[str, Path]:
    """By name, the YAML files that define a task or a group whose name begins as ours do."""
    return _names_in(folder, "*.yaml", rb"^(?:task|group)\s*:\s*['\"]?(mmneuroonco\w*)")


def _class_names(package: Path) -> dict[str, Path]:
    """By name, VLMEvalKit's files that speak of a data set whose name begins as ours do."""
    return _names_in(package / "dataset", "*.py", rb"(?:^class\s+|['\"])(MMNeuroOnco\w*)")


def _names_in(folder: Path, pattern: str, name: bytes) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob(pattern)):
        for match in re.finditer(name, path.read_bytes(), re.MULTILINE):
            found.setdefault(match.group(1).decode(), path)
    return found


def _hook_state() -> str:
    if not plugin_hook.enabled():
        return "off"
    line = (plugin_hook.site_packages() / plugin_hook.PTH_NAME).read_text(encoding="utf-8", errors="replace")
    return "on" if line == plugin_hook.PTH_LINE else "outdated"


def _annotation_gaps(tasks: Iterable[TaskState]) -> list[Gap]:
    return [
        Gap(f"the {state.task} annotations {state.problem}", _GET.format(option="--annotations"))
        for state in tasks
        if state.problem
    ]


def _picture_gaps(problems: Mapping[int, tuple[Picture, str]]) -> list[Gap]:
    missing = [picture for picture, problem in problems.values() if problem == _MISSING]
    slices = [picture for picture in missing if picture.patient]
    others = [picture for picture in missing if not picture.patient]
    damaged = sorted(problems.keys() - {picture.id for picture in missing})
    gaps = []
    if others:
        what = f"{_counted(others, 'picture')} missing ({_sources(others)})"
        gaps.append(Gap(what, _GET.format(option="--images")))
    if slices:
        gaps.append(
            Gap(
                f"{_counted(slices, 'BraTS slice')} missing ({_sources(slices)}), which are not redistributed",
                "`mmneuroonco prepare --brats PATH` takes your own; the scope nobrats needs none",
            )
        )
    if damaged:
        first, reason = problems[damaged[0]]
        what = f"{_counted(damaged, 'picture')} unusable: image {first.id} {reason}"
        gaps.append(Gap(what, _GET.format(option="--images")))
    return gaps


def _counted(items: Sequence[object], noun: str) -> str:
    return f"1 {noun} is" if len(items) == 1 else f"{len(items):,} {noun}s are"


def _sources(pictures: Iterable[Picture]) -> str:
    return ", ".join(f"{source}: {count}" for source, count in by_source(pictures).items())


def _framework_gaps(frameworks: Iterable[FrameworkState], hook: str) -> list[Gap]:
    gaps = []
    installed = [framework for framework in frameworks if framework.version is not None]
    if not installed:
        gaps.append(Gap("no framework is installed here", "`pip install 'mmneuroonco-tasks[lmms-eval]'`"))
    for framework in installed:
        if not framework.tested:
            gaps.append(
                Gap(
                    f"{framework.name} {framework.version} is not a version that was tested",
                    "compare a known number (`mmneuroonco demo`) before you trust a new one",
                )
            )
        if framework.name == "lmms-eval" and not framework.registered:
            gaps.append(
                Gap("lmms-eval does not find our tasks", "install the package: `pip install mmneuroonco-tasks`")
            )
        for name, path in framework.shadows.items():
            gaps.append(
                Gap(
                    f"{framework.name} has a task {name} of its own ({path}) and silently prefers it to ours",
                    "remove that file, or do not call its numbers ours",
                )
            )
    if hook == "outdated":
        gaps.append(Gap("the import hook is of another version", "`mmneuroonco enable` writes it anew"))
    return gaps
