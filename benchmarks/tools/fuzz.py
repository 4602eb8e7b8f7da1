"""Fuzzes every edge of the app for some minutes and reports inputs that break a promise.

    pip install -r requirements-dev.txt -r benchmarks/requirements-fuzz.txt
    python benchmarks/tools/fuzz.py [EDGE ...] [--seconds 600]

Atheris mutates inputs and keeps those that reach new lines of the package and of Pillow. The
inputs are drawings as JSON, picture files, requests with forms, flags and variables of the server,
and arguments of the other commands. The page's own modules unpack mutated links in Deno, a
thousand at a time. The edges share the seconds. `tests/support/edges.py` defines what must hold. A
case that breaks it, or takes 20 s or 3 GB, ends the run of its edge and is saved in runs/fuzz. To
keep a case as a test, copy it to the folder of its edge in tests/support/regressions.
"""

import argparse
import io
import json
import os
import re
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

OUT = ROOT / "runs" / "fuzz"
WEIGHTS = {"strokes": 3, "pictures": 5, "forms": 3, "settings": 2, "arguments": 1, "links": 2}
"""How the seconds are divided between the edges."""
MAX_SECONDS = 20
MAX_MEMORY = 3000
"""Megabytes; torch uses most of them."""
BATCH = 1000
"""Links that Deno unpacks in one call."""


def main() -> int:
    """Fuzz the named edges in turn; the exit status is 1 where one was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("edges", nargs="*", metavar="EDGE", help=", ".join(WEIGHTS))
    parser.add_argument("--seconds", type=int, default=600, help="in total (%(default)s)")
    parser.add_argument("--in-this-process", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_this_process:
        return fuzz_in_this_process(options.edges[0], options.seconds)
    if not set(options.edges) <= set(WEIGHTS):
        parser.error(f"the edges are {', '.join(WEIGHTS)}")
    edges = options.edges or list(WEIGHTS)
    total = sum(WEIGHTS[edge] for edge in edges)
    print("| edge | seconds | cases | broken by |\n|---|---|---|---|")
    status = 0
    for edge in edges:
        seconds = max(1, options.seconds * WEIGHTS[edge] // total)
        count, file = fuzz_links(seconds) if edge == "links" else fuzz(edge, seconds)
        status = 1 if file else status
        print(f"| {edge} | {seconds} | {count:,} | {file or 'none'} |", flush=True)
    return status


def fuzz(edge: str, seconds: int) -> tuple[int, str]:
    """Fuzz one edge in its own process, because libFuzzer ends the process that it runs in.

    Returns the number of cases, and the name of the file with the one that broke a promise.
    """
    folder = OUT / edge
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, edge, "--in-this-process", "--seconds", str(seconds)]
    uploads = {"GRADIO_TEMP_DIR": str(folder / "uploads")}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          errors="replace", env={**os.environ, **uploads})  # fmt: skip
    (folder / "log.txt").write_text(done.stderr, encoding="utf-8")
    counts = re.findall(r"stat::number_of_executed_units:\s+(\d+)", done.stderr)
    files = re.findall(r"Test unit written to (\S+)", done.stderr)
    if done.returncode and not files:
        files = [f"status {done.returncode}, see {folder / 'log.txt'}"]
    return int(counts[-1]) if counts else 0, ", ".join(Path(file).name for file in files)


def fuzz_in_this_process(edge: str, seconds: int) -> int:
    """Fuzz one edge; libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["digitdraw", "PIL"]):
        from PIL import Image

        from tests.support import edges

        Image.init()  # imports all formats now, so that they are instrumented
    edges.CHECKS[edge](
        b""
    )  # the first case loads the models, which takes too long for a timed case
    folder = OUT / edge
    for number, seed in enumerate(SEEDS[edge]()):
        (folder / "corpus" / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-timeout={MAX_SECONDS}",
               f"-report_slow_units={MAX_SECONDS}",
               f"-rss_limit_mb={MAX_MEMORY}", "-print_final_stats=1", "-max_len=8192",
               "-len_control=0", f"-artifact_prefix={folder}/"]  # fmt: skip
    mutate = {"pictures": _mutate_picture}.get(edge)
    atheris.Setup(
        [sys.argv[0], *options, str(folder / "corpus")],
        edges.CHECKS[edge],
        **({"custom_mutator": mutate} if mutate else {}),
    )
    atheris.Fuzz()
    return 0


def stroke_seeds() -> list[bytes]:
    """Return drawings, valid and nearly valid."""
    import orjson

    from tests.support.drawings import DIGITS

    return [
        *(orjson.dumps(drawing) for drawing in DIGITS.values()),
        b"[]", b"[[]]", b"[[[1,2]]]", b"[[[1e308,-1e308],[0,1]]]", b"[[[1,2,3]]]", b'{"a":[null]}',
        b'[[["1",true]]]', b"[[[-0.0,1E-320]]]", b'"\\ud83d"',
    ]  # fmt: skip


