"""The server's start and end; how it ends under load is `test_app`'s."""

from digitdraw.serving import server


def test_sharing_without_a_network_says_so_and_goes_on(monkeypatch, capsys):
    def no_network(*where):
        raise OSError("no route to the share server")

    monkeypatch.setattr(server.networking, "setup_tunnel", no_network)
    server._share(7860)
    assert "served here all the same" in capsys.readouterr().out
