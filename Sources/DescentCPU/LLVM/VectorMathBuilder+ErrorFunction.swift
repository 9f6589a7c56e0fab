/// erf of Float vectors.
extension VectorMathBuilder {
  /// The error function: 2/√π times the integral of e^(-t^2) from 0 to x.
  ///
  /// Near zero |x| + |x| q(x^2). Farther out 1 - e^(-g) with g = -ln erfc(|x|), a smooth function close to a parabola,
  /// as |x| + |x| q(|x|). The two meet at 0.925, where e^(-g) is small enough not to spread its error.
  mutating func errorFunction(_ x: Value) -> Value {
    let a = absolute(x)
    let nearCoefficients: [Float] = [
      0.128379166, -0.376126289, 0.112836257, -0.0268557277, 0.00519238133, -0.000804930518, 7.99380214e-05,
    ]
    let near = fma(polynomial(nearCoefficients, multiply(a, a)), a, a)

    // erf(3.95) rounds to 1.
    let t = atMost(constant(3.95 as Float), a)
    let farCoefficients: [Float] = [
      0.128549144, 0.635637283, 0.105239481, -0.0226497687, 0.00291517004, -4.41882148e-05, -4.66353304e-05,
      5.02427247e-06,
    ]
    let g = fma(polynomial(farCoefficients, t), t, t)
    // 1 - 2^n (1 + s) = (1 - 2^n) - 2^n s.
    let parts = exponentialParts(negate(g))
    let scale = powerOfTwo(parts.biasedExponent)
    let far = fma(negate(scale), parts.fraction, subtract(constant(1 as Float), scale))

    let result = select(compare("olt", a, constant(0.925 as Float)), near, far)
    return call("copysign", [result, x])
  }
}
