"""Looks at our datasets from inside VLMEvalKit: ``python vlmeval_probe.py FOLDER`` writes what it finds to probe.json.

One process for many questions, since importing VLMEvalKit takes half a minute. It runs in VLMEvalKit's environment,
with MMNEUROONCO_HOME holding the made-up benchmark; the assertions are in test_vlmeval.py.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1])
ROOT = os.environ.get("VLMEVALKIT_ROOT")
if ROOT:
    sys.path.insert(0, ROOT)

import vlmeval.config  # noqa: E402
import vlmeval.dataset as host  # noqa: E402
from vlmeval.smp import dump, load  # noqa: E402

from mmneuroonco_tasks.frameworks import versions  # noqa: E402
from mmneuroonco_tasks.frameworks import vlmeval as adapter  # noqa: E402
from mmneuroonco_tasks.frameworks.vlmeval_frame import NOTHING_TO_PANDAS  # noqa: E402

#: By qid, a response of a treacherous kind.
RESPONSES: dict[str, Any] = {
    "1_q1": "E",
    "2_q1": "B",
    "2_q2": "None of the above",
    "3_q1": "I'm sorry, but I can't interpret medical images.",
    "3_q2": "",
    "3_q3": 3,
    "3_q4": float("nan"),
    "3_q5": "None",
    "3_q6": "Failed to obtain answer via API.",
    "4_q1": "The answer is E because none of the listed options fits.",
}


#: Ways to pick E where E is "None of the above".
REJECTIONS = (
    *("E", "(E)", "E.", "e", "**E**", "\\boxed{E}", "Answer: E", "The answer is E.", "E. None of the above"),
    *("None of the above", "none of the above.", "It is none of the above.", "None", '{"answer": "E"}'),
    "The answer is E because none of the listed options fits.",
    "<think>A? No.</think>\nFinal: E\nExplanation: A, B, C and D do not fit.",
)


def registration() -> dict[str, Any]:
    """The host's tables after registering twice, and what was warned of; once more with an unknown version."""
    before = len(host.SUPPORTED_DATASETS)
    with warnings.catch_warnings(record=True) as known:
        warnings.simplefilter("always")
        for _ in range(2):
            adapter.register_datasets()
            adapter.register_models()
    added = host.SUPPORTED_DATASETS[before:]
    adapter.TESTED_VERSIONS = ("ms-vlmeval-0.0.1",)
    with warnings.catch_warnings(record=True) as unknown:
        warnings.simplefilter("always")
        adapter.register_datasets()
    ours = host.MMNeuroOncoClosed
    return {
        "added": added,
        "in_tables": [table.count(ours) for table in (host.IMAGE_DATASET, host.DATASET_CLASSES)],
        "exported": host.__all__.count("MMNeuroOncoClosed"),
        "type": host.DATASET_TYPE("MMNeuroOnco"),
        "models": [name for name in vlmeval.config.supported_VLM if name.startswith("mmneuroonco")],
        "warned": [str(warning.message) for warning in known if "mmneuroonco" in str(warning.message)],
        "warned_of_version": [str(warning.message) for warning in unknown if "mmneuroonco" in str(warning.message)],
        "version": versions.vlmeval_version(),
    }


def questions(dataset: Any) -> dict[str, Any]:
    """Columns, indices and the message of every question."""
    return {
        "columns": list(dataset.data.columns),
        "index": [int(index) for index in dataset.data["index"]],
        "qid": list(dataset.data["qid"]),
        "messages": [dataset.build_prompt(number) for number in range(len(dataset))],
        "same_from_a_row": [dataset.build_prompt(dataset.data.iloc[n]) for n in range(len(dataset))]
        == [dataset.build_prompt(dataset[n]) for n in range(len(dataset))],
    }


def evaluation(dataset: Any, suffix: str, folder: Path) -> dict[str, Any]:
    """The same responses through the host's own writing of a sheet, and a dataset that has been sent to a process."""
    data = dataset.data.copy()
    data["prediction"] = [RESPONSES[qid] for qid in data["qid"]]
    folder.mkdir(parents=True)
    sheet = str(folder / f"m_MMNeuroOnco.{suffix}")
    dump(data, sheet)
    returned = pickle.loads(pickle.dumps(dataset)).evaluate(sheet, nproc=4, verbose=False)
    return {
        "returned": returned,
        "primary": type(dataset).report_primary_metric(returned),
        "judge": type(dataset).report_judge_err(sheet, total_samples=10, judge_model=""),
        "files": sorted(file.name for file in folder.iterdir()),
    }


