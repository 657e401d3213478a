"""The networks of the embedded scorer while they learn: a language model, then a reader of stance.

Attention after normalisation (Xiong et al. 2020, arXiv:2002.04745), ramps between the two
layers of each block, learned positions. Needs the ``train`` extra.
"""

from typing import Any

from geostance.optional import require

torch = require("torch", "train")
nn, functional = torch.nn, torch.nn.functional

PADDING, UNKNOWN, HIDDEN, BREAK, TARGET, OTHER = range(6)
# Outputs of the reader, in order: the three portrayals, relevance, quoted voice.
N_OUTPUTS = 5


class Block(nn.Module):
    """Attention (``heads`` of ``head`` numbers) and two layers of units over ``width`` a token."""

    def __init__(self, width: int, heads: int, head: int, inner: int) -> None:
        super().__init__()
        self.heads, self.head = heads, head
        self.before_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * heads * head)
        self.attended = nn.Linear(heads * head, width)
        self.before_units = nn.LayerNorm(width)
        self.units = nn.Linear(width, inner)
        self.back = nn.Linear(inner, width)

    def forward(self, tokens: Any, real: Any, dropout: float, at: Any = None) -> Any:
        """Return (n, length, width), or (n, 1, width) for the tokens ``at`` alone.

        ``real`` (n, 1, 1, length) is false for padding.
        """
        n, length, _ = tokens.shape
        size = self.heads * self.head
        normal = self.before_attention(tokens)
        asking = normal if at is None else normal[torch.arange(n), at][:, None]
        kept = tokens if at is None else tokens[torch.arange(n), at][:, None]
        weight, bias = self.query_key_value.weight, self.query_key_value.bias
        query = functional.linear(asking, weight[:size], bias[:size])
        query = query.view(n, -1, self.heads, self.head).transpose(1, 2)
        both = functional.linear(normal, weight[size:], bias[size:])
        key, value = both.view(n, length, 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = (query @ key.transpose(-1, -2)) * self.head**-0.5
        shares = scores.masked_fill(~real, -1e4).softmax(-1).to(value.dtype)
        attended = self.attended((shares @ value).transpose(1, 2).reshape(n, -1, size))
        kept = kept + functional.dropout(attended, dropout, self.training)
        found = self.back(functional.relu(self.units(self.before_units(kept))))
        return kept + functional.dropout(found, dropout, self.training)


class LanguageModel(nn.Module):
    """Tokens in their context: embeddings, blocks, and a guess at hidden tokens."""

    def __init__(
        self,
        vocabulary: int,
        width: int,
        blocks: int,
        heads: int,
        head: int,
        inner: int,
        length: int,
    ) -> None:
        super().__init__()
        self.sizes = {
            "vocabulary": vocabulary,
            "width": width,
            "blocks": blocks,
            "heads": heads,
            "head": head,
            "inner": inner,
            "length": length,
        }
        self.pieces = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(length, width)
        self.first = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(Block(width, heads, head, inner) for _ in range(blocks))
        self.last = nn.LayerNorm(width)
        self.guess = nn.Linear(width, width)
        self.frequency = nn.Parameter(torch.zeros(vocabulary))
        nn.init.normal_(self.pieces.weight, std=0.05)
        nn.init.normal_(self.places.weight, std=0.02)
        for block in self.blocks:
            for layer in (block.query_key_value, block.units):
                nn.init.normal_(layer.weight, std=0.04)
                nn.init.zeros_(layer.bias)
            for layer in (block.attended, block.back):
                nn.init.normal_(layer.weight, std=0.04 / (2 * blocks) ** 0.5)
                nn.init.zeros_(layer.bias)

    def embedded(self, ids: Any, dropout: float) -> Any:
        """Return the vectors (n, length, width) that the first block reads."""
        found = self.first(self.pieces(ids) + self.places.weight[: ids.shape[1]])
        return functional.dropout(found, dropout, self.training)

    def forward(self, ids: Any, dropout: float = 0.0) -> Any:
        """Return the tokens of ``ids`` (n, length) in context (n, length, width)."""
        real = (ids != PADDING)[:, None, None, :]
        tokens = self.embedded(ids, dropout)
        for block in self.blocks:
            tokens = block(tokens, real, dropout)
        return self.last(tokens)

    def guesses(self, tokens: Any, candidates: Any) -> Any:
        """Return the log-odds (n, candidates) of hidden ``tokens`` (n, width), not normalised."""
        vectors = functional.gelu(self.guess(tokens)) @ self.pieces.weight[candidates].T
        return vectors.float() + self.frequency[candidates]


class Reader(nn.Module):
    """Reads how a passage portrays its mention, and which tokens carry it.

    The last block is computed for the scored mention alone. The tokens before it are weighed
    by how much of the evaluation they carry; their weighted mean stands beside the mention.
    """

    def __init__(self, model: LanguageModel) -> None:
        super().__init__()
        self.model = model
        width = model.sizes["width"]
        self.before_evidence = nn.LayerNorm(width)
        self.evidence = nn.Linear(width, 1)
        self.units = nn.Linear(2 * width, width)
        self.outputs = nn.Linear(width, N_OUTPUTS)

    def forward(self, ids: Any, at: Any, dropout: float = 0.0, hidden: Any = None) -> Any:
        """Return the outputs (n, 5) and the log-shares of the tokens in the evaluation (n, length).

        ``hidden`` (n, length) marks tokens to be read as unknown: what is learnt must not hang
        on single words.
        """
        model = self.model
        real = ids != PADDING
        read = ids if hidden is None else ids.masked_fill(hidden & (ids > OTHER), HIDDEN)
        tokens = model.embedded(read, dropout)
        for block in model.blocks[:-1]:
            tokens = block(tokens, real[:, None, None, :], dropout)
        mention = model.blocks[-1](tokens, real[:, None, None, :], dropout, at)
        mention = model.last(mention)[:, 0].float()
        tokens = self.before_evidence(tokens).float()
        shares = self.evidence(tokens).squeeze(-1).float().masked_fill(~real, -1e4).log_softmax(1)
        carried = (shares.exp()[..., None] * tokens).sum(1)
        found = functional.dropout(torch.cat([mention, carried], 1), 2 * dropout, self.training)
        found = functional.gelu(self.units(found))
        return self.outputs(functional.dropout(found, 2 * dropout, self.training)), shares
