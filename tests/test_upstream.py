"""A pull request's files: written once into a clean checkout, in the project's style, and needing nothing of ours."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from command import run_here
from upstream_trees import MADE_UP, committed, git, made_up_checkout

from mmneuroonco_tasks.benchmark import load_benchmark
from mmneuroonco_tasks.prompts import DIRECT, option_lines
from mmneuroonco_tasks.scores import METRICS, TABLE_METRICS
from mmneuroonco_tasks.upstream import lmms_eval, vlmevalkit
from mmneuroonco_tasks.upstream.bundling import BundlingError, Destination, bundle
from mmneuroonco_tasks.upstream.checkout import PlaceNotFound
from mmneuroonco_tasks.upstream.description import describe
from mmneuroonco_tasks.upstream.edits import with_element, with_import, with_list_entry
from mmneuroonco_tasks.upstream.formatting import UpstreamError, lmms_eval_style, vlmevalkit_style
from mmneuroonco_tasks.upstream.parts.data import RELEASED
from mmneuroonco_tasks.upstream.project import Project, write_pull_request
from mmneuroonco_tasks.upstream.validation import NOT_RUN, Validated, offline_tests

#: The projects; formatting takes seconds, so it is done once.
PROJECTS = {
    project.name: replace(project, new_files=cache(project.new_files))
    for project in (lmms_eval.PROJECT, vlmevalkit.PROJECT)
}


@pytest.fixture(scope="module", params=list(PROJECTS))
def project(request: pytest.FixtureRequest) -> Project:
    return PROJECTS[request.param]


@pytest.fixture(scope="module")
def written(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the pull request's files, not committed."""
    checkout = made_up_checkout(project.name, tmp_path_factory.mktemp(project.name))
    assert write_pull_request(project, checkout).remarks == ()
    return checkout


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    subprocess.run(["cp", "-r", str(written), str(tmp_path / "copy")], check=True)
    return tmp_path / "copy"


def quick(project: Project) -> Project:
    """The project with one new file that needs no formatter."""
    return replace(project, new_files=lambda: {"ours/new.py": "NEW = 1\n"})


# What is written.


def test_the_files_are_all_that_changes(project: Project, written: Path) -> None:
    changed = set(git(written, "status", "--porcelain", "--untracked-files=all").splitlines())
    edited = {line[3:] for line in changed if line.startswith(" M")}
    assert edited == {path for path in MADE_UP[project.name] if path in project.edits("")}
    new = {line[3:] for line in changed if line.startswith("??")}
    folders = {
        "lmms-eval": ("lmms_eval/tasks/mmneuroonco/", "test/eval/test_mmneuroonco_utils.py"),
        "VLMEvalKit": ("vlmeval/dataset/mmneuroonco.py", "vlmeval/dataset/utils/mmneuroonco/"),
    }
    assert len(changed) == len(edited) + len(new)
    assert all(path.startswith(folders[project.name]) for path in new)


def test_twice_is_once(project: Project, copy: Path) -> None:
    before = git(copy, "status", "--porcelain", "--untracked-files=all")
    assert write_pull_request(project, copy).changed == ()
    assert git(copy, "status", "--porcelain", "--untracked-files=all") == before
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "-m", "The pull request")
    assert write_pull_request(project, copy).changed == ()
    assert git(copy, "status", "--porcelain") == ""


def test_files_of_an_earlier_version_are_told(project: Project, copy: Path) -> None:
    (copy / project.folder / "answers" / "gone.py").write_text("GONE = 1\n")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "-m", "The pull request as it was")
    (remark,) = write_pull_request(project, copy).remarks
    assert remark == f"{project.folder}/answers/gone.py is left from an earlier version; remove it (git rm)."


def test_the_registration_is_in_its_place(project: Project, written: Path) -> None:
    added = [line[1:] for line in git(written, "diff", "--unified=0").splitlines() if line.startswith("+")]
    added = [line for line in added if not line.startswith("++")]
    if project.name == "lmms-eval":
        assert added == lmms_eval._TASK_LIST_ENTRY.splitlines()
        text = (written / "docs/advanced/current_tasks.md").read_text(encoding="utf-8")
        assert text.index("AI2D") < text.index("MM-NeuroOnco") < text.index("NoCaps")
    else:
        assert added[1:] == ["from .mmneuroonco import MMNeuroOnco", "    ImageBaseDataset, Zebra,", "    MMNeuroOnco,"]
        news = (written / "README.md").read_text(encoding="utf-8").split("News\n\n")[1].splitlines()
        assert "MM-NeuroOnco" in news[0] and "another" in news[1]


