"""Gold and predictions written as words of a text, by tests."""

from quotes.nlp.document import Span
from quotes.nlp.evaluation.units import Attribution, GoldArticle
from tests.builders import span

TEXT = (
    "“We will win,” said Ana Roe, the mayor. She added that taxes “must fall” soon.\n"
    "Bo Low believes that the plan is dead. According to a report, prices rose.\n"
)


def said(content: str | tuple[str, ...], source: str = "", cue: str = "", **more) -> Attribution:
    """Return an attribution of words of TEXT; several pieces of content are one of them."""
    return of(TEXT, content, source, cue, **more)


def of(text: str, content: str | tuple[str, ...], source="", cue="", **more) -> Attribution:
    """Return an attribution of words of `text`, each found where it first stands."""
    pieces = (content,) if isinstance(content, str) else content
    return Attribution(
        content=tuple(span(text, piece) for piece in pieces),
        source=(span(text, source),) if source else (),
        cue=(span(text, cue),) if cue else (),
        **more,
    )


WIN = said("“We will win,”", "Ana Roe, the mayor", "said")
FALL = said("that taxes “must fall” soon", "She", "added")
DEAD = said("that the plan is dead", "Bo Low", "believes")
ROSE = said("prices rose", "a report", "According to")
GOLD = (WIN, FALL, DEAD, ROSE)


def article(*attributions: Attribution, text: str = TEXT, discards: tuple[Span, ...] = ()):
    """Return a gold article of TEXT, with all four attributions if none are given."""
    return GoldArticle(id="a", text=text, attributions=attributions or GOLD, discards=discards)
