"""From a case to a picture: grey values for a sequence, and the lesion with the sign of its diagnosis.

**Phantom conventions.** The signs are borrowed from neuroradiology but are conventions of this benchmark, not medicine.
They are independent of the lesion's size, shape, spread and place, and the options of a diagnosis question spell them
out, so that looking suffices:

=============== ==========================================================================
healthy         no lesion
glioma          a wide soft halo (as of oedema) around a plain lesion
meningioma      a thin rim of fluid around a plain lesion (cleft sign)
metastasis      a ring: a hollow core that leaves only the border
pituitary       a fluid level: the lower half of the inside differs from the upper half
schwannoma      a target: one round spot in the middle
ependymoma      specks (as of calcium) all over the inside
embryonal       plain inside, nothing around it
neuronal_tumor  a few round bubbles inside
=============== ==========================================================================

**Sequences.** T1: fluid dark, white matter brighter than cortex, lesion dark. T1CE: the same with bright vessels, falx
and lesion. T2: fluid bright, cortex brighter than white matter, lesion bright. FLAIR: like T2 with dark fluid. DWI: as
FLAIR without scalp and skull.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..benchmark.mask_rules import Mask, Measurements, grown, shrunk
from .anatomy import FLUID, NUCLEUS, Anatomy, draw_anatomy
from .cases import Case
from .lesions import DIRECTIONS, Component, place_lesion
from .noise import Field, Stream

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Grey values (0–255) of a sequence; ``tissues`` in the order of the tissues of ``anatomy``."""

    tissues: tuple[int, ...]
    lesion: int
    #: What the signs inside a lesion are drawn with.
    sign: int
    halo: int


CONTRASTS = {
    "T1": Contrast((4, 176, 22, 124, 28, 116, 155, 126, 28, 110), lesion=62, sign=190, halo=94),
    "T1CE": Contrast((4, 176, 22, 124, 28, 116, 152, 126, 225, 182), lesion=236, sign=62, halo=84),
    "T2": Contrast((4, 136, 20, 80, 240, 128, 92, 106, 25, 225), lesion=196, sign=56, halo=152),
    "FLAIR": Contrast((4, 112, 16, 55, 20, 134, 104, 124, 30, 70), lesion=214, sign=62, halo=170),
    "DWI": Contrast((4, 10, 6, 8, 24, 118, 92, 106, 30, 60), lesion=214, sign=58, halo=160),
}
#: Widths in pixels of the halo, and of the rim of one tissue next to the lesion.
HALO, RIM = 13, 4
#: Besides the largest component, which always does, those from this radius on bear a sign inside.
SMALLEST_SIGN = 11
#: Standard deviation of the noise, unevenness of a lesion, in grey values; the coil's shading, relative.
NOISE, MOTTLE, SHADING = 4.0, 8.0, 0.03


@dataclass(frozen=True)
class Drawing:
    """A drawn phantom: grey values and lesion mask, both (height, width), and what the rules measure on the mask."""

    picture: Grey
    mask: Mask
    measurements: Measurements | None


def draw(case: Case) -> Drawing:
    """Draw a case; the same case is the same picture, to the last pixel, on every machine.

    >>> from mmneuroonco_tasks.phantom.cases import deal_cases
    >>> drawing = draw(deal_cases(1, seed=0)[0])
    >>> drawing.picture.shape == drawing.mask.shape, drawing.picture.dtype.name
    (True, 'uint8')
    """
    stream = Stream(case.seed, "picture", case.id)
    pose, lesion = place_lesion(case, stream)
    width, height = case.frame
    anatomy = draw_anatomy(stream, width, height, pose)
    contrast = CONTRASTS[case.modality]
    levels = np.array(contrast.tissues, np.uint8)[anatomy.tissue]
    mask = np.zeros(levels.shape, bool)
    if lesion:
        mask = lesion.mask
        _draw_surroundings(case, levels, anatomy, mask, contrast)
        levels[mask] = contrast.lesion
        largest, *others = lesion.components
        for component in (largest, *(other for other in others if other.inner_radius >= SMALLEST_SIGN)):
            _draw_sign(case, levels, component, contrast.sign, stream)
    return Drawing(
        _acquire(levels, mask & (levels == contrast.lesion), stream), mask, lesion.measurements if lesion else None
    )


