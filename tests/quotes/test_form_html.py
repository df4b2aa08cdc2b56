"""Fields in HTML: what Django's own templates make of them, to the letter between the tags."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from quotes.form_html import QuickForms
from quotes.forms import ArticleFilter, QuotationFilter, SpeakerFilter

ODD = "<b>&'\"é” 7"
CHOICES = [("", "Any"), ("a<b", ODD), (3, "three")]


def tidy(html):
    return re.sub(r">\s+<", "><", html)


def same(widget, name, value, attrs=None):
    ours = widget.render(name, value, attrs, renderer=QuickForms())
    assert tidy(ours) == tidy(widget.render(name, value, attrs, renderer=DjangoTemplates()))
    return ours


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        pytest.param(forms.TextInput(attrs={"type": "search", "class": ODD}), ODD, id="text"),
        pytest.param(forms.TextInput(attrs={"required": True, "hidden": False}), None, id="flags"),
        pytest.param(forms.NumberInput(attrs={"step": 0.05}), 1234.5, id="number"),
        pytest.param(forms.HiddenInput(), "", id="hidden, empty"),
        pytest.param(forms.DateInput(format="%Y-%m-%d"), "2017-07-05", id="day"),
        pytest.param(forms.PasswordInput(), "secret", id="password"),
        pytest.param(forms.Select(choices=CHOICES), "a<b", id="choice"),
        pytest.param(forms.Select(choices=CHOICES), 3, id="choice that is a number"),
        pytest.param(forms.Select(choices=[("of", CHOICES)]), "", id="choices in groups"),
        pytest.param(forms.CheckboxSelectMultiple(choices=CHOICES), ["a<b", 3], id="boxes"),
        pytest.param(forms.RadioSelect(choices=CHOICES), "", id="one of several"),
        pytest.param(forms.CheckboxInput(), True, id="one box"),
        pytest.param(forms.Textarea(), ODD, id="many lines"),
    ],
)
@pytest.mark.parametrize("attrs", [None, {"id": "f-one", "form": "other"}])
def test_it_is_what_the_templates_make(widget, value, attrs):
    same(widget, "field", value, attrs)


@given(name=st.text(max_size=8), value=st.text(max_size=20), label=st.text(max_size=20))
def test_whatever_is_written_in_it(name, value, label):
    same(forms.TextInput(attrs={"title": label}), name, value)
    same(forms.Select(choices=[(value, label), ("x", "y")]), name, value)


class Labelled(forms.Form):
    plain = forms.CharField(label=ODD)
    without = forms.CharField(label="")
    several = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)


@pytest.mark.parametrize("auto_id", ["f-%s", False])
@pytest.mark.parametrize("tag", ["label", "legend"])
@pytest.mark.parametrize("attrs", [None, {"class": ODD, "hidden": True, "data-x": False}])
def test_labels(auto_id, tag, attrs):
    ours, theirs = (
        [field.label_tag(attrs=attrs, tag=tag) for field in Labelled(auto_id=auto_id, renderer=way)]
        for way in (QuickForms(), DjangoTemplates())
    )
    assert [one.strip() for one in ours] == [one.strip() for one in theirs]


@pytest.mark.parametrize("form", [QuotationFilter, SpeakerFilter, ArticleFilter])
@pytest.mark.parametrize("query", ["", "q=%22a&after=2017&medium=tweet&kind=direct&kind=mixed"])
def test_the_forms_of_lists(form, query, settings):
    filled = form(QueryDict(query))
    ours = [str(field) + field.label_tag() for field in filled]
    settings.FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
    theirs = [str(field) + field.label_tag() for field in form(QueryDict(query))]
    assert [tidy(one) for one in ours] == [tidy(one) for one in theirs]
