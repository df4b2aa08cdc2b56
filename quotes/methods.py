"""How a text was read: the values of `SourceText.method` that others go by.

Any other value says how too (quotes/plain_words.py has words for it), but not when the text stood
at its address: a file on a disk may be of any age.
"""

# Fetched from its address: what stands there now.
WEB = "web"
# From a web archive, whose records say when they were fetched.
WARC = "warc"

# `retrieved_at` is when the text stood at its address.
TIMED = frozenset({WEB, WARC})
