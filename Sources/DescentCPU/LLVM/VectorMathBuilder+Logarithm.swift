/// log and log1p of Float vectors.
extension VectorMathBuilder {
  /// The bits of 2/3: numbers are written 2^e m with m in [2/3, 4/3), so that e = 0 around 1.
  private var smallestMantissa: Value { constant(0x3F2A_AAAB as Int32) }

  /// The exponent field of e, in place, of positive normal numbers 2^e m given by their bits.
  private mutating func exponentField(_ bits: Value) -> Value {
    and(subtract(bits, smallestMantissa), constant(Int32(bitPattern: 0xFF80_0000)))
  }

  /// f^2 q(f) of ln(1 + f) = f + f^2 q(f), |f| ≤ 1/3, as its two factors.
  private mutating func logarithmTail(_ f: Value) -> (square: Value, factor: Value) {
    let coefficients: [Float] = [
      -0.5, 0.333332151, -0.249998048, 0.200104356, -0.166802213, 0.140055418, -0.121874548, 0.139856085,
      -0.128792763,
    ]
    return (multiply(f, f), polynomial(coefficients, f))
  }

  /// e ln 2 plus the logarithm of the mantissa.
  private mutating func addExponent(_ exponent: Value, _ mantissa: Value) -> Value {
    fma(exponent, constant(0.6931471806 as Float), mantissa)
  }

  /// ln x; -infinity of ±0, NaN of negative numbers.
  mutating func logarithm(_ x: Value) -> Value {
    let zero = constant(0 as Float)
    let denormal = compare("olt", x, constant(Float.leastNormalMagnitude))
    let scaled = bits(select(denormal, multiply(x, constant(0x1p23 as Float)), x))
    let field = exponentField(scaled)
    let offset = select(denormal, constant(-23 as Float), zero)
    let exponent = fma(convert("sitofp", field, to: .f32), constant(0x1p-23 as Float), offset)
    let f = subtract(float(bits: subtract(scaled, field)), constant(1 as Float))
    let tail = logarithmTail(f)
    let result = addExponent(exponent, fma(tail.square, tail.factor, f))
    // Zero and all negative bit patterns wrap around to large unsigned numbers, above the finite positive ones.
    let ordinary = compare("ult", subtract(bits(x), constant(1 as Int32)), constant(0x7F7F_FFFF as Int32))
    return select(ordinary, result, logarithmOfSpecial(x, shifted: x))
  }

  /// The logarithm of a `shifted` argument that is 0, negative, infinite or NaN; `x` is infinite where it is.
  private mutating func logarithmOfSpecial(_ x: Value, shifted: Value) -> Value {
    let zero = constant(0 as Float)
    let positive = select(compare("ogt", shifted, zero), x, constant(Float.nan))
    return select(compare("oeq", shifted, zero), constant(-Float.infinity), positive)
  }

  /// ln(1 + x); -infinity of -1, NaN below.
  ///
  /// The exponent e comes from the rounded 1 + x, but the fraction f = 2^-e x + (2^-e - 1) from x itself.
  mutating func logarithmOfOnePlus(_ x: Value) -> Value {
    let one = constant(1 as Float)
    let sum = add(x, one)
    let field = exponentField(bits(sum))
    // Where e is not 0, |x| ≥ 1/3 is a normal number and subtracting e from its exponent field scales it.
    let scaled = float(bits: subtract(bits(x), field))
    // 4 · 2^-e rather than 2^-e, which is denormal for the largest e.
    let inverse = float(bits: subtract(constant(0x4080_0000 as Int32), field))
    let offset = fma(inverse, constant(0.25 as Float), constant(-1 as Float))
    let f = add(scaled, offset)
    // The sum is not exact for e = 1 and a small x; where the difference below is not 0 it is what rounding lost.
    let lost = subtract(scaled, subtract(f, offset))
    let exponent = multiply(convert("sitofp", field, to: .f32), constant(0x1p-23 as Float))
    let tail = logarithmTail(f)
    let result = addExponent(exponent, add(fma(tail.square, tail.factor, lost), f))

    let inside = and(
      compare("ogt", sum, constant(0 as Float)), compare("olt", sum, constant(Float.infinity)))
    let all = select(inside, result, logarithmOfSpecial(x, shifted: sum))
    // -0 would lose its sign.
    return select(compare("oeq", x, constant(0 as Float)), x, all)
  }
}
