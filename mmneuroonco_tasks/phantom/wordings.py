"""The phantom benchmark's own words: stems, and options in several styles.

A style words *every* value of a question type, and a question keeps to one style throughout, so that the way an option
is written never tells whether it is right. Where the phantom cuts a class finer than the released rule (``cases``),
each text says its bounds, so that no two options are ever true of the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..benchmark.mask_rules import SECTORS
from .cases import HEALTHY, NONE

REJECTION = "None of the above"

STEMS: dict[str, tuple[str, ...]] = {
    "diagnosis": (
        "Which kind of phantom is drawn here, judged by the sign in or around the lesion?",
        "Going by the sign that its lesion bears, what does this phantom stand for?",
        "Name the phantom's diagnosis from the mark that the lesion carries.",
        "Which diagnosis does the look of this slice stand for?",
        "What is drawn in this slice?",
    ),
    "modality": (
        "Which sequence do the grey values of this slice imitate?",
        "Judging by fluid, cortex and white matter, which sequence is this?",
        "Name the pulse sequence whose contrast this slice has.",
        "What kind of weighting does this slice show?",
        "In which sequence would a slice look like this one?",
    ),
    "size": (
        "What part of the image area does the lesion take up, all its components together?",
        "Into which size class does the lesion fall, if there is one?",
        "How big is the lesion compared with the whole image?",
        "Add up everything that belongs to the lesion: how large is it?",
    ),
    "shape": (
        "What outline has the lesion (its largest component, if there are several)?",
        "Which word fits the outline of the largest component best?",
        "Look at the border of the largest lesion: how is it shaped?",
        "How does the edge of the lesion run, if there is one?",
    ),
    "spread": (
        "Does the lesion consist of one component or of several, and how do they compare?",
        "How many pieces does the lesion have, and does one of them dominate?",
        "In which pattern is the lesion spread over the slice?",
        "Count the separate components of the lesion: which pattern do they form?",
    ),
    "location": (
        "Divide the image into three by three equal cells: which one holds the lesion's centroid?",
        "Of nine equal cells of the image, in which does the middle of the lesion lie?",
        "Which ninth of the image (left and right as you see it) holds the lesion's centre of mass?",
        "Seen on a three by three grid laid over the image, where is the lesion centred?",
    ),
}
TWO_OPTION_STEMS = (
    "Is there a lesion in this slice, or is it a healthy one?",
    "Would you call this phantom healthy or abnormal?",
    "Healthy or abnormal: which is this slice?",
)
TWO_OPTIONS = ("Healthy", "Abnormal")

#: What each diagnosis looks like, in words that several styles use.
SIGNS = {
    HEALTHY: "no lesion",
    "glioma": "wide soft halo",
    "meningioma": "thin fluid rim",
    "metastasis": "hollow ring",
    "pituitary": "fluid level",
    "schwannoma": "target spot",
    "ependymoma": "many specks",
    "embryonal": "plain, no sign",
    "neuronal_tumor": "round bubbles",
}
#: What each diagnosis is called in a sentence.
NAMES = {**{name: name for name in SIGNS}, "pituitary": "pituitary tumour", "neuronal_tumor": "neuronal tumour"}
NAMES["embryonal"] = "embryonal tumour"


def _snake(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts as identifiers, a style that the released options have too."""
    cleaned = {value: "".join(c if c.isalnum() else " " for c in text) for value, text in texts.items()}
    return {value: "_".join(text.lower().split()) for value, text in cleaned.items()}


_MODALITY = {
    "T1": "T1 without contrast",
    "T2": "T2",
    "FLAIR": "FLAIR",
    "T1CE": "T1 with contrast",
    "DWI": "DWI",
}
_SIZE = {
    NONE: "No lesion",
    "small": "Small/Focal (under 1% of the image)",
    "medium": "Medium (1% to 5% of the image)",
    "large": "Large/Extensive (5% to 7% of the image)",
    "very large": "Very large (over 7% of the image)",
}
_SHAPE = {
    NONE: "No lesion",
    "round": "Round like a disc",
    "oval": "Oval, clearly longer than wide",
    "lobulated": "Lobulated",
    "irregular": "Irregular/Spiculated",
}
_SPREAD = {
    NONE: "No lesion",
    "solitary": "Solitary Lesion",
    "satellites": "Dominant Core with Satellites",
    "pair": "Pair of similar lesions",
    "multifocal": "Scattered/Multifocal (three or more)",
}
_LOCATION = {NONE: "No lesion", **{sector: sector for sector in SECTORS}}


