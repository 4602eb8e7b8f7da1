"""The public link; `tests/cli/test_serve.py` tests start and end of the server."""

from digitdraw.serving import server


def test_without_a_network_a_public_link_is_reported_as_missing(monkeypatch, capsys):
    def no_network(*arguments):
        raise OSError("no route to the share server")

    monkeypatch.setattr(server.networking, "setup_tunnel", no_network)
    server._share(7860)
    assert "served here all the same" in capsys.readouterr().out
