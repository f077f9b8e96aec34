"""A doctor's own words count as right, and one wrong word makes them wrong.

The sixty paraphrases below were written before the extractor had read any of them, each against a made-up reference
in the manner of the phantom benchmark. A corruption changes exactly one word of a paraphrase into its opposite.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from mmneuroonco_tasks.scores.attributes import read_attributes

ROUND, LOBULATED, IRREGULAR = "Round/Oval", "Lobulated", "Irregular/Spiculated"
SMALL, MEDIUM, LARGE = "Small/Focal", "Medium", "Large/Extensive"
SOLITARY, SATELLITES, SCATTERED = (
    "Solitary Lesion",
    "Dominant Core with Satellites",
    "Scattered/Multifocal",
)


class Paraphrase(NamedTuple):
    attribute: str
    value: str
    reference: str
    paraphrase: str
    word: str
    opposite: str

    @property
    def corrupted(self) -> str:
        changed, n = re.subn(rf"\b{re.escape(self.word)}\b", self.opposite, self.paraphrase, count=1)
        assert n == 1, f"{self.word!r} does not stand in {self.paraphrase!r}"
        return changed


SHAPE_REFERENCES = {
    ROUND: "The drawn lesion is round to oval; its contour is even (circularity 0.91, elongation 1.12).",
    LOBULATED: "The drawn lesion is lobulated (circularity 0.66): its outline is neither smooth nor perfectly round.",
    IRREGULAR: "The drawn lesion has an irregular, spiculated outline; its circularity is only 0.33.",
}
SIZE_REFERENCES = {
    SMALL: "The drawn lesion is small and focal: it covers 0.40% of the image, less than the 1% limit.",
    MEDIUM: "The drawn lesion is of medium size: it covers 2.70% of the image, between 1% and 5%.",
    LARGE: "The drawn lesion is large: it covers 8.20% of the image, more than the 5% limit.",
}
SPREAD_REFERENCES = {
    SOLITARY: "The drawn lesion is solitary: the mask has a single component.",
    SATELLITES: "A dominant core with satellites: three components, the largest with 88.0% of the lesion area.",
    SCATTERED: "The drawn lesion is multifocal: four components, the largest with only 41.0% of the lesion area.",
}


def shape(value: str, paraphrase: str, word: str, opposite: str) -> Paraphrase:
    return Paraphrase("shape", value, SHAPE_REFERENCES[value], paraphrase, word, opposite)


def size(value: str, paraphrase: str, word: str, opposite: str) -> Paraphrase:
    return Paraphrase("size", value, SIZE_REFERENCES[value], paraphrase, word, opposite)


def spread(value: str, paraphrase: str, word: str, opposite: str) -> Paraphrase:
    return Paraphrase("spread", value, SPREAD_REFERENCES[value], paraphrase, word, opposite)


def sector(value: str, paraphrase: str, word: str, opposite: str) -> Paraphrase:
    place = value.removesuffix(" Region").lower()
    reference = (
        "The drawn lesion lies in the central region of the image."
        if value == "Center of the Image"
        else f"The drawn lesion lies in the {place} region of the image."
    )
    return Paraphrase("sector", value, reference, paraphrase, word, opposite)


PARAPHRASES = [
    # Shape and margins
    shape(ROUND, "Well-circumscribed, round mass with smooth borders; no spiculation.", "round", "irregular"),
    shape(ROUND, "The tumour is essentially round, without lobulation or irregular edges.", "round", "irregular"),
    shape(ROUND, "Oval, sharply demarcated. Margins are regular, not spiculated.", "Oval", "Irregular"),
    shape(ROUND, "I would call this a round-to-ovoid lesion, circularity roughly 0,9.", "round", "irregular"),
    shape(ROUND, "Shape: round. Margins: well defined.", "round", "irregular"),
    shape(
        LOBULATED,
        "Lobulated contour, neither perfectly round nor frankly spiculated.",
        "Lobulated",
        "Irregular",
    ),
    shape(LOBULATED, "There is a mass with gentle lobulations along its edge.", "lobulations", "spiculations"),
    shape(LOBULATED, "The margin is lobular, with a few scalloped indentations.", "lobular", "spiculated"),
    shape(IRREGULAR, "Irregular mass with ill-defined margins; certainly not a round lesion.", "Irregular", "Round"),
    shape(
        IRREGULAR,
        "The lesion's outline is irregular rather than smooth, with finger-like extensions.",
        "irregular",
        "round",
    ),
    shape(IRREGULAR, "Spiculated borders, jagged in places, poorly circumscribed.", "Spiculated", "Lobulated"),
    shape(
        IRREGULAR,
        "The contour is markedly irregular (circularity well below 0.5), not oval.",
        "irregular",
        "round",
    ),
    shape(
        IRREGULAR,
        "Not a rounded mass: the edges are irregular and infiltrative.",
        "irregular",
        "round",
    ),
    # Size class, by word and by number
    size(SMALL, "A small lesion, occupying less than 1 % of the slice.", "small", "large"),
    size(SMALL, "Small focal abnormality; it takes up about 0.4 percent of the image.", "Small", "Large"),
    size(SMALL, "It is quite small, well under one percent of the field of view.", "small", "large"),
    size(SMALL, "The tumour is small, not large, at roughly 0,5 % of the picture.", "small", "large"),
    size(SMALL, "Tiny, sub-percent lesion (approx. 0.3–0.5% of the image).", "Tiny", "Large"),
    size(MEDIUM, "Medium-sized mass covering 2–3 % of the image.", "Medium", "Large"),
    size(MEDIUM, "Intermediate in size: neither small nor large, some 2.5% of the slice.", "2.5", "25"),
    size(MEDIUM, "The lesion is moderate in size and covers around 3 percent of the frame.", "moderate", "small"),
    size(LARGE, "Large mass that takes up more than 5% of the picture.", "Large", "Small"),
    size(LARGE, "This is a large, bulky tumour, about 8 % of the image area.", "large", "small"),
    size(LARGE, "Extensive involvement, certainly not small: close to 9% of the slice.", "9", "0.9"),
    size(LARGE, "The lesion is large. It occupies roughly a twelfth of the image.", "large", "small"),
    size(LARGE, "A sizeable lesion, estimated at 7 to 9 percent of the image.", "sizeable", "tiny"),
    # Spread
    spread(SOLITARY, "Solitary lesion. No satellite nodules are seen.", "Solitary", "Multifocal"),
    spread(SOLITARY, "A single focus only; no further lesions.", "single", "multifocal"),
    spread(SOLITARY, "The tumour is solitary and not multifocal, without satellites.", "solitary", "multifocal"),
    spread(SOLITARY, "Unifocal disease; I see no second lesion.", "Unifocal", "Multifocal"),
    spread(
        SOLITARY, "It appears to be one solitary mass with no evidence of additional foci.", "solitary", "multifocal"
    ),
    spread(SOLITARY, "There is only one lesion in this slice, so it is solitary.", "solitary", "multifocal"),
    spread(SCATTERED, "Multifocal disease with four separate foci.", "Multifocal", "Solitary"),
    spread(SCATTERED, "Several scattered lesions, none of them dominant: multifocal.", "multifocal", "solitary"),
    spread(
        SCATTERED,
        "The pattern is multifocal rather than solitary; the foci are similar in size.",
        "multifocal",
        "solitary",
    ),
    spread(SCATTERED, "Not solitary. Multiple discrete lesions are present.", "Multiple", "Single"),
    spread(
        SATELLITES,
        "One dominant mass with a few small satellite lesions, that is multifocal, not unifocal.",
        "multifocal",
        "solitary",
    ),
    spread(
        SATELLITES,
        "Multifocal in the sense of a main lesion with smaller satellites around it.",
        "Multifocal",
        "Solitary",
    ),
    spread(SATELLITES, "There is a dominant core, and satellite nodules surround it.", "and", "no"),
    # Sector: the image's own sides
    sector("Center of the Image", "The lesion sits centrally, near the middle of the image.", "centrally", "left"),
    sector("Center of the Image", "Right in the centre of the slice.", "centre", "bottom"),
    sector("Center of the Image", "Central; it is not in one of the corners.", "Central", "Upper-left"),
    sector("Upper-Left Region", "Upper-left quadrant of the picture.", "left", "right"),
    sector("Upper-Left Region", "It lies at the top, on the left-hand side.", "left", "right"),
    sector("Upper-Right Region", "The mass is in the upper right part of the image.", "right", "left"),
    sector("Upper-Right Region", "Superior and to the right within the image.", "right", "left"),
    sector("Lower-Left Region", "In the left lower third of the field of view.", "left", "right"),
    sector("Lower-Left Region", "Bottom-left corner, not on the right.", "left", "right"),
    sector("Lower-Right Region", "The centroid falls in the lower right sector of the image.", "right", "left"),
    sector("Lower-Right Region", "Towards the bottom of the image, right of the midline.", "right", "left"),
    sector("Center-Left Region", "On the left side of the image, at mid-height.", "left", "right"),
    sector("Center-Right Region", "Middle right of the image, neither upper nor lower.", "right", "left"),
    sector("Upper-Center Region", "At the top of the image in the midline.", "top", "bottom"),
    sector("Lower-Center Region", "In the lower third, centred horizontally.", "lower", "upper"),
    # Several attributes in one answer, one of them corrupted
    Paraphrase(
        "size",
        LARGE,
        SIZE_REFERENCES[LARGE],
        "A large, solitary, irregular mass in the centre of the image argues for a glial tumour rather than for "
        "several small deposits.",
        "large",
        "small",
    ),
    Paraphrase(
        "shape",
        ROUND,
        SHAPE_REFERENCES[ROUND],
        "Its round, well-defined shape, the small size (0.4 % of the image) and the single focus in the upper left "
        "are in keeping with a benign lesion; a metastasis would often be multifocal and irregular.",
        "round",
        "irregular",
    ),
    Paraphrase(
        "spread",
        SOLITARY,
        SPREAD_REFERENCES[SOLITARY],
        "We see a solitary, lobulated lesion of medium size near the centre, without satellites, which fits.",
        "solitary",
        "multifocal",
    ),
    Paraphrase(
        "sector",
        "Lower-Left Region",
        "The drawn lesion lies in the lower-left region of the image.",
        "This irregular lesion of moderate size is unifocal and lies in the lower left part of the image, which "
        "would be right in keeping with the diagnosis.",
        "left",
        "right",
    ),
    Paraphrase(
        "size",
        SMALL,
        SIZE_REFERENCES[SMALL],
        "- shape: **round**\n- size: **small** (0.4 %)\n- number: **one**\n- site: **left upper corner**",
        "small",
        "large",
    ),
    Paraphrase(
        "spread",
        SCATTERED,
        SPREAD_REFERENCES[SCATTERED],
        "Multifocal involvement with irregular, mid-sized foci; a solitary round tumour would look different.",
        "Multifocal",
        "Solitary",
    ),
]


def is_right(case: Paraphrase, text: str) -> bool:
    reading = read_attributes(text)[case.attribute]
    return reading.value == read_attributes(case.reference)[case.attribute].value and not reading.contradictory


def test_there_are_sixty_paraphrases_and_sixty_corruptions() -> None:
    assert len(PARAPHRASES) == 60
    assert len({case.paraphrase for case in PARAPHRASES}) == 60
    assert all(case.corrupted != case.paraphrase for case in PARAPHRASES)


@pytest.mark.parametrize("case", PARAPHRASES, ids=lambda case: case.paraphrase[:40])
def test_every_made_up_reference_reads_as_its_class(case: Paraphrase) -> None:
    assert read_attributes(case.reference)[case.attribute].value == case.value


def test_at_least_97_percent_of_a_doctors_paraphrases_are_right() -> None:
    missed = [case.paraphrase for case in PARAPHRASES if not is_right(case, case.paraphrase)]
    assert len(missed) <= 0.03 * len(PARAPHRASES), missed


def test_at_least_97_percent_of_the_one_word_corruptions_are_wrong() -> None:
    missed = [case.corrupted for case in PARAPHRASES if is_right(case, case.corrupted)]
    assert len(missed) <= 0.03 * len(PARAPHRASES), missed
