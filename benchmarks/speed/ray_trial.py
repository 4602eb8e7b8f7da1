"""Kills replicas of the page on Ray Serve under load and checks that every drawing gets an answer.

    python benchmarks/speed/ray_trial.py [--drawers 16] [--seconds 30]

The script starts `deploy/ray/ray_serve.py` on loopback with two pages and two models. First,
programs use Gradio's calls and uploads, whose requests may reach different pages. Then drawers ask
about their drawings and retry failures as the page does. A model is killed after a third of the
time, a page after two thirds. The report has the waiting times, the retries by cause, and whether
all replicas gave the same answer to a drawing. The exit status is 1 where a drawing got no answer
or different answers.
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
from pathlib import Path
from time import perf_counter, sleep

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.speed.load import EXAMPLES, WARM_UP, HttpClient, Result, ask_queue, draw
from tests.support.server import free_port

# In seconds, as in digitdraw/ui/frontend/api/answer_client.js.
TIMEOUT, FIRST_RETRY, LAST_RETRY, BUSY_PAUSE = 10.0, 0.25, 4.0, 1.0
BUSY = (429, 503)
NO_ANSWER = 0
"""Stands for the status where the connection broke or the time ran out."""
TOLERANCE = 1e-3
"""Allowed difference of probabilities: float sums depend on the rest of the batch."""
PROGRAM_SECONDS, UPLOADS = 5.0, 4


@dataclass
class Observations:
    """What drawers observed besides the times of their answers."""

    retries: list[tuple[float, int]] = field(default_factory=list)
    """Time and status of each failed request."""
    answers: dict[str, list[tuple]] = field(default_factory=lambda: defaultdict(list))
    """The different answers to each drawing, as (text, probabilities), by its JSON."""

    def note(self, drawing: str, answer: dict) -> None:
        """Keep an answer unless an equal one to this drawing is known."""
        new = answer["big"], answer["probabilities"]
        if not any(_are_equal(new, known) for known in self.answers[drawing]):
            self.answers[drawing].append(new)

    @property
    def differing(self) -> int:
        """Return how many drawings got different answers."""
        return sum(len(answers) > 1 for answers in self.answers.values())


def _are_equal(first: tuple, second: tuple) -> bool:
    return first[0] == second[0] and all(
        abs(a - b) < TOLERANCE for a, b in zip(first[1], second[1], strict=True)
    )


async def ask_until_answered(http: HttpClient, drawing: list, observed: Observations) -> bool:
    """Retry as the page does until there is an answer; the caller limits the time."""
    question, failures = json.dumps(drawing), 0
    while True:
        try:
            request = http.ask("POST", "/live/answer", question.encode())
            status, body = await asyncio.wait_for(request, TIMEOUT)
        except (OSError, EOFError, TimeoutError, ValueError):
            status, body = NO_ANSWER, b""
        if status == 200:
            observed.note(question, json.loads(body))
            return True
        http.close()  # as Ray does after a failure; a browser opens another one
        observed.retries.append((perf_counter(), status))
        failures += status not in BUSY
        backoff = min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY)
        await asyncio.sleep(BUSY_PAUSE if status in BUSY else backoff)


def run_drawers(
    port: int, drawers: int, seconds: float
) -> tuple[list[tuple[float, float]], int, Observations]:
    """Run drawers in one process.

    Returns (arrival, seconds waited) of each answer, the number of drawings without an answer, and
    the other observations.
    """
    observed, until = Observations(), perf_counter() + seconds

    async def run() -> list:
        def ask(http: HttpClient, drawing: list):
            return ask_until_answered(http, drawing, observed)

        return await asyncio.gather(*(draw(port, number, until, ask) for number in range(drawers)))

    results = asyncio.run(run())
    answers = [answer for drawer_answers, _ in results for answer in drawer_answers]
    return answers, sum(lost for _, lost in results), observed


def programs(port: int) -> bool:
    """Use Gradio's calls and uploads as programs do; return whether all were answered."""
    from gradio_client import Client, handle_file

    until = perf_counter() + PROGRAM_SECONDS

    async def run() -> list:
        return await asyncio.gather(*(draw(port, number, until, ask_queue) for number in range(4)))

    results = asyncio.run(run())
    answers = sum(len(drawer_answers) for drawer_answers, _ in results)
    errors = sum(lost for _, lost in results)
    print(f"Programs: {answers} calls answered, {errors} not;", end=" ", flush=True)
    photo = handle_file(str(EXAMPLES / "amounts.jpg"))
    client = Client(f"http://127.0.0.1:{port}", verbose=False)
    numbers = [client.predict(photo, api_name="/read_numbers")["numbers"] for _ in range(UPLOADS)]
    client.close()
    print(f"{sum(map(bool, numbers))} of {UPLOADS} uploaded photos read.", flush=True)
    return answers > 0 and not errors and all(numbers)


def start(port: int) -> None:
    """Start Ray and the page on it, on loopback."""
    os.environ |= {"DIGITDRAW_DEVICE": "cpu", "DIGITDRAW_RATE": "100000/second"}
    # Imported here, because the processes of the drawers do not need it.
    import ray
    from ray import serve

    from deploy.ray.ray_serve import Sizes, app

    application = app(Sizes(pages=2, models=2, most_models=2))
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    serve.run(application)


def kill(deployment: str) -> float:
    """Kill one replica of a deployment without warning; return the time."""
    import ray

    actors = ray.util.list_named_actors(all_namespaces=True)
    replica = min(actor["name"] for actor in actors if f"#{deployment}#" in actor["name"])
    ray.kill(ray.get_actor(replica, namespace="serve"))
    return perf_counter()


def trial(port: int, drawers: int, seconds: float) -> bool:
    """Kill a model, then a page, while drawers ask; return whether all answers came and agree."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(run_drawers, port, 1, WARM_UP).result()
        began = perf_counter()
        drawing = pool.submit(run_drawers, port, drawers, seconds)
        sleep(seconds / 3)
        model_died = kill("Model")
        sleep(seconds / 3)
        page_died = kill("Page")
        answers, lost, observed = drawing.result()
    report(answers, lost, observed, (began, model_died, page_died, perf_counter()))
    return not lost and not observed.differing


def report(
    answers: list[tuple[float, float]], lost: int, observed: Observations, times: tuple[float, ...]
) -> None:
    """Print a table of the three phases, and a summary."""
    print("\n| | answers | answers per second | median ms | p95 ms | retries |\n|" + "---|" * 6)
    names = ("before", "a model killed", "a page killed")
    for name, since, until in zip(names, times[:-1], times[1:], strict=True):
        waits = [waited for arrival, waited in answers if since <= arrival < until]
        retries = sum(since <= time < until for time, _ in observed.retries)
        print(f"| {name} | {len(waits)} | {Result(waits, retries, until - since).row} |")
    causes = dict(Counter(status for _, status in observed.retries))
    print(f"\n{len(answers)} answers, {lost} drawings without one; retries by status: {causes}")
    slowest = max((waited for _, waited in answers), default=0.0)
    print(f"The slowest answer took {slowest:.1f} s.")
    print(
        f"{len(observed.answers)} different drawings, {observed.differing} with different answers."
    )


def main() -> int:
    """Run programs, then the trial, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drawers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    port = free_port()
    try:
        start(port)
        is_good = programs(port) and trial(port, options.drawers, options.seconds)
    finally:
        import ray

        ray.shutdown()
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
