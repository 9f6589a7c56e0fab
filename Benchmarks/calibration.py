"""How often `descent compare` claims a difference where there is none, and where there is one.

usage: calibration.py PATH_TO_DESCENT [comparisons [first]]
comparisons: of each method with itself, in each row; 40 if left out. first: the first repetition, 1 if left out; others than
those that a change of the statistics was chosen by say whether it is right.
A method that is named twice is compared with itself: the same method with other draws of everything, judged and reported as
any two methods are. Each such claim is false. Rows with two methods say how often their difference is claimed instead.
Prints Markdown; a quarter of an hour on one core.
"""
import json, os, subprocess, sys

DESCENT = sys.argv[1]
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 40
FIRST = int(sys.argv[3]) if len(sys.argv) > 3 else 1
SIX = "quadratic,rosenbrock,logistic,autoencoder,digits-mlp,embeddings"

# Tasks, methods, what else, comparisons over COUNT.
ROWS = [
    ("quadratic", "sgd,sgd", [], 1),
    ("rosenbrock", "momentum,momentum", [], 1),
    ("logistic", "adam,adam", [], 1),
    ("logistic", "sgd,sgd", ["--search", "rate"], 1),
    ("logistic", "sgd,sgd", ["--tune", "0"], 1),
    ("quadratic,rosenbrock,logistic", "nesterov,nesterov", [], 1),
    ("quadratic,logistic", "rmsprop,rmsprop,rmsprop", [], 1),
    (SIX, "adamw,adamw", [], 0.5),
    (SIX, "sgd,sgd", [], 0.5),
    (SIX, "adamw,sgd", [], 0.25),
    (SIX, "nesterov,sgd", [], 0.25),
    ("logistic", "adamw,sgd", [], 0.25),
]


def compare(tasks, methods, options, repetition):
    command = [DESCENT, "compare", "--tasks", tasks, "--methods", methods, "--repetition", str(repetition), *options]
    environment = dict(os.environ, DESCENT_THREADS="1")
    result = subprocess.run([*command, "--json", "--quiet"], capture_output=True, text=True, check=True, env=environment)
    return json.loads(result.stdout)


def covers(entry):
    low, high = entry["comparedWithBest"].get("interval95") or (float("-inf"), float("inf"))
    return low <= 0 <= high


print("| tasks | methods | options | a lead claimed | … on a single task | intervals with 0 |\n|---|---|---|---|---|---|")
false, falseOnTask, same = 0, 0, 0
for tasks, methods, options, share in ROWS:
    isSame = len(set(methods.split(","))) == 1
    leads, single, within, intervals = {}, 0, 0, 0
    count = max(1, round(COUNT * share))
    for repetition in range(FIRST, FIRST + count):
        result = compare(tasks, methods, options, repetition)
        others = result["ranking"][1:]
        if any(e["comparedWithBest"]["verdict"] == "difference shown" for e in others):
            best = result["ranking"][0]["title"] if not isSame else ""
            leads[best] = leads.get(best, 0) + 1
        single += any(
            m["comparedWithBest"]["verdict"] == "difference shown" for t in result["tasks"] for m in t["methods"])
        # With two methods the best is either by chance; with more it is chosen, and its intervals are not about one pair.
        if len(others) == 1:
            within += covers(others[0])
            intervals += 1
    if isSame:
        false, falseOnTask, same = false + sum(leads.values()), falseOnTask + single, same + count
    named = ", ".join(f"{title} {n}".strip() for title, n in leads.items()) or "0"
    name = f"six ({tasks})" if tasks == SIX and isSame and methods.startswith("adamw") else "six" if tasks == SIX else tasks
    print(f"| {name} | {methods} | {' '.join(options)} | {named} of {count} | {single} | "
        f"{f'{within} of {intervals}' if intervals else '–'} |", flush=True)
print(
    f"\nEqual methods: a lead claimed in {false} of {same} comparisons, {100 * false / same:.1f} %; a difference of metrics on a "
    f"single task in {falseOnTask}, {100 * falseOnTask / same:.1f} %.")
