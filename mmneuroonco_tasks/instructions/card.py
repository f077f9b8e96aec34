"""The dataset card of an export: what it holds, under which licences, and how its tool reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from .exported import Exported, dataset_name
from .samples import VARIANTS

_TITLES = {"open": "open", "closed": "closed, letter only", "closed_cot": "closed, with explanation"}

_LICENCES = """\
## Licences

- Pictures: CC BY-NC 4.0, as the MM-NeuroOnco dataset states, and the licences of the public datasets that they come
  from. BraTS slices are not redistributed by the dataset's authors: get them from BraTS under its own terms.
- Questions and answers: released by the authors of MM-NeuroOnco for research purposes.
- This export adds nothing to them and changes no wording. Who passes it on must keep to these terms.

For research, not for care: a model tuned on these data is no medical device.
"""

_USE = {
    "llama-factory": """\
LLaMA-Factory reads `dataset_info.json` here:

```yaml
dataset_dir: {here}
media_dir: {pictures}
dataset: {names}
```
""",
    "trl": """\
TRL's `SFTTrainer` takes `messages` and `images`; the loss is on the whole conversation (`trl-completion` is the export
that takes it on the answer only). Set `max_length=None`, so that no picture's tokens are cut off.

{loading}""",
    "trl-completion": """\
TRL's `SFTTrainer` takes `prompt`, `completion` and `images`, and the loss on the completion only. Set
`max_length=None`, so that no picture's tokens are cut off.

{loading}""",
    "ms-swift": """\
ms-swift takes relative paths below `ROOT_IMAGE_DIR`:

```sh
ROOT_IMAGE_DIR={pictures} swift sft --dataset {files} --model …
```
""",
}

_LOADING = """\
```python
from pathlib import Path
from datasets import Image, Sequence, load_dataset

pictures = Path("{pictures}")
dataset = load_dataset("json", data_files="{here}/{first}", split="train")
dataset = dataset.map(lambda row: {{"images": [str(pictures / path) for path in row["images"]]}})
dataset = dataset.cast_column("images", Sequence(Image()))
```
"""


def dataset_card(exported: Sequence[Exported], form: str, *, copied: bool) -> str:
    """The card as Markdown with the hub's YAML head."""
    rows = [
        f"| `{each.path.name}` | {', '.join(_TITLES[name] for name in VARIANTS if each.variants[name])} "
        f"| {each.rows:,} | {len(each.pictures):,} | {each.patients:,} |"
        for each in exported
    ]
    pictures = len(set().union(*(each.pictures for each in exported)))
    where = (
        "Their copies are in `images/`, and the paths are relative to this folder."
        if copied
        else "They are not part of it; the paths are relative to the folder that holds them."
    )
    return "\n".join(
        [
            _head(exported),
            "# MM-NeuroOnco instruction data\n",
            f"Made by `mmneuroonco instructions export --to {form}` from the instruction data of MM-NeuroOnco "
            "(arXiv 2602.22955).\n",
            "| file | variant | rows | pictures | BraTS patients |",
            "|---|---|---:|---:|---:|",
            *rows,
            f"\n{sum(each.rows for each in exported):,} rows in all, of {pictures:,} pictures. {where}\n",
            "## Use\n",
            _use(exported, form, copied),
            _LICENCES,
        ]
    )


def _use(exported: Sequence[Exported], form: str, copied: bool) -> str:
    files = [each.path.name for each in exported]
    values = {
        "here": "THIS_FOLDER",
        "pictures": "THIS_FOLDER" if copied else "FOLDER_OF_THE_PICTURES",
        "names": ",".join(dataset_name(each.path) for each in exported),
        "files": " ".join(files),
        "first": files[0],
    }
    return _USE[form].format(**values, loading=_LOADING.format(**values))


def _head(exported: Sequence[Exported]) -> str:
    # Pictures and annotations have licences of their own, so the hub is pointed to the text.
    lines = ["---", "license: other", "license_name: see-licences-below", "task_categories:"]
    lines += ["- visual-question-answering", "language:", "- en", "tags:", "- medical", "- mri", "configs:"]
    for each in exported:
        lines += [f"- config_name: {json.dumps(each.path.stem)}", f"  data_files: {json.dumps(each.path.name)}"]
    return "\n".join([*lines, "---", ""])
