"""Data for Stanza's training modules: treebanks and news-like tokenizer text; entity sentences.

Reads the packed corpora of a data directory and writes, under a work directory, the files and
folders that Stanza's own preparation and training modules expect. No network.
"""

import gzip
import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from random import Random

from quotes.nlp.boundaries import is_abbreviation, plain
from quotes.nlp.training import stanza_augment
from quotes.nlp.training.stanza_augment import Newsroom, Paragraph

logger = logging.getLogger(__name__)

TREEBANK, SHORT = "UD_English-News", "en_news"
_TREEBANK_FILES = {
    "train": "ud-ewt-gum-train.conllu.gz",
    "dev": "ud-ewt-gum-dev.conllu.gz",
    "test": "ud-gum-test.conllu.gz",
}
# Without --gold this would fetch a tagger to predict the tags with.
_STOCK = (
    ("prepare_tokenizer_treebank",),
    ("prepare_mwt_treebank",),
    ("prepare_lemma_treebank", "--gold"),
)


Tagged = tuple[str, str]  # a token and its tag
_CLITICS = frozenset({"s", "re", "ve", "m", "ll", "d"})


class TrainingError(RuntimeError):
    """Training data or a training step is missing something; the message names what and why."""


def prepare(data: Path, work: Path, *, seed: int = 1) -> None:
    """Write everything that training needs under `work`; TrainingError where data is missing.

    `seed` decides the news-like paragraphs.
    """
    treebank = work / "ud" / TREEBANK
    treebank.mkdir(parents=True, exist_ok=True)
    for split, name in _TREEBANK_FILES.items():
        (treebank / f"{SHORT}-ud-{split}.conllu").write_bytes(_unpacked(data / name))
    for module, *options in _STOCK:
        run_stanza(work, f"stanza.utils.datasets.{module}", TREEBANK, *options)
    add_news(work, seed=seed)


def _unpacked(path: Path) -> bytes:
    if not path.is_file():
        raise TrainingError(f"{path} is missing; --data must name the folder with the corpora")
    return gzip.decompress(path.read_bytes())


def add_news(work: Path, *, seed: int = 1, copies: int = 2) -> None:
    """Append `copies` news-like versions of the training paragraphs to the tokenizer's text.

    The stock files are kept beside, so that running again starts from them.
    """
    source = work / "ud" / TREEBANK / f"{SHORT}-ud-train.conllu"
    paragraphs = list(stanza_augment.read_paragraphs(source.read_text("utf-8").splitlines()))
    newsroom = Newsroom(Random(seed), stanza_augment.names(paragraphs))  # noqa: S311  not a secret
    news = [news for _ in range(copies) for p in paragraphs for news in newsroom.rewrite(p)]
    folder = work / "data" / "tokenize"
    pairs = [stanza_augment.written(paragraph) for paragraph in news if any(paragraph)]
    for name, column in ((f"{SHORT}.train.txt", 0), (f"{SHORT}-ud-train.toklabels", 1)):
        stock = folder / f"{name}.stock"
        if not stock.exists():
            stock.write_bytes((folder / name).read_bytes())
        added = "\n\n".join(pair[column] for pair in pairs)
        (folder / name).write_text(f"{stock.read_text('utf-8').rstrip()}\n\n{added}\n", "utf-8")
    _log_news(news)


def _log_news(news: list[Paragraph]) -> None:
    sentences = sum(len(paragraph) for paragraph in news)
    logger.info("news-like text paragraphs=%d sentences=%d", len(news), sentences)


def entity_sentences(lines: Iterable[str]) -> Iterator[list[dict[str, str]]]:
    """Yield sentences as Stanza reads them, [{"text", "ner"}], from token-tab-tag lines.

    Tokens come as the parser will show them (see `as_parsed`). Lines of the corpus that lack a
    token or carry no B-, I- or O tag count as O or are left out; address lines (the first of each
    article) are no sentences.
    """
    sentence: list[Tagged] = []
    for line in chain(lines, [""]):
        token, _, rest = line.partition("\t")
        token, tag = token.strip(), rest.split("\t")[0]
        if line.startswith("# file") or not line.strip():
            if sentence and not sentence[0][0].startswith("http"):
                yield [{"text": word, "ner": label} for word, label in as_parsed(sentence)]
            sentence = []
        elif token:
            sentence.append((token, tag if tag[:2] in {"B-", "I-"} else "O"))


def as_parsed(sentence: Sequence[Tagged]) -> list[Tagged]:
    """Return tagged tokens cut as the project's tokenizer cuts them, in plain marks.

    The corpus parts "Ruto’s" into three, "don’t" at the mark, and most titles from their stop.
    """
    out: list[Tagged] = []
    for i, (token, tag) in enumerate(sentence):
        word = plain(token)
        before, label = out[-1] if out else ("", "O")
        following = sentence[i + 1 : i + 2]
        if before == "'" and word in _CLITICS:
            out[-1] = (f"'{word}", label)
        elif before == "'" and word == "t" and len(out) > 1 and out[-2][0][-1:] in {"n", "N"}:
            verb, verb_label = out[-2]
            out[-2:] = [(verb[:-1], verb_label)] * (len(verb) > 1) + [("n't", label)]
        elif word == "." and following and is_abbreviation(f"{before}."):
            out[-1] = (f"{before}.", label)
        else:
            out.append((word, tag))
    return out


def run_stanza(work: Path, module: str, *arguments: str) -> None:
    """Run one of Stanza's modules in a process of its own; TrainingError if it fails."""
    logger.info("run %s %s", module, " ".join(arguments))
    command = [sys.executable, "-m", module, *arguments]
    code = subprocess.run(command, env=environment(work), check=False).returncode  # noqa: S603
    if code:
        raise TrainingError(f"{module} ended with status {code}; its own message stands above")


def environment(work: Path) -> dict[str, str]:
    """Return the environment of Stanza's modules: data folders, one thread, no hub, kept heap."""
    data = work / "data"
    folders = ("tokenize", "mwt", "lemma")
    return {
        **os.environ,
        **{f"{name.upper()}_DATA_DIR": str(data / name) for name in folders},
        "DATA_ROOT": str(data),
        "UDBASE": str(work / "ud"),
        "STANZA_RESOURCES_DIR": str(work / "none"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        # glibc hands large tensors back to the kernel at once; page faults then cost half the time.
        "MALLOC_MMAP_THRESHOLD_": "1073741824",
        "MALLOC_TRIM_THRESHOLD_": "4294967296",
        "MALLOC_TOP_PAD_": "268435456",
    }


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
