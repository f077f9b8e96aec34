"""The files from the Hugging Face Hub, through its own client.

The dataset is gated: whoever wants it asks for access and is approved by hand, so a user meets 401 (not logged in),
403 (not approved yet) and, later, success. The client keeps what it has downloaded in its cache, takes up a broken
transfer and reads the user's token; what arrives is compared here with the digest that the hub announces.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path, PurePosixPath
from typing import Any

from .files import file_digest
from .layouts import annotation_names, files_below
from .records import BenchmarkError

DATASET = "gfnnnb/MM-NeuroOnco-Images"

# Plain HTTPS passes proxies and firewalls that know the hub alone. Where they close the hosts of its Xet storage, which
# the client prefers, it says nothing for minutes and then fails. The client reads this once, when it is imported.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")

#: Says one sentence to the user while work goes on.
Tell = Callable[[str], None]

_AGAIN = "run `mmneuroonco prepare` again"
_KEPT = "what has arrived whole is kept"
_BY_HAND = "name files that you have by --annotations and --images"
_LISTING_TIMEOUT_SECONDS = 30
#: How often a transfer is taken up. Newer clients do that themselves, older ones go on where they are called again.
_ATTEMPTS = 3


class ConnectionFailed(BenchmarkError):
    """The hub could not be reached, or the transfer broke off."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub lists it: its name, its size in bytes and its digest where these are known."""

    name: str
    size: int | None = None
    #: SHA-256 of a large file, Git's SHA-1 of a small one.
    digest: str | None = None


@dataclass(frozen=True)
class HubDataset:
    """The dataset's files: as the hub lists them or, where it cannot be asked, as an earlier download left them."""

    files: Mapping[str, HubFile]
    #: The folder of the earlier download, if that is all there is.
    downloaded: Path | None = None

    def annotations(self) -> list[HubFile]:
        """The annotation files of both tasks.

        Raises:
            BenchmarkError: the dataset has none.
        """
        names = [*annotation_names(self.files, "closed"), *annotation_names(self.files, "open")]
        return self._known(names, "annotation file")

    def image_zips(self) -> list[HubFile]:
        """The zips that hold the benchmark's pictures.

        Raises:
            BenchmarkError: the dataset has none.
        """
        return self._known(image_zip_names(self.files), "image zip")

    def _known(self, names: Sequence[str], what: str) -> list[HubFile]:
        if not names and self.downloaded is not None:
            raise BenchmarkError(
                f"{self.downloaded}: the earlier download has no {what}; {_AGAIN} where the hub can be reached, or "
                f"{_BY_HAND}."
            )
        if not names:
            raise BenchmarkError(f"{page()}: shows you no {what}; ask for access there, or {_BY_HAND}.")
        return [self.files[name] for name in names]


def image_zip_names(names: Iterable[str]) -> list[str]:
    """Of the dataset's files, the zips with the benchmark's pictures; the whole data set's only where there are none.

    >>> image_zip_names(["images/Benchmark_Images.zip", "images/Dataset.zip", "README.md"])
    ['images/Benchmark_Images.zip']
    """
    zips = [PurePosixPath(name) for name in names if name.lower().endswith(".zip")]
    chosen = [path for path in zips if "benchmark" in path.stem.lower()]
    return sorted(map(str, chosen or [path for path in zips if "dataset" in path.stem.lower()]))


def page() -> str:
    """The dataset's page, where access is asked for."""
    from huggingface_hub.constants import ENDPOINT

    return f"{ENDPOINT}/datasets/{DATASET}"


def list_dataset(tell: Tell) -> HubDataset:
    """What the dataset holds.

    Raises:
        BenchmarkError: the hub cannot be asked and nothing was downloaded before: one sentence with what to do.
    """
    from huggingface_hub import HfApi

    try:
        with _explained(f"listing {DATASET}"):
            info = HfApi().dataset_info(DATASET, files_metadata=True, timeout=_LISTING_TIMEOUT_SECONDS)
    except BenchmarkError:
        downloaded = _downloaded_before()
        if downloaded is None:
            raise
        tell(f"{page()} cannot be asked; going on with what was downloaded before ({downloaded}).")
        return HubDataset({name: HubFile(name) for name in files_below(downloaded)}, downloaded)
    # Whatever stands between us and the hub may have answered in its place.
    siblings = [each for each in info.siblings or () if isinstance(each.rfilename, str)]
    return HubDataset({s.rfilename: HubFile(s.rfilename, _listed_size(s), _listed_digest(s)) for s in siblings})


