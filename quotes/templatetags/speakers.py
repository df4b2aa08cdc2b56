"""Template filters for the pages of speakers."""

from django import template

from quotes.models import Speaker, SpeakerSuggestion
from quotes.profiles import Reason
from quotes.speaker_search import detail_of, seen_pair

register = template.Library()


@register.filter
def detail(speaker: Speaker) -> str:
    """Return on one line what tells a speaker from others of the name."""
    return detail_of(speaker)


@register.filter
def in_articles(reason: Reason) -> str:
    """Return in how many articles a reason holds, "" where that is not counted."""
    if not reason.articles:
        return ""
    return f"in {reason.articles:,} article{'' if reason.articles == 1 else 's'}"


@register.filter
def seen_of(pair: SpeakerSuggestion) -> str:
    """Return what the form of a pair carries along."""
    return seen_pair(pair)
