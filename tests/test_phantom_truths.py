"""What the phantom questions hold to be true is what a slow, separate reading of the drawn masks finds."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from slow_masks import axis_ratio, drawn, flood_fill_components, released_classes

from mmneuroonco_tasks.benchmark.mask_rules import grown, shrunk
from mmneuroonco_tasks.phantom.cases import Case, deal_cases
from mmneuroonco_tasks.phantom.closed import closed_records
from mmneuroonco_tasks.phantom.drawing import Drawing, draw
from mmneuroonco_tasks.phantom.open import open_records
from mmneuroonco_tasks.reference_reader.reading import meanings_of
from mmneuroonco_tasks.scores.attributes import read_attributes

IMAGES, SEED = 120, 0
#: Released class and cell by what an option means, as a reader of English takes it (``reference_reader.reading``).
SIZES = {"small": "Small/Focal", "medium": "Medium", "large": "Large/Extensive", "very large": "Large/Extensive"}
SHAPES = {
    "round": "Round/Oval",
    "oval": "Round/Oval",
    "lobulated": "Lobulated",
    "irregular": "Irregular/Spiculated",
}
SPREADS = {
    "solitary": "Solitary Lesion",
    "satellites": "Dominant Core with Satellites",
    "pair": "Scattered/Multifocal",
    "multifocal": "Scattered/Multifocal",
}
CELLS = {
    **{"0,0": "Upper-Left Region", "0,1": "Upper-Center Region", "0,2": "Upper-Right Region"},
    **{"1,0": "Center-Left Region", "1,1": "Center of the Image", "1,2": "Center-Right Region"},
    **{"2,0": "Lower-Left Region", "2,1": "Lower-Center Region", "2,2": "Lower-Right Region"},
}
RELEASED = {"size": SIZES, "shape": SHAPES, "spread": SPREADS, "location": CELLS}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return deal_cases(IMAGES, SEED)


@pytest.fixture(scope="module")
def drawings(cases: list[Case]) -> dict[int, Drawing]:
    """The drawings of all that are asked about a lesion, by image id."""
    return {case.id: draw(case) for case in cases if case.questions == 6 or case.open}


@pytest.fixture(scope="module")
def found(drawings: dict[int, Drawing]) -> dict[int, dict[str, str]]:
    """What the slow reading finds, by image id of those with a lesion."""
    return {number: released_classes(drawing.mask) for number, drawing in drawings.items() if drawing.mask.any()}


@pytest.fixture(scope="module")
def asked(cases: list[Case]) -> list[tuple[int, dict[str, Any]]]:
    """Image id and question of every closed question that the mask decides."""
    return [
        (record["id"], pair)
        for record in closed_records(cases, SEED)
        for pair in record["vqa_pairs"]
        if pair["question_type"] in RELEASED
    ]


def key_of(pair: dict[str, Any]) -> str:
    """The text of the true option: in a trap the one that was taken away."""
    return str(pair.get("meta_original_answer") or pair["options"][pair["answer"]])


def meaning_of(text: str, pair: dict[str, Any]) -> str | None:
    """What an option text means beside the question's others."""
    question_type, meanings = meanings_of([text, *list(pair["options"].values())[:-1]])
    assert question_type == pair["question_type"]
    return meanings[0]


def test_every_size_shape_spread_and_location_follows_from_the_drawn_mask(
    found: dict[int, dict[str, str]], asked: list[tuple[int, dict[str, Any]]]
) -> None:
    checked: Counter[str] = Counter()
    for number, pair in asked:
        question_type = pair["question_type"]
        meaning = meaning_of(key_of(pair), pair)
        if number not in found:
            assert meaning == "no lesion", (number, question_type)
            continue
        assert meaning is not None
        assert RELEASED[question_type][meaning] == found[number][question_type], (number, question_type)
        checked[question_type, meaning] += 1
    assert {kind for kind, _ in checked} == set(RELEASED)
    assert len(checked) >= 18, "nearly every value of every attribute is among them"


def test_the_classes_that_options_cut_finer_follow_from_the_mask_too(
    drawings: dict[int, Drawing], asked: list[tuple[int, dict[str, Any]]]
) -> None:
    for number, pair in asked:
        meaning, mask = meaning_of(key_of(pair), pair), drawings[number].mask
        if meaning in ("large", "very large"):
            assert (np.count_nonzero(mask) > 0.07 * mask.size) == (meaning == "very large")
        if meaning in ("round", "oval"):
            largest = drawn(max(flood_fill_components(mask), key=len))
            assert (axis_ratio(largest) > 1.2) == (meaning == "oval")
        if meaning in ("pair", "multifocal"):
            assert (len(flood_fill_components(mask)) == 2) == (meaning == "pair")


def test_no_other_option_is_true_and_none_of_a_traps(asked: list[tuple[int, dict[str, Any]]]) -> None:
    for number, pair in asked:
        truth = meaning_of(key_of(pair), pair)
        offered = [meaning_of(text, pair) for letter, text in pair["options"].items() if letter != "E"]
        assert None not in offered, (number, pair["options"])
        assert len(set(offered)) == 4, (number, pair["options"])
        assert offered.count(truth) == (0 if pair.get("meta_trap") else 1)


def test_a_rule_that_lets_corners_not_touch_finds_the_same(
    drawings: dict[int, Drawing], found: dict[int, dict[str, str]]
) -> None:
    for number, classes in found.items():
        assert released_classes(drawings[number].mask, edges_only=True) == classes


def test_healthy_heads_have_an_empty_mask_and_others_have_not(cases: list[Case], drawings: dict[int, Drawing]) -> None:
    healthy = {case.id for case in cases if case.diagnosis == "healthy"}
    assert {number for number, drawing in drawings.items() if not drawing.mask.any()} == healthy & set(drawings)


def test_a_lesion_is_seen_where_the_mask_is(cases: list[Case], drawings: dict[int, Drawing]) -> None:
    """Its border stands out from what surrounds it, whatever the sequence and the sign."""
    for number, drawing in drawings.items():
        mask = drawing.mask
        if mask.any():
            inside, outside = mask & ~shrunk(mask, 3), grown(mask, 4) & ~grown(mask, 1)
            grey = drawing.picture.astype(float)
            assert abs(np.median(grey[inside]) - np.median(grey[outside])) > 25, number


def test_open_references_say_what_the_mask_says(
    cases: list[Case], drawings: dict[int, Drawing], found: dict[int, dict[str, str]]
) -> None:
    """Shape, sector, size and spread as our own extractor reads them; the last of the five holds all of them."""
    measured = {number: drawing.measurements for number, drawing in drawings.items() if drawing.measurements}
    records = open_records(cases, measured)
    assert len(records) == round(0.243 * IMAGES)
    for record in records:
        found = released_classes(drawings[record["id"]].mask)
        wanted = {
            "shape": found["shape"],
            "sector": found["location"],
            "size": found["size"],
            "spread": found["spread"],
        }
        shape, sector, size, spread, reasons = (pair["reference_answer"] for pair in record["qa_pairs"])
        for reference, names in (
            (shape, ["shape"]),
            (sector, ["sector"]),
            (size, ["size"]),
            (spread, ["spread"]),
            (reasons, list(wanted)),
        ):
            read = read_attributes(reference)
            assert {name: read[name].value for name in names} == {name: wanted[name] for name in names}, reference
