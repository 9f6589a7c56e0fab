"""How a transformer's training step grows with width, depth, batch and sequence length; prints a Markdown table.

usage: scaling.py PATH_TO_DESCENT [--seconds 2] [--rounds 3]

Four sizes along each axis, the others as in gpt-tiny; the axes are measured in turn, each figure the median over rounds of
each run's median. The slope is that of the straight line through log(size) and log(time), by least squares: 1 is
proportional growth, 2 quadratic. Memory is what the plan takes: parameters, optimizer state, intermediate results.
"""
import argparse, json, math, statistics, subprocess

BASE = dict(width=128, depth=4, batch=12, context=64)
AXES = dict(width=[64, 128, 256, 512], depth=[2, 4, 8, 16], batch=[6, 12, 24, 48], context=[32, 64, 128, 256])
HEAD_WIDTH = 32


def measured(descent, sizes, seconds):
    options = [f"--{name}={value}" for name, value in sizes.items()] + [f"--heads={sizes['width'] // HEAD_WIDTH}"]
    command = [descent, "bench", "gpt-tiny", "--json", "--quiet", "--seconds", str(seconds)] + options
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def slope(sizes, values):
    return statistics.linear_regression([math.log(s) for s in sizes], [math.log(v) for v in values]).slope


def text(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("descent")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    base = ", ".join(f"{name} {value}" for name, value in BASE.items())
    print(f"Transformer of {base}, heads of width {HEAD_WIDTH}; one size changed at a time.\n")
    print("| changed | sizes | ms per step | slope | planned MB | slope |")
    print("|---|---|---|---|---|---|", flush=True)
    for axis, values in AXES.items():
        times, megabytes = {value: [] for value in values}, {}
        for _ in range(options.rounds):
            for value in values:
                result = measured(options.descent, BASE | {axis: value}, options.seconds)
                times[value].append(result["msPerStep"])
                megabytes[value] = result["plannedMemoryBytes"] / 1e6
        time = [statistics.median(times[value]) for value in values]
        memory = [megabytes[value] for value in values]
        cells = [axis, ", ".join(map(str, values)), ", ".join(map(text, time)), f"{slope(values, time):.2f}",
                 ", ".join(map(text, memory)), f"{slope(values, memory):.2f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
