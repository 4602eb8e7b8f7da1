"""The orientation network: from a patch of a page to how often the page was turned."""

from digitdraw.models.classifiers import DigitNet

TURNS = ("0", "90", "180", "270")
"""Its classes: degrees by which a page was turned clockwise."""
SIDE = 48
"""Width and height of a patch in pixels."""


class OrientationNet(DigitNet):
    """Takes patches (N, 1, SIDE, SIDE) float32 in [0, 1], 1 = ink. Returns logits (N, 4)."""

    def __init__(self, outputs: int = len(TURNS), side: int = SIDE) -> None:
        super().__init__(outputs, side)
