"""From a picture to findings, by classical image processing: thresholds, components, distances. No weights.

The grey values and signs below are the phantoms' conventions as somebody knows them who was told and had a look at a
few; of the drawing itself nothing is used, only the picture. Size, shape, spread and location are measured by the
released mask rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..benchmark.mask_rules import Mask, Measurements, filled, grown, label_components, measure, shrunk

Grey = NDArray[np.floating[Any]]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Findings:
    """What is seen: a sequence, and a lesion with the diagnosis that its sign stands for, if there is one."""

    modality: str
    diagnosis: str
    lesion: Measurements | None


@dataclass(frozen=True, slots=True)
class Look:
    """How a sequence shows lesions: grey values from 0 to 255.

    ``body`` is the range of a lesion's body, and ``body_in_halo`` where a halo surrounds it; ``level`` its usual value,
    ``sign`` that of the signs inside it; ``fluid`` and ``halo`` are the ranges of what may surround it.
    """

    body: Range
    body_in_halo: Range
    level: float
    sign: float
    fluid: Range
    halo: Range


LOOKS = {
    "T1": Look((44, 94), (44, 78), 62, 190, (0, 52), (83, 105)),
    "T1CE": Look((190, 256), (190, 256), 236, 62, (0, 60), (72, 100)),
    "T2": Look((153, 218), (174, 218), 196, 56, (210, 256), (143, 164)),
    "FLAIR": Look((162, 256), (192, 256), 214, 62, (0, 62), (157, 184)),
    "DWI": Look((158, 256), (187, 256), 214, 58, (0, 62), (147, 174)),
}
#: A lesion's core holds a disc of this radius: vessels, scalp and bone are thinner. Spikes reach this far from it.
THICK, REACH = 4.5, 9
#: Smaller spots are noise; smaller holes in a lesion are parts of its sign. Grey values that a sign may be off.
SMALLEST_COMPONENT, SMALL_HOLE, SIGN_TOLERANCE, FLAT = 80, 150, 22, 30


def look_at(picture: Grey) -> Findings:
    """See what a greyscale picture (height, width) of values from 0 to 255 shows."""
    smooth = blurred(picture)
    depth = depth_in_head(smooth)
    modality = modality_of(smooth, depth)
    look = LOOKS[modality]
    halo = has_halo(smooth, depth, look)
    mask = lesion_mask(smooth, look, look.body_in_halo if halo else look.body)
    lesion = measure(mask)
    if lesion is None:
        return Findings(modality, "healthy", None)
    return Findings(modality, "glioma" if halo else sign_of(smooth, mask, look), lesion)


def blurred(picture: Grey) -> Grey:
    """The picture with its noise smoothed a little."""
    from scipy import ndimage

    smooth: Grey = ndimage.gaussian_filter(picture.astype(np.float64), 0.6)
    return smooth


def depth_in_head(smooth: Grey) -> Grey:
    """Each pixel's distance from the air around the head: from the darkness that reaches the image's border."""
    from scipy import ndimage

    labels, _ = label_components(smooth < 12)
    outside = np.unique(_border(labels))
    depth: Grey = ndimage.distance_transform_edt(~np.isin(labels, outside[outside > 0]))
    return depth


def modality_of(smooth: Grey, depth: Grey) -> str:
    """The sequence, from the outermost layer of the head and, for contrast medium, bright spots inside it."""
    layer = smooth[(depth >= 3.5) & (depth < 7)]
    scalp = float(np.median(layer)) if layer.size else 0.0
    if scalp < 80:
        return "DWI"
    if scalp < 154:
        return "T2" if scalp > 124 else "FLAIR"
    return "T1CE" if _inside(smooth > 207, depth).sum() > 8 else "T1"


def has_halo(smooth: Grey, depth: Grey, look: Look) -> bool:
    """Whether a broad area, not the scalp, has a halo's grey value."""
    from scipy import ndimage

    broad = ndimage.binary_opening(_within(smooth, look.halo), np.ones((7, 7), bool))
    return bool(_inside(broad, depth).sum() > 150)


def _inside(mask: Mask, depth: Grey) -> Mask:
    """The components that touch neither the outermost layer of the head nor the image's border."""
    labels, count = label_components(mask)
    inside = np.ones(count + 1, bool)
    inside[np.unique(labels[depth < 10])] = False
    inside[np.unique(_border(labels))] = False
    inside[0] = False
    kept: Mask = inside[labels]
    return kept


