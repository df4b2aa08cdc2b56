"""What counts how much in the order by relevance, on every database."""

# How much words count that stand in a quotation's content, its speaker's names, the mention, the
# article's title.
WEIGHTS = {"content": 1.0, "speaker": 0.8, "mention": 0.2, "title": 0.3}
# What puts exact phrases before all others, and reviewed quotations next: relevance is below 1.
PHRASE_FIRST, REVIEWED_FIRST = 4.0, 2.0
