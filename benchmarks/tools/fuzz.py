"""Broken input at every edge, for some minutes: what comes through that should not?

    pip install -r requirements-dev.txt -r benchmarks/requirements-fuzz.txt
    python benchmarks/fuzz.py [strokes pictures forms settings links] [--seconds 600]

Atheris mutates what it is given, keeps what reaches new lines of the package (and of Pillow), and
goes on from there: drawings as JSON, picture files, requests with forms, flags and variables. The
seconds are shared out among the edges. Links are unpacked by the page's own modules in Deno, a
thousand mutated ones at a time. What must hold is said in `tests/edges.py`; a case that breaks it,
takes 20 s or 3 GB ends its run and is left in runs/fuzz. In the folder of its edge in tests/support/found
it stays a test.
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
SHARES = {"strokes": 3, "pictures": 5, "forms": 3, "settings": 1, "links": 3}
SLOWEST = 20  # seconds
MOST_MEMORY = 3000  # megabytes, most of them torch's
BATCH = 1000


def main() -> int:
    """Fuzz the edges named, one after the other; the exit status is 1 where one was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("edges", nargs="*", metavar="EDGE", help=", ".join(SHARES))
    parser.add_argument("--seconds", type=int, default=600, help="in all (%(default)s)")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.alone:
        return fuzz_here(chosen.edges[0], chosen.seconds)
    if not set(chosen.edges) <= set(SHARES):
        parser.error(f"the edges are {', '.join(SHARES)}")
    named = chosen.edges or list(SHARES)
    whole = sum(SHARES[edge] for edge in named)
    print("| edge | seconds | cases | broken by |\n|---|---|---|---|")
    broken = 0
    for edge in named:
        seconds = max(1, chosen.seconds * SHARES[edge] // whole)
        run = fuzz_links if edge == "links" else fuzz
        cases, found = run(edge, seconds) if run is fuzz else run(seconds)
        broken += bool(found)
        print(f"| {edge} | {seconds} | {cases:,} | {found or 'none'} |", flush=True)
    return int(broken > 0)


def fuzz(edge: str, seconds: int) -> tuple[int, str]:
    """One edge in a process of its own, since libFuzzer ends the one that it runs in. Returns how
    many cases there were, and the file of the one that broke it."""
    folder = OUT / edge
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, edge, "--alone", "--seconds", str(seconds)]
    uploads = {"GRADIO_TEMP_DIR": str(folder / "uploads")}
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          errors="replace", env={**os.environ, **uploads})  # fmt: skip
    (folder / "log.txt").write_text(done.stderr, encoding="utf-8")
    cases = re.findall(r"stat::number_of_executed_units:\s+(\d+)", done.stderr)
    found = re.findall(r"Test unit written to (\S+)", done.stderr)
    if done.returncode and not found:
        found = [f"status {done.returncode}, see {folder / 'log.txt'}"]
    return int(cases[-1]) if cases else 0, ", ".join(Path(each).name for each in found)


def fuzz_here(edge: str, seconds: int) -> int:
    """The same in this process."""
    import atheris

    with atheris.instrument_imports(include=["digitdraw", "PIL"]):
        from PIL import Image

        from tests.support import edges

        Image.init()  # all of its formats now, so that they are watched too
    edges.CHECKS[edge](b"")  # what is loaded with the first case takes longer than a case may
    folder = OUT / edge
    for number, seed in enumerate(SEEDS[edge]()):
        (folder / "corpus" / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MOST_MEMORY}",
               "-print_final_stats=1", "-max_len=8192", "-len_control=0",
               f"-artifact_prefix={folder}/"]  # fmt: skip
    mutate = {"pictures": _mutate_picture}.get(edge)
    atheris.Setup(
        [sys.argv[0], *options, str(folder / "corpus")],
        edges.CHECKS[edge],
        **({"custom_mutator": mutate} if mutate else {}),
    )
    atheris.Fuzz()
    return 0


# ---- what is mutated


