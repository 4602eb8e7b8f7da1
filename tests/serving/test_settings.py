"""Settings: flags, environment variables, defaults, and the values that each one takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.errors import SettingError
from digitdraw.serving import settings


def test_by_default_the_page_is_for_this_machine_alone():
    chosen = settings.parse([], {})
    assert (chosen.host, chosen.port, chosen.share, chosen.auth) == ("127.0.0.1", 7860, False, None)
    assert "localhost" in chosen.allowed_hosts
    assert not chosen.on_space


def test_flags_override_the_environment_which_overrides_defaults():
    environ = {"DIGITDRAW_PORT": "8001", "DIGITDRAW_MODEL": "tiny", "DIGITDRAW_SHARE": "yes"}
    chosen = settings.parse(["--port", "8002"], environ)
    assert (chosen.port, chosen.model, chosen.share) == (8002, "tiny", True)


def test_every_setting_has_a_flag_and_a_variable():
    for setting in settings.SETTINGS:
        assert hasattr(settings.parse([], {}), setting.name)
        assert setting.flag.startswith("--")
        assert setting.variable.startswith("DIGITDRAW_")


def test_a_password_can_come_from_a_file(tmp_path):
    (tmp_path / "password").write_text("class:open sesame:really\n")
    chosen = settings.parse(["--auth", f"@{tmp_path / 'password'}"], {})
    assert chosen.auth == ("class", "open sesame:really")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "http"), ("port", "70000"), ("port", "-1"), ("workers", "0"), ("workers", "9" * 9),
        ("max_upload", "11"), ("rate", "200"), ("rate", "0/second"), ("photo_rate", "5/fortnight"),
        ("share", "perhaps"), ("root_path", "digits"), ("root_path", "/a/../b"),
        ("hosts", "a b"), ("log_level", "loud"), ("auth", "nobody"), ("auth", "user:"),
        ("auth", "@/no/such/file"), ("proxies", "localhost"), ("proxies", "10.0.0.1/8"),
        ("trusted_hops", "0"), ("trusted_hops", "ten"), ("public_url", "example.org"),
        ("public_url", "ftp://example.org"), ("public_url", "https://example.org/?a"),
        ("public_url", "https://a@example.org"), ("public_url", "https://example.org:port"),
        ("frame_ancestors", "*"), ("frame_ancestors", "moodle.example"),
        ("frame_ancestors", "'self'"), ("frame_ancestors", "https://a.example; script-src *"),
        ("frame_ancestors", "https://a.example https://b.example"),
        ("frame_ancestors", "https://*"), ("frame_ancestors", "https://a.*.example"),
        ("frame_ancestors", "https://a.example/course"), ("frame_ancestors", "data:"),
        ("frame_ancestors", "https://a.example\nset-cookie: a=b"),
        ("host", ""), ("host", "a..b"),
        ("host", "\u00e9" * 70), ("rate", "1\uff15/second"), ("auth", "user:\udcff"),
        ("model", "\udcff"),
    ],
)  # fmt: skip
def test_an_invalid_value_is_an_error_that_names_the_setting(name, value):
    flag = "--" + name.replace("_", "-")
    with pytest.raises(SettingError, match=f"^DIGITDRAW_{name.upper()}: "):
        settings.parse([], {f"DIGITDRAW_{name.upper()}": value})
    if name != "share":
        with pytest.raises(SettingError, match=f"^{flag}: "):
            settings.parse([flag, value] if not value.startswith("-") else [f"{flag}={value}"], {})


@pytest.mark.parametrize("setting", settings.SETTINGS, ids=lambda setting: setting.name)
def test_two_dashes_are_no_value(setting, capsys):
    with pytest.raises((SettingError, SystemExit)):  # argparse ends the program for --share=--
        settings.parse([f"{setting.flag}=--"], {})


def test_error_messages_never_repeat_a_password():
    with pytest.raises(SettingError) as caught:
        settings.parse(["--auth", "secretwithoutcolon"], {})
    assert "secret" not in str(caught.value)


def test_a_space_serves_its_proxy():
    chosen = settings.parse([], {"SPACE_ID": "someone/digits"})
    assert (chosen.host, chosen.proxies, chosen.on_space) == ("0.0.0.0", "*", True)
    assert chosen.allowed_hosts == ()
    assert chosen.trusted_hops == 1
    variables = {"SPACE_ID": "someone/digits", "DIGITDRAW_TRUSTED_HOPS": "2"}
    assert settings.parse([], variables).trusted_hops == 2


def test_proxies_are_addresses_and_networks():
    assert settings.parse(["--proxies", "127.0.0.1, 10.0.0.0/8,"], {}).proxies == (
        "127.0.0.1,10.0.0.0/8"
    )
    assert settings.parse(["--proxies", "127.0.0.1,*"], {}).proxies == "*"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--host", "0.0.0.0"], ()),
        (["--share"], ()),
        (["--hosts", "Digits.example.org, localhost"], ("digits.example.org", "localhost")),
        (["--host", "0.0.0.0", "--hosts", "*"], ()),
        (["--public-url", "https://d.example:8443/x"], (*settings._LOOPBACK, "d.example")),
        (["--hosts", "a.example", "--public-url", "http://D.example"], ("a.example", "d.example")),
        (["--host", "0.0.0.0", "--public-url", "https://d.example"], ()),
    ],
)
def test_the_server_answers_to_these_host_names(arguments, expected):
    assert settings.parse(arguments, {}).allowed_hosts == expected


def test_a_root_path_has_no_slash_at_its_end():
    assert settings.parse(["--root-path", "/digits/"], {}).root_path == "/digits"


def test_a_public_url_has_no_slash_at_its_end():
    chosen = settings.parse(["--public-url", "https://example.org/digits/"], {})
    assert chosen.public_url == "https://example.org/digits"


def test_a_space_has_its_public_url_from_its_environment():
    space = {"SPACE_ID": "someone/digits", "SPACE_HOST": "someone-digits.hf.space"}
    assert settings.parse([], space).public_url == "https://someone-digits.hf.space"
    named = space | {"DIGITDRAW_PUBLIC_URL": "https://digits.example.org"}
    assert settings.parse([], named).public_url == "https://digits.example.org"
    assert settings.parse([], {"SPACE_HOST": "someone-digits.hf.space"}).public_url == ""


def test_sites_that_may_embed_the_page_are_named():
    named = ["--frame-ancestors", "https://Moodle.example/, http://*.school.example:8080"]
    sites = ("https://moodle.example", "http://*.school.example:8080")
    assert settings.parse([], {}).embedders == ()
    assert settings.parse(named, {}).embedders == sites
    on_space = settings.parse(named, {"SPACE_ID": "someone/digits"}).embedders
    assert on_space == ("https://huggingface.co", "https://*.hf.space", *sites)


@given(st.text(max_size=20))
def test_any_text_is_a_value_or_an_error(text):
    for setting in settings.SETTINGS:
        try:
            settings.parse([], {setting.variable: text})
        except SettingError as error:
            assert setting.variable in str(error)


def test_help_names_every_option_and_the_program(capsys):
    with pytest.raises(SystemExit):
        settings.parse(["--help"], {}, prog="digitdraw serve")
    text = capsys.readouterr().out
    assert text.startswith("usage: digitdraw serve ")
    for setting in settings.SETTINGS:
        assert setting.flag in text


def test_a_folder_of_weights_exists_and_is_found_from_every_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    assert settings.parse(["--weights", "runs"], {}).weights == str(tmp_path / "runs")
    assert settings.parse([], {}).weights == ""
    with pytest.raises(SettingError, match=r"DIGITDRAW_WEIGHTS: 'none' is not allowed; .* weights"):
        settings.parse([], {"DIGITDRAW_WEIGHTS": "none"})
