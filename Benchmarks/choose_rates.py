"""How the learning rates in MethodTable were chosen: for each method the rate with the best mean validation loss.

usage: choose_rates.py PATH_TO_DESCENT [method…]
Digits, 30 epochs, batch 32; the validation part is a tenth of the data. The seeds (100-102) are not those that
`descent compare` uses, and the test part is not looked at. All methods that have a rate take about ten minutes.
"""
import json, math, subprocess, sys

descent = sys.argv[1]
seeds = ["100", "101", "102"]
GRID = [m * 10.0**e for e in range(-4, 1) for m in (1, 2, 5)] + [10.0]
table = json.loads(subprocess.run([descent, "optimizers", "--json"], capture_output=True, text=True, check=True).stdout)
# L-BFGS finds the length of its steps itself.
methods = sys.argv[2:] or [m["name"] for m in table if m["name"] != "lbfgs"]

for method in methods:
    scores = []
    for rate in GRID:
        losses = []
        for seed in seeds:
            command = [descent, "train", "digits", "--optimizer", method, "--learning-rate", str(rate), "--validation", "0.1", "--seed", seed, "--json", "--quiet"]
            run = subprocess.run(command, capture_output=True, text=True)
            result = json.loads(run.stdout)
            loss = (result.get("validation") or {}).get("loss")
            losses.append(loss if run.returncode == 0 and loss is not None else math.inf)
        scores.append((sum(losses) / len(losses), rate))
    scores.sort()
    print(f"{method:20} " + "  ".join(f"{rate:g}: {loss:.4f}" for loss, rate in scores[:4]), flush=True)
