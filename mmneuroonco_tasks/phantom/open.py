"""The open phantom questions: five for an image, with references whose facts are measured on the drawn mask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..benchmark.mask_rules import Measurements
from ..scores.keywords import KEYWORDS
from .cases import Case
from .noise import Stream
from .wordings import NAMES, SIGNS

Template = Callable[["_Facts"], str]


class _Facts:
    """What the templates may say of one phantom."""

    def __init__(self, case: Case, found: Measurements, subject: str) -> None:
        self.found = found
        self.subject = subject
        self.name = NAMES[case.diagnosis]
        self.sign = SIGNS[case.diagnosis]
        self.circularity = f"{found.circularity:.2f}"
        self.elongation = f"{found.elongation:.2f}"
        self.area = f"{found.area_percent:.2f}"
        self.share = f"{100 * found.largest_share:.1f}"
        self.x, self.y = (round(position) for position in found.centroid)
        self.width, self.height = found.frame
        center = found.sector == "Center of the Image"
        self.sector = "center of the image" if center else found.sector.lower()
        self.components = ("no", "one", "two", "three", "four", "five", "six")[found.components]


_SUBJECTS = ("lesion", "drawn lesion", "abnormality")
_SHAPE_QUESTIONS = (
    "How would you describe the outline of the {}'s largest component?",
    "What is the shape of the {}, and how does its border run?",
    "Describe the morphology and the margin of the {}.",
    "Is the {} round, lobulated or irregular in outline?",
)
_SHAPES: dict[str, tuple[Template, ...]] = {
    "Round/Oval": (
        lambda f: (
            f"The {f.subject} is round to oval: circularity {f.circularity}, elongation {f.elongation}, no lobes."
        ),
        lambda f: f"Its border is even, without spikes; a circularity of {f.circularity} makes it round to oval.",
        lambda f: f"A round to oval outline with a circularity of {f.circularity}, neither lobulated nor spiculated.",
    ),
    "Lobulated": (
        lambda f: f"The {f.subject} is lobulated, not perfectly round; its circularity is {f.circularity}.",
        lambda f: f"Several bulges make the outline lobulated; at {f.circularity} its circularity is intermediate.",
        lambda f: f"A lobulated border without spicules (circularity {f.circularity}), so not a smooth disc.",
    ),
    "Irregular/Spiculated": (
        lambda f: f"The {f.subject} is irregular and spiculated, with a circularity of only {f.circularity}.",
        lambda f: f"Pointed spikes stand out all round: an irregular, spiculated outline, circularity {f.circularity}.",
        lambda f: f"Its margin is irregular rather than round, with spicules; circularity is {f.circularity}.",
    ),
}
_SECTOR_QUESTIONS = (
    "Where in the image does the {} lie?",
    "In which region of the image is the {} found, on a three by three grid?",
    "Give the location of the {} within the frame.",
    "Where is the {}'s centroid?",
)
_SECTORS: tuple[Template, ...] = (
    lambda f: f"The {f.subject} lies in the {f.sector}; its centroid is at about (x={f.x}, y={f.y}).",
    lambda f: f"In the {f.sector}, with the centroid near x={f.x}, y={f.y} of {f.width} by {f.height} pixels.",
    lambda f: f"Its centroid (x={f.x}, y={f.y}) falls into the {f.sector}.",
)
_SIZE_QUESTIONS = (
    "How large is the {} relative to the whole image?",
    "What percentage of the image does the {} cover, and which size class is that?",
    "What proportion of the image area belongs to the {}?",
    "Describe the extent of the {}.",
)
_SIZES: dict[str, tuple[Template, ...]] = {
    "Small/Focal": (
        lambda f: f"The {f.subject} is small: it covers about {f.area}% of the image area, below the 1% limit.",
        lambda f: f"A small, focal one with {f.area} % of the image area.",
    ),
    "Medium": (
        lambda f: f"The {f.subject} is of medium size: about {f.area}% of the image area, between 1% and 5%.",
        lambda f: f"Medium: it takes up {f.area} % of the image area.",
    ),
    "Large/Extensive": (
        lambda f: f"The {f.subject} is large: it covers about {f.area}% of the image area, above the 5% limit.",
        lambda f: f"A large, extensive one with {f.area} % of the image area.",
    ),
}
_SPREAD_QUESTIONS = (
    "Is the {} solitary, or are there several components?",
    "How many components does the {} have, and does one of them dominate?",
    "Describe the spread of the {}.",
    "Does the slice show a single {} or a multifocal one?",
)
_SPREADS: dict[str, tuple[Template, ...]] = {
    "Solitary Lesion": (
        lambda f: f"The {f.subject} is solitary: one component, no satellites.",
        lambda f: "There is one component only, so it is solitary, not multifocal.",
    ),
    "Dominant Core with Satellites": (
        lambda f: (
            f"A dominant core with satellites: {f.components} components, of which the largest has {f.share}% of the "
            "lesion area."
        ),
        lambda f: (
            f"It is not solitary: a dominant core with {f.share}% of the lesion area is accompanied by satellites, "
            f"{f.components} components in all."
        ),
    ),
    "Scattered/Multifocal": (
        lambda f: f"It is multifocal: {f.components} components, the largest with only {f.share}% of the lesion area.",
        lambda f: (
            f"Scattered, multifocal disease of {f.components} components; none dominates, as the largest holds just "
            f"{f.share}% of the lesion area."
        ),
    ),
}
_REASONING_QUESTIONS = (
    "How do the drawn features support reading this phantom as {}?",
    "Which features of the lesion, taken together, speak for {} in this phantom?",
    "Explain how shape, location, size and spread go with the sign of {} here.",
)
_SHORT_SHAPES = {
    "Round/Oval": "round to oval",
    "Lobulated": "lobulated",
    "Irregular/Spiculated": "irregular and spiculated",
}
_SHORT_SIZES = {"Small/Focal": "small", "Medium": "medium-sized", "Large/Extensive": "large"}
_SHORT_SPREADS = {
    "Solitary Lesion": "solitary, in one piece",
    "Dominant Core with Satellites": "a dominant core with satellites",
    "Scattered/Multifocal": "multifocal, none of its pieces dominant",
}
_REASONS: tuple[Template, ...] = (
    lambda f: (
        f"The sign decides: {f.sign} stands for {f.name}. The lesion that bears it is {_shape(f)} "
        f"(circularity {f.circularity}), {_size(f)} at {f.area}% of the image area, {_spread(f)}, and lies in the "
        f"{f.sector}."
    ),
    lambda f: (
        f"In the {f.sector} lies a lesion that is {_size(f)} ({f.area}% of the image area) and {_shape(f)}; it is "
        f"{_spread(f)}. What makes it {f.name} is the sign that it bears: {f.sign}."
    ),
)


def _shape(facts: _Facts) -> str:
    return _SHORT_SHAPES[facts.found.shape]


def _size(facts: _Facts) -> str:
    return _SHORT_SIZES[facts.found.size]


def _spread(facts: _Facts) -> str:
    return _SHORT_SPREADS[facts.found.spread]


def open_record(case: Case, found: Measurements) -> dict[str, Any]:
    """The open annotations of one phantom, in the released schema: Detail, Location, Detail, Detail, Reasoning."""
    stream = Stream(case.seed, "open", case.id)
    subject = stream.pick(_SUBJECTS)
    facts = _Facts(case, found, subject)
    asked = (
        ("Detail", _SHAPE_QUESTIONS, subject, _SHAPES[found.shape]),
        ("Location", _SECTOR_QUESTIONS, subject, _SECTORS),
        ("Detail", _SIZE_QUESTIONS, subject, _SIZES[found.size]),
        ("Detail", _SPREAD_QUESTIONS, subject, _SPREADS[found.spread]),
        ("Reasoning", _REASONING_QUESTIONS, facts.name, _REASONS),
    )
    pairs = []
    for number, (question_type, questions, of, templates) in enumerate(asked, start=1):
        reference = stream.pick(templates)(facts)
        pairs.append(
            {
                "question_id": f"{case.id}_q{number}",
                "question_type": question_type,
                "question": stream.pick(questions).format(of),
                "reference_answer": reference,
                "eval_keywords": released_keywords(reference),
            }
        )
    return {"id": case.id, "image_path": case.path, "qa_pairs": pairs}


def released_keywords(reference: str) -> list[str]:
    """The keywords of a reference by the released rule: the nineteen words that are substrings of it.

    >>> released_keywords("Around the center, not perfectly round.")
    ['round', 'center']
    """
    text = reference.lower()
    return [keyword for keyword in KEYWORDS if keyword in text]


def open_records(cases: Sequence[Case], found: dict[int, Measurements]) -> list[dict[str, Any]]:
    """The open annotations of all cases that have them; ``found`` by case id."""
    return [open_record(case, found[case.id]) for case in cases if case.open]
