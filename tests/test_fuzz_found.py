"""Every reader of foreign files under a few hundred mutated inputs, and the inputs that one of them failed on once."""

from __future__ import annotations

import base64
import importlib.util
import sys
import zlib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from command import run_apart
from made_up import picture_bytes, write_benchmark

from mmneuroonco_tasks.benchmark import BenchmarkError
from mmneuroonco_tasks.benchmark.home import Home
from mmneuroonco_tasks.benchmark.places import place_at
from mmneuroonco_tasks.predictions import PredictionsError, read_predictions


def _fuzzer() -> Any:
    path = Path(__file__).parent / "fuzz" / "fuzz_readers.py"
    spec = importlib.util.spec_from_file_location("fuzz_readers", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its dataclasses look it up
    spec.loader.exec_module(module)
    return module


FUZZER = _fuzzer()


@pytest.mark.parametrize("name", FUZZER.readers())
def test_a_mutated_input_is_read_or_refused_in_a_sentence(name: str) -> None:
    found: list[tuple[bytes, str]] = []
    FUZZER.fuzz(name, FUZZER.readers()[name], 150, 0, lambda content, problem: found.append((content, problem)))
    assert found == []


#: Inputs that a reader failed on once, each as small as it still did.
FOUND = [
    ("manifest", b'{"schema": "mmneuroonco-manifest/1", "files": {"images/0001.\\u0000": '
     b'{"size": 1, "mtime_ns": 2, "sha256": "a"}}}'),
    ("listing of the hub", b'{"id": "x", "siblings": [{"rfilename": null, "size": "x"}]}'),
    ("marker of the phantoms", b'{"phantom"'),
    ("predictions parquet", b"PAR1"),
    ("parts of an xlsx", b"xl/workbook.xml\n<workbook>"),
    ("inspect_ai log", b'{"version": 2, "status": "success", "eval": {"task": "mmneuroonco_closed", "metadata": '
     b'{"mmneuroonco_prompt": "x", "mmneuroonco_per": "image"}}, "samples": [{"epoch": 1, "scores": {}}]}'),
    ("results of a checkout", b'{"results": "x"}'),
    ("results of a checkout", b'{"results": {"mmneuroonco_closed": []}}'),
    ("files of a checkout", b"from .a import ("),
    ("files of a checkout", b"x = '\0'"),
    ("log-probabilities", b'{"content": [{"token": "B", "top_logprobs": [{"token": "E", "logprob": -1'
     + b"0" * 400 + b"}]}]}"),
    ("log-probabilities", b'{"content": [{"token": "B", "top_logprobs": [{"token": "B", "logprob": null}]}]}'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content"), FOUND)
def test_what_a_reader_failed_on_once_is_read_or_refused_in_a_sentence(
    name: str, content: bytes, tmp_path: Path
) -> None:
    if name not in FUZZER.readers():
        pytest.skip("a package that this reader needs is not installed")
    assert FUZZER.complaint(FUZZER.readers()[name], content, tmp_path) is None


#: A Parquet file, packed, whose statistics of a column contradict themselves.
ENDS_PYARROW = (
    "c-obeUvCmY5Wr{m&I=MW&~!I<2@gE97ffs|B#>xG%pPE?Lc~jIOJib=lTcD9$6YJR=kU?^<md3o_}EY2LqCc;d%&Ui;^eY3H-COJ"
    "vw`afx5RW-U^^|TU<)8y(*dCLZdyWJmYM<EV*H_uXPLo_d=-j1`b{0PayglHw?O5o6QWU>mS*=`j4IllERg|c13`<#F^RKQtPw&%"
    "C2TK?Q+ZHw`&8C%Gc&0-Q_DzVaa#O`S9M75XxM>*YGJ*tfN4bjd4KFN16XF)FtzFM{Vueyp?s%iD(pwW<TC0noE2)`3&Kgy>kUW4"
    "t6@K4l9ZN-L;%;Vyj8Oy&oWj8jI5<-jB=fSCj1MrkL=XurCGQQAO_@86ly$c8I}!r>+7u5BnlYvxqU<IZ)E)nH&GN(lrB)|7*+gp"
    "10odhJK;ZxeM9Z9^#87Pqw531s#3tF{D;PMJH>x#VCBt>aNSoYPvQ$VZ|NhHnQ(*<uSF~`g^-SccqYU^)CbDv$b>c;bs?TBN1{a>"
    "s!!1J)H|Y_14N_Ia25I@$#3G}<I%v-k@KlnesSI%k0S5X4bD#6tNLk2%_os<1vy;t7lLN9iSx>Nx~O9rG>(`39apUSIZ36O-ygr3"
    "`-hLO{qnJL&avM|fy>9dS-f{MX}aWf|Kc?i?__j=sm@|aFbjbfPOtk{dwvk?d0{x26+ZOCXgIknl&kv(`z5O;f7I~<Ir-n{$j`uU"
    "Q5e9x"
)


def test_a_parquet_file_at_whose_statistics_pyarrow_ends_the_process_is_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "p.parquet"
    path.write_bytes(zlib.decompress(base64.b85decode(ENDS_PYARROW)))
    annotations = write_benchmark(tmp_path / "mine").closed
    done = run_apart("score", path, "--annotations", annotations)
    assert done.code in (0, 1) and "terminate called" not in done.err, done.err


def test_a_zip_entry_without_a_name_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("a", picture_bytes(1))
    content = bytearray(path.read_bytes())
    directory = content.find(b"PK\x01\x02")
    # The directory's entry has a name of no letters; its one letter becomes a comment.
    content[directory + 28 : directory + 34] = b"\0\0\0\0\1\0"
    path.write_bytes(content)
    with pytest.raises(BenchmarkError, match=r"no readable zip \(an entry has no name\); get it again"):
        place_at(path)


def test_a_zip_entry_with_line_ends_in_its_name_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("two\nlines.png", b"")
    assert place_at(path).where("two\nlines.png") == f"{path}, entry 'two\\nlines.png'"


def test_line_ends_in_what_a_damaged_file_holds_do_not_break_the_sentence(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema": "mmneuroonco-manifest/1", "files": {"a": {"b\\nc": 1}}}')
    with pytest.raises(BenchmarkError) as damaged:
        Home(tmp_path).manifest()
    (tmp_path / "rows.jsonl").write_text('{"a\\nb": 1}\n')
    with pytest.raises(PredictionsError) as unknown:
        read_predictions(tmp_path / "rows.jsonl")
    assert "\n" not in str(damaged.value) + str(unknown.value)