def rejections(dataset: Any, suffix: str) -> dict[str, list[str]]:
    """By wording of a rejection, what it was read as where E is offered, through a sheet of the host's own writing."""
    data = dataset.data[dataset.data["question"].str.contains("E. None of the above", regex=False)].copy()
    found = {}
    for number, wording in enumerate(REJECTIONS):
        data["prediction"] = [wording] * len(data)
        sheet = FOLDER / "rejections" / str(number) / f"m_MMNeuroOnco.{suffix}"
        sheet.parent.mkdir(parents=True)
        dump(data, str(sheet))
        dataset.evaluate(str(sheet))
        result = json.loads(sheet.with_name("m_MMNeuroOnco_result.json").read_text(encoding="utf-8"))
        found[wording] = [result["answers"][qid]["outcome"] for qid in data["qid"]]
    return found


def judge_off() -> dict[str, str]:
    """The line with which a run goes on where there is nobody to ask."""
    from mmneuroonco_tasks.frameworks.vlmeval_judge import vlmeval_judge
    from mmneuroonco_tasks.judge import JudgeOff

    os.environ.pop("OPENAI_API_KEY", None)
    settings = {
        "unnamed": {"nproc": 4},
        "without a key": {"model": "gpt-4o", "nproc": 4},
        "broken": {"model": "gpt-4o", "api_base": "nowhere", "key": "a-secret-key"},
    }
    found = {}
    for name, each in settings.items():
        try:
            vlmeval_judge(each)
        except JudgeOff as off:
            found[name] = str(off)
    return found


def reread(dataset: Any, suffix: str) -> list[str]:
    """Texts that did not come back as text from the host's own writing and reading, as ``--reuse`` does."""
    texts = [*sorted(NOTHING_TO_PANDAS), "=1+1", "{=1}", "https://example.org", "mailto:a", "B"]
    data = dataset.data.iloc[[0] * len(texts)].copy()
    data["prediction"] = texts
    path = str(FOLDER / f"reread.{suffix}")
    dump(data, path)
    back = list(load(path)["prediction"])
    return [text for text, read in zip(texts, back, strict=True) if not isinstance(read, str) or read.strip() != text]


def own_protocol() -> dict[str, Any]:
    """The first message and the signature when a user's template is named, and what is said of a broken one."""
    os.environ["MMNEUROONCO_PROTOCOL"] = str(FOLDER / "paper.json")
    dataset = host.build_dataset("MMNeuroOnco")
    found = {
        "message": dataset.build_prompt(0),
        "signature": evaluation(dataset, "tsv", FOLDER / "own")["returned"]["signature"],
    }
    os.environ["MMNEUROONCO_PROTOCOL"] = str(FOLDER / "broken.json")
    found["stopped"] = stopped("--data", "MMNeuroOnco", "--model", "m", "--base-url", "http://127.0.0.1:9/v1")
    del os.environ["MMNEUROONCO_PROTOCOL"]
    return found


def stopped(*arguments: str) -> str:
    """What the run says as it stops."""
    try:
        adapter.main([*arguments, "--work-dir", str(FOLDER / "stopped")])
    except SystemExit as stop:
        return str(stop.code)
    return "it went on"


def modes() -> dict[str, list[str]]:
    """Our files after asking only, and after scoring only what had been asked."""
    work = FOLDER / "modes"
    flags = ["--data", "MMNeuroOnco", "--model", "mmneuroonco_always_e", "--work-dir", str(work)]
    found = {}
    for mode in (["infer"], ["eval", "--reuse"]):
        adapter.main([*flags, "--mode", *mode])
        files = [path for path in work.rglob("mmneuroonco_always_e_MMNeuroOnco*") if not path.is_symlink()]
        # The main branch copies the sheet into the folder of the run that scores it.
        found[mode[0]] = sorted({path.name.removeprefix("mmneuroonco_always_e_") for path in files})
    return found


def main() -> None:
    """Look at everything and write it down."""
    found: dict[str, Any] = {"registration": registration()}
    dataset = host.build_dataset("MMNeuroOnco")
    found["questions"] = questions(dataset)
    found["without_brats"] = list(host.build_dataset("MMNeuroOnco_NoBraTS").data["qid"])
    found["evaluation"] = {
        suffix: evaluation(dataset, suffix, FOLDER / suffix) for suffix in ("xlsx", "tsv", "csv", "json")
    }
    found["rejections"] = rejections(dataset, "xlsx")
    found["judge_off"] = judge_off()
    found["lost_in_reuse"] = {suffix: reread(dataset, suffix) for suffix in ("xlsx", "tsv")}
    found["modes"] = modes()
    found["own_protocol"] = own_protocol()
    # From here on a picture is missing. No server listens: a request would fail differently.
    next((Path(os.environ["MMNEUROONCO_HOME"]) / "images").glob("0003.*")).unlink()
    from mmneuroonco_tasks.frameworks import asking

    asking._asking.cache_clear()
    command = ("--data", "MMNeuroOnco", "--model", "m", "--base-url", "http://127.0.0.1:9/v1")
    found["stopped"] = {"local": stopped(*command), "api": stopped(*command, "--api-mode")}
    (FOLDER / "probe.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
