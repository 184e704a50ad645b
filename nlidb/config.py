"""Every setting, as frozen dataclasses: what it means, and why the number is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlidb.errors import ConfigError

AttentionMode = Literal["softmax", "bounded", "diffusion"]


@dataclass(frozen=True)
class AttentionConfig:
    """The stabilised cross-attention between question words and schema items (attention.py)."""

    mode: AttentionMode = "diffusion"
    """"softmax": the plain scaled dot product; "bounded": QK-norm, soft cap and NULL item;
    "diffusion": bounded, then diffusion with restart over the schema graph."""
    soft_cap: float = 12.0
    """Energies are squashed into (-cap, cap). exp(24) between the best and the worst item is ample
    for a firm link; without a cap fp16 overflows and one item can take a whole row. 0 switches it
    off."""
    null: bool = True
    """Whether a word may link to nothing: a NULL item beside the schema items."""
    diffusion_steps: int = 6
    """(1 - alpha)^6 < 0.2 % of the way to the steady state is left at alpha = 0.7."""
    noise: float = 0.0
    """Standard deviation of the process noise on the energies, in training only."""
    capacity: float = 0.0
    """Most attention one schema item may draw from a whole question, as a multiple of its even
    share; 0 switches the cap off."""

    def __post_init__(self) -> None:
        if self.mode not in ("softmax", "bounded", "diffusion"):
            raise ConfigError(f"attention mode {self.mode!r} is not softmax, bounded or diffusion.")
        if self.mode == "softmax" and (self.noise or self.capacity):
            raise ConfigError(
                f"attention mode 'softmax' takes no noise ({self.noise}) and no capacity "
                f"({self.capacity}): both belong to the stabilised modes."
            )


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the network. The defaults are the shipped model: 29 M parameters."""

    vocab_size: int = 30522
    """Sub-words of the encoder's WordPiece vocabulary (BERT uncased)."""
    encoder_dim: int = 384
    """Width of MiniLM-L6; fixed by its pretrained weights, as are the next three."""
    encoder_layers: int = 6
    encoder_heads: int = 12
    encoder_ffn_dim: int = 1536
    max_positions: int = 512
    dim: int = 256
    """Width of the interaction layers and the decoder: 0.44 of the arithmetic of 384, which on two
    cores is worth more than width."""
    heads: int = 8
    interaction_layers: int = 4
    decoder_layers: int = 3
    ffn_dim: int = 1024
    dropout: float = 0.1
    max_target: int = 80
    """Longest target sequence. Spider train's longest is under 40 tokens."""
    attention: AttentionConfig = AttentionConfig()

    def __post_init__(self) -> None:
        if min(self.dim, self.heads, self.encoder_dim, self.encoder_heads) < 1:
            raise ConfigError("dim, heads, encoder_dim and encoder_heads must be 1 or more.")
        if self.dim % self.heads or self.encoder_dim % self.encoder_heads:
            raise ConfigError(
                f"dim {self.dim} must be a multiple of heads {self.heads}, and encoder_dim "
                f"{self.encoder_dim} of encoder_heads {self.encoder_heads}."
            )


@dataclass(frozen=True)
class DecodeConfig:
    """How candidates are searched for and chosen (beam.py, assistant.py)."""

    beam_size: int = 5
    """RESDSQL and PICARD report little beyond 4 to 8 beams; each one costs a share of a decoder
    step."""
    empty_margin: float = 0.5
    """After an empty result the next candidate is tried only if its log-probability lies within
    this of the first's (0.5: at least 60 % as likely): a right empty answer must not lose to a
    wrong full one."""

    def __post_init__(self) -> None:
        if self.beam_size < 1 or self.empty_margin < 0:
            raise ConfigError(
                f"beam_size {self.beam_size} must be at least 1, and empty_margin "
                f"{self.empty_margin} at least 0."
            )


Policy = Literal["balanced", "eager", "careful"]


@dataclass(frozen=True)
class PolicyConfig:
    """From which confidence on the assistant answers, asks back or declines."""

    answer_at: float
    """At least this sure: the best reading is used."""
    ask_at: float
    """At least this sure, but less than ``answer_at``: the readings are offered as choices. Less
    sure: declined."""

    def __post_init__(self) -> None:
        if not 0 <= self.ask_at <= self.answer_at <= 1:
            raise ConfigError(
                f"ask_at {self.ask_at} and answer_at {self.answer_at} must satisfy "
                "0 <= ask_at <= answer_at <= 1."
            )


POLICIES: dict[Policy, PolicyConfig] = {
    # Answers whatever has a valid reading: for evaluation, and for people who check the SQL
    # themselves.
    "eager": PolicyConfig(answer_at=0.0, ask_at=0.0),
    # Thresholds by `python -m training.selection`: for the checkpoint of 2026-11-24, answering from 0.4 covered
    # 0.98 of both tune sets' questions with precision 0.84, from 0.8 it covered 0.66 with precision 0.93.
    "balanced": PolicyConfig(answer_at=0.4, ask_at=0.05),
    # For people who will not look at the SQL.
    "careful": PolicyConfig(answer_at=0.8, ask_at=0.2),
}
