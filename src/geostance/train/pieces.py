"""The encoder's subword pieces: a Unigram tokenizer, whole words added, and what pieces share.

The character n-grams of a piece are taken after folding every script to rough Latin
sounds, so that вашингтон, ვაშინგტონ and Washington have most of theirs in common.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from tokenizers import Tokenizer

UNKNOWN = "[UNK]"
WORD_START = "▁"
# Sentences shown to the tokenizer per language: many enough for the strong languages,
# repeated for the weak ones so that they too get whole words as pieces.
TOKENIZER_SENTENCES = 60_000
# A word seen less often, over the weights of its languages, is left to its pieces.
LEAST_WORD = 6
LONGEST_WORD = 24
GRAMS = (3, 4, 5)
SKELETON_GRAMS = (3, 4)
# An n-gram of fewer pieces carries little from one to another.
LEAST_PIECES = 4
FRAGMENTS = 30_000

# Letters that are not Latin, or not in Unicode's decompositions, with a rough Latin sound;
# "_" for silent. "č" stands for one sound that Latin spells c, ch, cz or č.
_SOUNDS = """
а a б b в v г g д d е e ё o ж j з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х h
ц s ч č ш s щ s ъ _ ы i ь _ э e ю u я a і i ї i є e ґ g ә a ғ g қ k ң n ө o ұ u ү u һ h
ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n ო o პ p ჟ j რ r ს s ტ t უ u ფ f ქ k ღ g
ყ k შ s ჩ č ც s ძ z წ s ჭ č ხ h ჯ j ჰ h
ա a բ b գ g դ d ե e զ z է e ը e թ t ժ j ի i լ l խ h ծ s կ k հ h ձ z ղ g ճ č մ m յ i ն n շ s
ո o չ č պ p ջ j ռ r ս s վ v տ t ր r ց s ւ v փ f ք k օ o ֆ f և ev
ا a أ a إ i آ a ب b ت t ث t ج j ح h خ h د d ذ d ر r ز z س s ش s ص s ض d ط t ظ z ع _ غ g ف f
ق k ک k ك k گ g ل l م m ن n ه h و v ي i ی i ى a ة a ئ i ؤ v ء _ پ p چ č ژ j
अ a आ a इ i ई i उ u ऊ u ए e ऐ e ओ o औ o क k ख k ग g घ g च č छ č ज j झ j ट t ठ t ड d ढ d ण n
त t थ t द d ध d न n प p फ f ब b भ b म m य i र r ल l व v श s ष s स s ह h ा a ि i ी i ु u ू u
े e ै e ो o ौ o ं n ँ n ् _ ़ _ ॉ o ऑ o ृ ri
ə e ı i ß s æ e ø o ł l đ d œ e
"""
_SPELLINGS = (
    ("sch", "s"), ("sh", "s"), ("tch", "č"), ("ch", "č"), ("ph", "f"), ("th", "t"),
    ("ck", "k"), ("kh", "h"), ("cz", "č"), ("sz", "s"),
)  # fmt: skip


def train_tokenizer(pairs: pl.DataFrame, press: list[str], size: int, seed: int) -> "Tokenizer":
    """Train a lower-casing Unigram tokenizer on both sides of the pairs and on press text.

    Source: Kudo 2018, arXiv:1804.10959.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    texts = list(press)
    for _, available in _by_language(pairs):
        shuffled = pl.Series(available).sample(fraction=1, shuffle=True, seed=seed).to_list()
        repeats = min(3, TOKENIZER_SENTENCES // len(available) + 1)
        texts += (shuffled * repeats)[:TOKENIZER_SENTENCES]

    tokenizer = Tokenizer(models.Unigram())
    # Punctuation carries no meaning in an average of pieces; the combining dot is what
    # lower-casing leaves of the Turkish capital İ.
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace("\u0307", ""),
            normalizers.Replace(Regex(r"[^\p{L}\p{M}\p{N}]+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        special_tokens=[UNKNOWN],
        unk_token=UNKNOWN,
        max_piece_length=18,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer, length=len(texts))
    return tokenizer


def add_words(
    tokenizer: "Tokenizer", pairs: pl.DataFrame, weights: Mapping[str, float], size: int
) -> "Tokenizer":
    """Fill the tokenizer up to ``size`` pieces with the most frequent words that it splits.

    Unigram training leaves many a common word as a bare start of word and the rest.
    A word counts once an occurrence, times the weight of its language. Pieces
    that no word of the pairs uses make room first.
    """
    from tokenizers import Tokenizer

    counts: Counter[str] = Counter()
    for language, texts in _by_language(pairs):
        found: Counter[str] = Counter()
        for text in texts:
            found.update(tokenizer.normalizer.normalize_str(text).split())
        for word, count in found.items():
            counts[word] += count * weights.get(language, 1)
    words = sorted(counts)
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(words)]

    stored = json.loads(tokenizer.to_str())
    used = {piece for word_ids in ids for piece in word_ids} | {tokenizer.token_to_id(UNKNOWN)}
    vocabulary = [
        entry
        for row, entry in enumerate(stored["model"]["vocab"])
        # Single letters stay: another text may need them.
        if row in used or len(entry[0]) == 1
    ]
    split = [
        word
        for word, word_ids in zip(words, ids, strict=True)
        if len(word_ids) > 1 and len(word) <= LONGEST_WORD and counts[word] >= LEAST_WORD
    ]
    split.sort(key=lambda word: (-counts[word], word))
    total = sum(counts.values())
    vocabulary += [
        [WORD_START + word, log(counts[word] / total)] for word in split[: size - len(vocabulary)]
    ]
    unknown = [piece for piece, _ in vocabulary].index(UNKNOWN)
    stored["model"] |= {"vocab": vocabulary, "unk_id": unknown}
    for token in stored["added_tokens"]:
        token["id"] = unknown
    return Tokenizer.from_str(json.dumps(stored, ensure_ascii=False))


def _by_language(pairs: pl.DataFrame) -> Iterator[tuple[str, list[str]]]:
    sides = [
        pairs.select(language=f"lang_{side}", text=f"text_{side}").unique(maintain_order=True)
        for side in "ab"
    ]
    texts = pl.concat(sides).unique(maintain_order=True)
    for (language,), group in texts.group_by("language", maintain_order=True):
        yield str(language), group["text"].to_list()


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    listed = _SOUNDS.split()
    return {
        letter: sound.strip("_") for letter, sound in zip(listed[::2], listed[1::2], strict=True)
    }


def fold(text: str) -> str:
    """Return lower-case text of any of the scripts in rough Latin sounds, without accents."""
    sounds = _sounds()
    folded = unicodedata.normalize("NFKC", text)
    for letter, spelling in (("ş", "sh"), ("š", "sh"), ("ç", "ch")):
        folded = folded.replace(letter, spelling)
    folded = "".join(sounds.get(letter, letter) for letter in folded)
    folded = "".join(
        sounds.get(letter, letter)
        for letter in unicodedata.normalize("NFD", folded.replace("č", "\0"))
        if unicodedata.category(letter) != "Mn"
    )
    for spelling, sound in _SPELLINGS:
        folded = folded.replace(spelling, sound.replace("č", "\0"))
    folded = re.sub(r"c(?=[eiy])", "s", folded).replace("c", "k").replace("\0", "c")
    for letter, sound in (("q", "k"), ("w", "v"), ("y", "i"), ("x", "ks")):
        folded = folded.replace(letter, sound)
    return re.sub(r"(.)\1+", r"\1", folded)


def fragments(piece: str) -> set[str]:
    """Return a piece's folded n-grams, itself whole, and the same of its consonants alone.

    Arabic and Persian leave most vowels out, and languages differ in them most.
    """
    whole = fold(piece.replace(WORD_START, "<"))
    skeleton = re.sub("[aeiou]", "", whole)
    found = {whole[i : i + n] for n in GRAMS for i in range(len(whole) - n + 1)} | {"=" + whole}
    found |= {
        "#" + skeleton[i : i + n] for n in SKELETON_GRAMS for i in range(len(skeleton) - n + 1)
    }
    return found | ({"#=" + skeleton} if len(skeleton) > 2 else set())


def fragment_matrix(pieces: list[str]) -> csr_matrix:
    """Return which fragments each piece has: sparse float32 (n_pieces, n_fragments), unit rows.

    Source: Bojanowski et al. 2017, arXiv:1607.04606 (words as sums of their n-grams).
    """
    found = [sorted(fragments(piece)) for piece in pieces]
    counts = Counter(fragment for piece in found for fragment in piece)
    shared = sorted((f for f in counts if counts[f] >= LEAST_PIECES), key=lambda f: (-counts[f], f))
    column = {fragment: i for i, fragment in enumerate(shared[:FRAGMENTS])}
    kept = [[column[f] for f in piece if f in column] for piece in found]
    lengths = np.array([len(piece) for piece in kept])
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return csr_matrix(
        (values, np.array([i for piece in kept for i in piece], np.int64), starts),
        shape=(len(pieces), len(column)),
    )