def stroke_seeds() -> list[bytes]:
    """Drawings, and what is nearly one."""
    import orjson

    from tests.support.drawings import DIGITS

    return [
        *(orjson.dumps(drawing) for drawing in DIGITS.values()),
        b"[]", b"[[]]", b"[[[1,2]]]", b"[[[1e308,-1e308],[0,1]]]", b"[[[1,2,3]]]", b'{"a":[null]}',
        b'[[["1",true]]]', b"[[[-0.0,1E-320]]]", b'"\\ud83d"',
    ]  # fmt: skip


def picture_seeds() -> list[bytes]:
    """A small picture in every format and many of their kinds."""
    import pillow_heif
    from PIL import Image

    from tests.support.painted import photo

    pillow_heif.register_heif_opener()
    paper = Image.fromarray(photo([(12, 12), (24, 12)], (40, 30)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera"
    kinds = [
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
    return [_saved(paper, *kind) for kind in kinds]


def form_seeds() -> list[bytes]:
    """A request to each route."""
    part = (
        b'multipart/form-data; boundary=x\n--x\r\nContent-Disposition: form-data; name="files"; '
        b'filename="../a.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--x--\r\n'
    )
    event = b'application/json\n{"data":[[[[1,2]]]],"fn_index":0,"session_hash":"a"}'
    file = b'application/json\n{"data":[{"path":"/etc/hosts","url":"http://127.0.0.1:9/a",' \
           b'"meta":{"_type":"gradio.FileData"}}]}'  # fmt: skip
    return [
        b"%d" % number + rest
        for number in range(10)
        for rest in (b"application/octet-stream\nx", part, event, file)
    ]


def setting_seeds() -> list[bytes]:
    """Every setting as a flag and as a variable."""
    from digitdraw.serving import settings

    values = {"auth": "a:b", "hosts": "a,b", "root_path": "/a/b", "share": "yes"}
    chosen = {each: values.get(each.name, each.default) for each in settings.SETTINGS}
    return [f"{each.flag}={value}".encode() for each, value in chosen.items()] + [
        "\n".join(f"{each.variable}={value}" for each, value in chosen.items()).encode(),
        b"SPACE_ID=a/b\n--share",
    ]


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "strokes": stroke_seeds,
    "pictures": picture_seeds,
    "forms": form_seeds,
    "settings": setting_seeds,
}


def _saved(paper, form: str, mode: str, options: dict) -> bytes:
    from PIL import Image

    if mode == "LAB":
        paper = Image.merge("LAB", [paper] * 3)
    elif mode == "I;16":
        paper = paper.point(lambda level: level * 256, "I").convert("I;16")
    else:
        paper = paper.convert(mode)
    buffer = io.BytesIO()
    paper.save(buffer, form, **options)
    return buffer.getvalue()


def _mutate_picture(data: bytes, most: int, seed: int) -> bytes:
    """Mutates a file, and then mends a PNG's checksums, past which few mutations would come."""
    import atheris

    data = atheris.Mutate(data, most)
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or seed % 4 == 0:
        return data
    mended, at = bytearray(data), 8
    while at + 12 <= len(mended):
        end = at + 8 + struct.unpack_from(">I", mended, at)[0]
        if end + 4 > len(mended):
            break
        struct.pack_into(">I", mended, end, zlib.crc32(mended[at + 4 : end]))
        at = end + 4
    return bytes(mended)


# ---- links


def fuzz_links(seconds: int) -> tuple[int, str]:
    """Unpack mutated links: each holds a drawing that the server takes, or none.

    Returns the count of links, and the name of the file with those that broke this.
    """
    from tests.support.deno_tool import run_deno

    broken, seed, until = [], 0, time.monotonic() + seconds
    script = ROOT / "tests" / "frontend" / "fuzz_links.js"
    while time.monotonic() < until and not broken:
        seed += 1
        found = json.loads(run_deno("run", "--quiet", str(script), str(seed), str(BATCH)))
        broken = found["broken"] + [case for case in found["drawings"] if _is_refused(case[1])]
    if broken:
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / "links.txt").write_text("\n".join(map(repr, broken)), encoding="utf-8")
    return seed * BATCH, "links.txt" if broken else ""


def _is_refused(drawing: list) -> bool:
    from digitdraw.errors import BadStrokesError
    from digitdraw.preprocessing import strokes

    try:
        return not strokes.parse(drawing)
    except BadStrokesError:
        return True


if __name__ == "__main__":
    sys.exit(main())
