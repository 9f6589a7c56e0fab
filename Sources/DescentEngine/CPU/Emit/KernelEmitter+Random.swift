import DescentGraph

extension KernelEmitter {
  /// Philox 4x32-10 words at the given element indices (Salmon et al. 2011). Element `i` of an i32 tensor is word
  /// `i mod 4` of block `i / 4`; element `i` of an i64 tensor is two words of block `i / 2`.
  func random(_ key: String, _ stream: String, _ element: String, _ dtype: DType, _ lanes: Int) -> String {
    let wide = vectorType("i64", lanes)
    func const(_ value: Int) -> String { ir.constant(String(value), "i64", lanes) }
    let perBlock = dtype == .int64 ? 2 : 4
    let block = ir.emit("lshr \(wide) \(element), \(const(perBlock == 2 ? 1 : 2))")
    let place = ir.emit("and \(wide) \(element), \(const(perBlock - 1))")

    // All words are held in 64-bit lanes with the upper half zero, which is what the wide multiplications take.
    func low(_ x: String) -> String { ir.emit("and \(wide) \(x), \(const(0xFFFF_FFFF))") }
    func high(_ x: String) -> String { ir.emit("lshr \(wide) \(x), \(const(32))") }
    let keys = ir.splat(key, "i64", lanes)
    let streams = ir.splat(stream, "i64", lanes)
    var counter = [low(block), high(block), low(streams), high(streams)]
    var (key0, key1) = (low(keys), high(keys))
    for round in 0..<10 {
      if round > 0 {
        key0 = low(ir.emit("add \(wide) \(key0), \(const(0x9E37_79B9))"))
        key1 = low(ir.emit("add \(wide) \(key1), \(const(0xBB67_AE85))"))
      }
      let product0 = ir.emit("mul \(wide) \(counter[0]), \(const(0xD251_1F53))")
      let product1 = ir.emit("mul \(wide) \(counter[2]), \(const(0xCD9E_8D57))")
      func mix(_ product: String, _ word: String, _ key: String) -> String {
        ir.emit("xor \(wide) \(ir.emit("xor \(wide) \(high(product)), \(word)")), \(key)")
      }
      counter = [mix(product1, counter[1], key0), low(product1), mix(product0, counter[3], key1), low(product0)]
    }
    func choose(_ index: Int, _ a: String, _ b: String) -> String {
      ir.select(ir.emit("icmp eq \(wide) \(place), \(const(index))"), a, b, wide, lanes)
    }
    if dtype == .int64 {
      func joined(_ low: String, _ high: String) -> String {
        ir.emit("or \(wide) \(low), \(ir.emit("shl \(wide) \(high), \(const(32))"))")
      }
      return choose(0, joined(counter[0], counter[1]), joined(counter[2], counter[3]))
    }
    let word = choose(0, counter[0], choose(1, counter[1], choose(2, counter[2], counter[3])))
    return ir.emit("trunc \(wide) \(word) to \(vectorType("i32", lanes))")
  }
}
