"""Trusted proxies: who may name the client, the protocol and the host, and for which hop."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.serving.middleware.trusted_proxies import TrustedProxies, rule
from tests.support.asgi import ask

CLIENT, FORGED, INNER = "203.0.113.7", "198.51.100.9", "10.0.0.5"


async def scope_as_json(scope, receive, send):
    """Answer with what an app behind the middleware sees of the request."""
    headers = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
    request = {"client": scope["client"][0], "scheme": scope["scheme"], "headers": headers}
    request["is_proxied"] = scope["state"]["is_proxied"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(request).encode()})


def described(proxies, hops, headers, peer="127.0.0.1"):
    """What the app sees of a request with these headers from `peer`."""
    app = TrustedProxies(scope_as_json, proxies, hops)
    return ask(app, "GET", "/", client=peer, headers=headers).json()


@pytest.mark.parametrize(
    ("proxies", "hops", "forwarded", "client"),
    [
        ("*", 1, f"{FORGED}, {CLIENT}", CLIENT),
        ("*", 1, f"127.0.0.1, {FORGED}, {CLIENT}", CLIENT),
        ("*", 2, f"{FORGED}, {CLIENT}, {INNER}", CLIENT),
        ("*", 2, CLIENT, CLIENT),
        ("127.0.0.1", 1, f"{FORGED}, {CLIENT}", CLIENT),
        ("127.0.0.1, 10.0.0.0/8", 1, f"{FORGED}, {CLIENT}, {INNER}", CLIENT),
        ("127.0.0.1", 1, f"{CLIENT}:4711", CLIENT),
        ("127.0.0.1", 1, "[2001:db8::1]:4711", "2001:db8::1"),
        ("127.0.0.1", 1, f"::ffff:{CLIENT}", CLIENT),
        ("127.0.0.1", 1, f"{FORGED}, unknown", "127.0.0.1"),
        ("127.0.0.1", 1, "", "127.0.0.1"),
    ],
)
def test_the_client_is_counted_from_the_right(proxies, hops, forwarded, client):
    assert described(proxies, hops, {"x-forwarded-for": forwarded})["client"] == client


def test_entries_of_repeated_headers_are_counted_together():
    headers = [("x-forwarded-for", FORGED), ("x-forwarded-for", CLIENT)]
    assert described("*", 1, headers)["client"] == CLIENT


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=60))
def test_nothing_that_the_client_sends_changes_its_address(sent):
    forwarded = described("*", 1, {"x-forwarded-for": f"{sent}, {CLIENT}"})
    assert forwarded["client"] == CLIENT


def test_strangers_may_not_name_client_protocol_or_host():
    headers = {
        "x-forwarded-for": FORGED, "x-forwarded-proto": "https", "x-forwarded-host": "evil.example",
        "x-forwarded-prefix": "/evil", "forwarded": "host=evil.example", "x-real-ip": FORGED,
        "x-gradio-server": "https://evil.example",
    }  # fmt: skip
    request = described("127.0.0.1", 1, headers, peer=CLIENT)
    assert (request["client"], request["scheme"]) == (CLIENT, "http")
    assert not {name for name, _ in request["headers"]} & set(headers)


def test_a_trusted_proxy_names_protocol_and_host():
    headers = {"x-forwarded-proto": "http, https", "x-forwarded-host": "evil, digits.example:8443"}
    request = described("127.0.0.1", 1, headers)
    assert request["scheme"] == "https"
    assert ["x-forwarded-host", "digits.example:8443"] in request["headers"]
    assert ["x-forwarded-proto", "https"] in request["headers"]


@pytest.mark.parametrize("host", ["evil.example/path", "a b", "user@evil.example", "[::1"])
def test_a_host_that_is_none_is_dropped(host):
    request = described("*", 1, {"x-forwarded-host": host, "x-forwarded-proto": "javascript"})
    assert request["scheme"] == "http"
    assert not [name for name, _ in request["headers"] if name.startswith("x-forwarded")]


def test_an_ipv4_client_of_an_ipv6_socket_keeps_its_ipv4_address():
    assert described("*", 1, {}, peer=f"::ffff:{CLIENT}")["client"] == CLIENT
    forwarded = {"x-forwarded-for": CLIENT}
    assert described("127.0.0.1", 1, forwarded, peer="::ffff:127.0.0.1")["client"] == CLIENT


def test_the_number_of_entries_is_logged_once_and_no_address(caplog):
    caplog.set_level(logging.INFO, "digitdraw")
    app = TrustedProxies(scope_as_json, "*")
    for _ in range(2):
        ask(app, "GET", "/", headers={"x-forwarded-for": f"{FORGED}, {CLIENT}"})
    assert caplog.messages == ["X-Forwarded-For of the first request has 2 entries"]


def test_a_request_shows_whether_it_came_through_a_proxy():
    own = {"host": "127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    for headers in ({}, own, own | {"origin": "http://127.0.0.1:7860"}):
        assert not described("127.0.0.1", 1, headers)["is_proxied"]
    assert not described("127.0.0.1", 1, {"host": "digits.example"}, peer=CLIENT)["is_proxied"]
    for headers in (
        {"x-forwarded-for": "127.0.0.1"},
        {"via": "1.1 proxy"},
        {"host": "digits.example"},
        own | {"origin": "https://digits.example"},
    ):
        assert described("127.0.0.1", 1, headers)["is_proxied"]


def test_a_request_of_http_1_0_came_through_a_proxy():
    async def as_nginx(scope, receive, send):
        app = TrustedProxies(scope_as_json, "127.0.0.1")
        await app({**scope, "http_version": "1.0"}, receive, send)

    assert ask(as_nginx, "GET", "/").json()["is_proxied"]


def test_a_proxy_that_hides_browsers_is_logged_once(caplog):
    app = TrustedProxies(scope_as_json, "127.0.0.1")
    browser = {"user-agent": "Mozilla/5.0", "host": "127.0.0.1:7860"}
    ask(app, "GET", "/", headers=browser)
    ask(app, "GET", "/", headers=browser | {"x-forwarded-for": CLIENT})
    ask(app, "GET", "/", headers=browser | {"via": "1.1 proxy"}, client=CLIENT)
    assert caplog.messages == []
    for _ in range(2):
        ask(app, "GET", "/", headers=browser | {"via": "1.1 proxy"})
    assert len(caplog.messages) == 1 and "no X-Forwarded-For" in caplog.text


def test_the_rule_is_one_line():
    assert "\n" not in rule("127.0.0.1", 1) and "share its rate limits" in rule("*", 1)
    assert "the last entry" in rule("127.0.0.1", 1) and "127.0.0.1" in rule("127.0.0.1", 1)
    assert "entry 2 from the right" in rule("*", 2) and "any address" in rule("*", 2)
    assert "no proxy" in rule("", 1)