def _draw_surroundings(case: Case, levels: Grey, anatomy: Anatomy, mask: Mask, contrast: Contrast) -> None:
    near = contrast.tissues[NUCLEUS]
    if case.diagnosis == "glioma":
        # Oedema follows tissue: it spares the ventricles and the large fissures.
        levels[grown(mask, HALO) & anatomy.brain & (anatomy.tissue != FLUID)] = near = contrast.halo
    elif case.diagnosis == "meningioma":
        near = contrast.tissues[FLUID]
    # Next to the lesion there is one tissue all round: fissures that touched it would blur its outline.
    levels[grown(mask, RIM)] = near


def _draw_sign(case: Case, levels: Grey, component: Component, value: int, stream: Stream) -> None:
    window, pixels = component.pixels(case.frame)
    inside = levels[window]
    y, x = np.mgrid[window].astype(np.float64)
    x, y, radius = x - component.x, y - component.y, component.inner_radius
    border = max(5, int(0.28 * radius))
    if case.diagnosis == "metastasis":
        inside[shrunk(pixels, border)] = value
    elif case.diagnosis == "pituitary":
        inside[shrunk(pixels, border) & (y > 0)] = value
    elif case.diagnosis == "schwannoma":
        inside[_disc(x, y, 0.0, 0.0, 0.42 * radius)] = value
    elif case.diagnosis == "neuronal_tumor":
        bubbles, distance, size = (3, 0.5, 0.25) if radius < 16 else (5, 0.56, 0.2)
        first = stream.whole(0, 32)
        for i in range(bubbles):
            cosine, sine = DIRECTIONS[(first + round(32 * i / bubbles)) % 32]
            inside[_disc(x, y, distance * radius * cosine, distance * radius * sine, size * radius)] = value
    elif case.diagnosis == "ependymoma":
        half = 1 if radius < 40 else 2
        for at_x, at_y in _specks(stream, radius):
            inside[(np.abs(x - at_x) <= half) & (np.abs(y - at_y) <= half)] = value


def _disc(x: Field, y: Field, at_x: float, at_y: float, radius: float) -> Mask:
    inside: Mask = (x - at_x) * (x - at_x) + (y - at_y) * (y - at_y) <= radius * radius
    return inside


def _specks(stream: Stream, radius: float) -> list[tuple[int, int]]:
    """Positions all over the inside, far enough apart to stay single: a square of four, or a jittered honeycomb."""
    if radius < 14:
        near = max(3, int(0.36 * radius))
        return [(x, y) for x in (-near, near) for y in (-near, near)]
    step = max(7, int(0.3 * radius))
    jitter = (step - 6) // 2
    rows = int(radius) // step
    spots = []
    for row in range(-rows, rows + 1):
        for column in range(-rows - 1, rows + 1):
            x = column * step + row % 2 * (step // 2) + stream.whole(-jitter, jitter + 1)
            y = row * step + stream.whole(-jitter, jitter + 1)
            if x * x + y * y < (radius - 6) * (radius - 6):
                spots.append((x, y))
    return spots


def _acquire(levels: Grey, uneven: Mask, stream: Stream) -> Grey:
    """What nature and a scanner do to it: uneven tissue, a little blur, shading, noise."""
    height, width = levels.shape
    signal = _blurred(levels)
    if uneven.any():
        signal += np.where(uneven, np.float32(MOTTLE), np.float32(0)) * stream.smooth(height, width, 7)
    signal *= 1 + SHADING * stream.smooth(height, width, max(height, width) // 3)
    signal += NOISE * stream.grain(height, width)
    picture: Grey = np.clip(signal + 0.5, 0, 255).astype(np.uint8)
    return picture


def _blurred(levels: Grey) -> Field:
    """Weights 1, 2, 1 along both axes."""
    padded = np.pad(levels, 1, mode="edge").astype(np.int16)
    tall = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    wide = tall[:, :-2] + 2 * tall[:, 1:-1] + tall[:, 2:]
    signal: Field = wide.astype(np.float32)
    return signal / 16