def _grid(rows: tuple[str, str, str], columns: tuple[str, str, str], middle: str, nowhere: str) -> dict[str, str]:
    """A style for the nine cells, from words for rows and columns (each with its blank), and for the middle one."""
    cells = [row + column for row in rows for column in columns]
    cells[4] = middle
    return {NONE: nowhere, **dict(zip(SECTORS, cells, strict=True))}


#: By question type the styles, each with a text for every value.
STYLES: dict[str, tuple[Mapping[str, str], ...]] = {
    "diagnosis": (
        {value: f"{NAMES[value].capitalize()} ({sign})" for value, sign in SIGNS.items()},
        {value: f"{NAMES[value]}: {sign}" for value, sign in SIGNS.items()},
        _snake({value: f"{NAMES[value]} {sign}" for value, sign in SIGNS.items()}),
        {value: f"{sign}, that is {NAMES[value]}".capitalize() for value, sign in SIGNS.items()},
    ),
    "modality": (
        _MODALITY,
        {value: text.replace("T1", "T1-weighted").replace("T2", "T2-weighted") for value, text in _MODALITY.items()},
        _snake({**_MODALITY, "DWI": "diffusion weighted", "T2": "T2 weighted"}),
        {
            "T1": "Native T1",
            "T2": "Plain T2",
            "FLAIR": "Fluid-attenuated (FLAIR)",
            "T1CE": "Enhanced T1",
            "DWI": "Diffusion-weighted imaging",
        },
    ),
    "size": (
        _SIZE,
        _snake(_SIZE),
        {
            NONE: "no lesion to be measured",
            "small": "below 1 % of the area: small",
            "medium": "1–5 % of the area: medium",
            "large": "5–7 % of the area: large",
            "very large": "above 7 % of the area: very large",
        },
        {
            NONE: "No lesion at all",
            "small": "Small, less than one hundredth",
            "medium": "Medium, one to five hundredths",
            "large": "Large, five to seven hundredths",
            "very large": "Very large, more than seven hundredths",
        },
    ),
    "shape": (
        _SHAPE,
        _snake(_SHAPE),
        {
            NONE: "no lesion, so no outline",
            "round": "a round outline, as wide as long",
            "oval": "an oval outline, longer than wide",
            "lobulated": "a lobulated outline, bulging all round",
            "irregular": "an irregular outline with spikes",
        },
        {
            NONE: "No lesion, no border",
            "round": "Circular border",
            "oval": "Elliptical border",
            "lobulated": "Border with several lobes",
            "irregular": "Border with pointed spicules",
        },
    ),
    "spread": (
        _SPREAD,
        _snake(_SPREAD),
        {
            NONE: "there is no lesion",
            "solitary": "a single lesion",
            "satellites": "one main lesion with small satellites",
            "pair": "two lesions of similar size",
            "multifocal": "three or more lesions, none dominant",
        },
        {
            NONE: "No lesion to count",
            "solitary": "Unifocal: one piece only",
            "satellites": "One dominant piece and satellites",
            "pair": "Bifocal: two like pieces",
            "multifocal": "Multifocal: at least three pieces",
        },
    ),
    "location": (
        _LOCATION,
        _snake(_LOCATION),
        _grid(("top ", "middle ", "bottom "), ("left", "centre", "right"), "dead centre", "nowhere, no lesion"),
        _grid(
            ("Upper row, ", "Middle row, ", "Lower row, "),
            ("left column", "middle column", "right column"),
            "Middle row, middle column",
            "No lesion in any cell",
        ),
    ),
}