def python_files(checkout: Path) -> dict[str, str]:
    """The new Python files."""
    names = git(checkout, "ls-files", "--others", "--exclude-standard").splitlines()
    return {name: (checkout / name).read_text(encoding="utf-8") for name in names if name.endswith(".py")}


def test_nothing_imports_our_package_or_what_the_project_lacks(project: Project, written: Path) -> None:
    both = {"PIL", "numpy", "huggingface_hub"}
    allowed = (
        both
        | {
            "lmms-eval": {"lmms_eval", "datasets", "loguru", "pytest", "yaml"},
            "VLMEvalKit": {"vlmeval", "pandas", "openpyxl"},
        }[project.name]
    )
    for name, text in python_files(written).items():
        for node in ast.walk(ast.parse(text)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.append(str(node.module))
            for module in modules:
                top = module.partition(".")[0]
                assert top in allowed or top in sys.stdlib_module_names, f"{name} imports {module}"


def test_no_more_of_the_package_is_copied_than_the_task_needs(project: Project, written: Path) -> None:
    """A new import in a module of ours must not bring half the package into a pull request unseen."""
    folder = {"lmms-eval": "lmms_eval/tasks/mmneuroonco/", "VLMEvalKit": "vlmeval/dataset/utils/mmneuroonco/"}
    copies = {name.removeprefix(folder[project.name]) for name in python_files(written) if "__init__" not in name}
    common = {"data.py", "prompts.py", "scores/counting.py", "scores/registry.py"}
    common |= {f"benchmark/{name}.py" for name in ("hashing", "images", "layouts", "reading", "records")}
    own = {
        "lmms-eval": {"utils.py", "scoring.py", "scores/uncertainty.py", "test/eval/test_mmneuroonco_utils.py"},
        "VLMEvalKit": {
            *("vlmeval/dataset/mmneuroonco.py", "prediction_frame.py", "sheet_index.py", "benchmark/files.py"),
            *(f"predictions/{name}.py" for name in ("delimited", "jsonl", "table", "vlmeval_sheets")),
        },
    }
    assert {name for name in copies if not name.startswith("answers/")} == common | own[project.name]
    answers = {name for name in copies if name.startswith("answers/")}
    assert "answers/single.py" in answers and "answers/batch.py" not in answers


def test_nothing_is_copied_that_nothing_uses(project: Project, written: Path) -> None:
    """Nor a word that only makes sense in our package. What frameworks call by name is used by them."""
    called = {
        "lmms-eval": ("__getattr__", "test_*"),
        "VLMEvalKit": (
            *("MMNeuroOnco", "TYPE", "MODALITY", "force_use_dataset_prompt", "supported_datasets", "load_data"),
            *("dataset", "evaluate", "judge_kwargs", "report_*", "prediction_file", "cls", "_constructor"),
        ),
    }[project.name]
    kept = ("high", "inputs")  # a metric's fields, which only tables and checks of ours read
    command = ["-m", "vulture", "--ignore-names", ",".join((*called, *kept)), *python_files(written)]
    done = subprocess.run([sys.executable, *command], cwd=written, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
    for name, text in python_files(written).items():
        own = "\n".join(text.splitlines()[1:])
        assert not re.search(r"mmneuroonco_tasks|`mmneuroonco |mmneuroonco prepare|--scope|OpenQuestion", own), name


def test_a_copy_speaks_of_nothing_that_was_left_behind(written: Path) -> None:
    """A name between back quotes, in a docstring or a comment, is a module or stands in the code of a copy."""
    files = python_files(written)
    quoted = re.compile(r"(?<!`)``?([A-Za-z_][\w.]*)``?(?!`)")
    code = set(re.findall(r"\w+", quoted.sub("", "\n".join(files.values()))))
    known = {*code, *(Path(name).stem for name in files), "IGNORECASE"}
    for name, text in files.items():
        assert {each for each in quoted.findall(text) if each.split(".")[-1] not in known} == set(), name


def test_the_licence_of_what_is_copied_comes_with_it(written: Path) -> None:
    (licence,) = written.rglob("mmneuroonco/LICENSE")
    assert licence.read_bytes() == (Path(__file__).resolve().parent.parent / "LICENSE").read_bytes()


def test_every_copy_says_where_it_is_from_and_none_is_a_blob(written: Path) -> None:
    copies = {name: text for name, text in python_files(written).items() if text and "test" not in name}
    root = Path(__file__).resolve().parent.parent
    for name, text in copies.items():
        first, lines = text.splitlines()[0], text.splitlines()
        assert first.startswith("# Adapted from mmneuroonco-tasks ")
        assert (root / first.split()[-1]).is_file(), "the named original exists"
        assert ast.get_docstring(ast.parse(text)), f"{name} has no docstring"
        assert ">>>" not in text and "type: ignore" not in text
        assert len(lines) < 500, f"{name} has {len(lines)} lines"


def test_files_are_as_the_projects_own_checks_want_them(project: Project, written: Path) -> None:
    """The hooks of both projects' pre-commit settings with their arguments, and lmms-eval's ruff settings on PyPI.

    VLMEvalKit's yapf hook only prints what it would change, and its own files are not in that style; ours are.
    """
    checks = {
        "lmms-eval": (
            ("black", "--check", "--line-length=240"),
            ("isort", "--check", "--profile", "black"),
            ("ruff", "check", "--isolated", "--line-length=240", "--select=E4,E7,E9,F,I"),
        ),
        "VLMEvalKit": (
            ("flake8", "--max-line-length=120", "--ignore=W503"),
            ("isort", "--check"),
            ("yapf", "--style={column_limit=120}", "--diff"),
        ),
    }[project.name]
    names = git(written, "ls-files", "--others", "--modified", "--exclude-standard").splitlines()
    new = list(python_files(written))
    checked = [name for name in names if name.endswith(".py")]
    for tool, *flags in checks:
        done = subprocess.run(
            [sys.executable, "-m", tool, *flags, *(new if tool == "yapf" else checked)],
            cwd=written,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for name in names:
        text = (written / name).read_bytes().decode("utf-8")
        assert text == "".join(f"{line.rstrip()}\n" for line in text.rstrip().split("\n") if text), f"{name}: blanks"
        assert "noqa" not in text, f"{name}: fits the checks without exceptions"


@pytest.mark.parametrize("project", [lmms_eval, vlmevalkit], ids=lambda module: module.PROJECT.name)
def test_formatting_changes_the_layout_and_no_code(project: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    formatted = PROJECTS[project.PROJECT.name].new_files()
    for style in ("lmms_eval_style", "vlmevalkit_style"):
        monkeypatch.setattr(project, style, str, raising=False)
    for name, text in project.new_files().items():
        if name.endswith(".py"):
            assert code_of(formatted[name]) == code_of(text), name


@pytest.mark.parametrize("style", [lmms_eval_style, vlmevalkit_style])
def test_a_string_is_never_formatted(style: Callable[[str], str]) -> None:
    """However long its lines are: a mark in one would be a part of a pattern."""
    value = f"\n{'x' * 300}  \n  from .a import {', '.join('bcd' * 40)}\n"
    assert ast.literal_eval(style(f"X = r'''{value}'''").removeprefix("X = ")) == value


def code_of(text: str) -> list[str]:
    """What a module does, wherever its imports and line breaks stand."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (documented := ast.get_docstring(node)):
            node.body[0] = ast.Expr(ast.Constant(documented.strip()))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [
        f"{ast.unparse(node).partition(' import ')[0]} {ast.unparse(each)}" for node in imports for each in node.names
    ]
    return [*sorted(names), *(ast.dump(node) for node in tree.body if node not in imports)]


class _Loader(yaml.SafeLoader):
    """Reads ``!function a.b`` as the text "a.b"."""


_Loader.add_constructor("!function", lambda loader, node: loader.construct_scalar(node))


def test_the_yaml_files_say_what_the_registry_and_the_protocol_say() -> None:
    files = PROJECTS["lmms-eval"].new_files()
    folder = "lmms_eval/tasks/mmneuroonco"
    content: dict[str, Any] = yaml.load(files[f"{folder}/_default_template_yaml"], Loader=_Loader)
    listed = {entry["metric"]: entry["higher_is_better"] for entry in content["metric_list"]}
    assert list(listed) == [*TABLE_METRICS, *(f"{name}_stderr" for name in TABLE_METRICS)]
    for name in TABLE_METRICS:
        assert listed[name] is {"higher": True, "lower": False, "neither": None}[METRICS[name].direction], name
    assert content["generation_kwargs"]["max_new_tokens"] == DIRECT.max_new_tokens
    assert content["generation_kwargs"]["until"] == []
    assert content["reasoning_tags"] == "none"
    assert (
        f"QUESTION_FORM = {DIRECT.template.partition('{options}')[0] + '{options}'!r}".replace("'", '"')
        in (files[f"{folder}/utils.py"])
    )
    asked = DIRECT.template.format(question="Q", options=option_lines({"A": "x"}))
    assert asked.endswith(content["lmms_eval_specific_kwargs"]["default"]["post_prompt"])
    for name in TABLE_METRICS:
        assert f"| `{name}` |" in files[f"{folder}/README.md"]


def test_the_readme_cites_the_paper_as_our_documentation_does() -> None:
    documentation = (Path(__file__).resolve().parent.parent / "docs" / "cite.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"@article\{guo2026mmneuroonco,.*?\n\}", documentation, re.DOTALL)
    assert entry in PROJECTS["lmms-eval"].new_files()["lmms_eval/tasks/mmneuroonco/README.md"]


def test_the_checksums_are_the_released_ones(released: Path) -> None:
    for scope, checksum in RELEASED.items():
        assert load_benchmark("closed", annotations=released / "benchmark", scope=scope).data_hash == checksum


# What is refused.


@pytest.mark.parametrize("change", ["new file", "changed file", "our file changed", "staged"])
def test_a_tree_with_changes_is_left_alone(project: Project, copy: Path, change: str) -> None:
    path = {
        "new file": "notes.txt",
        "our file changed": min(python_files(copy)),
    }.get(change, min(MADE_UP[project.name]))
    (copy / path).write_text("mine\n", encoding="utf-8")
    if change == "staged":
        git(copy, "add", path)
    with pytest.raises(UpstreamError, match=f"not committed.*{Path(path).name}.*commit or stash"):
        write_pull_request(project, copy)
    assert (copy / path).read_text(encoding="utf-8") == "mine\n"


def test_a_folder_that_is_no_checkout_of_the_project_is_named(project: Project, written: Path, tmp_path: Path) -> None:
    (other,) = (each for each in PROJECTS.values() if each is not project)
    (tmp_path / "plain").mkdir()
    for folder, why in (
        (tmp_path / "nowhere", "no such folder"),
        (tmp_path / "plain", "not the top folder of a git checkout"),
        (written / Path(project.marker).parent, "not the top folder of a git checkout"),
    ):
        with pytest.raises(UpstreamError, match=f"{why}.*clone {project.url}"):
            write_pull_request(quick(project), folder)
    with pytest.raises(UpstreamError, match=f"no checkout of {other.name}"):
        write_pull_request(quick(other), written)


def test_nothing_is_written_through_a_link_out_of_the_checkout(project: Project, tmp_path: Path) -> None:
    checkout = made_up_checkout(project.name, tmp_path / "tree")
    (tmp_path / "outside").mkdir()
    (checkout / "ours").symlink_to(tmp_path / "outside")
    committed(checkout)
    with pytest.raises(UpstreamError, match="leads out of the checkout"):
        write_pull_request(quick(project), checkout)
    assert not list((tmp_path / "outside").iterdir())


def test_a_file_that_git_ignores_is_told(project: Project, tmp_path: Path) -> None:
    checkout = made_up_checkout(project.name, tmp_path / "tree")
    (checkout / ".gitignore").write_text("ours/\n")
    committed(checkout)
    with pytest.raises(UpstreamError, match="ignored by git"):
        write_pull_request(quick(project), checkout)


def test_documentation_that_has_changed_is_a_remark_and_registration_an_error(tmp_path: Path) -> None:
    first = made_up_checkout("lmms-eval", tmp_path / "lmms")
    (first / "docs/advanced/current_tasks.md").write_text("# Another layout\n")
    (remark,) = write_pull_request(quick(lmms_eval.PROJECT), committed(first)).remarks
    assert remark.startswith("docs/advanced/current_tasks.md is not edited: it has no heading")
    second = made_up_checkout("VLMEvalKit", tmp_path / "vlm")
    (second / "README.md").unlink()
    (remark,) = write_pull_request(quick(vlmevalkit.PROJECT), committed(second)).remarks
    assert remark == "README.md is not edited: the checkout has no such file."
    (second / "vlmeval/dataset/__init__.py").write_text("from .zebra import Zebra\nIMAGE_DATASET = (Zebra,)\n")
    with pytest.raises(UpstreamError, match=r"has no list IMAGE_DATASET.*edit it by hand"):
        write_pull_request(quick(vlmevalkit.PROJECT), committed(second))


# The edits.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from .a import A\n", "from .a import A\nfrom .b import B\n"),
        ("from .c import C\n", "from .b import B\nfrom .c import C\n"),
        ("import os\n\nfrom .A import A\nfrom .C import (C,\n    D)\n", None),
        ("from .b import B\n", "from .b import B\n"),
    ],
)
def test_an_import_takes_its_alphabetical_place(text: str, expected: str | None) -> None:
    done = with_import(text, "b", "B")
    assert done == (expected or text.replace("from .C", "from .b import B\nfrom .C"))
    assert with_import(done, "b", "B") == done


@pytest.mark.parametrize(
    "text", ["X = [\n    A\n]\n", "X = [\n    A,  # first\n]\n", "X = [\n    A, B,\n]\nX += [C]\n"]
)
def test_a_list_gets_one_more_element(text: str) -> None:
    done = with_element(text, "X", "Z")
    assert "    Z,\n]" in done
    compile(done, "done", "exec")
    assert with_element(done, "X", "Z") == done


def test_edits_without_a_place_say_what_belongs_where() -> None:
    with pytest.raises(PlaceNotFound, match="no heading '# B'"):
        with_list_entry("# A\n", "# B", "- [C](x)\n")
    with pytest.raises(PlaceNotFound, match="no imports"):
        with_import("import os\n", "b", "B")
    with pytest.raises(PlaceNotFound, match="no list X"):
        with_element("X = [A]\n", "X", "B")


def test_the_last_entry_of_a_list_stays_in_the_list() -> None:
    assert with_list_entry("# A\n- [Ant](x)\n  - b\n\n# Z\n", "# A", "- [Bee](x)\n") == (
        "# A\n- [Ant](x)\n  - b\n- [Bee](x)\n\n# Z\n"
    )


# The bundler.


def test_a_copy_has_what_is_used_and_no_more() -> None:
    copies = bundle({"benchmark.layouts": ["opaque_name"]}, Destination("host.ours"))
    assert set(copies) == {"host.ours.benchmark.layouts"}
    names = [node.name for node in ast.parse(copies["host.ours.benchmark.layouts"]).body if hasattr(node, "name")]
    assert names == ["opaque_name"]


def test_a_method_is_copied_where_something_takes_it_by_its_name() -> None:
    copies = bundle({"benchmark.layouts": ["ImageIndex"]}, Destination("host.ours"))
    assert "def find_slice" in copies["host.ours.benchmark.layouts"], "what is asked for is whole"
    assert re.findall(r"def (\w+)", copies["host.ours.benchmark.records"]) == ["patient"]
    assert "BRATS_PATIENT = " in copies["host.ours.benchmark.records"], "what the method uses"


def test_a_copy_of_a_part_can_say_what_the_part_is() -> None:
    destination = Destination("host.ours", docstrings={"prompts": "The options as every prompt lists them."})
    (text,) = bundle({"prompts": ["option_lines"]}, destination).values()
    assert ast.get_docstring(ast.parse(text)) == "The options as every prompt lists them."
    assert '"""The options as they are listed in every protocol, one a line."""\n' in text, "its example is gone"


def test_a_name_that_a_package_passes_on_comes_from_where_it_is_defined() -> None:
    copies = bundle({"scoring": ["score_closed_run"]}, Destination("host.ours", absolute=False))
    assert "from .answers.outcome import Answer" in copies["host.ours.scoring"]
    assert "host.ours.answers" not in copies


def test_what_does_not_exist_or_cannot_be_copied_is_our_own_fault_and_said() -> None:
    with pytest.raises(BundlingError, match=r"benchmark\.layouts has no absent"):
        bundle({"benchmark.layouts": ["absent"]}, Destination("host.ours"))
    with pytest.raises(BundlingError, match=r"benchmark\.hub, line \d+: only definitions"):
        bundle({"benchmark.hub": ["image_zip_names"]}, Destination("host.ours"))


# The description.


def a_run(task: str, **differing: float | None) -> Validated:
    ours: dict[str, float | None] = dict.fromkeys(TABLE_METRICS, 0.25)
    return Validated("tiny", task, 10, {**ours, **differing}, ours)


def test_a_description_without_runs_says_so_in_every_cell(project: Project) -> None:
    text = describe(project)
    assert "{{" not in text
    rows = [line for line in text.splitlines() if any(f"| `{task}` |" in line for task in project.tasks)]
    assert len(rows) == 2
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert all(cell in (NOT_RUN, *(f"`{task}`" for task in project.tasks)) for cell in cells)


def test_a_description_with_runs_tells_their_numbers_and_whether_they_are_ours(project: Project) -> None:
    first, second = project.tasks
    text = describe(project, [a_run(first), a_run(second, h_score=None)])
    assert f"| tiny | `{first}` | 10 | 0.2500 |" in text and "| pass, all" in text
    assert "| N/A | fail: h_score |" in text
    assert [a_run(first).outcome, a_run(first, accuracy=0.2500001).outcome] == [
        f"pass, all {len(TABLE_METRICS)} metrics",
        "fail: accuracy",
    ]


def test_a_description_tells_what_the_projects_own_test_came_to(tmp_path: Path) -> None:
    assert offline_tests([tmp_path]) == NOT_RUN
    report = '<testsuites><testsuite tests="{}" failures="{}" errors="0" skipped="0"/></testsuites>'
    for counts, told in (((19, 0), "pass, 19 tests"), ((19, 2), "fail, 2 of 19"), ((0, 0), "fail, 0 of 0")):
        (tmp_path / "pytest.xml").write_text(report.format(*counts))
        assert offline_tests([tmp_path]) == told
        assert f"result: `{told}`" in describe(lmms_eval.PROJECT, [], told)
    (tmp_path / "pytest.xml").write_text("<testsuite tests='x'/>")
    with pytest.raises(UpstreamError, match=r"pytest\.xml: cannot be read"):
        offline_tests([tmp_path])


def test_summaries_have_at_most_three_bullets(project: Project) -> None:
    text = describe(project)
    for heading in ("## Summary", "## Validation"):
        section = text.split(f"{heading}\n")[1].split("\n\n")[0]
        assert 1 <= section.count("\n- ") + section.startswith("- ") <= 4
    assert text.split("## Summary\n")[1].split("\n\n")[0].count("- ") >= 3


def test_the_command_writes_beside_the_checkout_and_refuses_in_one_sentence(
    project: Project, copy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, module = {"lmms-eval": ("lmms-eval", lmms_eval), "VLMEvalKit": ("vlmevalkit", vlmevalkit)}[project.name]
    monkeypatch.setattr(module, "PROJECT", project)
    done = run_here(capsys, "upstream", name, copy)
    assert done.code == 0, done.err
    assert "0 files written" in done.out
    assert (copy.parent / "copy-pull-request.md").read_text(encoding="utf-8") == describe(project)
    (copy / "mine.txt").write_text("mine")
    refused = run_here(capsys, "upstream", name, copy)
    assert refused.code == 1
    assert refused.err.count("\n") == 1 and "not committed" in refused.sentence
