/// The power function of Float vectors, computed in Double.
extension VectorMathBuilder {
  /// x^y = 2^(y log2 |x|), with the sign and the domain of IEEE 754's `pow`.
  ///
  /// The logarithm is needed to 2^-32 at magnitudes up to 150, far beyond Float; in Double its plain polynomial
  /// suffices, and the last conversion to Float rounds, overflows and underflows as it should.
  mutating func power(_ x: Value, _ y: Value) -> Value {
    let one = constant(1 as Float)
    let infinity = constant(Float.infinity)
    let magnitude = absolute(x)
    let exponent = multiply(convert("fpext", y, to: .f64), binaryLogarithm(magnitude))
    // The exponent 0 · infinity of a magnitude of 1 means 1.
    let unit = compare("oeq", magnitude, one)
    let result = binaryExponential(select(unit, constant(0 as Double), exponent))

    // An odd integer y passes the sign of x on. Halves of odd integers have a fraction; floats above 2^24 are even.
    let half = multiply(y, constant(0.5 as Float))
    let isInteger = compare("oeq", call("trunc", [y]), y)
    let isOdd = and(isInteger, compare("one", call("trunc", [half]), half))
    let signBit = and(bits(x), constant(Int32.min))
    let sign = select(isOdd, signBit, constant(0 as Int32))
    let signed = float(bits: xor(bits(result), sign))

    // A finite negative x has no real power to a fractional (or NaN) y.
    let negative = and(compare("olt", x, constant(0 as Float)), compare("olt", magnitude, infinity))
    let inDomain = select(negative, select(isInteger, signed, constant(Float.nan)), signed)
    // Even NaN to the power 0 is 1, and 1 to the power NaN.
    let isOne = or(compare("oeq", y, constant(0 as Float)), compare("oeq", x, one))
    return select(isOne, one, inDomain)
  }

  /// log2 a of Floats a ≥ 0, in Double: a = 2^e (1 + f) with |f| ≤ 1/3, and f times a polynomial. Relative error 2^-38.
  private mutating func binaryLogarithm(_ a: Value) -> Value {
    let coefficients: [Double] = [
      1.4426950408925705, -0.7213475204690906, 0.4808983438071095, -0.36067375190808476, 0.28853945790351687,
      -0.24044998125835695, 0.2060753540577741, -0.18030249933336884, 0.1609019586582986, -0.1450139624361894,
      0.1234770980115459, -0.11172829738319513, 0.15779858299833083, -0.15057402050009197,
    ]
    // Denormal Floats are normal Doubles. The bits of 2/3 split off the exponent, as in ``logarithm(_:)``.
    let wide = convert("fpext", a, to: .f64)
    let number = bits(wide)
    let offset = subtract(number, constant(0x3FE5_5555_5555_5555 as Int64))
    let field = and(offset, constant(Int64(bitPattern: 0xFFF0_0000_0000_0000)))
    let f = subtract(float(bits: subtract(number, field)), constant(1 as Double))
    // e as a Double: the upper half holds all of it and converts faster, on most machines, than 64 bits do.
    let upper = convert("trunc", shiftRight(field, by: 32), to: .i32)
    let e = multiply(convert("sitofp", upper, to: .f64), constant(0x1p-20 as Double))
    let result = fma(f, polynomial(coefficients, f), e)

    let finite = select(compare("olt", wide, constant(Double.infinity)), result, wide)
    return select(compare("oeq", wide, constant(0 as Double)), constant(-Double.infinity), finite)
  }

  /// 2^t as a Float, of a Double t that may be infinite or NaN. Relative error 2^-34 before the last rounding.
  private mutating func binaryExponential(_ t: Value) -> Value {
    let coefficients: [Double] = [
      0.6931471807045325, 0.2402265106656121, 0.055504103659927556, 0.009618038132040414, 0.0013333935054304523,
      0.00015466756320549894, 1.5196156906975714e-05,
    ]
    // A Float has no room for 2^±200; 1.5 · 2^52 rounds to an integer in the low bits.
    let bounded = atLeast(constant(-200 as Double), atMost(constant(200 as Double), t))
    let shift = constant(0x1.8p52 as Double)
    let shifted = add(bounded, shift)
    let r = subtract(bounded, subtract(shifted, shift))
    let mantissa = fma(r, polynomial(coefficients, r), constant(1 as Double))
    let scale = float(bits: add(shiftLeft(bits(shifted), by: 52), constant(0x3FF0_0000_0000_0000 as Int64)))
    return convert("fptrunc", multiply(mantissa, scale), to: .f32)
  }
}
