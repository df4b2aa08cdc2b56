"""Every threshold of the project, by area: its default, its unit and the reason for it. No I/O.

Settings may override a value; code takes it as an argument. docs/thresholds.md explains each.
Each is imported from here; which module holds it is no one's business but this package's.
"""

from quotes.params.checking import (
    CHECKING,
    CheckParams,
)
from quotes.params.citing import (
    CITED,
    CITING,
    STYLING,
    CitedParams,
    CitingParams,
    StylingParams,
)
from quotes.params.comparing import (
    COPIES,
    VARIANTS,
    VERSIONS,
    CopyParams,
    VariantParams,
    VersionParams,
)
from quotes.params.evaluation import (
    EVALUATION,
    EvaluationParams,
)
from quotes.params.extraction import (
    DEFAULTS,
    EPITHET_WEIGHTS,
    LAYOUT_CONFIDENCE,
    RULE_RELIABILITY,
    Params,
)
from quotes.params.giving import (
    ACCESS,
    EXPORTS,
    MAIL,
    SHARING,
    AccessParams,
    ExportParams,
    MailParams,
    SharingParams,
)
from quotes.params.linking import (
    CONTEXT_EVIDENCE,
    LINKING,
    NAME_EVIDENCE,
    LinkingParams,
)
from quotes.params.pages import (
    LIVE,
    PAGES,
    STATUS,
    LiveParams,
    PageParams,
    StatusParams,
)
from quotes.params.searching import (
    SEARCH,
    SearchParams,
)
from quotes.params.taking import (
    FETCHING,
    JOBS,
    READING,
    WORKERS,
    FetchParams,
    JobParams,
    ReadingParams,
    WorkerParams,
)

__all__ = [
    "ACCESS",
    "CHECKING",
    "CITED",
    "CITING",
    "CONTEXT_EVIDENCE",
    "COPIES",
    "DEFAULTS",
    "EPITHET_WEIGHTS",
    "EVALUATION",
    "EXPORTS",
    "FETCHING",
    "JOBS",
    "LAYOUT_CONFIDENCE",
    "LINKING",
    "LIVE",
    "MAIL",
    "NAME_EVIDENCE",
    "PAGES",
    "READING",
    "RULE_RELIABILITY",
    "SEARCH",
    "SHARING",
    "STATUS",
    "STYLING",
    "VARIANTS",
    "VERSIONS",
    "WORKERS",
    "AccessParams",
    "CheckParams",
    "CitedParams",
    "CitingParams",
    "CopyParams",
    "EvaluationParams",
    "ExportParams",
    "FetchParams",
    "JobParams",
    "LinkingParams",
    "LiveParams",
    "MailParams",
    "PageParams",
    "Params",
    "ReadingParams",
    "SearchParams",
    "SharingParams",
    "StatusParams",
    "StylingParams",
    "VariantParams",
    "VersionParams",
    "WorkerParams",
]
