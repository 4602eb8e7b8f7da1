"""The page behind a proxy and below a path of its own."""

from tests.browser.conftest import Hand
from tests.support.nginx_proxy import behind_nginx


def test_behind_nginx_the_page_draws(chromium, tmp_path):
    context = chromium.new_context(viewport={"width": 1100, "height": 800})
    with behind_nginx(tmp_path) as url:
        hand = Hand(context.new_page(), url).open()
        hand.draw(7)
        hand.reads("7")
        context.close()
    # Gradio asks for its manifest beside the root path, where another site may be.
    assert [each for each in hand.complaints if "404" not in each] == []
    assert hand.other_hosts == []
