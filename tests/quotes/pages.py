"""News pages in the shapes that content management systems make, with the lines that each holds.

The words are invented for this project. `python -m tests.quotes.pages` prints how many of the
lines come out as they are, through trafilatura alone and through `quotes.markup`.
"""

from typing import NamedTuple

from trafilatura import extract

from quotes.markup import main_text

OPENING = (
    "The council voted on Tuesday night to raise the fare on the river ferries by a tenth, "
    "after a debate that went on until midnight."
)
MIDDLE = (
    "“Nobody likes this, and neither do I,” said Maud Ferris, who leads the council, “but the "
    "boats are older than most of us.”"
)
CLOSING = (
    "The new fares will apply from the first of May, and a review has been promised for the "
    "autumn of next year."
)
SHORT = "“No,” she said."
HEAD = (
    '<meta property="og:title" content="Ferry fares to rise">'
    '<meta property="og:site_name" content="The Harbour Post">'
)


class Shape(NamedTuple):
    """A page's article as markup, and its lines as a reader sees them, in order."""

    name: str
    body: str
    lines: tuple[str, ...]
    head: str = ""

    @property
    def html(self) -> str:
        """Return the whole page around the article."""
        return (
            f"<!doctype html><html lang=en><head><title>Ferry fares to rise</title>{HEAD}"
            f"{self.head}</head><body><header><a href=/>The Harbour Post</a></header><nav><ul>"
            "<li><a href=/news>News</a></li><li><a href=/sport>Sport</a></li></ul></nav>"
            f"{self.body}<footer><p>Copyright The Harbour Post</p></footer></body></html>"
        )


def paragraphs(*lines: str) -> str:
    """Return lines as paragraphs of markup."""
    return "".join(f"<p>{line}</p>" for line in lines)


