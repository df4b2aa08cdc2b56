"""Fetching, against real servers on this machine and the real resolver: what is refused, limits."""

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from quotes import fetching, http_client, robots
from quotes.fetching import FetchError, Hosts, fetch, send
from quotes.http_client import Request
from quotes.network import is_public, resolve, system_resolver
from quotes.params import FETCHING
from tests.webserver import Site, page, serving

QUICK = FETCHING.model_copy(update={"host_pause_s": 0.0})
HERE = Hosts(allowed={"127.0.0.1", "localhost"})


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    """Nothing that another test was told of hosts counts here."""
    settings.VAR_DIR = tmp_path
    cache.clear()


@pytest.fixture
def site():
    with serving() as running:
        yield running


def problem_of(address: str, **given_) -> str:
    with pytest.raises(FetchError) as refused:
        fetch(address, **{"params": QUICK, **given_})
    assert refused.value.remedy
    return refused.value.problem


# --- which addresses


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("100.100.100.200", False),
        ("0.0.0.0", False),  # noqa: S104  nothing is bound
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("192.0.2.1", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2002:a00:1::", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("fe80::1", False),
        ("fe80::1%lo", False),
        ("fec0::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("ff0e::1", False),
        ("no address", False),
        ("", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_a_private_address_stays_so_however_it_is_wrapped(address):
    number = int(address)
    wrapped = [f"::ffff:{address}", f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}"]
    wrapped += [f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1", f"::{address}"]
    assert not any(map(is_public, [str(address), *wrapped]))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "10.0.0.1",
        "１２７.０.０.１",
        "①②⑦.0.0.1",
    ],
)
def test_hosts_that_are_not_public_are_refused(host, site):
    """By the real resolver, in every notation that it reads; the server must not be reached."""
    site.pages["/robots.txt"] = site.pages["/"] = page("secret")
    fetched = problem_of(f"http://{host}:{8000}/")
    assert "not public" in fetched or "no web address" in fetched or "not found" in fetched
    with pytest.raises(FetchError):
        send(f"http://{host}:8000/", b"{}", {})
    assert site.seen == []


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("file:///etc/passwd", "no web address"),
        ("ftp://example.org/", "no web address"),
        ("gopher://example.org/", "no web address"),
        ("//example.org/", "no web address"),
        ("http://", "no web address"),
        ("", "no web address"),
        ("http://user:word@example.org/", "credentials"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:6379/", "port 6379"),
        ("http://exam\nple.org/", "printable"),
        ("http://example.org:99999999/", "port 99999999"),
        ("http://[::1/", "no web address"),
        (f"http://example.org/{'a' * 2000}", "2000"),
    ],
)
def test_addresses_that_are_refused_unasked(address, problem):
    def nobody(host, _port):
        raise AssertionError(f"{host} was looked up")

    assert problem in problem_of(address, hosts=Hosts(resolver=nobody))


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_refusal(text):
    with suppress(FetchError):
        assert fetching.check_address(text) == text


def test_the_refusal_names_where_the_host_leads():
    found = problem_of("http://localhost/", hosts=Hosts(resolver=lambda *_: ["127.0.0.1"]))
    assert found == "has a host ('localhost') that leads to 127.0.0.1, which is not public"


def test_one_private_address_among_public_ones_is_enough():
    hosts = Hosts(resolver=lambda *_: ["8.8.8.8", "10.0.0.1"])
    assert "10.0.0.1, which is not public" in problem_of("http://mixed.example/", hosts=hosts)


def test_rebinding_does_not_bite(site):
    """A name is looked up once, and what was checked is what is connected to.

    Whoever looked the name up again to connect would get the second answer.
    """
    site.pages["/"] = page("what was checked")
    answers = ["127.0.0.1", "10.0.0.1"]
    hosts = Hosts({"rebind.example"}, resolver=lambda *_: [answers.pop(0)])
    address = f"http://rebind.example:{site.port}/"
    found = http_client.exchange(Request({}), address, hosts=hosts)
    assert found.body == b"what was checked"
    assert site.seen[0].headers["host"] == f"rebind.example:{site.port}"
    assert answers == ["10.0.0.1"]
    with pytest.raises(FetchError, match=r"10\.0\.0\.1, which is not public"):
        http_client.exchange(
            Request({}), address.replace(f":{site.port}", ""), hosts=Hosts(resolver=hosts.resolver)
        )


@pytest.mark.parametrize(
    "target",
    ["http://localhost:8000/", "http://[::1]/", "http://2130706433/", "file:///etc/passwd", "//0/"],
)
def test_redirects_to_what_is_not_public_are_refused(site, target):
    site.pages["/"] = (302, {"Location": target}, b"")
    hosts = Hosts(allowed={"127.0.0.1"})
    found = problem_of(f"{site.address}/", hosts=hosts)
    assert "not public" in found or "no web address" in found
    assert site.paths() == ["/"]


def test_the_resolver_has_a_time_limit():
    started = time.monotonic()
    with pytest.raises(Exception, match="not found in time"):
        resolve("slow.example", 80, timeout_s=0.1, resolver=lambda *_: time.sleep(3) or [])
    assert time.monotonic() - started < 2.5


def test_the_system_resolver_finds_this_machine():
    assert "127.0.0.1" in system_resolver("localhost", 80) + system_resolver("127.0.0.1", 80)


# --- one exchange


def test_fetches_a_page_and_says_who_asks(site, settings):
    settings.SITE_URL = "https://tracker.example"
    site.pages["/a"] = page("<p>ä</p>", "text/html; charset=ISO-8859-1", ETag='"1"')
    found = fetch(f"{site.address}/a#part", hosts=HERE, params=QUICK)
    assert (found.status, found.body, found.etag) == (200, "<p>ä</p>".encode(), '"1"')
    assert (found.media_type, found.charset) == ("text/html", "ISO-8859-1")
    assert found.address == f"{site.address}/a"
    assert found.retrieved_at.tzinfo
    asked = site.seen[-1].headers
    assert asked["user-agent"].startswith("QuoteTracker/")
    assert "https://tracker.example" in asked["user-agent"]
    assert "cookie" not in asked
    assert "authorization" not in asked


def test_an_unchanged_page_is_not_sent_again(site):
    def conditional(seen):
        same = seen.headers.get("if-none-match") == '"1"'
        same |= seen.headers.get("if-modified-since") == "yesterday"
        return (304, {}, b"") if same else page("new")

    site.pages["/a"] = conditional
    assert fetch(f"{site.address}/a", etag='"1"', hosts=HERE, params=QUICK).status == 304
    found = fetch(f"{site.address}/a", last_modified="yesterday", hosts=HERE, params=QUICK)
    assert (found.status, found.body) == (304, b"")
    assert fetch(f"{site.address}/a", etag='"0"', hosts=HERE, params=QUICK).body == b"new"


def test_no_cookie_and_no_proxy_of_the_environment(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    site.pages["/a"] = (302, {"Location": "/b", "Set-Cookie": "a=1"}, b"")
    site.pages["/b"] = page("there")
    assert fetch(f"{site.address}/a", hosts=HERE, params=QUICK).body == b"there"
    assert "cookie" not in site.seen[-1].headers


def test_redirects_are_limited(site):
    site.pages["/a"] = (301, {"Location": "/a"}, b"")
    assert "redirects more than 5 times" in problem_of(f"{site.address}/a", hosts=HERE)
    assert len(site.paths()) == 6


@pytest.mark.parametrize(
    ("status", "lasting"), [(404, True), (410, True), (403, True), (429, False), (503, False)]
)
def test_other_answers_are_errors(site, status, lasting):
    site.pages["/a"] = (status, {"Retry-After": "120"}, b"x" * 100_000)
    with pytest.raises(FetchError, match=f"HTTP {status}") as refused:
        fetch(f"{site.address}/a", hosts=HERE, params=QUICK)
    assert refused.value.status == status
    assert refused.value.is_lasting is lasting
    assert refused.value.retry_after_s == 120


def test_retry_after_may_be_a_date(site):
    then = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    site.pages["/a"] = (503, {"Retry-After": then}, b"")
    with pytest.raises(FetchError) as refused:
        fetch(f"{site.address}/a", hosts=HERE, params=QUICK)
    assert 3500 < (refused.value.retry_after_s or 0) <= 3600


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_too_large_a_body_is_refused(site, coding):
    """Also one that is small as it is sent: 20 MB of zeros in 20 kB."""
    small = QUICK.model_copy(update={"max_bytes": 100_000})
    body = bytes(20_000_000)
    body = gzip.compress(body) if coding == "gzip" else body
    site.pages["/a"] = page(body, Content_Encoding=coding)
    assert "too large" in problem_of(f"{site.address}/a", hosts=HERE, params=small)


def test_a_body_of_just_the_size_is_read(site):
    small = QUICK.model_copy(update={"max_bytes": 1000})
    site.pages["/a"] = page(gzip.compress(bytes(1000)), Content_Encoding="gzip")
    assert len(fetch(f"{site.address}/a", hosts=HERE, params=small).body) == 1000


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd"])
def test_codings_not_asked_for_are_refused(site, coding):
    site.pages["/a"] = page(b"x", Content_Encoding=coding)
    assert "not asked for" in problem_of(f"{site.address}/a", hosts=HERE)


def test_broken_coding_is_refused(site):
    site.pages["/a"] = page(b"no gzip", Content_Encoding="gzip")
    assert "cannot be fetched" in problem_of(f"{site.address}/a", hosts=HERE)


def test_a_host_that_hangs_up_is_an_error(site):
    site.pages["/a"] = lambda _: None
    assert "cannot be fetched" in problem_of(f"{site.address}/a", hosts=HERE)


def test_a_steady_drip_ends_with_the_total_time():
    """Each byte comes within the read timeout; all of them would take minutes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            for _ in range(2):  # robots.txt, then the page
                connection, _address = listener.accept()
                with connection:
                    asked = connection.recv(4096)
                    if b"robots" in asked:
                        connection.sendall(b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n")
                        continue
                    try:
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                        for _ in range(100):
                            connection.sendall(b"x")
                            time.sleep(0.05)
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        brief = QUICK.model_copy(update={"total_timeout_s": 0.5})
        started = time.monotonic()
        found = problem_of(
            f"http://127.0.0.1:{listener.getsockname()[1]}/", hosts=HERE, params=brief
        )
        assert "does not answer in time" in found
        assert time.monotonic() - started < 4
        thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for "localhost", and for nothing else, that only its own file vouches for."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    subprocess.run(  # noqa: S603  constants
        ["openssl", "req", "-x509", "-newkey", "ec", "-nodes",  # noqa: S607
         "-pkeyopt", "ec_paramgen_curve:P-256",
         "-keyout", key, "-out", made, "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return key, made


def test_tls_checks_the_name_though_the_address_is_connected_to(certificate):
    key, made = certificate
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(made, key)
    trusting = Hosts(HERE.allowed, certificates=ssl.create_default_context(cafile=str(made)))
    with serving(lambda plain: served.wrap_socket(plain, server_side=True)) as site:
        site.pages["/"] = page("safe")
        found = fetch(f"https://localhost:{site.port}/", hosts=trusting, params=QUICK)
        assert found.body == b"safe"
        wrong = problem_of(f"https://127.0.0.1:{site.port}/", hosts=trusting)
        assert "certificate" in wrong.lower()
        cache.clear()
        unknown = problem_of(f"https://localhost:{site.port}/", hosts=HERE)
        assert "certificate" in unknown.lower()


# --- robots.txt and pauses


def robots_says(site: Site, rules: str, status: int = 200) -> None:
    site.pages["/robots.txt"] = (status, {"Content-Type": "text/plain"}, rules.encode())


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /private/", True),
        ("User-agent: *\nDisallow: /n*s/", False),
        ("User-agent: *\nDisallow: /\nAllow: /news/", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: quotetracker\nDisallow:", True),
        ("User-agent: *\nDisallow:\n\nUser-agent: QuoteTracker\nDisallow: /news", False),
        ("User-agent: otherbot\nDisallow: /", True),
        ("<html>no rules at all", True),
    ],
)
def test_robots_txt_is_obeyed(site, rules, allowed):
    robots_says(site, rules)
    site.pages["/news/1"] = page("news")
    if allowed:
        assert fetch(f"{site.address}/news/1", hosts=HERE, params=QUICK).body == b"news"
    else:
        assert "robots.txt disallows it" in problem_of(f"{site.address}/news/1", hosts=HERE)
        assert site.paths() == []


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (401, True), (403, True), (429, False), (500, False), (503, False)],
)
def test_a_missing_robots_txt_allows_and_a_failing_one_does_not(site, status, allowed):
    robots_says(site, "User-agent: *\nDisallow: /", status)
    site.pages["/a"] = page("a")
    if allowed:
        assert fetch(f"{site.address}/a", hosts=HERE, params=QUICK).status == 200
    else:
        assert f"robots.txt fails (HTTP {status})" in problem_of(f"{site.address}/a", hosts=HERE)
        assert site.paths() == []


def test_robots_txt_is_read_once_a_day(site):
    site.pages["/a"] = page("a")
    for _ in range(3):
        fetch(f"{site.address}/a", hosts=HERE, params=QUICK)
    assert [seen.path for seen in site.seen].count("/robots.txt") == 1


def test_robots_txt_counts_for_where_a_redirect_leads(site):
    robots_says(site, "User-agent: *\nDisallow: /b")
    site.pages["/a"] = (302, {"Location": "/b"}, b"")
    site.pages["/b"] = page("b")
    assert "robots.txt disallows it" in problem_of(f"{site.address}/a", hosts=HERE)
    assert site.paths() == ["/a"]


def test_hosts_are_given_pauses(site):
    """1 s by our own manners; 2 s where robots.txt asks for it. As a host sees that may be busy."""
    moments = []

    def answer(_seen):
        moments.append(time.monotonic())
        return page("a")

    site.pages["/a"] = answer
    paused = QUICK.model_copy(update={"host_pause_s": 1.0})
    for _ in range(3):
        fetch(f"{site.address}/a", hosts=HERE, params=paused)
    cache.clear()
    robots_says(site, "User-agent: *\nCrawl-delay: 2")
    fetch(f"{site.address}/a", hosts=HERE, params=paused)
    first, _, third, fourth = moments
    assert third - first >= 1.2
    assert fourth - third >= 1.2


def test_pauses_count_for_all_threads():
    threads = [
        threading.Thread(target=robots.wait_turn, args=("http://h.example/", 0.2)) for _ in "abc"
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started >= 0.38


# --- sending


def test_sends_a_message_and_says_how_it_was_received(site):
    site.pages["/hook"] = (202, {}, b"")
    sent = send(
        f"{site.address}/hook", b'{"a":1}', {"Content-Type": "application/json"}, hosts=HERE
    )
    assert sent.status == 202
    seen = site.seen[-1]
    assert (seen.method, seen.body) == ("POST", b'{"a":1}')
    assert seen.headers["content-type"] == "application/json"
    assert site.seen[0].path == "/hook"  # a receiver has no robots.txt to ask


def test_does_not_follow_where_a_receiver_sends_it(site):
    site.pages["/hook"] = (307, {"Location": "/other"}, b"")
    assert send(f"{site.address}/hook", b"{}", {}, hosts=HERE).status == 307
    assert site.paths() == ["/hook"]


def test_the_setting_allows_hosts(site, settings):
    site.pages["/a"] = page("a")
    assert "not public" in problem_of("http://127.0.0.1:8000/a")
    settings.FETCH_ALLOW_HOSTS = frozenset({"127.0.0.1"})
    assert fetch(f"{site.address}/a", params=QUICK).body == b"a"
