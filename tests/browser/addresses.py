"""Every named address of the site: a page with what its address is made of, or why it is none."""

from typing import NamedTuple

from django.urls import reverse

from tests.browser.world import Facts


class Page(NamedTuple):
    """A page: its name, which fact each part of its address is, its query, its expected status.

    The query may have facts in it, as `{quotation}`. `who` "account": it leads visitors to sign in;
    "owner": others find nothing there; "visitor": those signed in have no use for it.
    """

    name: str
    parts: dict[str, str] = {}
    query: str = ""
    status: int = 200
    who: str = "all"

    def path(self, facts: Facts) -> str:
        """Return the path, with the query."""
        path = reverse(self.name, kwargs={part: facts[fact] for part, fact in self.parts.items()})
        return f"{path}?{self.query.format_map(facts)}" if self.query else path

    @property
    def label(self) -> str:
        """Return what tests call it."""
        return f"{self.name}?{self.query}" if self.query else self.name


PAGES = (
    Page("home"),
    Page("about"),
    Page("status"),
    Page("quotations"),
    Page("quotation", {"uid": "quotation"}),
    Page("history", {"uid": "quotation"}),
    Page("review"),
    Page("review-quotation", {"uid": "quotation"}, who="account"),
    Page("decisions"),
    Page("articles"),
    Page("article", {"uid": "article"}),
    Page("versions", {"uid": "article"}),
    Page("speakers"),
    Page("speaker-suggest", query="q=ferris"),
    Page("speaker-suggestions", who="account"),
    Page("speaker", {"slug": "speaker"}),
    Page("speaker-merge", {"slug": "speaker"}, who="account"),
    Page("speaker-split", {"slug": "speaker"}, who="account"),
    Page("speaker-edit", {"slug": "speaker"}, who="account"),
    Page("statements"),
    Page("statement", {"uid": "statement"}),
    Page("compare", query="q={quotation}&q={other_quotation}"),
    Page("feeds", who="account"),
    Page("feed-delete", {"uid": "feed"}, who="account"),
    Page("saved-searches", who="account"),
    Page("saved-new", query="q=ferry", who="account"),
    Page("saved-search", {"uid": "saved_search"}, who="account"),
    Page("saved-delete", {"uid": "saved_search"}, who="account"),
    Page("imports"),
    Page("import-new", who="account"),
    Page("import", {"uid": "import"}),
    Page("exports", who="account"),
    Page("export-new", query="q=ferry", who="account"),
    Page("vocabulary"),
    Page("runs"),
    Page("run", {"uid": "run"}),
    Page("account", who="account"),
    Page("account-tokens", who="account"),
    Page("account-token-revoke", {"uid": "token"}, who="account"),
    Page("account-password", who="account"),
    Page("account-delete", who="account"),
    Page("account-mail", who="account"),
    Page("mail-confirm", {"token": "mail_confirm"}),
    Page("mail-stop", {"token": "mail_stop"}),
    Page("check"),
    Page("collections"),
    Page("collection-new", who="account"),
    Page("collection", {"uid": "collection"}, who="owner"),
    Page("collection-edit", {"uid": "collection"}, who="account"),
    Page("collection-delete", {"uid": "collection"}, who="account"),
    Page("collection-export", {"uid": "collection"}, who="owner"),
    Page("collection-choose", {"uid": "quotation"}, who="account"),
    Page("login", who="visitor"),
)

# Pages again, as they answer what is wanted, what is found nowhere and what cannot be read.
STATES = (
    Page("quotations", query="q=bridge+-tunnel&kind=direct"),
    Page("quotations", query="q=nobodyeversaidthis"),
    Page("quotations", query="q=%22not+closed", status=400),
    Page("quotations", query="page=9999", status=400),
    Page("speakers", query="q=nobody+at+all"),
    Page("articles", query="q=nothing+of+the+kind"),
    Page("compare"),
    Page("statements", query="q=nobodyeversaidthis"),
    Page("mail-confirm", {"token": "unknown"}, status=410),
    Page("quotation", {"uid": "unknown"}, status=404),
    Page("quotation", {"uid": "not_said"}),
    Page("article", {"uid": "not_said_article"}),
    Page("quotations", query="factuality=negated&factuality=future"),
)

# Named addresses that are no pages, and what they are; tested elsewhere.
OTHERS = {
    "search": "leads to the list of quotations",
    "favicon": "leads to the icon",
    "robots": "for programs",
    "permalink": "leads to the quotation",
    "cite": "a file",
    "cite-in": "a part of a page",
    "search-suggest": "JSON",
    "search-timeline": "a part of a page",
    "collection-put": "takes a form",
    "collection-check": "takes a form",
    "collection-seen": "takes a form",
    "collection-add": "takes a form",
    "collection-move": "takes a form",
    "collection-note": "takes a form",
    "collection-remove": "takes a form",
    "collection-restore": "takes a form",
    "healthz": "two words for machines",
    "quotation-compare": "takes a form",
    "statement-decide": "takes a form",
    "statement-undo": "takes a form",
    "saved-digest": "takes a form",
    "account-mail-remove": "takes a form",
    "account-mail-changes": "takes a form",
    "review-speakers": "a part of a page",
    "decision-undo": "takes a form",
    "article-source": "a file",
    "speaker-suggestion": "takes a form",
    "speaker-different": "takes a form",
    "feed-change": "takes a form",
    "saved-feed": "a feed",
    "saved-rename": "takes a form",
    "saved-key": "takes a form",
    "import-progress": "JSON",
    "import-refused": "a file",
    "import-cancel": "takes a form",
    "import-resume": "takes a form",
    "export-download": "a file",
    "export-delete": "takes a form",
    "run-progress": "JSON",
    "logout": "takes a form",
}
