#!/usr/bin/env python3
"""Fits the polynomials of VectorMath*.swift and prints them as Swift array literals, lowest order first.

Method: the weighted minimax problem  min max |w(x) (f(x) - p(x))|, where w turns the error of p into the relative error
of the whole function, by Lawson's iteration: least squares on Chebyshev points, each point's importance multiplied by
its error until the errors level out. The coefficients of a Float polynomial are rounded one at a time, lowest order
first, and the free ones fitted again, so that the rounding of an early coefficient is absorbed by the later ones.

Needs mpmath and numpy. Run:  python3 fit-polynomials.py
"""
import struct
import numpy as np
from mpmath import mp, mpf, cos, sin, exp, expm1, log, log1p, tanh, erf, erfc, sqrt, pi

mp.prec = 300


def to_float(value):
    return mpf(struct.unpack("f", struct.pack("f", float(value)))[0])


def to_double(value):
    return mpf(float(value))


def minimax(target, weight, x, first, degree):
    """Coefficients of the orders first ... degree; `target`, `weight` and `x` are sampled on one grid."""
    scale = np.max(np.abs(x))
    basis = (weight * np.array([(x / scale) ** k for k in range(first, degree + 1)])).T
    importance = np.ones(len(x)) / len(x)
    best, best_error = None, np.inf
    for _ in range(300):
        root = np.sqrt(importance)
        c = np.linalg.lstsq(basis * root[:, None], weight * target * root, rcond=None)[0]
        error = np.abs(basis @ c - weight * target)
        if error.max() < best_error:
            best, best_error = c, error.max()
        importance *= error / error.max() + 1e-3
        importance /= importance.sum()
    return best / scale ** np.arange(first, degree + 1)


def fit(name, f, w, lo, hi, degree, rounding=to_float, points=801):
    lo, hi = mpf(lo), mpf(hi)
    grid = [(lo + hi) / 2 - (hi - lo) / 2 * cos(pi * (k + mpf("0.5")) / points) for k in range(points)]
    exact, weights = [f(x) for x in grid], [abs(w(x)) for x in grid]
    x, weight = np.array(grid, dtype=float), np.array(weights, dtype=float)
    fixed = []
    while len(fixed) <= degree:
        rest = [y - sum(c * t**k for k, c in enumerate(fixed)) for t, y in zip(grid, exact)]
        free = minimax(np.array(rest, dtype=float), weight, x, len(fixed), degree)
        fixed += [rounding(c) for c in (free[:1] if rounding is to_float else free)]
    error = max(v * abs(y - sum(c * t**k for k, c in enumerate(fixed))) for t, y, v in zip(grid, exact, weights))
    bits = float(log(error) / log(2))
    print(f"{name}: degree {degree}, error 2^{bits:.2f}")
    show = (lambda c: f"{float(c):.9g}") if rounding is to_float else (lambda c: repr(float(c)))
    print("  [" + ", ".join(show(c) for c in fixed) + "]")


def series(exact, taylor, radius=mpf(2) ** -20):
    """`exact` away from zero, the first Taylor terms where it would cancel."""
    return lambda x: exact(x) if abs(x) > radius else sum(c * x**k for k, c in enumerate(taylor))


def split(name, value, parts, rounding=to_float):
    """`value` as a sum of `parts` rounded numbers (Cody and Waite)."""
    found, rest = [], value
    for _ in range(parts):
        found.append(rounding(rest))
        rest -= found[-1]
    print(f"{name}: " + ", ".join(repr(float(v)) for v in found))


half_ln2 = log(2) / 2 * mpf("1.001")
quarter = (pi / 4 * mpf("1.0005")) ** 2  # r^2
tanh_edge, erf_edge = mpf("0.625"), mpf("0.925")

split("ln 2", log(mpf(2)), 2)
split("pi / 2", pi / 2, 3)
words = [int(2 / pi * mpf(2) ** 230) >> 64 * k & 2**64 - 1 for k in range(4)]
print("2^230 2 / pi: " + ", ".join(f"0x{w:016X}" for w in words))
fit("exp(r) = 1 + r + r^2 q(r)", series(lambda r: (exp(r) - 1 - r) / r**2, [mpf(1) / 2, mpf(1) / 6]),
    lambda r: r**2 / exp(r), -half_ln2, half_ln2, 4)
fit("log(1+f) = f + f^2 q(f)", series(lambda f: (log1p(f) - f) / f**2, [-mpf(1) / 2, mpf(1) / 3]),
    lambda f: f**2 / log1p(f) if f != 0 else mpf(0), -mpf(1) / 3, mpf(1) / 3, 8)
fit("sin(r) = r + r^3 q(r^2)", series(lambda z: (sin(sqrt(z)) - sqrt(z)) / sqrt(z) ** 3, [-mpf(1) / 6, mpf(1) / 120]),
    lambda z: z, 0, quarter, 3)
fit("cos(r) = 1 + r^2 q(r^2)", series(lambda z: (cos(sqrt(z)) - 1) / z, [-mpf(1) / 2, mpf(1) / 24]),
    lambda z: z / cos(sqrt(z)), 0, quarter, 3)
fit("tanh(x) = x + x^3 q(x^2)",
    series(lambda z: (tanh(sqrt(z)) - sqrt(z)) / sqrt(z) ** 3, [-mpf(1) / 3, mpf(2) / 15]),
    lambda z: z * sqrt(z) / tanh(sqrt(z)) if z != 0 else mpf(0), 0, tanh_edge**2, 4)
fit("erf(x) = x + x q(x^2)",
    series(lambda z: erf(sqrt(z)) / sqrt(z) - 1, [2 / sqrt(pi) - 1, -2 / sqrt(pi) / 3]),
    lambda z: sqrt(z) / erf(sqrt(z)) if z != 0 else sqrt(pi) / 2, 0, erf_edge**2, 6)
fit("erf(t) = 1 - exp(-t - t q(t))", lambda t: -log(erfc(t)) / t - 1,
    lambda t: t * erfc(t) / erf(t), erf_edge - mpf("0.01"), mpf("3.95"), 7)
fit("log2(1+f) = f q(f)", series(lambda f: log1p(f) / f / log(2), [1 / log(mpf(2)), -1 / log(mpf(2)) / 2]),
    lambda f: f / log1p(f) if f != 0 else mpf(1), -mpf(1) / 3, mpf(1) / 3, 13, to_double)
fit("2^r = 1 + r q(r)", series(lambda r: expm1(r * log(2)) / r, [log(mpf(2)), log(mpf(2)) ** 2 / 2]),
    lambda r: r / mpf(2) ** r, -mpf(1) / 2, mpf(1) / 2, 6, to_double)
