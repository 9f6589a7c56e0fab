"""Descent and its peers on the same workloads, in turn, in one run; prints Markdown tables of time and memory.

usage: side_by_side.py PATH_TO_DESCENT [--rounds 3] [--seconds 3] [--limit 5] [--peers torch,torch-compile,jax,mlx] [WORKLOAD…]

Each round runs every program once per workload, each in a process of its own; a figure is the median over rounds of each
run's median. Where a peer has several settings, the first round tries all of them and the fastest one counts. A peer whose
step takes more than --limit seconds is measured once, by one step.
"""
import argparse, json, math, os, platform, statistics, subprocess, sys

from measure_peer import PEERS, variants
from workloads import WORKLOADS

FOLDER = os.path.dirname(os.path.abspath(__file__))


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("descent")
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--limit", type=float, default=5)
    parser.add_argument("--peers", default=",".join(PEERS))
    return parser.parse_intermixed_args()


class Program:
    """Descent or a peer on one workload: what its runs gave."""

    def __init__(self, name, workload, options):
        self.name, self.workload, self.options = name, workload, options
        self.milliseconds, self.bytes, self.notes = [], [], []
        own = workload.startswith("own-")  # Descent's alone
        self.variants = [None] if name == "descent" else [] if own else variants(name, workload)

    def command(self, variant):
        time = ["--seconds", str(self.options.seconds)]
        if self.name == "descent":
            return [self.options.descent, "bench", self.workload, "--json", "--quiet"] + time
        script = [sys.executable, os.path.join(FOLDER, "measure_peer.py"), self.name, self.workload]
        return script + time + ["--variant", variant, "--limit", str(self.options.limit)]

    def run(self):
        """One round. Leaves the fastest variant for the next one, or none where there is no point in it."""
        found = {}
        for variant in self.variants:
            try:
                run = subprocess.run(
                    self.command(variant), capture_output=True, text=True, timeout=300 + 20 * self.options.limit)
            except subprocess.TimeoutExpired:
                self.notes.append(f"{self.label(variant)} gave no figure in time")
                continue
            if run.returncode == 0:
                found[variant] = json.loads(run.stdout.splitlines()[-1] if self.name != "descent" else run.stdout)
            else:
                last = (run.stderr.strip().splitlines() or ["no message"])[-1]
                self.notes.append(f"{self.label(variant)} failed: {last}")
        if not found:
            self.variants = []
            return
        best = min(found, key=lambda v: found[v]["msPerStep"])
        if len(found) > 1:
            all_found = ", ".join(f"{v} {text(r['msPerStep'])} ms" for v, r in found.items())
            self.notes.append(f"{self.label()} runs {best} ({all_found})")
        self.milliseconds.append(found[best]["msPerStep"])
        self.bytes.append(found[best]["peakMemoryBytes"])
        self.variants = [best]
        if found[best].get("slow"):
            self.notes.append(f"{self.label()} was measured by one step, which took more than {self.options.limit:g} s")
            self.variants = []

    def label(self, variant=None):
        return f"{self.name} on {self.workload}" + (f" ({variant})" if variant not in (None, "default") else "")

    @property
    def time(self):
        return statistics.median(self.milliseconds) if self.milliseconds else None

    @property
    def memory(self):
        return statistics.median(self.bytes) / 1e6 if self.bytes else None


def text(value):
    return "–" if value is None else f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def main():
    options = arguments()
    peers = options.peers.split(",")
    print(f"{platform.machine()}, {os.cpu_count()} processors, {options.rounds} rounds of {options.seconds:g} s", flush=True)
    print("\nMilliseconds per step; a ratio is a peer's time over Descent's.\n")
    print(row(["workload", "Descent"] + peers + ["fastest peer / Descent"]))
    print("|" + "---|" * (len(peers) + 3), flush=True)
    notes, memories = [], []
    ratios = {name: [] for name in peers + ["fastest"]}
    for workload in options.workloads:
        programs = {name: Program(name, workload, options) for name in ["descent"] + peers}
        for _ in range(options.rounds):
            for program in programs.values():
                program.run()
        own = programs["descent"].time
        times = {name: programs[name].time for name in peers if own and programs[name].time}
        for name, time in times.items():
            ratios[name].append(time / own)
        fastest = min(times.values()) / own if times else None
        if fastest:
            ratios["fastest"].append(fastest)
        print(row([workload, text(own)] + [text(programs[name].time) for name in peers]
                  + [f"{fastest:.2f}" if fastest else "–"]), flush=True)
        memories.append(row([workload] + [text(programs[name].memory) for name in ["descent"] + peers]))
        notes += [note for program in programs.values() for note in program.notes]
    means = [geometric_mean(ratios[name]) for name in peers + ["fastest"]]
    print(row(["geometric mean of the ratios", "1"] + [f"{mean:.2f}" if mean else "–" for mean in means]))
    print("\nPeak resident memory of the whole process, MB.\n")
    print(row(["workload", "Descent"] + peers))
    print("|" + "---|" * (len(peers) + 2))
    print("\n".join(memories))
    if notes:
        print("\n" + "\n".join(f"- {note}" for note in dict.fromkeys(notes)))


if __name__ == "__main__":
    main()