def _listed_size(sibling: Any) -> int | None:
    return sibling.size if isinstance(sibling.size, int) else None


def _listed_digest(sibling: Any) -> str | None:
    digest = sibling.lfs.sha256 if sibling.lfs else sibling.blob_id
    return str(digest) if digest else None


def _downloaded_before() -> Path | None:
    """The client's copy of the dataset, if it has the files that are needed."""
    from huggingface_hub import snapshot_download

    try:
        with _quiet_client():
            folder = Path(
                snapshot_download(
                    DATASET, repo_type="dataset", local_files_only=True, allow_patterns=["*[Bb]enchmark*"]
                )
            )
    except Exception:  # whatever is wrong with the copy: it is none
        return None
    return folder if annotation_names(files_below(folder), "closed") else None


def download(dataset: HubDataset, files: Sequence[HubFile], tell: Tell) -> list[Path]:
    """The files on this machine, downloaded unless they are there already, each compared with its digest.

    Raises:
        BenchmarkError: a file cannot be had: one sentence with what to do.
    """
    return [_download(dataset, file, tell) for file in files]


def _download(dataset: HubDataset, file: HubFile, tell: Tell) -> Path:
    path = _from_hub(file, tell) if dataset.downloaded is None else dataset.downloaded / file.name
    expected = _digest_in_cache(path) or file.digest
    if expected is not None and not _has_digest(path, expected):
        # The client takes a cached file for good; only without it does it download anew.
        path.resolve().unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise BenchmarkError(
            f"{file.name}: arrived damaged (its digest is not {expected[:8]}…) and was removed; {_AGAIN}."
        )
    return path


def _from_hub(file: HubFile, tell: Tell) -> Path:
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from rich.filesize import decimal

    if not isinstance(try_to_load_from_cache(DATASET, file.name, repo_type="dataset"), str):
        _check_room(file)
        tell(f"getting {file.name}{f' ({decimal(file.size)})' if file.size else ''} from the hub")
    for _ in range(_ATTEMPTS - 1):
        with suppress(ConnectionFailed), _explained(f"getting {file.name}"):
            return Path(hf_hub_download(DATASET, file.name, repo_type="dataset"))
    with _explained(f"getting {file.name}"):
        return Path(hf_hub_download(DATASET, file.name, repo_type="dataset"))


def _check_room(file: HubFile) -> None:
    """The client only warns of a disk that is too small, and then fills it."""
    from huggingface_hub.constants import HF_HUB_CACHE
    from rich.filesize import decimal

    cache = Path(HF_HUB_CACHE)
    existing = next((folder for folder in (cache, *cache.parents) if folder.is_dir()), None)
    if existing is None or file.size is None:
        return
    free = shutil.disk_usage(existing).free
    if file.size > free:
        raise BenchmarkError(
            f"{file.name}: needs {decimal(file.size)} and {cache} has {decimal(free)} left; make room there or set "
            f"HF_HOME to a folder with more, and {_AGAIN}."
        )


def _digest_in_cache(path: Path) -> str | None:
    """The digest under which the client keeps the file, which the hub announced when it sent it."""
    # One level only: the client may keep the content itself in a store that is named otherwise.
    name = path.readlink().name if path.is_symlink() else ""
    return name if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", name) else None


def _has_digest(path: Path, digest: str) -> bool:
    if len(digest) == 64:
        return file_digest(path) == digest
    content = path.read_bytes()
    return sha1(b"blob %d\0" % len(content) + content).hexdigest() == digest


@contextmanager
def _explained(doing: str) -> Iterator[None]:
    """Turns whatever the client raises in the block into one sentence."""
    try:
        with _quiet_client():
            yield
    except Exception as error:
        raise explanation(error, doing) from None


