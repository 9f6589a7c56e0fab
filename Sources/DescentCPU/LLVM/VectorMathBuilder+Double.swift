/// Double vectors: the platform's mathematics library, lane by lane.
extension VectorMathBuilder {
  /// Calls `libm` for each lane of the Double vectors `arguments`.
  mutating func libraryCall(_ function: VectorMath, arguments: [Value]) -> Value {
    switch function {
    // LLVM knows these and breaks the vector up itself.
    case .exp, .log, .sin, .cos, .pow: call(function.rawValue, arguments)
    case .expm1, .log1p, .tanh, .erf: callPerLane(function.rawValue, arguments[0])
    case .sigmoid: doubleSigmoid(arguments[0])
    }
  }

  /// 1 / (1 + e^-x), as e^x / (1 + e^x) for negative x so that the exponential never overflows.
  private mutating func doubleSigmoid(_ x: Value) -> Value {
    let one = constant(1 as Double)
    let e = call("exp", [negate(absolute(x))])
    let numerator = select(compare("olt", x, constant(0 as Double)), e, one)
    return divide(numerator, add(e, one))
  }

  private mutating func callPerLane(_ name: String, _ x: Value) -> Value {
    declare("declare double @\(name)(double)")
    guard width > 1 else { return define(.f64, "call double @\(name)(double \(x.name))") }
    let vector = type(.f64)
    var result = Value(name: "poison", lane: .f64)
    for lane in 0..<width {
      let element = define(.f64, "extractelement \(vector) \(x.name), i32 \(lane)")
      let value = define(.f64, "call double @\(name)(double \(element.name))")
      result = define(.f64, "insertelement \(vector) \(result.name), double \(value.name), i32 \(lane)")
    }
    return result
  }
}
