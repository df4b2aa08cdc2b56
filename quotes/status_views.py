"""The status page, and the answer that load balancers ask for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from quotes import kept_counts, status_pages
from quotes.pages import for_readers


@for_readers
def status(request: HttpRequest) -> HttpResponse:
    """Show how much is stored, what is at work and what wants attention; operators see more."""
    facts = [
        status_pages.imports(),
        status_pages.feeds(),
        status_pages.search(),
        status_pages.statements(),
        status_pages.database(),
    ]
    operation = status_pages.operation() if request.user.is_staff else []
    context = {
        "counts": kept_counts.counts(),
        "reading": status_pages.reading(),
        "facts": facts,
        "operation": operation,
        "attention": sum(one.level == status_pages.Level.ATTENTION for one in facts + operation),
        "looked_at": timezone.now(),
    }
    return render(request, "quotes/status.html", context)


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 if pages can be served, else 503; in a word why, and nothing else."""
    problem = status_pages.problem()
    return HttpResponse(
        f"{problem or 'ok'}\n", status=503 if problem else 200, content_type="text/plain"
    )
