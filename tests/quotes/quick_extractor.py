"""An extractor without models, for tests of what is done with what one finds."""

import re
import time
from collections.abc import Iterable

from quotes.nlp.document import Document, Provenance
from tests import builders


class QuickExtractor:
    """Finds one quotation of Ana Roe where a text has “said … .”; “poison” breaks it."""

    provenance: Provenance = builders.provenance("quick")

    def __init__(self, pause_s: float = 0.0) -> None:
        self.pause_s = pause_s
        self.poisoned = False

    def batch(self, texts: Iterable[str]) -> Iterable[Document]:
        """Return a document for each text; RuntimeError for all if one is poisonous."""
        return [self(text) for text in texts]

    def __call__(self, text: str) -> Document:
        time.sleep(self.pause_s)
        if "poison" in text:
            self.poisoned = True
            raise RuntimeError("poisoned")
        found = re.search(r"said (.+)\.", text)
        if found is None:
            return Document(text=text)
        quotation = builders.quotation(text, found.group(1), cue="said", speaker=builders.ROE)
        return Document(text=text, quotations=(quotation,))
