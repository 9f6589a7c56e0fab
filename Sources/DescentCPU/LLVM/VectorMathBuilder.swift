/// Writes the body of one vector function, an instruction at a time.
///
/// Every method appends one instruction (or a few) and returns the value that it defines. No instruction carries a
/// fast-math flag: the algorithms depend on each rounding.
struct VectorMathBuilder {
  /// The type of one lane.
  enum Lane: String, Sendable {
    case f32 = "float"
    case f64 = "double"
    case i1, i32, i64

    /// The lane's part of an intrinsic's name.
    var suffix: String {
      switch self {
      case .f32: "f32"
      case .f64: "f64"
      case .i1, .i32, .i64: rawValue
      }
    }
  }

  /// An operand: a register such as `%7`, or a constant's text.
  struct Value: Sendable {
    let name: String
    let lane: Lane
  }

  let width: Int
  /// What the function needs besides itself.
  private(set) var code = VectorMathCode()
  private var lines: [String] = []
  private var count = 0

  init(width: Int) {
    self.width = width
  }

  // MARK: - Text

  /// The vector type of `lane`: `<16 x float>`, or `float` when the width is 1.
  func type(_ lane: Lane) -> String {
    width == 1 ? lane.rawValue : "<\(width) x \(lane.rawValue)>"
  }

  /// The name of an intrinsic for the vector type of `lane`: `@llvm.fma.v16f32`.
  func intrinsic(_ name: String, _ lane: Lane) -> String {
    "@llvm.\(name).\(width == 1 ? "" : "v\(width)")\(lane.suffix)"
  }

  /// Appends a line that defines no value.
  mutating func line(_ text: String) {
    lines.append(text)
  }

  /// Appends an instruction and names its result.
  mutating func define(_ lane: Lane, _ instruction: String) -> Value {
    count += 1
    let value = Value(name: "%v\(count)", lane: lane)
    lines.append("  \(value.name) = \(instruction)")
    return value
  }

  mutating func declare(_ line: String) {
    code.declarations.insert(line)
  }

  mutating func include(_ other: VectorMathCode) {
    code.merge(other)
  }

  /// The finished function as one definition, with the declarations and helpers gathered on the way.
  func finish(symbol: String, parameters: [Value], result: Value) -> VectorMathCode {
    let list = parameters.map { "\(type($0.lane)) \($0.name)" }.joined(separator: ", ")
    let head = "define internal \(type(result.lane)) \(symbol)(\(list)) alwaysinline nounwind {"
    let body = ["entry:"] + lines + ["  ret \(type(result.lane)) \(result.name)", "}"]
    var finished = code
    finished.definitions[symbol] = ([head] + body).joined(separator: "\n")
    return finished
  }

  // MARK: - Constants

  func constant(_ value: Float) -> Value {
    splat(hexadecimal(Double(value)), .f32)
  }

  func constant(_ value: Double) -> Value {
    splat(hexadecimal(value), .f64)
  }

  func constant(_ value: Int32) -> Value {
    splat(String(value), .i32)
  }

  func constant(_ value: Int64) -> Value {
    splat(String(value), .i64)
  }

