"""What each phantom shows and how many questions it is asked, drawn by lot before anything else.

Attributes are drawn independently of one another, so that none can be guessed from another one. Each has five or more
values, all equally likely, because a rejection-aware question offers four: with fewer values a trap would be
recognisable by its options. Hence a few values beyond the released vocabulary, whose option texts say their bounds
(``wordings``):

========= ============================================================= ==================================
attribute values besides "no lesion"                                    cut beyond the released rule
========= ============================================================= ==================================
size      small <1 %, medium 1–5 %, large 5–7 %, very large ≥7 %        large is cut at 7 % of the image
shape     round, oval, lobulated, irregular                             round/oval is cut at elongation 1.2
spread    solitary, satellites, pair, multifocal                        scattered: exactly two, or more
location  nine cells of the 3×3 grid                                    –
modality  T1, T2, FLAIR, T1CE, DWI ("no lesion" is none of these)       DWI is drawn too
========= ============================================================= ==================================

One phantom in five has no lesion, and where it is asked about one, "no lesion" is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..benchmark.mask_rules import SECTORS
from .noise import Stream

MODALITIES = ("T1", "T2", "FLAIR", "T1CE", "DWI")
HEALTHY = "healthy"
TUMOURS = (
    "glioma",
    "meningioma",
    "metastasis",
    "pituitary",
    "schwannoma",
    "ependymoma",
    "embryonal",
    "neuronal_tumor",
)
SIZES = ("small", "medium", "large", "very large")
SHAPES = ("round", "oval", "lobulated", "irregular")
SPREADS = ("solitary", "satellites", "pair", "multifocal")
#: The value of size, shape, spread and location where there is no lesion.
NONE = "none"

#: Released shares, per image: 38, 307 and 655 of 1,000 images have one, six and two questions; 116 of 1,000 diagnosis
#: questions offer two options; 243 images have open questions; 113 images are slices of patients with an id.
ONE_QUESTION, SIX_QUESTIONS = 38 / 1000, 307 / 1000
TWO_OPTIONS, OPEN, PATIENT_SLICES = 116 / 1000, 243 / 1000, 113 / 1000
#: One phantom in so many has no lesion: as many as options that a rejection-aware question offers.
NO_LESION = 5

#: (width, height) of the images, in pixels.
FRAMES = ((384, 384), (384, 400), (400, 400), (400, 416), (368, 400))


@dataclass(frozen=True, slots=True)
class Case:
    """One phantom: what is drawn, how it is asked, and under which path it is released."""

    id: int
    seed: int
    #: How many closed questions: 1 (diagnosis), 2 (and modality) or 6 (and size, shape, spread, location).
    questions: int
    #: Whether the diagnosis question offers Healthy and Abnormal only.
    two_options: bool
    modality: str
    diagnosis: str
    size: str
    shape: str
    spread: str
    location: str
    frame: tuple[int, int]
    path: str = ""
    #: Whether the five open questions are asked too.
    open: bool = False

    @property
    def has_lesion(self) -> bool:
        """Whether a lesion is drawn."""
        return self.diagnosis != HEALTHY

    def truth(self, question_type: str) -> str:
        """The value that a closed question of this type asks for."""
        return str(getattr(self, question_type))


def deal_cases(images: int, seed: int) -> list[Case]:
    """The cases of a phantom benchmark of ``images`` ≥1 pictures, in the order of their ids.

    >>> cases = deal_cases(100, seed=0)
    >>> [sum(case.questions == n for case in cases) for n in (1, 2, 6)], sum(case.open for case in cases)
    ([4, 65, 31], 24)
    """
    if images < 1:
        raise ValueError(f"a phantom benchmark has at least one image, not {images}; ask for more.")
    stream = Stream(seed, "cases", images)
    one, six = round(ONE_QUESTION * images), max(1, round(SIX_QUESTIONS * images))
    few = images - one - six
    # Two-option questions stand where no lesion question does: half of them are of healthy heads, and that must not
    # tell how likely "no lesion" is elsewhere.
    two_options = min(few, round(TWO_OPTIONS * images))
    kinds = [(6, False)] * six + [(2, True)] * two_options + [(2, False)] * (few - two_options) + [(1, False)] * one
    drawn = [_case(stream, seed, *kind) for kind in stream.sample(kinds, images)]
    numbered = [replace(case, id=number) for number, case in enumerate(drawn, start=1)]
    return _with_paths(stream, _with_open_questions(numbered))


def _case(stream: Stream, seed: int, questions: int, two_options: bool) -> Case:
    """A case that is asked so many questions, every attribute drawn from all its values."""
    healthy = stream.whole(0, 2) == 0 if two_options else stream.whole(0, NO_LESION) == 0
    modality, frame = stream.pick(MODALITIES), stream.pick(FRAMES)
    lesion = [stream.pick(values) for values in (TUMOURS, SIZES, SHAPES, SPREADS, SECTORS)]
    diagnosis, size, shape, spread, location = [HEALTHY, NONE, NONE, NONE, NONE] if healthy else lesion
    return Case(0, seed, questions, two_options, modality, diagnosis, size, shape, spread, location, frame)


def _with_open_questions(cases: list[Case]) -> list[Case]:
    """Open questions for the released share of the images: of those with a lesion, six closed questions first."""
    fit = [case.id for case in sorted(cases, key=lambda case: -case.questions) if case.has_lesion]
    chosen = set(fit[: max(1, round(OPEN * len(cases)))])
    return [replace(case, open=case.id in chosen) for case in cases]


def _with_paths(stream: Stream, cases: list[Case]) -> list[Case]:
    patients = _patients(stream, cases)
    return [replace(case, path=_path(stream, case, patients.get(case.id))) for case in cases]


def _patients(stream: Stream, cases: list[Case]) -> dict[int, str]:
    """By case id, the patient of the slices that have one: at most two slices of different sequences a patient."""
    order = stream.sample(TUMOURS, len(TUMOURS))
    fit = [case for case in cases if case.questions == 6 and case.has_lesion and case.modality != "DWI"]
    fit.sort(key=lambda case: order.index(case.diagnosis))
    patients: dict[int, str] = {}
    number, previous = 90000, None
    for case in fit[: round(PATIENT_SLICES * len(cases))]:
        second = previous and previous.diagnosis == case.diagnosis and previous.modality != case.modality
        number += not second
        patients[case.id] = f"BraTS2021_{number:05d}"
        previous = None if second else case
    return patients


def _path(stream: Stream, case: Case, patient: str | None) -> str:
    """A path in the released folder shape: class/source/file, with spaces and parentheses in some file names.

    The files are PNG throughout (``writing`` says why), so the extension is .png, or .PNG for a few.
    """
    sequence = case.modality.lower()
    if patient:
        return f"{case.diagnosis}/16_t1_t2_t1ce_flair_mask/{patient}/{patient}_{sequence}.png"
    if case.questions == 6 and case.has_lesion:
        return f"tumor/05_{sequence}_mask/phantom_{case.id:05d}_{case.diagnosis[:2]}_ax_{sequence}.png"
    source = f"{stream.pick(('08', '09'))}_{sequence}"
    extension = stream.pick((".png",) * 9 + (".PNG",))
    return f"{case.diagnosis}/{source}/{case.diagnosis}_{source} ({case.id}){extension}"
