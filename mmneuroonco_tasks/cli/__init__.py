"""The command `mmneuroonco`: one module a command, errors as one sentence with what to do next.

Exit codes: 0 done, 1 the work could not be done (the sentence says why), 2 the call itself was wrong (typer's).
Modules import what they need inside their functions, so that no command pays for another's imports.
"""

from __future__ import annotations

import sys
import warnings
from io import TextIOWrapper

import typer

from .audit import audit
from .compare import compare
from .demo import demo
from .doctor import doctor
from .dual import dual
from .export import export
from .instructions import instructions
from .leaderboard import leaderboard
from .paths import paths
from .plugin import disable, enable
from .prepare import prepare
from .report import report
from .run import run
from .score import score
from .upstream import upstream

app = typer.Typer(
    name="mmneuroonco",
    help="MM-NeuroOnco: brain-tumour MRI questions, scored with rejection-aware accuracy. For research, not for care.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (prepare, doctor, score, compare, report, leaderboard, demo, paths, dual, audit, enable, disable):
    app.command()(_command)
app.add_typer(run, name="run")
app.add_typer(export, name="export")
app.add_typer(instructions, name="instructions")
app.add_typer(upstream, name="upstream")


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and stop.", is_eager=True),
) -> None:
    if version:
        from mmneuroonco_tasks import __version__

        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command; whatever is wrong with the input is one sentence on standard error, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal without Unicode shows "\\u2013" for a dash. In a text of JSON that is the dash.
            stream.reconfigure(errors="backslashreplace")
    # Pillow warns of what is wrong with a picture; our own sentence says it.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        app()
    except ValueError as error:
        # BenchmarkError, PredictionsError and their like: their messages are written for users.
        if type(error) is ValueError or isinstance(error, UnicodeError):
            raise
        _stop(str(error))
    except KeyboardInterrupt:
        _stop("stopped; run the same command again to go on.")
    except BrokenPipeError:
        # The reader of our output, such as `head`, has gone.
        sys.stderr.close()
        sys.exit(0)


def _stop(sentence: str) -> None:
    # What a damaged file holds may stand in it, line ends too.
    typer.echo(f"mmneuroonco: {' '.join(sentence.splitlines())}", err=True)
    sys.exit(1)
