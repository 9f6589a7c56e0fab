/// Functions of a kernel's own, for code that it runs in several places.
extension IRBuilder {
  /// Adds `void symbol(parameters)`, which is called and never inlined. Where parameters need it, they are named as in
  /// `ptr %a, i64 %count`.
  func define(_ symbol: String, _ parameters: String, _ write: (IRBuilder) -> Void) {
    let inner = IRBuilder()
    write(inner)
    var code = inner.functions
    code.declarations.formUnion(inner.declarations)
    code.definitions[symbol] = """
      define internal void \(symbol)(\(parameters)) noinline #0 {
      entry:
      \(inner.body.joined(separator: "\n"))
        ret void
      }
      """
    use(code)
  }

  /// `a < b ? a : b` of two i64.
  func minimum(_ a: String, _ b: String) -> String {
    if let x = Int(a), let y = Int(b) { return String(min(x, y)) }
    return select(emit("icmp slt i64 \(a), \(b)"), a, b, "i64", 1)
  }

  /// `a - b` of two i64.
  func difference(_ a: String, _ b: String) -> String { b == "0" ? a : emit("sub nsw i64 \(a), \(b)") }

  /// `count` rounded up to a multiple of `step`, a power of two.
  func roundedUp(_ count: String, to step: Int) -> String {
    emit("and i64 \(sum(count, String(step - 1))), \(-step)")
  }

  /// One number from the lanes of a float32 vector, joined in halves, always in the same order.
  func joined(_ value: String, lanes: Int, _ combine: (String, String, Int) -> String) -> String {
    var (value, count) = (value, lanes)
    while count > 1 {
      let type = vectorType("float", count)
      func half(_ first: Int) -> String {
        let order = (0..<(count / 2)).map { "i32 \($0 + first)" }.joined(separator: ", ")
        let part = emit("shufflevector \(type) \(value), \(type) poison, <\(count / 2) x i32> <\(order)>")
        return count == 2 ? emit("extractelement <1 x float> \(part), i64 0") : part
      }
      let (low, high) = (half(0), half(count / 2))
      count /= 2
      value = combine(low, high, count)
    }
    return value
  }
}
