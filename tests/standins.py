"""Stand-in pictures: drawn at the annotated paths, since the real ones may not be shared."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image, ImageDraw


def draw_standins(annotations: Path, folder: Path) -> None:
    """A grey disc with the image's number, for every image of an annotation file."""
    for record in json.loads(annotations.read_text(encoding="utf-8")):
        path = folder / record["image_path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.new("L", (96, 96), 10)
        draw = ImageDraw.Draw(picture)
        draw.ellipse((10, 8, 86, 88), fill=90 + record["id"] % 60)
        draw.text((36, 40), str(record["id"]), fill=255)
        picture.save(path)
