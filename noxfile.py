"""The sessions behind `make`: each framework has an environment of its own, since they pin clashing packages."""

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"
nox.options.envdir = ".venvs"
nox.options.reuse_existing_virtualenvs = True
nox.options.stop_on_first_error = True

PYTHON = "3.11"
#: Framework packages are compiled once a machine, not once a process.
CACHE = Path(".cache").resolve()

#: Two test files at a time, each in one process: within a file, tests share what framework processes have done.
TWO_FILES = ("-n", "2", "--dist", "loadfile")

#: Modules that import a framework; the framework sessions run them.
NEED_A_FRAMEWORK = (
    "mmneuroonco_tasks/frameworks/inspect_ai_model.py",
    "mmneuroonco_tasks/frameworks/inspect_ai_scoring.py",
    "mmneuroonco_tasks/frameworks/inspect_ai_tasks.py",
    "mmneuroonco_tasks/frameworks/lm_eval_tasks.py",
    "mmneuroonco_tasks/frameworks/lmms_eval_models.py",
    "mmneuroonco_tasks/frameworks/lmms_eval_openai.py",
    "mmneuroonco_tasks/frameworks/vlmeval_dataset.py",
    "mmneuroonco_tasks/frameworks/vlmeval_judge.py",
    "mmneuroonco_tasks/frameworks/vlmeval_model.py",
    "mmneuroonco_tasks/upstream/parts",
)


def _environment(session: nox.Session) -> None:
    session.env["PYTHONPYCACHEPREFIX"] = str(CACHE / "bytecode")
    session.env.pop("PYTHONDONTWRITEBYTECODE", None)
    session.env["HF_HUB_OFFLINE"] = "1"


def _pytest(session: nox.Session, *arguments: str) -> None:
    # `pytest`, not `python -m pytest`: the latter would import the checkout where the wheel is to be tested.
    session.run("pytest", *arguments, *session.posargs)


def _install_wheel(session: nox.Session, extra: str, *more: str) -> None:
    """Install the package as its users do, built anew: uv would take a wheel of the same version from its cache."""
    session.install(
        "--reinstall-package", "mmneuroonco-tasks", f".[{extra}]", "pytest", "pytest-xdist", "hypothesis", *more
    )