PLAIN = (OPENING, MIDDLE, CLOSING)
SHAPES = (
    Shape("plain", f"<article>{paragraphs(*PLAIN)}</article>", PLAIN),
    Shape(
        "nested divs",
        f"<div class=c><div class=b><div>{OPENING}</div><div>{MIDDLE}</div><div>{CLOSING}</div>"
        "<div>“Never again,” <a href=/f>Ferris</a> said.</div></div></div>",
        (*PLAIN, "“Never again,” Ferris said."),
    ),
    Shape(
        "inline tags",
        f"<article>{paragraphs(OPENING)}<p>The <a href=/x>har<b>bour</b> master</a>’s aide, "
        "<i>un</i>moved, said: “We <em>will</em> not <span>be mo</span>ved”, <strong>adding"
        f"</strong>: “<a href=/y>Nev</a>er.”</p>"
        f"{paragraphs(CLOSING)}</article>",
        (
            OPENING,
            "The harbour master’s aide, unmoved, said: “We will not be moved”, adding: “Never.”",
            CLOSING,
        ),
    ),
    Shape(
        "breaks for paragraphs",
        f"<article><div>{OPENING}<br><br>{MIDDLE}<br/>\n<br>{SHORT}<br>{CLOSING}</div></article>",
        (OPENING, MIDDLE, SHORT, CLOSING),
    ),
    Shape(
        "block quotes",
        f"<article>{paragraphs(OPENING)}<blockquote>We will <em>not</em> be moved.</blockquote>"
        f"{paragraphs(MIDDLE)}<blockquote><p>The first paragraph of a letter.</p><p>And the "
        f"second of it.</p><cite>Maud Ferris</cite></blockquote>{paragraphs(CLOSING)}</article>",
        (
            OPENING,
            "We will not be moved.",
            MIDDLE,
            "The first paragraph of a letter.",
            "And the second of it.",
            "Maud Ferris",
            CLOSING,
        ),
    ),
    Shape(
        "quotation elements",
        f"<article>{paragraphs(OPENING)}<p>She said: <q>He told me <q>no</q></q>, and left.</p>"
        f"{paragraphs(CLOSING)}</article>",
        (OPENING, "She said: “He told me ‘no’”, and left.", CLOSING),
    ),
    Shape(
        "lists and sub-headings",
        f"<article>{paragraphs(OPENING)}<h2>What changes</h2><ul><li>“One,” said <b>Ferris</b>, "
        "“is the fare.”</li><li>Two: the boats</li></ul><h3>And then</h3><ol><li>The review.</li>"
        f"</ol>{paragraphs(CLOSING)}</article>",
        (
            OPENING,
            "What changes",
            "“One,” said Ferris, “is the fare.”",
            "Two: the boats",
            "And then",
            "The review.",
            CLOSING,
        ),
    ),
    Shape(
        "interview",
        f"<article>{paragraphs(OPENING)}<p><strong>Q: Why?</strong></p><p>A: We had to.</p>"
        f"<p><strong>Q: And now?</strong></p><p>A: We wait.</p>{paragraphs(CLOSING)}</article>",
        (OPENING, "Q: Why?", "A: We had to.", "Q: And now?", "A: We wait.", CLOSING),
    ),
    Shape(
        "pull quote that repeats",
        f"<article>{paragraphs(OPENING)}<aside class=pull-quote><p>Nobody likes this, and neither "
        f"do I</p></aside>{paragraphs(MIDDLE, CLOSING)}</article>",
        PLAIN,
    ),
    Shape(
        "table",
        f"<article>{paragraphs(OPENING)}<table><tr><th>Who</th><th>What</th></tr><tr><td>Ferris"
        f"</td><td>“Nobody likes this fare of ours.”</td></tr></table>{paragraphs(MIDDLE, CLOSING)}"
        "</article>",
        (OPENING, "Who What", "Ferris “Nobody likes this fare of ours.”", MIDDLE, CLOSING),
    ),
    Shape(
        "scripts, advertisements and figures between",
        f"<article>{paragraphs(OPENING)}<script>var a = 'He said no';</script><div class=ad>"
        "<script>x()</script></div><figure><img src=a.jpg alt=x><figcaption>The ferry. Photo: "
        f"H. Post</figcaption></figure>{paragraphs(MIDDLE)}<noscript><p>Enable JavaScript</p>"
        f"</noscript><div data-lazy>{CLOSING}</div></article>",
        PLAIN,
    ),
    Shape(
        "sections",
        f"<main><section><h2>The vote</h2>{paragraphs(OPENING, MIDDLE)}</section><section>"
        f"<h2>The boats</h2>{paragraphs(CLOSING, SHORT)}</section></main>",
        ("The vote", OPENING, MIDDLE, "The boats", CLOSING, SHORT),
    ),
    Shape(
        "text around a paragraph",
        f"<article><div>{OPENING} <p>{MIDDLE}</p> {CLOSING}</div></article>",
        PLAIN,
    ),
    Shape(
        "a paragraph that is a link",
        f"<article>{paragraphs(OPENING)}<p><a href=/x>{MIDDLE}</a></p>{paragraphs(CLOSING)}"
        "</article>",
        PLAIN,
    ),
    Shape(
        "folded away",
        f"<article>{paragraphs(OPENING)}<details><summary>More</summary><p>{MIDDLE}</p></details>"
        f"{paragraphs(CLOSING)}</article>",
        (OPENING, "More", MIDDLE, CLOSING),
    ),
    Shape(
        "repeated words",
        f"<article>{paragraphs(OPENING, SHORT, MIDDLE, SHORT, CLOSING)}</article>",
        (OPENING, SHORT, MIDDLE, SHORT, CLOSING),
    ),
    Shape(
        "AMP",
        f"<article>{paragraphs(OPENING)}<amp-img src=x.jpg></amp-img><blockquote>We will not be "
        f"moved.</blockquote><amp-ad type=x></amp-ad>{paragraphs(MIDDLE, CLOSING)}</article>",
        (OPENING, "We will not be moved.", MIDDLE, CLOSING),
        '<link rel=canonical href="https://example.org/ferry">',
    ),
    Shape(
        "a form around the page",
        f"<form action=/><div id=main><div>{paragraphs(*PLAIN)}</div></div></form>",
        PLAIN,
    ),
)


def kept(lines: tuple[str, ...], text: str) -> int:
    """Return how many of `lines` are lines of `text`, none counted twice."""
    left = text.split("\n")
    return sum(1 for line in lines if line in left and left.remove(line) is None)


def main() -> None:
    """Print how many lines of how many come out as they are, by shape and in all."""
    totals = [0, 0, 0]
    for shape in SHAPES:
        alone = kept(shape.lines, extract(shape.html) or "")
        ours = kept(shape.lines, main_text(shape.html).text)
        counts = alone, ours, len(shape.lines)
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        print(f"{shape.name:45} trafilatura {alone}, ours {ours}, of {len(shape.lines)}")  # noqa: T201
    print(f"{'all':45} trafilatura {totals[0]}, ours {totals[1]}, of {totals[2]}")  # noqa: T201


if __name__ == "__main__":
    main()
