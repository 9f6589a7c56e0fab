"""What Documentation/Methods.md says under "What the methods deliver", measured again.

usage: claims.py PATH_TO_DESCENT [question…]     questions: faster over-fitting deep batches
Each question is one or more runs of `descent compare`; the tables are Markdown. A difference is called supported where
descent claims it (see `descent compare --help`). A quarter of an hour in all.
"""
import json, subprocess, sys

DESCENT = sys.argv[1]


def compare(*arguments):
    command = [DESCENT, "compare", *arguments, "--json", "--quiet"]
    print("`descent " + " ".join(command[1:-2]) + "`\n")
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def percent(value):
    return f"{100 * value:.1f} %"


def ranking(result):
    """The scores over all tasks."""
    rows = []
    for entry in result["ranking"]:
        low, high = entry.get("interval95") or (float("nan"),) * 2
        verdict = entry["comparedWithBest"]["verdict"]
        misses = f"{entry['misses']}/{entry['runs']}"
        rows.append([entry["title"], f"{entry['score']:.2f} [{low:.2f}, {high:.2f}]", str(entry["solved"]), misses, verdict])
    table(["method", "score [95 %]", "tasks solved", "runs that missed", "against the best"], rows)
    print(result["headline"] + "\n")


def faster():
    """Element-wise rates train faster."""
    methods = "sgd,momentum,nesterov,geo,rprop,adagrad,rmsprop,adam,adamw,lion"
    result = compare("--tasks", "all", "--methods", methods, "--tune", "8")
    ranking(result)
    titles = [entry["title"] for entry in result["ranking"]]
    rows = []
    for task in result["tasks"]:
        ratios = {m["title"]: m.get("ratio") for m in task["methods"]}
        rows.append([task["name"]] + ["missed" if ratios.get(t) is None else f"{ratios[t]:.2f}" for t in titles])
    table(["gradients to the target, over the least"] + titles, rows)


def over_fitting():
    """They reduce over-fitting: few examples, a wide network, trained until the training loss is gone."""
    result = compare(
        "digits", "--test", "0.8", "--hidden", "256", "--epochs", "150", "--seeds", "10",
        "--methods", "sgd,momentum,geo,adagrad,rmsprop,adam,adamw,lion")
    rows = []
    for m in result["methods"]:
        spread = m["testAccuracy"]
        best = [max(a for a in seed["curve"]["testAccuracy"] if a is not None) for seed in m["seeds"]]
        rows.append([m["title"], f"{m['finalLoss']:.2g}", f"{percent(spread['mean'])} ± {100 * spread['std']:.1f}",
            percent(sum(best) / len(best)), m["comparedWithBest"]["verdict"]])
    table(["method", "training loss at the end", "test accuracy at the end", "its best on the way", "against the best"], rows)
    print(result["headline"] + "\n")


def deep():
    """Normalized steps survive vanishing and exploding gradients."""
    for activation, depths in [("tanh", [10, 40]), ("sigmoid", [2, 4, 6]), ("silu", [20])]:
        rows = {}
        for depth in depths:
            result = compare(
                "digits", "--hidden", ",".join(["32"] * depth), "--activation", activation, "--epochs", "30", "--target", "0.85",
                "--tune", "8", "--methods", "sgd,momentum,normalized,normalized-tensor,adam")
            for m in result["tasks"][0]["methods"]:
                mark = {"best": "", "difference shown": " ▾"}.get(m["comparedWithBest"]["verdict"], " ≈")
                text = "diverged" if m.get("mean") is None else f"{percent(m['mean'])} ± {100 * m['std']:.1f}"
                rows.setdefault(m["title"], []).append(f"{text}, {m['reached']}/{m['runs']}{mark}")
        table([f"{activation}: layers of 32"] + [str(d) for d in depths], [[title] + cells for title, cells in rows.items()])


def batches():
    """Mini-batches beat full batches in time."""
    for batch, epochs in [("8", "60"), ("32", "60"), ("128", "60"), ("32", "1000")]:
        result = compare(
            "digits", "--by", "time", "--methods", "gd,sgd,momentum,adam", "--batch", batch, "--epochs", epochs, "--tune", "8")
        rows = []
        for m in result["tasks"][0]["methods"]:
            cost = m.get("cost")
            rows.append([m["title"], "missed" if cost is None else f"{1000 * cost:.1f}", f"{m['reached']}/{m['runs']}", percent(m["mean"])])
        table([f"batch {batch}, {epochs} epochs", "ms of training to 97 %", "runs that reached it", "test accuracy at the end"], rows)
        print(result["headline"] + "\n")


questions = {"faster": faster, "over-fitting": over_fitting, "deep": deep, "batches": batches}
for name in sys.argv[2:] or questions:
    if name not in questions:
        sys.exit(f"unknown question '{name}'; there are {', '.join(questions)}")
    print(f"### {questions[name].__doc__}\n")
    questions[name]()
