/// Vectors of float32 between registers and memory, addresses, and the operation that products are made of.
extension IRBuilder {
  /// The address of element `index` (an i64) behind `pointer`.
  func element(_ pointer: String, _ index: String) -> String {
    index == "0" ? pointer : emit("getelementptr float, ptr \(pointer), i64 \(index)")
  }

  /// `x · y` of integers of address arithmetic; constants are multiplied here.
  func product(_ x: String, _ y: String) -> String {
    if let x = Int(x), let y = Int(y) { return String(x * y) }
    if x == "0" || y == "0" { return "0" }
    if x == "1" { return y }
    return y == "1" ? x : emit("mul nsw i64 \(x), \(y)")
  }

  /// `x + y` of integers of address arithmetic; constants are added here.
  func sum(_ x: String, _ y: String) -> String {
    if let x = Int(x), let y = Int(y) { return String(x + y) }
    if x == "0" { return y }
    return y == "0" ? x : emit("add nsw i64 \(x), \(y)")
  }

  /// Loads `lanes` neighbouring floats; lanes outside of `mask` are not touched in memory and come as zero.
  func loadFloats(_ pointer: String, lanes: Int, mask: String? = nil) -> String {
    let type = vectorType("float", lanes)
    guard let mask else { return emit("load \(type), ptr \(pointer), align 4") }
    let symbol = "@llvm.masked.load.\(intrinsicSuffix("float", lanes)).p0"
    declare("\(type) \(symbol)(ptr, i32, <\(lanes) x i1>, \(type))")
    return emit("call \(type) \(symbol)(ptr \(pointer), i32 4, <\(lanes) x i1> \(mask), \(type) zeroinitializer)")
  }

  /// Stores `lanes` neighbouring floats; lanes outside of `mask` keep what is in memory.
  func storeFloats(_ value: String, _ pointer: String, lanes: Int, mask: String? = nil) {
    let type = vectorType("float", lanes)
    guard let mask else { return line("store \(type) \(value), ptr \(pointer), align 4") }
    let symbol = "@llvm.masked.store.\(intrinsicSuffix("float", lanes)).p0"
    declare("void \(symbol)(\(type), ptr, i32, <\(lanes) x i1>)")
    line("call void \(symbol)(\(type) \(value), ptr \(pointer), i32 4, <\(lanes) x i1> \(mask))")
  }

  /// `x · y + z`, rounded once.
  func fusedMultiplyAdd(_ x: String, _ y: String, _ z: String, lanes: Int) -> String {
    let type = vectorType("float", lanes)
    let symbol = "@llvm.fma.\(intrinsicSuffix("float", lanes))"
    declare("\(type) \(symbol)(\(type), \(type), \(type))")
    return emit("call \(type) \(symbol)(\(type) \(x), \(type) \(y), \(type) \(z))")
  }

  /// Which of `lanes` lanes are below `count` (an i64): `<lanes x i1>`.
  func laneMask(below count: String, lanes: Int) -> String {
    emit("icmp slt \(vectorType("i64", lanes)) \(laneNumbers(lanes)), \(splat(count, "i64", lanes))")
  }
}
