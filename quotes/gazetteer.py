"""Well-known institutions, by every name and acronym that stands for them. Pure.

`quotes/data/institutions.tsv` holds them with country and Wikidata identifier. It contains all of
quotes/nlp/data/organisations.tsv, the short list that holds inside articles of any country.
"""

from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

from quotes import body_names, name_data
from quotes.nlp import lexicon
from quotes.nlp.names import is_acronym, without_determiner, words

_SHORT_LIST = "organisations.tsv"
_IN_CONTEXT = "?"
_REMEMBERED = 8192
# A shorter acronym in small letters is too often another word ("Who", "Un").
_LEAST_TITLE_CASE = 4


class Institution(NamedTuple):
    """A well-known institution; `country` is an ISO 3166-1 code, "" if it is of many."""

    name: str
    description: str
    country: str
    wikidata_id: str
    forms: tuple[str, ...]
    forms_in_context: tuple[str, ...]


@cache
def institutions() -> tuple[Institution, ...]:
    """Return every institution of the gazetteer, in the order of its file."""
    short = {row[0]: tuple(row[1].split("|")) for row in lexicon.rows(_SHORT_LIST) if row[1:]}
    own = [_institution(row, short.pop(row[0], ())) for row in name_data.rows("institutions.tsv")]
    return (*own, *(Institution(name, "", "", "", forms, ()) for name, forms in short.items()))


def _institution(row: tuple[str, ...], short: tuple[str, ...]) -> Institution:
    name, description, country, wikidata_id, cell = row
    forms = [*short, *filter(None, cell.split("|"))]
    return Institution(
        name,
        description,
        country,
        wikidata_id,
        tuple(form for form in forms if not form.endswith(_IN_CONTEXT)),
        tuple(form.removesuffix(_IN_CONTEXT) for form in forms if form.endswith(_IN_CONTEXT)),
    )


def _written(name: str) -> str:
    return " ".join(words(without_determiner(name))).replace(".", "").replace("’", "'")


def _lookups(form: str) -> set[str]:
    """Return the keys under which a form is found: as written, and for several words any case."""
    written = _written(form)
    keys = {written}
    if len(written.split()) > 1:
        keys.add("~" + body_names.body_key(form))
    elif is_acronym(written) and len(written) >= _LEAST_TITLE_CASE:
        keys.add(written.title())
    return keys


@cache
def _index() -> tuple[dict[str, Institution], dict[str, tuple[Institution, ...]]]:
    sure: dict[str, Institution] = {}
    possible: dict[str, list[Institution]] = defaultdict(list)
    for one in institutions():
        # A name that a country's word makes plain (“UK Labour Party”) is sure as well.
        for form in (one.name, *one.forms):
            for key in _lookups(form):
                if sure.setdefault(key, one) is not one:
                    raise ValueError(
                        f"institutions.tsv: {form!r} is sure for {sure[key].name!r} and for"
                        f" {one.name!r}; end it with {_IN_CONTEXT!r} in one of them"
                    )
        for form in one.forms_in_context:
            for key in _lookups(form):
                possible[key].append(one)
    return sure, {key: tuple(found) for key, found in possible.items()}


@lru_cache(_REMEMBERED)
def named(name: str) -> Institution | None:
    """Return the institution that `name` stands for wherever it is said, or None."""
    sure, _ = _index()
    return next((sure[key] for key in sorted(_lookups(name)) if key in sure), None)


@lru_cache(_REMEMBERED)
def readings(name: str) -> tuple[Institution, ...]:
    """Return the institutions that `name` may stand for, the one that it surely names first."""
    _, possible = _index()
    found = [one for key in sorted(_lookups(name)) for one in possible.get(key, ())]
    first = named(name)
    return tuple(dict.fromkeys([first, *found] if first else found))


def read(name: str, countries: frozenset[str]) -> Institution | None:
    """Return the institution that `name` names in an article about or from `countries`.

    None if there is none, or if several would fit. Codes of parts count as their country.
    """
    wanted = {code.partition("-")[0] for code in countries}
    local = [one for one in readings(name) if one.country in wanted and one != named(name)]
    if len(local) == 1 and named(name) is None:
        return local[0]
    return named(name) if not local else None