def explanation(error: BaseException, doing: str) -> BenchmarkError:
    """What a failure of the client means for the user, who was ``doing`` something, and what to do next."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    causes = list(_causes(error))
    responses = [cause.response for cause in causes if getattr(cause, "response", None) is not None]  # type: ignore[attr-defined]
    if responses:
        said = next((said for cause in causes if (said := getattr(cause, "server_message", None))), None)
        return _refusal(int(responses[0].status_code), responses[0].headers, _one_line(said or ""), doing)
    if any(isinstance(cause, OfflineModeIsEnabled) for cause in causes):
        return BenchmarkError(
            f"{doing}: HF_HUB_OFFLINE forbids it, and it was not downloaded before; unset that and {_AGAIN}, or "
            f"{_BY_HAND}."
        )
    if any(isinstance(cause, OSError) and cause.errno == errno.ENOSPC for cause in causes):
        return BenchmarkError(f"{doing}: the disk is full; make room or set HF_HOME to another folder, and {_AGAIN}.")
    if isinstance(error, OSError) and error.filename:
        return BenchmarkError(
            f"{doing}: {error.filename} cannot be written ({error.strerror}); set HF_HOME to a folder that can, and "
            f"{_AGAIN}."
        )
    reason = _one_line(f"{type(causes[-1]).__name__}: {causes[-1]}")
    return ConnectionFailed(
        f"{doing}: the connection failed ({reason}); check network and proxy and {_AGAIN}: {_KEPT}."
    )


def _refusal(status: int, headers: Mapping[str, str], said: str, doing: str) -> BenchmarkError:
    from huggingface_hub import get_token
    from huggingface_hub.constants import ENDPOINT

    quoted = f" (it says: {said})" if said else ""
    if status == 401 and get_token() is None:
        return BenchmarkError(
            f"{DATASET} is gated and you are not logged in; ask for access at {page()}, run `hf auth login` or set "
            f"HF_TOKEN, and {_AGAIN}."
        )
    if status == 401:
        return BenchmarkError(
            f"the hub does not accept your token{quoted}; make another at {ENDPOINT}/settings/tokens, run "
            f"`hf auth login`, and {_AGAIN}."
        )
    if status == 403:
        return BenchmarkError(
            f"the hub does not let you read {DATASET} yet{quoted}; ask for access at {page()}, where it is granted by "
            f"hand, and {_AGAIN} when it is."
        )
    if status == 404:
        return BenchmarkError(
            f"{doing}: the hub has it not, or does not show it to you{quoted}; look at {page()}, or {_BY_HAND}."
        )
    if status == 429:
        return BenchmarkError(
            f"{doing}: the hub limits how often it is asked; wait {_wait(headers)} and {_AGAIN}: {_KEPT} (logged in, "
            "by `hf auth login`, one may ask more often)."
        )
    return BenchmarkError(f"{doing}: the hub fails with status {status}{quoted}; {_AGAIN} later: {_KEPT}.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those behind it: the client wraps what the hub has answered."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _wait(headers: Mapping[str, str]) -> str:
    """How long the hub wants to be left alone: ``Retry-After: 55`` or ``RateLimit: "api";r=0;t=55``."""
    found = re.search(r"\bt=([1-9]\d*)", headers.get("RateLimit", ""))
    found = found or re.match(r"([1-9]\d*)$", headers.get("Retry-After", ""))
    return f"{found.group(1)} seconds" if found else "some minutes"


def _one_line(text: str) -> str:
    """What the hub or the client said, fit for a sentence of ours: short, no control characters, no signed address."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    short = " ".join(_without_signatures(printable).split())
    return short[:200].rstrip(".")


def _without_signatures(text: str) -> str:
    """Addresses without their query: that of a download carries a signature, which opens the file to anybody."""
    return re.sub(r"(https?://[^\s?]+)\?\S+", r"\1?…", text)


@contextmanager
def _quiet_client() -> Iterator[None]:
    """The client's warnings tell of waiting and resuming, but with whole addresses: shown without their signatures."""

    def shorten(record: logging.LogRecord) -> bool:
        record.msg, record.args = _without_signatures(record.getMessage()), ()
        return True

    handlers = logging.getLogger("huggingface_hub").handlers
    for handler in handlers:
        handler.addFilter(shorten)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(shorten)
