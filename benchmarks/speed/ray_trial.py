"""Drawers ask while replicas of the page on Ray Serve are killed: does every drawing get an answer?

    python benchmarks/ray_trial.py [--drawers 16] [--seconds 30]

Starts `deploy/ray_serve.py` on loopback with two pages and two models. Programs come first, by
Gradio's calls and uploads, whose parts may go to different pages. Then drawers, those of load.py,
ask about their drawings as the page's script does: after an answer that is none, again, as
asker.js has it. A third into their time one model is killed, at two thirds one page. Told are the
times of answers, what had to be asked again from which cause, and whether the answers to one
drawing were the same whoever gave them. The exit status is 1 where a drawing has none, or another.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from time import perf_counter, sleep

from load import ROOT, WARM_UP, Http, Result, by_event, draw

from tests.support.server import free_port

# As in digitdraw/ui/asker.js and server.js, in seconds.
PATIENCE, FIRST_RETRY, LAST_RETRY, BUSY_PAUSE = 10.0, 0.25, 4.0, 1.0
BUSY = (429, 503)
NO_ANSWER = 0
"""In place of a status, where the connection broke or nothing came in time."""
SAME = 1e-3
"""So much may probabilities differ: sums of floats depend on what else is in a batch."""
PROGRAM_SECONDS, UPLOADS = 5.0, 4


@dataclass
class Seen:
    """What drawers saw beside the times of their answers."""

    again: list[tuple[float, int]] = field(default_factory=list)
    """When something other than an answer came, and its status."""
    answers: dict[str, list[tuple]] = field(default_factory=lambda: defaultdict(list))
    """For each drawing, as JSON: its different answers, each a word and ten probabilities."""

    def note(self, drawing: str, answer: dict) -> None:
        """Keep an answer that is not the same as another one to this drawing."""
        said = answer["big"], answer["probabilities"]
        if not any(_same(said, known) for known in self.answers[drawing]):
            self.answers[drawing].append(said)

    @property
    def differing(self) -> int:
        """Drawings that were given more than one answer."""
        return sum(len(different) > 1 for different in self.answers.values())


def _same(one: tuple, other: tuple) -> bool:
    return one[0] == other[0] and all(
        abs(a - b) < SAME for a, b in zip(one[1], other[1], strict=True)
    )


async def persist(http: Http, drawing: list, seen: Seen) -> bool:
    """Ask until there is an answer, as the page's script does; who calls has a limit of time."""
    question, failures = json.dumps(drawing), 0
    while True:
        try:
            asking = http.ask("POST", "/live/answer", question.encode())
            status, body = await asyncio.wait_for(asking, PATIENCE)
        except (OSError, EOFError, TimeoutError, ValueError):
            status, body = NO_ANSWER, b""
        if status == 200:
            seen.note(question, json.loads(body))
            return True
        http.close()  # Ray does, after a failure; a browser opens another
        seen.again.append((perf_counter(), status))
        failures += status not in BUSY
        backoff = min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY)
        await asyncio.sleep(BUSY_PAUSE if status in BUSY else backoff)


def crowd(port: int, drawers: int, seconds: float) -> tuple[list[tuple[float, float]], int, Seen]:
    """Many drawers in one process: when each answer came and how long it took, how many never
    came, and what else was seen."""
    seen, until = Seen(), perf_counter() + seconds

    async def run() -> list:
        def ask(http: Http, drawing: list):
            return persist(http, drawing, seen)

        return await asyncio.gather(*(draw(port, number, until, ask) for number in range(drawers)))

    parts = asyncio.run(run())
    return [each for taken, _ in parts for each in taken], sum(lost for _, lost in parts), seen


def programs(port: int) -> bool:
    """Gradio's calls by several programs, and uploads; whether all of them were answered."""
    from gradio_client import Client, handle_file

    until = perf_counter() + PROGRAM_SECONDS

    async def run() -> list:
        return await asyncio.gather(*(draw(port, number, until, by_event) for number in range(4)))

    parts = asyncio.run(run())
    answers, errors = sum(len(taken) for taken, _ in parts), sum(lost for _, lost in parts)
    print(f"Programs: {answers} calls answered, {errors} not;", end=" ", flush=True)
    photo = handle_file(str(ROOT / "digitdraw" / "ui" / "photos" / "amounts.jpg"))
    client = Client(f"http://127.0.0.1:{port}", verbose=False)
    read = [client.predict(photo, api_name="/read_numbers")["numbers"] for _ in range(UPLOADS)]
    client.close()
    print(f"{sum(map(bool, read))} of {UPLOADS} uploaded photos read.", flush=True)
    return answers > 0 and not errors and all(read)


def start(port: int) -> None:
    """Start Ray on this machine, on loopback, and the page on it."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"DIGITDRAW_DEVICE": "cpu", "DIGITDRAW_RATE": "100000/second"}
    # Not above: drawers live in processes that have no need of it.
    import ray
    from deploy.ray_serve import Sizes, app
    from ray import serve

    application = app(Sizes(pages=2, models=2, most_models=2))
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    serve.run(application)


def kill(deployment: str) -> float:
    """Kill one replica as if its power had failed; returns when."""
    import ray

    named = ray.util.list_named_actors(all_namespaces=True)
    replica = min(each["name"] for each in named if f"#{deployment}#" in each["name"])
    ray.kill(ray.get_actor(replica, namespace="serve"))
    return perf_counter()


def trial(port: int, drawers: int, seconds: float) -> bool:
    """Drawers, while a model and then a page are killed; whether all was answered, and alike."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(crowd, port, 1, WARM_UP).result()
        began = perf_counter()
        drawing = pool.submit(crowd, port, drawers, seconds)
        sleep(seconds / 3)
        model_died = kill("Model")
        sleep(seconds / 3)
        page_died = kill("Page")
        taken, lost, seen = drawing.result()
    report(taken, lost, seen, (began, model_died, page_died, perf_counter()))
    return not lost and not seen.differing


def report(
    taken: list[tuple[float, float]], lost: int, seen: Seen, times: tuple[float, ...]
) -> None:
    """A table of what came before the first death, after it, and after the second."""
    print("\n| | answers | answers a second | median ms | p95 ms | asked again |\n|" + "---|" * 6)
    names = ("all well", "a model killed", "a page killed")
    for name, since, until in zip(names, times[:-1], times[1:], strict=True):
        part = [took for at, took in taken if since <= at < until]
        again = sum(since <= at < until for at, _ in seen.again)
        print(f"| {name} | {len(part)} | {Result(part, again, until - since).row} |")
    causes = dict(Counter(status for _, status in seen.again))
    print(f"\n{len(taken)} answers, {lost} drawings without one; asked again after: {causes}")
    slowest = max((took for _, took in taken), default=0.0)
    print(f"The slowest answer took {slowest:.1f} s.")
    print(f"{len(seen.answers)} different drawings, {seen.differing} with different answers.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    port = free_port()
    try:
        start(port)
        good = programs(port) and trial(port, options.drawers, options.seconds)
    finally:
        import ray

        ray.shutdown()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
