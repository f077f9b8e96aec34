"""The instruction data: read, checked, compared with the benchmark, split, exported, and asked as tasks.

One sample a line (JSON Lines), in three released variants: open questions, closed questions answered by a letter, and
closed questions answered by a letter with an explanation (chain of thought). Files are streamed: memory grows by at
most a few hundred bytes a row, never by the size of the file.
"""

from .samples import ClosedForm, InstructionError, Sample, SampleProblem, parse_sample

__all__ = ["ClosedForm", "InstructionError", "Sample", "SampleProblem", "parse_sample"]
