"""Parts of a static encoder's training that torch does slowly on a CPU."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from geostance.optional import require

if TYPE_CHECKING:
    import torch
    from scipy.sparse import csr_matrix

TEMPERATURE = 0.05


class RowAdam:
    """Adam over the rows that a batch uses; a dense optimizer would touch all of them.

    Source: Kingma and Ba 2015, arXiv:1412.6980.
    """

    def __init__(self, values: "torch.Tensor") -> None:
        self.values = values
        self._mean, self._square = values * 0, values * 0
        self._steps = 0

    def take(self, rows: np.ndarray) -> "torch.Tensor":
        """Return a copy of the rows that gathers their gradient until the next step."""
        torch = require("torch", "train")
        self._rows = torch.from_numpy(rows.astype(np.int64))
        self._taken = self.values[self._rows].requires_grad_()
        return self._taken

    def step(self, rate: float) -> None:
        """Move the rows taken last against their gradient."""
        self._steps += 1
        rows, gradient = self._rows, self._taken.grad
        mean = self._mean[rows].mul_(0.9).add_(gradient, alpha=0.1)
        square = self._square[rows].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        self._mean[rows], self._square[rows] = mean, square
        scale = rate * (1 - 0.999**self._steps) ** 0.5 / (1 - 0.9**self._steps)
        self.values.index_add_(0, rows, mean / (square.sqrt() + 1e-8), alpha=-scale)


def sparse_product(torch: Any) -> Callable[["csr_matrix", "torch.Tensor"], "torch.Tensor"]:
    """Return a differentiable product of a constant sparse matrix and a dense one."""

    def product(matrix: "csr_matrix", dense: "torch.Tensor") -> "torch.Tensor":
        starts, columns = (
            torch.from_numpy(part.astype(np.int64)) for part in (matrix.indptr, matrix.indices)
        )
        values = torch.from_numpy(matrix.data)
        return torch.sparse_csr_tensor(starts, columns, values, matrix.shape) @ dense

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, matrix: "csr_matrix", dense: "torch.Tensor") -> "torch.Tensor":
            context.matrix = matrix
            return product(matrix, dense)

        @staticmethod
        def backward(context: Any, gradient: "torch.Tensor") -> tuple[None, "torch.Tensor"]:
            return None, product(context.matrix.T.tocsr(), gradient.contiguous())

    return Product.apply


def contrast_loss(torch: Any) -> Callable[..., "torch.Tensor"]:
    """Return the in-batch contrastive loss of unit rows with their partners, both (n, dim).

    Called with the rows, their partners, which pairs are no negatives (bool, (n, n)), and whether
    each partner has to find its row too. One exponential in place and products in bfloat16 make
    it six times as fast as torch's own cross-entropy; its gradient is within half a percent.

    Source: van den Oord et al. 2018, arXiv:1807.03748, equation 4.
    """

    class Contrast(torch.autograd.Function):
        @staticmethod
        def forward(
            context: Any,
            rows: "torch.Tensor",
            partners: "torch.Tensor",
            skipped: "torch.Tensor",
            both_ways: bool,
        ) -> "torch.Tensor":
            rows, partners = rows.bfloat16(), partners.bfloat16()
            scores = (rows @ partners.T).float().sub_(1).mul_(1 / TEMPERATURE)
            own = scores.diagonal().mean()
            # Cosines are at most one, so nothing overflows.
            slopes = scores.exp_().masked_fill_(skipped, 0)
            totals = slopes.sum(1)
            loss, share = totals.log().mean() - own, (1 / totals)[:, None]
            if both_ways:
                reverse = slopes.sum(0)
                loss, share = loss + reverse.log().mean() - own, share + 1 / reverse
            slopes.mul_(share).diagonal().sub_(2 if both_ways else 1)
            slopes = slopes.bfloat16()
            learned = context.needs_input_grad[1]
            context.save_for_backward(slopes @ partners, slopes.T @ rows if learned else None)
            context.scale = 1 / (TEMPERATURE * len(rows))
            return loss

        @staticmethod
        def backward(context: Any, gradient: "torch.Tensor") -> tuple[Any, ...]:
            scale = gradient.item() * context.scale
            rows, partners = context.saved_tensors
            partners = None if partners is None else partners.float() * scale
            return rows.float() * scale, partners, None, None

    return Contrast.apply


def distinct(ids: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct ids below ``size``, ascending, and the place of each id among them.

    As numpy's ``unique`` with its inverse, without sorting.
    """
    seen = np.zeros(size, bool)
    seen[ids] = True
    found = np.flatnonzero(seen)
    places = np.zeros(size, np.int64)
    places[found] = np.arange(len(found))
    return found, places[ids]
