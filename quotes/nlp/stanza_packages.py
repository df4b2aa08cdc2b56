"""Stanza's models: the shipped ones and its official packages, loaded, fetched, made faster.

Nothing here reaches for the network but `download`. Part of quotes/nlp/parse.py's room: this
imports Stanza. Reasons: docs/decisions/0002-stanza-offline.md.
"""

import os
import urllib.request
from pathlib import Path
from threading import Thread
from typing import Any

import stanza
import torch
from stanza.models.common import chuliu_edmonds
from stanza.models.depparse import head_constraints
from stanza.models.depparse import model as depparse_model
from stanza.resources.common import DEFAULT_RESOURCES_URL, DEFAULT_RESOURCES_VERSION

from quotes.nlp import spanning_tree

SHIPPED = "shipped"
OFFICIAL = ("default", "default_accurate")
SHIPPED_DIRECTORY = Path(__file__).parent / "models" / "stanza"

PROCESSORS = ("tokenize", "mwt", "lemma")
OFFICIAL_PROCESSORS = ("tokenize", "mwt", "pos", "lemma", "depparse", "ner")
# Stanza caps a token at this length in any case; its own default for our models would be 300.
MAX_TOKEN_CHARS = 1000
# The fast tree search replaces functions inside Stanza: only in the version that it was proved on.
_PATCHED_VERSION = "1.15.0"


class ParserLoadError(RuntimeError):
    """Models could not be loaded: missing, unreadable, or not of this Stanza version."""


class ModelDownloadError(RuntimeError):
    """Stanza's official models could not be fetched."""


def default_directory() -> Path:
    """Return where official packages are kept by default, as Stanza itself would decide."""
    return Path(os.environ.get("STANZA_RESOURCES_DIR", Path.home() / "stanza_resources"))


def download(package: str, directory: Path, *, timeout_s: float = 10.0) -> None:
    """Fetch one of Stanza's official English packages into `directory`, for `Parser(package, …)`.

    `timeout_s` bounds the wait for the first answer, not the download. Raises ModelDownloadError
    naming what failed and what to do; ValueError for a package that Stanza does not publish.
    """
    if package not in OFFICIAL:
        raise ValueError(f"no official package {package!r}: choose one of {', '.join(OFFICIAL)}")
    index = f"{DEFAULT_RESOURCES_URL}/resources_{DEFAULT_RESOURCES_VERSION}.json"
    _probe(index, package, timeout_s)
    try:
        stanza.download("en", model_dir=str(directory), package=package, logging_level="WARN")
        # The accurate package names a transformer that only loading it fetches.
        _official(package, directory, download_method="reuse_resources")
    except Exception as error:
        raise ModelDownloadError(
            f"package {package!r}: the download into {directory} failed ({error}); "
            "check connection, proxy and disk, then run the command again"
        ) from error


def _probe(url: str, package: str, timeout_s: float) -> None:
    """Raise ModelDownloadError unless `url` answers in time: Stanza itself would wait for ever."""
    failures: list[Exception] = [TimeoutError(f"no answer within {timeout_s:g} s")]

    def fetch() -> None:
        try:
            with urllib.request.urlopen(url, timeout=timeout_s) as answer:  # noqa: S310  Stanza's
                answer.read(1)
            failures.clear()
        except (OSError, ValueError) as error:
            failures[:] = [error]

    # Name look-up ignores timeouts, so it gets a thread that may be left behind.
    thread = Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(timeout_s)
    if failures:
        raise ModelDownloadError(
            f"package {package!r}: cannot reach Stanza's model index at {url} ({failures[0]}); "
            "connect to the internet or set HTTPS_PROXY, "
            f"or keep the package {SHIPPED!r}, which needs no download"
        )


def install_fast_trees() -> bool:
    """Make Stanza's parser find its trees faster, with the same result; say whether it is in use.

    Optional: it replaces two functions of Stanza 1.15.0 and leaves any other version alone.
    """
    if stanza.__version__ != _PATCHED_VERSION:
        return False
    if depparse_model.chuliu_edmonds_one_root is not best_tree:
        chuliu_edmonds.tarjan = spanning_tree.cycles
        for module in (chuliu_edmonds, depparse_model, head_constraints):
            module.chuliu_edmonds_one_root = best_tree
    return True


_stock_one_root = chuliu_edmonds.chuliu_edmonds_one_root
_stock_cycles = chuliu_edmonds.tarjan


def best_tree(scores: Any) -> Any:
    """Return the best tree with a single root (see quotes/nlp/spanning_tree.py)."""
    heads = spanning_tree.best_tree(scores, chuliu_edmonds.chuliu_edmonds)
    return heads if heads is not None else _stock_one_root(scores)


def stock_tree(scores: Any) -> Any:
    """Return the tree that Stanza's own search finds, whatever is installed; for comparison."""
    installed, chuliu_edmonds.tarjan = chuliu_edmonds.tarjan, _stock_cycles
    try:
        return _stock_one_root(scores)
    finally:
        chuliu_edmonds.tarjan = installed


def load(package: str, directory: Path | None) -> Any:
    """Return Stanza's pipeline of a package; ParserLoadError if its models cannot be loaded."""
    torch.set_num_threads(1)  # a second thread on a busy core ran 15 times slower
    if package != SHIPPED and package not in OFFICIAL:
        known = ", ".join((SHIPPED, *OFFICIAL))
        raise ParserLoadError(f"no parser package {package!r}: choose one of {known}")
    shipped = package == SHIPPED
    folder = directory or (SHIPPED_DIRECTORY if shipped else default_directory())
    try:
        if shipped:
            return _shipped(folder)
        return _official(package, folder)
    except Exception as error:
        fetch = f"run: manage.py download_models --package {package}"
        remedy = "reinstall the project" if shipped else fetch
        raise ParserLoadError(f"package {package!r} in {folder}: {error}; {remedy}") from error


def _shipped(directory: Path) -> Any:
    for name in ("resources.json", *(f"{p}.pt" for p in PROCESSORS)):
        if not (directory / name).is_file():
            raise FileNotFoundError(f"{directory / name} is missing")
    return stanza.Pipeline(
        "en",
        dir=str(directory),
        package=None,
        processors=dict.fromkeys(PROCESSORS, "news"),
        **_COMMON,
        **{f"{p}_model_path": str(directory / f"{p}.pt") for p in PROCESSORS},
    )


def _official(package: str, directory: Path, *, download_method: str | None = None) -> Any:
    options = {**_COMMON, "download_method": download_method}
    processors = ",".join(OFFICIAL_PROCESSORS)
    return stanza.Pipeline(
        "en", dir=str(directory), package=package, processors=processors, **options
    )


_COMMON = {
    "download_method": None,
    "use_gpu": False,
    "logging_level": "WARN",
    "tokenize_max_seqlen": MAX_TOKEN_CHARS,
}
