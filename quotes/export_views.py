"""Pages of exports: ask for one of what a search finds, follow it, download, cancel, delete it.

And the page of the words that this site adds to others' vocabularies (docs/formats.md).
"""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quotes import downloads, exports, selections
from quotes.downloads import Download
from quotes.export_files import ARTICLES, BASES, GZIP, PLAIN, ZIP
from quotes.forms import QuotationFilter
from quotes.locks import BusyError
from quotes.models import Export
from quotes.params import EXPORTS
from quotes.refusals import InputError

# This site's own words in JSON-LD and PROV-JSON, and what each means.
VOCABULARY = {
    "attribution": "How far the speaker is to be believed: reviewed, likely, unsure, anonymous, "
    "none.",
    "confidence": "Probability that words and source are right, 0 to 1.",
    "speakerConfidence": "Probability that the speaker is right too, 0 to 1.",
    "review": "What people have decided: none, confirmed, corrected, rejected.",
    "kind": "Direct (verbatim), mixed (partly), indirect (in the article’s words).",
    "act": "Speech, or an attitude that nobody need have voiced.",
    "factuality": "Whether the article reports that it was said: factual (it does), negated (“did "
    "not say”), future (“will say”), hypothetical (“if she says”), or unknown: not looked at.",
    "status": "Current, gone (no longer found), rejected (not a quotation).",
    "assessment": "How far to believe it, in a sentence.",
    "speakerName": "The speaker’s name as the article has it.",
    "speakerKind": "What the speaker is.",
    "paragraph": "The paragraph of the first word, from 1.",
    "pieces": "Where the words stand in the article’s text, start-end in code points.",
    "sha256": "SHA-256 of the bytes, or of the text in UTF-8.",
    "codeSha256": "SHA-256 of the software’s code.",
    "mediaType": "What kind of bytes was read.",
    "method": "How the article was read.",
    "publishedOn": "When the article was published.",
    "textNote": "In what the text looks incomplete.",
    "run": "The run of the extractor.",
    "decision": "What a person decided.",
    "undone": "That it was taken back.",
    "wikidata": "The speaker’s identifier at Wikidata.",
    "Quotation": "A quotation, or one of its former readings.",
    "ArticleText": "The text of a version of an article.",
    "SourceBytes": "The bytes that a text was made of.",
    "Import": "The reading of an article.",
    "Extraction": "The finding of quotations in an article.",
    "Review": "A decision of a person.",
}


class ExportForm(forms.Form):
    """In which format, and how packed."""

    format = forms.ChoiceField(
        label="Format",
        choices=[(name, f"{name}: {one.means}") for name, one in BASES.items() if name != ARTICLES],
        initial="csv",
        widget=forms.RadioSelect,
    )
    packing = forms.ChoiceField(
        label="Packing",
        required=False,
        choices=[(PLAIN, "None"), (GZIP, "gzip"), (ZIP, "ZIP, with the manifest")],
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")

    @property
    def name(self) -> str:
        """Return the name of the export's format; wants a valid form."""
        packing = self.cleaned_data["packing"]
        return (
            f"{self.cleaned_data['format']}.{packing}" if packing else self.cleaned_data["format"]
        )


@require_safe
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """List the account's exports, the newest first."""
    found = exports.of(request.user)[: EXPORTS.export_kept_most]
    rows = [
        {
            "export": export,
            "words": selections.in_words(export.query),
            "is_there": exports.is_there(export),
            "is_open": export.state in exports.OPEN,
        }
        for export in found
    ]
    return render(request, "quotes/export_list.html", {"rows": rows, "params": EXPORTS})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Ask for an export of what the filters in the query string find."""
    filters = QuotationFilter(request.GET)
    if not filters.is_valid():
        context = {"form": filters, "bad": True}
        return render(request, "quotes/export_new.html", context, status=HTTPStatus.BAD_REQUEST)
    query = filters.selection()
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            export = exports.create(form.name, query, owner=cast("User", request.user))
        except InputError as error:
            form.add_error(None, f"{error.problem}; {error.remedy}.")
        else:
            exports.launch(export)
            messages.success(
                request, "The export has begun. Reload this page to see how far it is."
            )
            return redirect("exports")
    context = {"form": form, "words": selections.in_words(query)}
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "quotes/export_new.html", context, status=status)


def _own(request: HttpRequest, uid: UUID) -> Export:
    return get_object_or_404(exports.of(request.user), uid=uid)


@require_safe
@login_required
def download(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Send the file, or the part of it that is asked for."""
    export = _own(request, uid)
    if not exports.is_there(export):
        raise Http404("the export has no file: it is not finished, or it has expired")
    name = exports.plan_of(export).file_name
    media_type = exports.media_type_of(export)
    return downloads.respond(
        request, Download(exports.path_of(export), media_type, name, export.sha256)
    )


@require_POST
@login_required
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Cancel the export if it is not finished, and delete it."""
    try:
        exports.delete(_own(request, uid))
        messages.success(request, "The export and its file are deleted.")
    except BusyError:
        messages.info(request, "The export is being cancelled. Delete it in a few seconds.")
    return redirect("exports")


@require_safe
def vocabulary(request: HttpRequest) -> HttpResponse:
    """Explain the words that this site adds to those of schema.org, Web Annotation and PROV."""
    return render(request, "quotes/vocabulary.html", {"words": VOCABULARY})
