"""What an optimizer's update alone takes, Descent's methods beside PyTorch's; prints a Markdown table.

usage: updates.py PATH_TO_DESCENT [--rounds 2] [--seconds 0.3] [--elements 25000000] [METHOD…]

The parameters are one float32 tensor whose gradient is given; for PyTorch also 100 tensors, since it has a form that takes
many tensors at once (`foreach=True`). Its other forms are the plain one (`foreach=False`) and, for some optimizers, one
written for the purpose (`fused=True`). Methods take turns: each round measures Descent on a method, in a process of its own,
and right after it all forms of PyTorch's optimizer. A figure is the median over rounds of each round's median.
"""
import argparse, inspect, json, os, platform, statistics, subprocess

from measure_peer import measured
from side_by_side import row, text

# Descent's method: PyTorch's optimizer of the same formula and the same state.
OPTIMIZERS = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", dict(momentum=0.9)),
    "momentum-dampened": ("SGD", dict(momentum=0.9, dampening=0.5)),
    "nesterov": ("SGD", dict(momentum=0.9, nesterov=True)),
    "asgd": ("ASGD", {}),
    "rprop": ("Rprop", {}),
    "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop-centered": ("RMSprop", dict(centered=True)),
    "rmsprop-momentum": ("RMSprop", dict(momentum=0.9)),
    "adam": ("Adam", {}),
    "adamw": ("AdamW", {}),
    "amsgrad": ("Adam", dict(amsgrad=True)),
    "adamax": ("Adamax", {}),
    "nadam": ("NAdam", {}),
    "nadamw": ("NAdam", dict(weight_decay=0.01, decoupled_weight_decay=True)),
    "radam": ("RAdam", {}),
}
FORMS = {"single": dict(foreach=False), "foreach": dict(foreach=True), "fused": dict(fused=True)}
TENSORS = [1, 100]
LIMIT = 1  # second; a step that takes longer is measured once


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("descent")
    parser.add_argument("methods", nargs="*")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--elements", type=int, default=25_000_000)
    return parser.parse_intermixed_args()


def descent(options, methods, elements, seconds):
    """The document of `descent bench --updates`."""
    command = [options.descent, "bench", "--updates", "--json", "--quiet", "--elements", str(elements)]
    run = subprocess.run(command + ["--seconds", str(seconds)] + methods, capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"{' '.join(run.args)} failed: {run.stderr.strip()}")
    return json.loads(run.stdout)


class Peer:
    """PyTorch's optimizers on the same elements, cut into a number of tensors."""

    def __init__(self, elements):
        import torch

        self.torch, self.elements = torch, elements
        self.tensors = {}
        for count in TENSORS:
            self.tensors[count] = [torch.nn.Parameter(part) for part in torch.randn(elements).chunk(count)]
            for parameter in self.tensors[count]:
                parameter.grad = torch.randn(parameter.shape)

    def milliseconds(self, method, form, count, seconds):
        """Of one update; None where PyTorch does not have that form."""
        name, settings = OPTIMIZERS[method]
        optimizer = getattr(self.torch.optim, name)
        if not set(FORMS[form]) <= set(inspect.signature(optimizer).parameters):
            return None
        if form != "fused" and "fused" in inspect.signature(optimizer).parameters:
            settings = dict(settings, fused=False)
        try:
            step = optimizer(self.tensors[count], lr=1e-5, **settings, **FORMS[form]).step
            return measured(step, seconds, LIMIT)[0]
        except (RuntimeError, ValueError):  # a form that this release does not have on the CPU
            return None


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def main():
    options = arguments()
    # Which methods there are, on a tensor that takes no time.
    small = descent(options, options.methods, 1000, 0.001)
    methods = [update["method"] for update in small["updates"]]
    peer = Peer(options.elements)
    print(f"{platform.machine()}, {os.cpu_count()} processors; PyTorch {peer.torch.__version__} with "
          f"{peer.torch.get_num_threads()} threads; {options.elements:,} elements; {options.rounds} rounds\n")
    print("Milliseconds per update; the ratio is PyTorch's fastest form's time over Descent's.\n")
    forms = [(form, count) for count in TENSORS for form in FORMS]
    print(row(["method", "B/element", "Descent", "of triad", "of axpy"]
              + [f"torch {form}" + (f", {count} tensors" if count > 1 else "") for form, count in forms] + ["ratio"]))
    print("|" + "---|" * (len(forms) + 6), flush=True)
    for method in methods:
        own, found = [], {form: [] for form in forms}
        for _ in range(options.rounds):
            own.append(descent(options, [method], options.elements, options.seconds)["updates"][0])
            if method in OPTIMIZERS:
                for form, count in forms:
                    found[form, count].append(peer.milliseconds(method, form, count, options.seconds))
        times = [median(found[form]) for form in forms]
        milliseconds = median([update["msPerStep"] for update in own])
        shares = [f"{100 * median([update[share] for update in own]):.0f} %" for share in ("shareOfTriad", "shareOfAxpy")]
        fastest = min((time for time in times if time is not None), default=None)
        print(row([method, f"{own[0]['leastBytes'] / options.elements:.0f}", text(milliseconds), *shares]
                  + [text(time) for time in times] + [f"{fastest / milliseconds:.2f}" if fastest else "–"]), flush=True)
    for method, reason in small["leftOut"].items():
        print(f"\n- {method} is left out: {reason}")


if __name__ == "__main__":
    main()
