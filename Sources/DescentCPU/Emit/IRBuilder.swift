import DescentGraph

/// Writes LLVM IR as text: instructions with fresh names, and counted loops in SSA form.
///
/// A class, because the bodies of nested loops write to the same text.
final class IRBuilder {
  private(set) var body: [String] = []
  private(set) var declarations: Set<String> = []
  private(set) var functions = VectorMathCode()
  private var nextName = 0
  /// The block that instructions go to now; loops need to know where they were entered from.
  private(set) var block = "entry"

  func fresh(_ hint: String = "v") -> String {
    nextName += 1
    return "%\(hint)\(nextName)"
  }

  /// Emits `%name = instruction` and returns `%name`.
  func emit(_ instruction: String) -> String {
    let name = fresh()
    body.append("  \(name) = \(instruction)")
    return name
  }
  func line(_ text: String) { body.append("  " + text) }
  func declare(_ text: String) { declarations.insert("declare " + text) }
  func use(_ code: VectorMathCode) { functions.merge(code) }

  func begin(block label: String) {
    body.append("\(label):")
    block = label
  }
  func label(_ hint: String) -> String { String(fresh(hint).dropFirst()) }

  /// A value carried around a loop.
  struct Carried {
    var type: String
    var value: String
  }

  /// `for index in stride(from: low, to: high, by: step)`, carrying values around; gives their values at the end.
  func loop(
    from low: String, to high: String, step: Int, carrying initial: [Carried],
    _ body: (String, [String]) -> [String]
  ) -> [String] {
    loop(from: low, to: high, step: String(step), carrying: initial, body)
  }

  func loop(
    from low: String, to high: String, step: String, carrying initial: [Carried],
    _ body: (String, [String]) -> [String]
  ) -> [String] {
    let (header, inside, latch, exit) = (label("loop"), label("body"), label("latch"), label("exit"))
    let entry = block
    let index = fresh("i")
    let next = fresh("next")
    let carried = initial.map { _ in fresh("acc") }
    line("br label %\(header)")
    begin(block: header)
    line("\(index) = phi i64 [ \(low), %\(entry) ], [ \(next), %\(latch) ]")
    // Filled in below, when the values to carry are known.
    let firstPhi = self.body.count
    self.body += carried.map { _ in "" }
    let more = emit("icmp slt i64 \(index), \(high)")
    line("br i1 \(more), label %\(inside), label %\(exit)")
    begin(block: inside)
    let results = body(index, carried)
    line("br label %\(latch)")
    begin(block: latch)
    line("\(next) = add nsw i64 \(index), \(step)")
    line("br label %\(header)")
    for i in carried.indices {
      let type = initial[i].type
      self.body[firstPhi + i] =
        "  \(carried[i]) = phi \(type) [ \(initial[i].value), %\(entry) ], [ \(results[i]), %\(latch) ]"
    }
    begin(block: exit)
    return carried
  }

  /// Runs `body` when `condition` (an i1) holds, carrying values through it.
  func when(
    _ condition: String, carrying initial: [Carried], _ body: ([String]) -> [String]
  ) -> [String] {
    let (inside, exit) = (label("then"), label("join"))
    let entry = block
    line("br i1 \(condition), label %\(inside), label %\(exit)")
    begin(block: inside)
    let results = body(initial.map(\.value))
    let from = block
    line("br label %\(exit)")
    begin(block: exit)
    return zip(initial, results).map { start, end in
      emit("phi \(start.type) [ \(start.value), %\(entry) ], [ \(end), %\(from) ]")
    }
  }

  /// The finished module with one function `kernel(ptr args, i64 lo, i64 hi)`.
  func module() -> String {
    var code = functions
    code.declarations.formUnion(declarations)
    // Vectors as wide as the text says, also on processors where LLVM would rather use half.
    return code.text + """

      define void @kernel(ptr %args, i64 %lo, i64 %hi) #0 {
      entry:
      \(body.joined(separator: "\n"))
        ret void
      }
      attributes #0 = { nounwind "prefer-vector-width"="512" "min-legal-vector-width"="512" }

      """
  }
}

/// How a dtype appears in IR.
extension DType {
  /// The type of a value in a register; half-width floats are computed in float32.
  var registerType: String {
    switch self {
    case .bool: "i1"
    case .uint8: "i8"
    case .int32: "i32"
    case .int64: "i64"
    case .bfloat16, .float16, .float32: "float"
    case .float64: "double"
    }
  }
  /// The type of an element in memory.
  var memoryType: String {
    switch self {
    case .bool, .uint8: "i8"
    case .int32: "i32"
    case .int64: "i64"
    case .bfloat16: "i16"
    case .float16: "half"
    case .float32: "float"
    case .float64: "double"
    }
  }

  /// A constant as IR writes it. Floats as the bits of a double, which is exact.
  func literal(_ value: Double) -> String {
    switch self {
    case .bool: value == 0 ? "false" : "true"
    case .uint8, .int32, .int64: String(Int(value))
    case .bfloat16, .float16, .float32, .float64:
      Self.hexadecimal(value)
    }
  }

  private static func hexadecimal(_ value: Double) -> String {
    let digits = String(value.bitPattern, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// `<width x element>`, or the element itself for one lane.
func vectorType(_ element: String, _ width: Int) -> String { width == 1 ? element : "<\(width) x \(element)>" }

/// The mangled suffix intrinsics use: `v16f32`, `f64`, `v8i32`.
func intrinsicSuffix(_ element: String, _ width: Int) -> String {
  let name: String =
    switch element {
    case "float": "f32"
    case "double": "f64"
    case "half": "f16"
    default: element
    }
  return width == 1 ? name : "v\(width)\(name)"
}
