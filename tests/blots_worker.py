"""The worker that reads photos, but with a finder that finds blots: for tests of what is around."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from painted import Doubting, painted_reader

from digitdraw.recognizer import Recognizer
from digitdraw.serving import photo_worker

if __name__ == "__main__":
    Recognizer.reader = painted_reader(Doubting)
    sys.exit(photo_worker.main())