  /// LLVM reads a constant of either type as the bits of a double, which is exact.
  private func hexadecimal(_ value: Double) -> String {
    let digits = String(value.bitPattern, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// One scalar in all lanes. A constant expression, because `splat (float 1.0)` is newer than LLVM 15.
  private func splat(_ scalar: String, _ lane: Lane) -> Value {
    guard width > 1 else { return Value(name: scalar, lane: lane) }
    let vector = type(lane)
    let first = "insertelement (\(vector) poison, \(lane.rawValue) \(scalar), i32 0)"
    return Value(
      name: "shufflevector (\(vector) \(first), \(vector) poison, <\(width) x i32> zeroinitializer)", lane: lane)
  }

  // MARK: - Instructions

  private mutating func binary(_ operation: String, _ a: Value, _ b: Value) -> Value {
    precondition(a.lane == b.lane, "\(operation) of \(a.lane) and \(b.lane)")
    return define(a.lane, "\(operation) \(type(a.lane)) \(a.name), \(b.name)")
  }

  private func isInteger(_ value: Value) -> Bool {
    value.lane != .f32 && value.lane != .f64
  }

  /// `a + b`, of floating-point numbers or of integers that wrap around.
  mutating func add(_ a: Value, _ b: Value) -> Value { binary(isInteger(a) ? "add" : "fadd", a, b) }
  /// `a - b`, of floating-point numbers or of integers that wrap around.
  mutating func subtract(_ a: Value, _ b: Value) -> Value { binary(isInteger(a) ? "sub" : "fsub", a, b) }
  mutating func multiply(_ a: Value, _ b: Value) -> Value { binary("fmul", a, b) }
  mutating func divide(_ a: Value, _ b: Value) -> Value { binary("fdiv", a, b) }
  mutating func and(_ a: Value, _ b: Value) -> Value { binary("and", a, b) }
  mutating func or(_ a: Value, _ b: Value) -> Value { binary("or", a, b) }
  mutating func xor(_ a: Value, _ b: Value) -> Value { binary("xor", a, b) }

  mutating func shiftLeft(_ a: Value, by bits: Int) -> Value { binary("shl", a, integer(bits, a.lane)) }
  /// Fills with zeros.
  mutating func shiftRight(_ a: Value, by bits: Int) -> Value { binary("lshr", a, integer(bits, a.lane)) }

  private func integer(_ value: Int, _ lane: Lane) -> Value {
    lane == .i64 ? constant(Int64(value)) : constant(Int32(value))
  }

  /// `a b + c` rounded once.
  mutating func fma(_ a: Value, _ b: Value, _ c: Value) -> Value { call("fma", [a, b, c]) }

  /// An intrinsic whose operands and result have one type.
  mutating func call(_ name: String, _ arguments: [Value]) -> Value {
    let vector = type(arguments[0].lane)
    let symbol = intrinsic(name, arguments[0].lane)
    let types = arguments.map { _ in vector }.joined(separator: ", ")
    declare("declare \(vector) \(symbol)(\(types))")
    let list = arguments.map { "\(vector) \($0.name)" }.joined(separator: ", ")
    return define(arguments[0].lane, "call \(vector) \(symbol)(\(list))")
  }

  mutating func absolute(_ a: Value) -> Value { call("fabs", [a]) }
  mutating func negate(_ a: Value) -> Value { define(a.lane, "fneg \(type(a.lane)) \(a.name)") }

  /// A lane-wise predicate such as `olt`, false when an operand is NaN; for integers `eq`, `slt`, `ult`, and so on.
  mutating func compare(_ predicate: String, _ a: Value, _ b: Value) -> Value {
    define(.i1, "\(isInteger(a) ? "icmp" : "fcmp") \(predicate) \(type(a.lane)) \(a.name), \(b.name)")
  }

  mutating func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
    precondition(a.lane == b.lane, "select of \(a.lane) and \(b.lane)")
    return define(
      a.lane, "select \(type(.i1)) \(condition.name), \(type(a.lane)) \(a.name), \(type(b.lane)) \(b.name)")
  }

  /// The smaller of `a` and a bound; a NaN in `a` stays.
  mutating func atMost(_ bound: Value, _ a: Value) -> Value {
    select(compare(isInteger(a) ? "sgt" : "ogt", a, bound), bound, a)
  }

  /// The larger of `a` and a bound; a NaN in `a` stays.
  mutating func atLeast(_ bound: Value, _ a: Value) -> Value {
    select(compare(isInteger(a) ? "slt" : "olt", a, bound), bound, a)
  }

  /// A conversion instruction: `bitcast`, `sitofp`, `fpext`, `fptrunc`, …
  mutating func convert(_ operation: String, _ a: Value, to lane: Lane) -> Value {
    define(lane, "\(operation) \(type(a.lane)) \(a.name) to \(type(lane))")
  }

  mutating func bits(_ a: Value) -> Value { convert("bitcast", a, to: a.lane == .f64 ? .i64 : .i32) }
  mutating func float(bits a: Value) -> Value { convert("bitcast", a, to: a.lane == .i64 ? .f64 : .f32) }

  // MARK: - Polynomials

  /// `c[0] + c[1] x + c[2] x^2 + …` by Horner's rule.
  mutating func polynomial(_ coefficients: [Float], _ x: Value) -> Value {
    coefficients.dropLast().reversed().reduce(constant(coefficients[coefficients.count - 1])) {
      fma($0, x, constant($1))
    }
  }

  /// `c[0] + c[1] x + c[2] x^2 + …` as an even and an odd half, which the processor can work on side by side: Double
  /// polynomials are long, and the order of their roundings does not show in a Float.
  mutating func polynomial(_ coefficients: [Double], _ x: Value) -> Value {
    let square = multiply(x, x)
    func half(_ parity: Int) -> Value {
      let terms = stride(from: parity, to: coefficients.count, by: 2).map { constant(coefficients[$0]) }
      return terms.dropLast().reversed().reduce(terms[terms.count - 1]) { fma($0, square, $1) }
    }
    let odd = half(1)
    return fma(odd, x, half(0))
  }
}