def picture_seeds() -> list[bytes]:
    """Return a small picture in every format and in many modes."""
    import pillow_heif
    from PIL import Image

    from tests.support.painted import photo

    pillow_heif.register_heif_opener()
    paper = Image.fromarray(photo([(12, 12), (24, 12)], (40, 30)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera"
    formats = [
        ("PNG", "L", {}), ("PNG", "1", {}), ("PNG", "P", {"transparency": 0}), ("PNG", "RGBA", {}),
        ("PNG", "I;16", {}), ("PNG", "LA", {"exif": exif}), ("JPEG", "RGB", {"exif": exif}),
        ("JPEG", "L", {"progressive": True}), ("JPEG", "CMYK", {}), ("WEBP", "RGB", {}),
        ("WEBP", "RGBA", {"lossless": True}), ("BMP", "RGB", {}), ("BMP", "P", {}),
        ("GIF", "P", {"save_all": True, "append_images": [paper.convert("P")]}),
        ("TIFF", "L", {}), ("TIFF", "F", {}), ("TIFF", "CMYK", {"compression": "tiff_lzw"}),
        ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}), ("TIFF", "1", {"compression":
        "group4"}), ("TIFF", "LAB", {}), ("TIFF", "RGB", {"compression": "jpeg"}),
        ("HEIF", "RGB", {}),
    ]  # fmt: skip
    return [_saved(paper, *settings) for settings in formats]


def form_seeds() -> list[bytes]:
    """Return requests to each route."""
    from tests.support.edges import ROUTES

    part = (
        b'multipart/form-data; boundary=x\n--x\r\nContent-Disposition: form-data; name="files"; '
        b'filename="../a.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--x--\r\n'
    )
    event = b'application/json\n{"data":[[[[1,2]]]],"fn_index":0,"session_hash":"a"}'
    file = b'application/json\n{"data":[{"path":"/etc/hosts","url":"http://127.0.0.1:9/a",' \
           b'"meta":{"_type":"gradio.FileData"}}]}'  # fmt: skip
    drawing = b"application/json\n[[[1,2],[3,4]]]"
    return [
        bytes([ord("0") + number]) + rest
        for number in range(len(ROUTES))
        for rest in (b"application/octet-stream\nx", part, event, file, drawing)
    ]


def setting_seeds() -> list[bytes]:
    """Return every setting as a flag and as an environment variable."""
    from digitdraw.serving import settings

    values = {"auth": "a:b", "hosts": "a,b", "root_path": "/a/b", "share": "yes"}
    pairs = [(s, values.get(s.name, s.default)) for s in settings.SETTINGS]
    return [f"{setting.flag}={value}".encode() for setting, value in pairs] + [
        "\n".join(f"{setting.variable}={value}" for setting, value in pairs).encode(),
        b"SPACE_ID=a/b\n--share", "DIGITDRAW_HOST=\u00e9.example".encode(), b"--hosts=*",
        b"DIGITDRAW_AUTH=a:\xff", b"--proxies=10.0.0.0/8,::1\nDIGITDRAW_TRUSTED_HOPS=2",
    ]  # fmt: skip


def argument_seeds() -> list[bytes]:
    """Return the command line of each subcommand with many of its options."""
    return [line.replace(" ", "\n").encode() for line in (
        "--version", "--help", "predict --help", "serve --port 0", "nonesuch",
        "predict --json --model tiny --device cuda:1 --weights f a.png b.png",
        "read --csv a.jpg", "read --json -- -a.jpg", "calibrate --device cpu",
        "evaluate tiny --show 3 --seed 7", "train tiny --epochs 3 --seed 1 --fraction 0.5 "
        "--variants 2 --workers 0 --explain", "train --help",
    )]  # fmt: skip


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "strokes": stroke_seeds,
    "pictures": picture_seeds,
    "forms": form_seeds,
    "settings": setting_seeds,
    "arguments": argument_seeds,
}


def _saved(paper, format_: str, mode: str, options: dict) -> bytes:
    from PIL import Image

    if mode == "LAB":
        paper = Image.merge("LAB", [paper] * 3)
    elif mode == "I;16":
        paper = paper.point(lambda level: level * 256, "I").convert("I;16")
    else:
        paper = paper.convert(mode)
    buffer = io.BytesIO()
    paper.save(buffer, format_, **options)
    return buffer.getvalue()


def _mutate_picture(data: bytes, max_size: int, seed: int) -> bytes:
    """Mutate a file and repair the checksums of a PNG, which would stop nearly all mutations."""
    import atheris

    data = atheris.Mutate(data, max_size)
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or seed % 4 == 0:
        return data
    png, start = bytearray(data), 8
    while start + 12 <= len(png):
        end = start + 8 + struct.unpack_from(">I", png, start)[0]
        if end + 4 > len(png):
            break
        struct.pack_into(">I", png, end, zlib.crc32(png[start + 4 : end]))
        start = end + 4
    return bytes(png)


def fuzz_links(seconds: int) -> tuple[int, str]:
    """Unpack mutated links: each must hold a drawing that the server accepts, or none.

    Returns the number of links, and the name of the file with those that broke this.
    """
    from tests.support.deno_tool import run_deno

    broken, seed, until = [], 0, time.monotonic() + seconds
    script = ROOT / "tests" / "frontend" / "fuzz_links.js"
    while time.monotonic() < until and not broken:
        seed += 1
        result = json.loads(run_deno("run", "--quiet", str(script), str(seed), str(BATCH)))
        broken = result["broken"] + [case for case in result["drawings"] if _is_rejected(case[1])]
    if broken:
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / "links.txt").write_text("\n".join(map(repr, broken)), encoding="utf-8")
    return seed * BATCH, "links.txt" if broken else ""


def _is_rejected(drawing: list) -> bool:
    from digitdraw.errors import BadStrokesError
    from digitdraw.preprocessing import strokes

    try:
        return not strokes.parse(drawing)
    except BadStrokesError:
        return True


if __name__ == "__main__":
    sys.exit(main())
