"""Instruction files in the forms that fine-tuning tools read, with a dataset card.

========================== =========================================================================================
``llama-factory``          LLaMA-Factory's sharegpt form with OpenAI-style tags, and the ``dataset_info.json`` that
                           registers the files (its data/README.md)
``trl``                    TRL's conversational vision form, ``messages`` and ``images`` (its docs, "Vision datasets")
``trl-completion``         the same as ``prompt`` and ``completion``: the loss is then taken on the answer only
``ms-swift``               ms-swift's standard form, ``messages`` with ``<image>`` and ``images`` (its docs, "Custom
                           dataset")
========================== =========================================================================================

``meta`` is left out: no tool trains on it. Pictures stay where they are unless copies are asked for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..benchmark.files import write_bytes, write_json, write_text, writing_beside
from .card import dataset_card
from .exported import Exported, dataset_name
from .pictures import PictureFolder
from .reading import Progress, Row, no_progress, read_samples
from .samples import IMAGE_MARK, InstructionError, Sample

Record = dict[str, Any]


def _marked(sample: Sample, image: str) -> Record:
    messages = [
        {"role": "user", "content": f"{IMAGE_MARK}\n{sample.text}"},
        {"role": "assistant", "content": sample.response},
    ]
    return {"messages": messages, "images": [image]}


def _user(sample: Sample) -> Record:
    return {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": sample.text}]}


def _assistant(sample: Sample) -> Record:
    return {"role": "assistant", "content": [{"type": "text", "text": sample.response}]}


def _conversation(sample: Sample, image: str) -> Record:
    return {"messages": [_user(sample), _assistant(sample)], "images": [image]}


def _completion(sample: Sample, image: str) -> Record:
    return {"prompt": [_user(sample)], "completion": [_assistant(sample)], "images": [image]}


#: By form, how a sample is written.
FORMS: dict[str, Callable[[Sample, str], Record]] = {
    "llama-factory": _marked,
    "trl": _conversation,
    "trl-completion": _completion,
    "ms-swift": _marked,
}


def export(
    files: Sequence[Path],
    form: str,
    folder: Path,
    *,
    pictures: PictureFolder | None = None,
    copy_images: bool = False,
    progress: Progress = no_progress,
) -> list[Exported]:
    """Write every file in a form of ``FORMS`` into a folder, and a ``README.md`` that is their dataset card.

    Image paths are written as the files give them; with ``pictures``, as the files lie below that folder, so that a
    tool that is told the folder finds them; with ``copy_images``, as ``images/…`` below ``folder``, to which each
    picture is copied once.

    Raises:
        InstructionError: a file cannot be read, a row is not in the released form, a picture is missing, or two files
            have one name.
        BenchmarkError: the folder cannot be written.
    """
    if copy_images and pictures is None:
        raise InstructionError("pictures can only be copied from somewhere: name their folder by --images.")
    names = [path.stem for path in files]
    if len(set(names)) < len(names):
        raise InstructionError(f"two of the files are called {Counter(names).most_common(1)[0][0]}; rename one.")
    if any(path.resolve().parent == folder.resolve() for path in files):
        raise InstructionError(f"{folder}: holds the files that are exported; choose another folder.")
    places = _Places(folder, pictures, copy_images)
    exported = [_export_file(path, FORMS[form], folder / f"{path.stem}.jsonl", places, progress) for path in files]
    if form == "llama-factory":
        write_json(folder / "dataset_info.json", dataset_info(exported))
    write_text(folder / "README.md", dataset_card(exported, form, copied=copy_images))
    return exported


def dataset_info(exported: Sequence[Exported]) -> dict[str, Any]:
    """What LLaMA-Factory's ``dataset_info.json`` says of the files; each is a dataset of its name.

    >>> list(dataset_info([Exported(Path("held out.jsonl"))]))
    ['held_out']
    """
    return {
        dataset_name(each.path): {
            "file_name": each.path.name,
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "images": "images"},
            "tags": {
                "role_tag": "role",
                "content_tag": "content",
                "user_tag": "user",
                "assistant_tag": "assistant",
                "system_tag": "system",
            },
        }
        for each in exported
    }


def _export_file(
    path: Path, write: Callable[[Sample, str], Record], target: Path, places: _Places, progress: Progress
) -> Exported:
    exported = Exported(target)
    with writing_beside(target) as stream:
        for row, sample in read_samples(path, progress):
            record = write(sample, places.of(row, sample.image))
            stream.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            exported.rows += 1
            exported.variants[sample.variant] += 1
            exported.pictures.add(sample.image)
    return exported


class _Places:
    """By path in the data, the path that is exported; copies pictures on the way if that is asked."""

    def __init__(self, folder: Path, pictures: PictureFolder | None, copy: bool) -> None:
        self._folder, self._pictures, self._copy = folder, pictures, copy
        self._known: dict[str, str] = {}

    def of(self, row: Row, image: str) -> str:
        if image not in self._known:
            self._known[image] = self._place(row, image)
        return self._known[image]

    def _place(self, row: Row, image: str) -> str:
        if self._pictures is None:
            return image
        found = self._pictures.find(image)
        if found is None:
            raise InstructionError(f"{row.where}: the image {image} is not below {self._pictures.folder}; add it.")
        if not self._copy:
            return found
        # The data's path, since files in different folders of the pictures may share a name; the file's real suffix.
        kept = Path("images", image).with_suffix(Path(found).suffix)
        write_bytes(self._folder / kept, (self._pictures.folder / found).read_bytes())
        return kept.as_posix()
