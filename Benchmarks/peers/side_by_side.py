"""Descent and its peers on the same workloads, in turn, in one run; prints a Markdown table.

usage: side_by_side.py PATH_TO_DESCENT [--rounds 3] [--seconds 3] [--peers torch,torch-compile,jax,mlx] [WORKLOAD…]
Needs: pip install torch jax optax mlx-cpu   (for the peers named)

Each round runs every program once per workload; a figure is the median over rounds of each run's median. A ratio is the
fastest peer's time over Descent's.
"""
import argparse, json, os, platform, statistics, subprocess, sys

parser = argparse.ArgumentParser()
parser.add_argument("descent")
parser.add_argument("workloads", nargs="*", default=["mlp-small", "mlp-mnist", "mlp-wide", "adamw-25m"])
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=float, default=3)
parser.add_argument("--peers", default="torch,torch-compile,jax,mlx")
options = parser.parse_intermixed_args()
peers = options.peers.split(",")
script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.py")


def ours(workload):
    command = [options.descent, "bench", workload, "--seconds", str(options.seconds), "--json", "--quiet"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["msPerStep"]


def peer(name, workload):
    command = [sys.executable, script, name, workload, str(options.seconds)]
    run = subprocess.run(command, capture_output=True, text=True)
    words = run.stdout.split()
    return float(words[-1]) if run.returncode == 0 and words and words[-1] != "n/a" else None


def text(value):
    return "–" if value is None else f"{value:.3f}" if value < 10 else f"{value:.1f}"


print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, {options.rounds} rounds of {options.seconds:g} s; ms per step", flush=True)
print("| workload | Descent | " + " | ".join(peers) + " | ratio to the fastest peer |")
print("|---|---|" + "---|" * len(peers) + "---|")
for workload in options.workloads:
    times = {name: [] for name in ["descent"] + peers}
    for _ in range(options.rounds):
        times["descent"].append(ours(workload))
        for name in peers:
            if not (workload.startswith("own-") or times[name] == [None]):
                times[name].append(peer(name, workload))
    medians = {n: statistics.median([t for t in v if t is not None]) if any(t is not None for t in v) else None for n, v in times.items()}
    known = [medians[p] for p in peers if medians[p] is not None]
    ratio = f"{min(known) / medians['descent']:.2f}" if known else "–"
    print(f"| {workload} | {text(medians['descent'])} | " + " | ".join(text(medians[p]) for p in peers) + f" | {ratio} |", flush=True)
