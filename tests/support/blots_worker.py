"""A photo worker whose detector finds painted blots, for tests of the parts around it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from digitdraw.recognizer import Recognizer
from digitdraw.serving.workers import photo_worker
from tests.support.painted import Doubting, painted_reader

if __name__ == "__main__":
    Recognizer.photo_reader = painted_reader(Doubting)
    sys.exit(photo_worker.main())
