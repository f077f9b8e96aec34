"""An environment laid over another one, in which ``mmneuroonco enable`` has been run: the other stays as it is."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"
_ENABLE = "from mmneuroonco_tasks.frameworks.plugin_hook import enable; print(enable())"


def enabled_python(python: Path, folder: Path) -> Path:
    """The interpreter of the new environment in ``folder``, which sees all packages of ``python``'s."""
    subprocess.run([str(python), "-m", "venv", "--without-pip", str(folder)], check=True)
    over = folder / "bin" / "python"
    below, site = (_printed(each, _SITE) for each in (python, over))
    (Path(site) / "below.pth").write_text(f"import site; site.addsitedir({below!r})\n", encoding="utf-8")
    assert Path(_printed(over, _ENABLE)).parent == Path(site)
    return over


def _printed(python: Path, code: str) -> str:
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
