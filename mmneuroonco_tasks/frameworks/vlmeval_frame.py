"""A pandas frame whose predictions survive VLMEvalKit's sheets."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

#: Texts that pandas reads back as nothing, in any of VLMEvalKit's sheets.
NOTHING_TO_PANDAS = {"", "NULL", "null", "None", "NaN", "-NaN", "nan", "-nan", "<NA>", "NA", "N/A", "n/a"}
NOTHING_TO_PANDAS |= {"#NA", "#N/A", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"}
#: What xlsx writers turn into a formula or a link.
ACTIVE_CELL = re.compile(r"\{?=|(ftp|http)s?://|mailto:|(in|ex)ternal:")


class PredictionFrame(pd.DataFrame):  # type: ignore[misc, unused-ignore]  # pandas has no types where it is not installed
    """A frame whose predictions survive VLMEvalKit's sheets.

    VLMEvalKit writes predictions into a copy of the dataset's frame, and under ``--reuse`` reads them back with
    pandas, which makes nothing of "None" and 0 of "=1+1". A blank beside such a text keeps it a text, and changes
    no reading of it.
    """

    @property
    def _constructor(self) -> type[PredictionFrame]:
        return PredictionFrame

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, str) and key == "prediction":
            value = [kept_as_text(each) for each in value]
        super().__setitem__(key, value)


def kept_as_text(prediction: Any) -> Any:
    """The same text with a blank where a sheet would not keep it.

    >>> kept_as_text("None"), kept_as_text("=1+1"), kept_as_text("B")
    ('None ', ' =1+1', 'B')
    """
    if not isinstance(prediction, str):
        return prediction
    if ACTIVE_CELL.match(prediction):
        return f" {prediction}"
    return f"{prediction} " if prediction in NOTHING_TO_PANDAS else prediction
