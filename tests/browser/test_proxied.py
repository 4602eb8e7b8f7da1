"""The page behind a proxy, below a path."""

from tests.support.app_page import AppPage
from tests.support.nginx_proxy import behind_nginx


def test_the_page_works_below_a_path_behind_nginx(chromium, tmp_path):
    context = chromium.new_context(viewport={"width": 1100, "height": 800})
    with behind_nginx(tmp_path) as url:
        app = AppPage(context.new_page(), url).open()
        app.draw(7)
        app.expect_digit("7")
        app.open_tab("Compare")  # its modules load now
        context.close()
    # Gradio requests its manifest outside the root path, where another site may be.
    assert [text for text in app.complaints if "404" not in text] == []
    assert app.other_hosts == []
