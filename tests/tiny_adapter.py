"""A LoRA adapter with random weights for a checkpoint, and the two merged: ``python tiny_adapter.py FOLDER``.

FOLDER/base is there; FOLDER/adapter and FOLDER/merged are written, as docs/instructions.md tells. It runs in an
environment that has peft, torch and transformers.
"""

from __future__ import annotations

import sys
from pathlib import Path


def write_adapter(folder: Path) -> None:
    """Write the adapter as fine-tuning tools leave it, with the processor's files beside it, and the merged model."""
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model
    from transformers import AutoModelForImageTextToText, AutoProcessor

    torch.manual_seed(1)
    targets = ["q_proj", "v_proj", "o_proj", "down_proj"]
    lora = LoraConfig(r=4, lora_alpha=64, target_modules=targets, init_lora_weights=False)
    base = AutoModelForImageTextToText.from_pretrained(folder / "base")
    get_peft_model(base, lora).save_pretrained(folder / "adapter")
    again = AutoModelForImageTextToText.from_pretrained(folder / "base")
    PeftModel.from_pretrained(again, folder / "adapter").merge_and_unload().save_pretrained(folder / "merged")
    for name in ("adapter", "merged"):
        AutoProcessor.from_pretrained(folder / "base").save_pretrained(folder / name)


if __name__ == "__main__":
    write_adapter(Path(sys.argv[1]))