@nox.session(python=PYTHON)
def lint(session: nox.Session) -> None:
    """Style, format, types and the documentation."""
    _environment(session)
    session.install("-e", ".[dev,report,upstream]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    # Links, pages that are in no table of contents, and the like; the maker's advertisement is not wanted in a log.
    session.run("mkdocs", "build", "--strict", "--quiet", env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session(python=PYTHON)
def unit(session: nox.Session) -> None:
    """All tests that need no framework, and the examples in docstrings."""
    _environment(session)
    session.install("-e", ".[dev,report,upstream]", "pandas", "pyarrow", "pyyaml")
    _pytest(session, "-m", "not lmms_eval and not vlmeval and not inspect_ai and not lm_eval", "-n", "2", "tests")
    _pytest(session, "--doctest-modules", "mmneuroonco_tasks", *(f"--ignore={path}" for path in NEED_A_FRAMEWORK))


@nox.session(python=PYTHON)
def lmms(session: nox.Session) -> None:
    """The tests that run the real lmms-eval."""
    _environment(session)
    # decord: needed by lmms-eval's Qwen2.5-VL class, which does not declare it; peft: for an adapter.
    _install_wheel(session, "lmms-eval,upstream", "decord", "peft")
    session.env["MMNEUROONCO_LMMS_EVAL_PYTHON"] = str(Path(session.bin) / "python")
    _pytest(session, "-m", "lmms_eval", *TWO_FILES, "tests")


@nox.session(python=PYTHON)
def vlmeval(session: nox.Session) -> None:
    """The tests that run the real VLMEvalKit."""
    _environment(session)
    _install_wheel(session, "vlmeval,upstream")
    session.env["MMNEUROONCO_VLMEVAL_PYTHON"] = str(Path(session.bin) / "python")
    lmms_eval = Path(".venvs/lmms/bin/python").absolute()  # of the session before, for what runs both frameworks
    if lmms_eval.is_file():
        session.env["MMNEUROONCO_LMMS_EVAL_PYTHON"] = str(lmms_eval)
    _pytest(session, "-m", "vlmeval", *TWO_FILES, "tests")


@nox.session(python=PYTHON)
def inspect(session: nox.Session) -> None:
    """The tests that run the real inspect_ai and the real lm-evaluation-harness, whose packages do not clash."""
    _environment(session)
    # openai: inspect_ai's provider for any endpoint of that kind needs it.
    _install_wheel(session, "inspect,lm-eval", "openai")
    session.env["MMNEUROONCO_INSPECT_PYTHON"] = str(Path(session.bin) / "python")
    session.env["MMNEUROONCO_LM_EVAL_PYTHON"] = str(Path(session.bin) / "python")
    _pytest(session, "-m", "inspect_ai or lm_eval", *TWO_FILES, "tests")


@nox.session(python=PYTHON)
def package(session: nox.Session) -> None:
    """What is released: an sdist, and from it a wheel, that runs the demo without the checkout."""
    _environment(session)
    session.install("build")
    built = (Path(session.create_tmp()) / "dist").resolve()
    shutil.rmtree(built, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(built))
    (wheel,) = built.glob("*.whl")
    session.install("--reinstall-package", "mmneuroonco-tasks", f"mmneuroonco-tasks[lmms-eval] @ {wheel.as_uri()}")
    session.chdir(built)
    session.run("mmneuroonco", "demo", "--output", str(built / "demo"))


@nox.session(python=PYTHON)
def demo(session: nox.Session) -> None:
    """Phantoms through the real lmms-eval, and one table."""
    _environment(session)
    session.install("--reinstall-package", "mmneuroonco-tasks", ".[lmms-eval,report]")
    session.run("mmneuroonco", "demo", *session.posargs)


@nox.session(python=PYTHON)
def demo_both(session: nox.Session) -> None:
    """The same through lmms-eval and VLMEvalKit, each in an environment of its own, and the same numbers."""
    _environment(session)
    session.install("--reinstall-package", "mmneuroonco-tasks", ".[vlmeval,report]")
    other = Path(".venvs/demo/bin/python").absolute()
    if not other.is_file():
        session.run("uv", "venv", "--quiet", "--python", PYTHON, str(other.parent.parent), external=True)
    install = ("uv", "pip", "install", "--quiet", "--python", str(other), "--reinstall-package", "mmneuroonco-tasks")
    session.run(*install, ".[lmms-eval,report]", external=True)
    session.run("mmneuroonco", "demo", "--framework", "both", "--lmms-eval-python", str(other), *session.posargs)


@nox.session(python=PYTHON)
def bench(session: nox.Session) -> None:
    """What the package costs, as ratios, written into the README's table."""
    _environment(session)
    pythons = []
    for framework, extra in (("lmms-eval", "lmms"), ("vlmeval", "vlmeval")):
        # The environments of the test sessions, with the package as it is now.
        python = Path(f".venvs/{extra}/bin/python").absolute()
        if not python.is_file():
            session.run("uv", "venv", "--quiet", "--python", PYTHON, str(python.parent.parent), external=True)
        install = ("uv", "pip", "install", "--quiet", "--python", str(python), "--reinstall-package")
        session.run(*install, "mmneuroonco-tasks", f".[{framework}]", external=True)
        pythons.append(f"--python={framework}={python}")
    session.install("--reinstall-package", "mmneuroonco-tasks", ".")
    session.run(
        "python", "bench/bench.py", "--write", "README.md", "--profile", "docs/speed.md", *pythons, *session.posargs
    )
