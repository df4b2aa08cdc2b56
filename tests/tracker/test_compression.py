"""Pages are compressed for browsers that take it; nothing else is."""

import gzip

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize(
    ("address", "accepts", "is_compressed"),
    [
        pytest.param("/quotes/", "gzip, deflate, br", True, id="a page"),
        pytest.param("/quotes/", "", False, id="a page for who does not take it"),
        pytest.param("/quotes/none/", "gzip", True, id="a page that says what is not there"),
        pytest.param("/api/v1/quotations/", "gzip", False, id="the API"),
        pytest.param("/healthz", "gzip", False, id="two words"),
    ],
)
def test_pages_are_compressed(client, address, accepts, is_compressed):
    plain = client.get(address)
    sent = client.get(address, headers={"accept-encoding": accepts})
    assert (sent.get("Content-Encoding") == "gzip") is is_compressed
    if is_compressed:
        assert gzip.decompress(sent.content) == plain.content
        assert len(sent.content) < len(plain.content) / 2
        assert "Accept-Encoding" in sent["Vary"]
    else:
        assert sent.content[:20] == plain.content[:20]


def test_a_citation_is_sent_as_it_is(client, quotation):
    address = reverse("cite", args=[quotation.uid, "bib"])
    sent = client.get(address, headers={"accept-encoding": "gzip"})
    assert not sent.has_header("Content-Encoding")
