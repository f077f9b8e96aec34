"""A LoRA adapter with random weights for the checkpoint FOLDER/base: ``python tiny_adapter.py FOLDER`` writes it to
FOLDER/adapter. It runs in an environment that has peft, torch and transformers.
"""

from __future__ import annotations

import sys
from pathlib import Path


def write_adapter(folder: Path) -> None:
    """Write the adapter as fine-tuning tools leave it, with the processor's files beside it."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForImageTextToText, AutoProcessor

    torch.manual_seed(1)
    targets = ["q_proj", "v_proj", "o_proj", "down_proj"]
    lora = LoraConfig(r=4, lora_alpha=64, target_modules=targets, init_lora_weights=False)
    base = AutoModelForImageTextToText.from_pretrained(folder / "base")
    get_peft_model(base, lora).save_pretrained(folder / "adapter")
    AutoProcessor.from_pretrained(folder / "base").save_pretrained(folder / "adapter")


if __name__ == "__main__":
    write_adapter(Path(sys.argv[1]))
