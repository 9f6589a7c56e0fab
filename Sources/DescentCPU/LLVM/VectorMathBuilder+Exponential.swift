/// exp, expm1, tanh and the logistic sigmoid of Float vectors.
extension VectorMathBuilder {
  /// The parts of e^x = 2^n (1 + s), with |ln(1 + s)| ≤ ln(2) / 2.
  struct ExponentialParts {
    /// n as an integer plus ``VectorMathBuilder/roundingBias``.
    let biasedExponent: Value
    /// s = e^r - 1 of the reduced argument r; small, so that its rounding error is below that of 1 + s.
    let fraction: Value
  }

  /// The bits of 1.5 · 2^23. Adding that number to |t| < 2^22 leaves round(t) in the low bits of the sum.
  static var roundingBias: Int32 { 0x4B40_0000 }

  /// 1.5 · 2^23: adding and subtracting it rounds |t| < 2^22 to the nearest integer, ties to even.
  static var roundingShift: Float { 12_582_912 }

  /// Reduces `x` (|x| < 2^21, or NaN) by Cody and Waite: r = x - n ln 2 with ln 2 in two parts.
  mutating func exponentialParts(_ x: Value) -> ExponentialParts {
    let shift = constant(Self.roundingShift)
    let shifted = fma(x, constant(1.442695041 as Float), shift)
    let n = subtract(shifted, shift)
    let leading = fma(n, constant(-0.69314718246 as Float), x)
    let r = fma(n, constant(1.9046542121e-9 as Float), leading)
    let q = polynomial([0.49999994, 0.166665211, 0.0416682735, 0.00836868491, 0.00138201076] as [Float], r)
    return ExponentialParts(biasedExponent: bits(shifted), fraction: fma(multiply(r, r), q, r))
  }

  /// 2^n of an integer vector -127 < n < 128, which may carry multiples of 2^9 (a NaN's bits give some number).
  mutating func powerOfTwo(_ n: Value) -> Value {
    float(bits: add(shiftLeft(n, by: 23), constant(0x3F80_0000 as Int32)))
  }

  /// e^x.
  mutating func exponential(_ x: Value) -> Value {
    // Beyond these bounds the result is 0 or infinity; within them n fits two factors that are normal numbers.
    let parts = exponentialParts(atLeast(constant(-104 as Float), atMost(constant(89 as Float), x)))
    // The first product is exact, so a denormal result is rounded once. Halving the biased integer is harmless: all
    // that it adds to n / 2 is shifted out.
    let half = shiftRight(parts.biasedExponent, by: 1)
    let scale = powerOfTwo(half)
    let rest = powerOfTwo(subtract(parts.biasedExponent, half))
    return multiply(multiply(add(parts.fraction, constant(1 as Float)), scale), rest)
  }

  /// e^x - 1 = (2^n - 1) + 2^n s.
  mutating func exponentialMinusOne(_ x: Value) -> Value {
    let parts = exponentialParts(atLeast(constant(-20 as Float), atMost(constant(89 as Float), x)))
    // Half the result first: 2^128 is not a Float.
    let scale = powerOfTwo(subtract(parts.biasedExponent, constant(1 as Int32)))
    let half = fma(parts.fraction, scale, subtract(scale, constant(0.5 as Float)))
    // Halving loses a bit of a denormal, and -0 its sign; there e^x - 1 rounds to x.
    let tiny = compare("olt", absolute(x), constant(0x1p-25 as Float))
    return select(tiny, x, add(half, half))
  }

  /// 1 / (1 + e^-x).
  mutating func sigmoid(_ x: Value) -> Value {
    let one = constant(1 as Float)
    let z = atLeast(constant(-30 as Float), atMost(constant(104 as Float), negate(x)))
    let parts = exponentialParts(z)
    // Where e^z would overflow, part of the exponent waits until after the division.
    let n = subtract(parts.biasedExponent, constant(Self.roundingBias))
    let kept = atMost(constant(100 as Int32), n)
    let scale = powerOfTwo(kept)
    let leading = add(scale, one)
    let denominator = fma(scale, parts.fraction, leading)
    let quotient = divide(one, denominator)
    // The two roundings of the denominator and that of the quotient, given back to first order.
    let lostLeading = subtract(one, subtract(leading, scale))
    let lost = add(fma(scale, parts.fraction, subtract(leading, denominator)), lostLeading)
    let negative = negate(quotient)
    let residual = fma(negative, lost, fma(negative, denominator, one))
    let corrected = fma(residual, quotient, quotient)
    return multiply(corrected, powerOfTwo(subtract(kept, n)))
  }

  /// tanh |x| = 1 - 2 / (e^(2 |x|) + 1), and an odd polynomial near zero where that would cancel.
  mutating func hyperbolicTangent(_ x: Value) -> Value {
    let one = constant(1 as Float)
    let a = absolute(x)
    let square = multiply(a, a)
    let q = polynomial([-0.333332807, 0.133314058, -0.0537365153, 0.0206281673, -0.0056922962] as [Float], square)
    let near = fma(multiply(square, q), a, a)

    // tanh(10) rounds to 1.
    let bounded = atMost(constant(10 as Float), a)
    let parts = exponentialParts(add(bounded, bounded))
    let scale = powerOfTwo(parts.biasedExponent)
    // (2^n + 1) + 2^n s rounds once, as 2^n + 1 is exact where both matter.
    let denominator = fma(scale, parts.fraction, add(scale, one))
    let far = subtract(one, divide(constant(2 as Float), denominator))

    let result = select(compare("olt", a, constant(0.625 as Float)), near, far)
    return call("copysign", [result, x])
  }
}