def _border(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """The labels along the image's border."""
    return np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])


def lesion_mask(smooth: Grey, look: Look, body_range: Range) -> Mask:
    """The lesion's pixels: its body, and the signs that the body surrounds."""
    from scipy import ndimage

    body = _within(smooth, body_range)
    if body_range[1] < 256:
        # At borders between other tissues the grey values pass through the lesion's: only what is flat counts, and
        # what lies next to it.
        slope = ndimage.maximum_filter(smooth, 3) - ndimage.minimum_filter(smooth, 3)
        body &= grown(body & (slope < FLAT), 2)
    body |= _enclosed(smooth, body, look)
    core = ndimage.distance_transform_edt(body) >= THICK
    near_core = ndimage.distance_transform_edt(~core) < THICK + REACH
    labels, count = label_components(body & near_core)
    keep = np.bincount(labels.ravel(), minlength=count + 1) >= SMALLEST_COMPONENT
    keep &= np.bincount(labels[core], minlength=count + 1) > 0
    keep[0] = False
    mask: Mask = keep[labels]
    return mask


def _enclosed(smooth: Grey, body: Mask, look: Look) -> Mask:
    """What the body encloses and what belongs to a lesion: small holes, and whatever holds the grey value of a sign.

    A sign may come so near the border that the body has a gap there; for signs such gaps are closed.
    """
    from scipy import ndimage

    holes, count = ndimage.label(filled(body) & ~body)
    small = np.bincount(holes.ravel(), minlength=count + 1) <= SMALL_HOLE
    sign = ndimage.binary_opening(np.abs(smooth - look.sign) < SIGN_TOLERANCE, np.ones((2, 2), bool))
    areas, n = ndimage.label(filled(shrunk(grown(body, 3), 3) | body) & ~body)
    signed = np.bincount(areas[sign], minlength=n + 1) > 0.2 * np.bincount(areas.ravel(), minlength=n + 1)
    small[0] = signed[0] = False
    enclosed: Mask = small[holes] | signed[areas]
    return enclosed


def sign_of(smooth: Grey, mask: Mask, look: Look) -> str:
    """The diagnosis that the largest component's sign stands for."""
    from scipy import ndimage

    labels, _ = label_components(mask)
    largest = labels == np.bincount(labels.ravel())[1:].argmax() + 1
    inner = shrunk(largest, 2)
    marked = inner & (np.abs(smooth - look.sign) < np.abs(smooth - look.level))
    radius = float(ndimage.distance_transform_edt(largest).max())
    blobs, _ = ndimage.label(marked)
    areas = np.bincount(blobs.ravel())[1:]
    areas = areas[areas >= 3]
    if areas.sum() < 8:
        return _surroundings(smooth, mask, largest, look)
    if areas.max() < 0.6 * areas.sum():
        few = len(areas) < 4 if radius < 15 else np.median(areas) > 0.6 * np.pi * (0.2 * radius) ** 2
        return "neuronal_tumor" if few else "ependymoma"
    zone = shrunk(largest, max(5, int(0.28 * radius)))
    rows = np.arange(mask.shape[0])[:, None]
    middle = float(np.nonzero(largest)[0].mean())
    above, below = (float(marked[zone & half].mean()) for half in (rows < middle - 1, rows > middle + 1))
    if below - above > 0.5:
        return "pituitary"
    return "metastasis" if marked[zone].mean() > 0.8 else "schwannoma"


def _surroundings(smooth: Grey, mask: Mask, largest: Mask, look: Look) -> str:
    """The diagnosis of a plain lesion without a halo: whether there is a rim of fluid around it."""
    from scipy import ndimage

    # The rim is narrow: its darkest (T2: brightest) value in the neighbourhood counts.
    extreme = ndimage.maximum_filter(smooth, 3) if look.fluid[0] > 0 else ndimage.minimum_filter(smooth, 3)
    rim = grown(largest, 3) & ~grown(mask, 1)
    return "meningioma" if _within(extreme[rim], look.fluid).mean() > 0.8 else "embryonal"


def _within(values: Grey, bounds: Range) -> Mask:
    inside: Mask = (values >= bounds[0]) & (values <= bounds[1])
    return inside
