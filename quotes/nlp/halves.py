"""float32 to float16 and back: half the memory for what is kept for later stages.

NumPy converts one number at a time; PyTorch has the same rounding some twenty times as fast. That
is a hundredth of all the time. Figures: docs/decisions/0011-one-encoder.md.
"""

import numpy as np
import torch
from numpy.typing import NDArray


def halved(numbers: NDArray[np.float32]) -> NDArray[np.float16]:
    """Return `numbers` in half precision, rounded to the nearest, ties to even."""
    found: NDArray[np.float16] = torch.from_numpy(numbers).half().numpy()
    return found


def widened(numbers: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return the same numbers in single precision."""
    found: NDArray[np.float32] = torch.from_numpy(numbers).float().numpy()
    return found
