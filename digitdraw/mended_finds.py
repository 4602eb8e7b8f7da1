"""The finder's finds, mended by what is known of digits but not by its network.

Puts `finder`, `halves`, `nested_finds`, `comma_finds` and `grown_finds` together; knows nothing of
lines.
"""

from collections.abc import Sequence

import numpy as np
from torch import nn

from digitdraw import comma_finds, finder, grown_finds, halves, nested_finds
from digitdraw.finder import Finds

__all__ = ["find_all"]


def find_all(greys: Sequence[np.ndarray], network: nn.Module, threshold: float) -> list[Finds]:
    """What `finder.find_all` finds: the halves of a digit as one, without what reaches over two
    lines, parts of digits and commas, each around all of its ink."""
    found = finder.find_all(greys, network, threshold)
    return [
        grown_finds.grow(comma_finds.leave_out(nested_finds.leave_out(halves.join(each))), grey)
        for each, grey in zip(found, greys, strict=True)
    ]
