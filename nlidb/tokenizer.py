"""Sub-words: WordPiece (the ``tokenizers`` library), word by word, so that every sub-word knows its word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from tokenizers import Tokenizer as WordPiece

from nlidb.errors import CheckpointError

CLS, SEP, MASK = "[CLS]", "[SEP]", "[MASK]"
MAX_PIECES = 12
"""Sub-words kept of one word: a key of 64 hex digits says no more than its beginning."""


class Tokenizer:
    """A WordPiece vocabulary with a cache of the words it has seen."""

    def __init__(self, wordpiece: WordPiece) -> None:
        # a published tokenizer.json may pad every text to the length of its own model's training
        wordpiece.no_padding()
        wordpiece.no_truncation()
        self.wordpiece = wordpiece
        self._cache: dict[str, tuple[int, ...]] = {}

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Reads a ``tokenizer.json``; raises CheckpointError where it is missing or damaged."""
        try:
            return cls(WordPiece.from_file(str(path)))
        except Exception as error:  # tokenizers raises bare Exception
            raise CheckpointError(
                f"The vocabulary {path.name} of the checkpoint {path.parent} cannot be read.",
                hint="Install the package again, or name another checkpoint.",
            ) from error

    def special(self, name: str) -> int:
        """Id of a special token; raises CheckpointError where the vocabulary lacks it."""
        found = self.wordpiece.token_to_id(name)
        if found is None:
            raise CheckpointError(f"The checkpoint's vocabulary has no {name}.")
        return found

    @cached_property
    def cls_id(self) -> int:
        return self.special(CLS)

    @cached_property
    def sep_id(self) -> int:
        return self.special(SEP)

    def pieces(self, word: str) -> tuple[int, ...]:
        """Sub-word ids of one word or short phrase, at least one."""
        found = self._cache.get(word)
        if found is None:
            ids = self.wordpiece.encode(word[:200], add_special_tokens=False).ids
            found = tuple(ids[:MAX_PIECES]) or (self.sep_id,)
            if len(self._cache) < 200_000:  # a bound on memory in a long-running process
                self._cache[word] = found
        return found

    def group(self, words: Iterable[str]) -> list[tuple[int, ...]]:
        """Sub-word ids of each word."""
        return [self.pieces(word) for word in words]
