"""Text that was decoded wrongly before we saw it ("â€œ" for "“"): told, and mended on request.

Text is evidence, so nothing is mended unasked; and only wrong decodings are undone, by ftfy's
`fix_encoding`, never its other changes (to quotation marks, ligatures, widths).
"""

from importlib.metadata import version

import ftfy
from ftfy.badness import is_bad

_NOTE = "looks wrongly decoded (mojibake) and is kept as it is; read it with mojibake mended"


def mended(text: str) -> str:
    """Return `text` with wrong decodings undone, itself if there are none."""
    return str(ftfy.fix_encoding(text)) if is_bad(text) else text


def treat(text: str, *, mend: bool) -> tuple[str, str, str]:
    """Return the text to keep, how it was mended, and the note that it needs; each may be "".

    Without `mend` the text comes back as it is.
    """
    better = mended(text)
    if better == text:
        return text, "", ""
    if mend:
        return better, f"mojibake mended by ftfy {version('ftfy')} fix_encoding", ""
    return text, "", _NOTE
