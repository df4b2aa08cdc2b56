"""Write the list of words that news prose keeps in lower case, from PolNeAR's training articles."""

import re
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from quotes.nlp.training import polnear

_WORD = re.compile(r"(?<=[a-z,] )[^\W\d_]+(?:n['’]t)?(?![\w'’-])")
_MIN_COUNT = 2
_HEADING = """\
# Words that news prose writes in lower case: in a text all in capitals, another word is a name.
# Columns: word (lower case). Seen so at least {minimum} times inside sentences of PolNeAR's
# training articles, and oftener than with a capital; single words, no text.
# Source: PolNeAR 1.0 (Newell, Margolin and Ruths, LREC 2018), by `python -m
# quotes.nlp.training.common_words`. Licence of the list: Apache-2.0.
"""


def common_words(texts: list[str]) -> list[str]:
    """Return the words, in order of the alphabet, that `texts` keep in lower case."""
    small: Counter[str] = Counter()
    all_forms: Counter[str] = Counter()
    for text in texts:
        for word in _WORD.findall(text):
            all_forms[word.lower().replace("’", "'")] += 1
            small[word.lower().replace("’", "'")] += word.islower()
    return sorted(w for w, n in small.items() if n >= _MIN_COUNT and 2 * n > all_forms[w])


def main(arguments: Namespace) -> None:
    """Print the list with its heading; FileNotFoundError if the corpus is not in `--data`."""
    words = common_words([article.text for article in polnear.load(arguments.data, "train")])
    sys.stdout.write(_HEADING.format(minimum=_MIN_COUNT) + "\n".join(words) + "\n")


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    main(parser.parse_args())
