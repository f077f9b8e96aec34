"""A framework that looks for no plugins gets ours as soon as it is imported, and nothing happens before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mmneuroonco_tasks.frameworks import plugin_hook

#: A framework and a plugin of the test's own, on a path of their own.
FRAMEWORK = "TABLE = ['its own']\n"
PLUGIN = "import sys\ndef register():\n    sys.modules['hosted.tables'].TABLE.append('ours')\n"
BROKEN = "def register():\n    raise RuntimeError('no such table')\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "hosted").mkdir()
    (tmp_path / "hosted" / "__init__.py").write_text("")
    (tmp_path / "hosted" / "tables.py").write_text(FRAMEWORK)
    (tmp_path / "plugin.py").write_text(PLUGIN)
    (tmp_path / "broken.py").write_text(BROKEN)
    return tmp_path


def run(code: str, *folders: Path) -> str:
    """What the code prints in a fresh Python that sees the package and the folders."""
    package = Path(plugin_hook.__file__).parents[2]
    paths = f"import sys; sys.path[:0] = {[str(folder) for folder in (*folders, package)]}\n"
    done = subprocess.run([sys.executable, "-I", "-c", paths + code], capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


INSTALL = "from mmneuroonco_tasks.frameworks.plugin_hook import install\n"


def test_registration_follows_the_import_of_the_module_that_is_waited_for(path: Path) -> None:
    code = "install({'hosted.tables': 'plugin:register'})\nprint('plugin' in sys.modules)\n"
    assert run(INSTALL + code, path) == "False\n"
    assert run(INSTALL + code + "from hosted.tables import TABLE\nprint(TABLE)", path).endswith("['its own', 'ours']\n")


def test_asking_whether_the_module_exists_does_not_use_the_hook_up(path: Path) -> None:
    code = (
        "from importlib.util import find_spec\n"
        "install({'hosted.tables': 'plugin:register'})\n"
        "print(find_spec('hosted.tables') is not None, find_spec('hosted.nothing'))\n"
        "from hosted.tables import TABLE\nprint(TABLE)"
    )
    assert run(INSTALL + code, path) == "True None\n['its own', 'ours']\n"


def test_several_installations_share_one_finder(path: Path) -> None:
    code = (
        "install({'hosted.nothing': 'plugin:register'})\ninstall({'hosted.tables': 'plugin:register'})\n"
        "print(sum(type(finder).__name__ == 'RegisterAfterImport' for finder in sys.meta_path))\n"
        "from hosted.tables import TABLE\nprint(TABLE)"
    )
    assert run(INSTALL + code, path) == "1\n['its own', 'ours']\n"


def test_a_registration_that_fails_is_a_warning(path: Path) -> None:
    code = "install({'hosted.tables': 'broken:register'})\nfrom hosted.tables import TABLE\nprint(TABLE)"
    output = run(INSTALL + code, path)
    assert "RuntimeWarning: the MM-NeuroOnco tasks could not be registered (no such table)" in output
    assert "['its own']" in output


def test_enable_and_disable_write_and_remove_one_file(tmp_path: Path) -> None:
    assert not plugin_hook.enabled(tmp_path)
    written = plugin_hook.enable(tmp_path)
    assert written == plugin_hook.enable(tmp_path), "doing it twice changes nothing"
    assert plugin_hook.enabled(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [written.name]
    assert plugin_hook.disable(tmp_path)
    assert not plugin_hook.disable(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_enabled_python_loads_nothing_of_ours_until_a_framework_is_imported(tmp_path: Path) -> None:
    plugin_hook.enable(tmp_path)
    code = (
        f"import site; site.addsitedir({str(tmp_path)!r})\nimport json.tool\n"
        "print(type(sys.meta_path[0]).__name__, [name for name in sys.modules if 'mmneuroonco' in name])\n"
    )
    assert run(code) == "Waiter []\n"


def test_an_enabled_python_registers_with_a_framework(tmp_path: Path) -> None:
    plugin_hook.enable(tmp_path)
    package = tmp_path / "vlmeval"
    package.mkdir()
    (package / "__init__.py").write_text("")
    code = (
        f"import site; site.addsitedir({str(tmp_path)!r})\nimport vlmeval\n"
        "print(type(sys.meta_path[0]).__name__, sorted(sys.meta_path[0].hooks))\n"
    )
    assert run(code) == "RegisterAfterImport ['lmms_eval.tasks', 'vlmeval.config', 'vlmeval.dataset']\n"


def test_a_line_that_outlives_the_package_disturbs_nothing(tmp_path: Path) -> None:
    plugin_hook.enable(tmp_path)
    (tmp_path / "vlmeval.py").write_text("print('imported')")
    code = (
        f"import site; site.addsitedir({str(tmp_path)!r})\n"
        "import sys; sys.modules['mmneuroonco_tasks'] = None\nimport vlmeval"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("imported\n", "")
