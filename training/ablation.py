"""The stabilised attention taken apart: equal parameters, data, order and steps, one step of it added at a time.

    python -m training.ablation --data DIR [--seeds 0 1] [--variants NAME ...]

Six variants, each trained with each seed from the same encoder and decoder (`training/configs/ablation.toml`) and
measured on the tune databases: official matches on Spider's questions and on Spider-Syn's, what the attention
settles on, and how often the SQL changes when only the wording does (`training.attention_report`). The figures are
kept in `training/ablation.json`: a run that is in it is not made again, so the command goes on where it was
stopped, and two processes may share the runs. It prints them as a table and, once each variant has a run, draws
`training/pictures/ablation.png`; the last line of the output is one JSON object. Only training databases are read.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlidb.config import AttentionConfig
from nlidb.parser import Parser
from training.attention_report import KINDS, report
from training.score import readings
from training.train import TrainConfig, load_config, stored_features, train

CONFIG = Path(__file__).parent / "configs" / "ablation.toml"
RESULTS = Path(__file__).parent / "ablation.json"
PICTURE = Path(__file__).parent / "pictures" / "ablation.png"
REPORTED = 200
"""Questions of `tune` on which attention and drift are measured: five readings each."""

Measures = Mapping[str, float]


@dataclass(frozen=True)
class Variant:
    """One step of nlidb/attention.py more than the variant before."""

    name: str
    attention: AttentionConfig
    consistency: float = 0.0


VARIANTS = (
    Variant("softmax", AttentionConfig(mode="softmax")),
    Variant("bounded", AttentionConfig(mode="bounded")),
    Variant("diffusion", AttentionConfig(mode="diffusion")),
    Variant("consistency", AttentionConfig(mode="diffusion", noise=0.3), consistency=0.5),
    Variant("balance", AttentionConfig(mode="diffusion", noise=0.3, capacity=4.0), consistency=0.5),
    Variant("cap alone", AttentionConfig(mode="diffusion", capacity=4.0)),
)
"""Plain softmax; + bounded energy and NULL item; + diffusion; + process noise and the consistency term of R-Drop
(two passes a step, so twice the time at equal steps); + the cap on what one item draws. The last is the third with
that cap and nothing else, at the third's cost."""


def prepared(base: TrainConfig, variant: Variant, seed: int) -> TrainConfig:
    """The shared config with the variant's attention."""
    return replace(
        base,
        name=f"{variant.name}-{seed}",
        seed=seed,
        consistency=variant.consistency,
        model=replace(base.model, attention=variant.attention),
    )


def measured(checkpoint: Path, data: Path) -> dict[str, float]:
    """All figures of one run, on the tune databases."""
    parser = Parser(checkpoint)
    found: dict[str, float] = {}
    for split in ("tune", "syn_tune"):
        scored = list(readings(parser, data, split, beam_size=5, judged=1))
        n = len(scored)
        found[f"{split}_execution"] = sum(s.execution[:1] == (True,) for s in scored) / n
        found[f"{split}_exact"] = sum(s.exact[:1] == (True,) for s in scored) / n
    settled = report(parser, data, REPORTED)
    for name in (
        "largest_share_mean",
        "largest_share_p99",
        "effective_items_mean",
        "null_share_mean",
    ):
        found[name] = settled[name]
    for name in ("moved_by_diffusion_mean", "steps_to_equilibrium_mean", "alpha_mean"):
        if settled[name] is not None:
            found[name] = settled[name]
    for kind in KINDS:
        found[f"{kind}_sql_changed"] = settled[f"{kind}_sql_changed"]
    return found


Found = dict[str, dict[str, dict[str, float]]]
"""The figures by variant and seed."""


def stored(results: Path) -> Found:
    """What ``results`` holds by now; another process may be adding the runs of another seed to it."""
    found: Found = {variant.name: {} for variant in VARIANTS}
    if results.exists():
        found |= json.loads(results.read_text(encoding="utf-8"))
    return found


def run(
    base: TrainConfig,
    data: Path,
    variants: Sequence[Variant],
    seeds: Sequence[int],
    out: Path,
    results: Path,
) -> Found:
    """Trains and measures what ``results`` does not hold yet, and writes it there after each run."""
    for seed in seeds:
        for variant in variants:
            if str(seed) in stored(results)[variant.name]:
                continue
            out.mkdir(parents=True, exist_ok=True)
            stored_features(base, data, out)
            folder = out / f"{variant.name}-{seed}"
            folder.mkdir(exist_ok=True)
            features = folder / "features.pkl"
            if not features.exists():
                features.hardlink_to(out / "features.pkl")
            # far more minutes than the steps take: the steps end the run
            checkpoint = train(prepared(base, variant, seed), data, 600.0, folder)
            figures = measured(checkpoint, data)
            found = stored(results)
            found[variant.name][str(seed)] = figures
            part = results.with_suffix(f".{variant.name}-{seed}.part")
            part.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            part.replace(results)
    return stored(results)


def spread(runs: Mapping[str, Measures], measure: str) -> str:
    """Mean over the seeds and, where there are several, the distance of the farthest from it; "-" where a variant
    has no such measure."""
    values = [figures[measure] for figures in runs.values() if measure in figures]
    if not values:
        return "-"
    mean = statistics.fmean(values)
    if len(values) == 1:
        return f"{mean:.3f}"
    return f"{mean:.3f} ± {max(abs(value - mean) for value in values):.3f}"


def table(found: Mapping[str, Mapping[str, Measures]]) -> str:
    """Markdown: a row a measure, a column a variant."""
    measures = dict.fromkeys(
        measure for runs in found.values() for figures in runs.values() for measure in figures
    )
    lines = ["| measure | " + " | ".join(found) + " |", "|---|" + "---|" * len(found)]
    for measure in measures:
        cells = (spread(runs, measure) for runs in found.values())
        lines.append(f"| {measure.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


PANELS = (
    ("tune_execution", "execution match, Spider's questions"),
    ("syn_tune_execution", "execution match, Spider-Syn's questions"),
    ("largest_share_mean", "largest share of one item"),
    ("synonyms_sql_changed", "SQL changed under synonyms"),
)


def draw(found: Mapping[str, Mapping[str, Measures]], path: Path) -> None:
    """A panel a measure; a dot a seed, a bar their mean."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(PANELS), figsize=(13, 3.2))
    for axis, (measure, title) in zip(axes, PANELS, strict=True):
        for x, runs in enumerate(found.values()):
            values = [figures[measure] for figures in runs.values()]
            axis.bar(x, statistics.fmean(values), color="tab:blue", alpha=0.35)
            axis.plot([x] * len(values), values, "o", color="tab:blue", markersize=4)
        axis.set_title(title, fontsize=9)
        axis.set_xticks(range(len(found)), list(found), rotation=30, ha="right", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main(argv: Sequence[str] | None = None) -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--data", type=Path, required=True, help="folder in Spider layout")
    arguments.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    names = [variant.name for variant in VARIANTS]
    arguments.add_argument("--variants", choices=names, nargs="+", default=names)
    chosen = arguments.parse_args(argv)
    base = load_config(CONFIG)
    variants = [variant for variant in VARIANTS if variant.name in chosen.variants]
    found = run(base, chosen.data, variants, chosen.seeds, Path("runs") / base.name, RESULTS)
    if all(found.values()):  # not while a variant has no run yet
        draw(found, PICTURE)
    print(table(found))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
