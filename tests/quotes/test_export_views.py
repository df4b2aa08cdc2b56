"""Pages of exports: from the search to the file; whose they are; the words that exports use."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from quotes import exports
from quotes.export_views import VOCABULARY
from quotes.formats import QUOTATION_FORMATS
from quotes.models import Export, Quotation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def ann(client):
    user = User.objects.create_user("ann")
    client.force_login(user)
    return user


@pytest.mark.usefixtures("rail", "ann")
def test_from_the_search_to_the_file(client):
    search = client.get("/quotes/?kind=direct").content.decode()
    (path,) = re.findall(r'href="(/exports/new/[^"]*)"', search)
    assert "Kind:</span> <bdi>direct</bdi>" in client.get(path).content.decode()
    asked = client.post(path, {"format": "csv", "packing": "gz"}, follow=True)
    assert "The export has begun" in asked.content.decode()
    export = Export.objects.get()
    assert (export.format, export.query) == ("csv.gz", {"kind": ["direct"]})
    exports.work(export)
    listed = client.get("/exports/").content.decode()
    (file,) = re.findall(r'href="(/exports/[^"]*/download/)"', listed)
    assert "Finished" in listed
    sent = client.get(file)
    assert sent.status_code == 200
    assert len(b"".join(sent.streaming_content)) == Export.objects.get().size_bytes
    (removal,) = re.findall(r'action="(/exports/[^"]*/delete/)"', listed)
    assert "deleted" in client.post(removal, follow=True).content.decode()
    assert not Export.objects.exists()


@pytest.mark.usefixtures("ann")
def test_what_cannot_be_exported_is_told(client, ann):
    assert client.get("/exports/new/?kind=sung").status_code == 400
    bad = client.post("/exports/new/", {"format": "xml"})
    assert (bad.status_code, Export.objects.count()) == (400, 0)
    for _ in range(2):
        exports.create("csv", {}, owner=ann)
    refused = client.post("/exports/new/", {"format": "csv"})
    assert refused.status_code == 400
    assert "2 exports of yours wait or run already" in refused.content.decode()


def test_exports_are_their_owner_s(client, ann):
    export = exports.work(exports.create("csv", {}, owner=ann))
    file = f"/exports/{export.uid}/download/"
    assert Client().get("/exports/").status_code == 302
    assert Client().get(file).status_code == 302
    other = Client()
    other.force_login(User.objects.create_user("bob"))
    assert other.get(file).status_code == 404
    assert other.post(f"/exports/{export.uid}/delete/").status_code == 404
    assert client.get(f"/exports/{export.uid}/delete/").status_code == 405
    assert exports.is_there(export)


@pytest.mark.usefixtures("rail")
def test_every_word_that_exports_use_is_explained(client):
    used = set()
    for writer in QUOTATION_FORMATS:
        for row in writer.load(Quotation.objects.all()):
            used |= set(re.findall(r'"qt:(\w+)"', writer.item(row)))
    assert len(used) > 10
    assert used <= set(VOCABULARY)
    page = client.get("/ns/").content.decode()
    assert all(f'id="{word}"' in page for word in used)
