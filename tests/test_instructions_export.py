"""`instructions export`: the forms that LLaMA-Factory, TRL and ms-swift document, and the card beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from mmneuroonco_tasks.instructions import InstructionError
from mmneuroonco_tasks.instructions.export import FORMS, export
from mmneuroonco_tasks.instructions.phantom import PhantomInstructions, instruction_row, write_phantom_instructions
from mmneuroonco_tasks.instructions.pictures import PictureFolder

QUESTION = "What form has it?\nOptions:\nA. Round\nB. Oval"
ROW = instruction_row("a/b c.png", QUESTION, "B", {"id": 3})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PhantomInstructions:
    return write_phantom_instructions(tmp_path_factory.mktemp("made"), pictures=6)


@pytest.fixture
def row_file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_form_is_the_documented_one(row_file: Path, tmp_path: Path) -> None:
    user = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": QUESTION}]}
    assistant = {"role": "assistant", "content": [{"type": "text", "text": "B"}]}
    marked = {
        "messages": [
            {"role": "user", "content": f"<image>\n{QUESTION}"},
            {"role": "assistant", "content": "B"},
        ],
        "images": ["a/b c.png"],
    }
    expected = {
        "llama-factory": marked,
        "ms-swift": marked,
        "trl": {"messages": [user, assistant], "images": ["a/b c.png"]},
        "trl-completion": {"prompt": [user], "completion": [assistant], "images": ["a/b c.png"]},
    }
    for form in FORMS:
        export([row_file], form, tmp_path / form)
        assert rows_of(tmp_path / form / "rows.jsonl") == [expected[form]], form


def test_llama_factory_finds_every_file_registered(made: PhantomInstructions, tmp_path: Path) -> None:
    export(made.files, "llama-factory", tmp_path)
    info = json.loads((tmp_path / "dataset_info.json").read_text(encoding="utf-8"))
    assert set(info) == {path.stem for path in made.files}
    for name, entry in info.items():
        first = rows_of(tmp_path / entry["file_name"])[0]
        messages, tags = first[entry["columns"]["messages"]], entry["tags"]
        roles = [message[tags["role_tag"]] for message in messages]
        assert roles == [tags["user_tag"], tags["assistant_tag"]], name
        text = "".join(message[tags["content_tag"]] for message in messages)
        assert text.count("<image>") == len(first[entry["columns"]["images"]]) == 1, "as many marks as pictures"
    assert not (tmp_path / "images").exists(), "no picture is copied unless that is asked"


def test_paths_lead_to_the_pictures_where_their_folder_is_named(made: PhantomInstructions, tmp_path: Path) -> None:
    above = made.folder
    (exported,) = export([made.file("open")], "ms-swift", tmp_path, pictures=PictureFolder(above))
    for row in rows_of(exported.path):
        assert (above / row["images"][0]).is_file() and not Path(row["images"][0]).is_absolute()


def test_copies_are_asked_for_and_byte_for_byte(made: PhantomInstructions, tmp_path: Path) -> None:
    exported = export(made.files, "trl", tmp_path, pictures=PictureFolder(made.folder), copy_images=True)
    named = {row["images"][0] for each in exported for row in rows_of(each.path)}
    assert len(named) == len(list((tmp_path / "images").rglob("*.png"))) == 6
    for name in named:
        assert (tmp_path / name).read_bytes() == (made.folder / name).read_bytes()


def test_the_card_counts_what_is_there_and_names_the_licences(made: PhantomInstructions, tmp_path: Path) -> None:
    for form in FORMS:
        export(made.files, form, tmp_path / form)
        card = (tmp_path / form / "README.md").read_text(encoding="utf-8")
        head = yaml.safe_load(card.split("---\n")[1])
        assert [entry["data_files"] for entry in head["configs"]] == [path.name for path in made.files]
        assert head["license"] == "other"
        assert "| `instruction_closed_cot_train.jsonl` | closed, with explanation | 36 | 6 | 1 |" in card
        assert "90 rows in all, of 6 pictures." in card
        assert "CC BY-NC 4.0" in card and "research purposes" in card and "BraTS" in card
        assert str(tmp_path) not in card, "no path of a machine is published"


def test_what_cannot_be_exported_is_told_in_one_sentence(row_file: Path, tmp_path: Path) -> None:
    with pytest.raises(InstructionError, match=r"line 1: the image a/b c.png is not below"):
        export([row_file], "trl", tmp_path / "out", pictures=PictureFolder(tmp_path))
    with pytest.raises(InstructionError, match="name their folder by --images"):
        export([row_file], "trl", tmp_path / "out", copy_images=True)
    with pytest.raises(InstructionError, match="two of the files are called rows"):
        export([row_file, tmp_path / "other" / "rows.jsonl"], "trl", tmp_path / "out")
    with pytest.raises(InstructionError, match="choose another folder"):
        export([row_file], "trl", tmp_path)
    assert not list(tmp_path.glob("out/*"))
