import DescentGraph

extension KernelEmitter {
  /// Philox 4x32-10 words at the given element indices (Salmon et al. 2011). Element `i` of an i32 tensor is word
  /// `i mod 4` of block `i / 4`; element `i` of an i64 tensor is two words of block `i / 2`.
  func random(_ key: String, _ stream: String, _ counter: Affine, _ dtype: DType, _ isVector: Bool) -> String {
    let lanes = isVector ? width : 1
    let perBlock = dtype == .int64 ? 2 : 4
    if isVector && hasWholeBlocks(counter, perBlock) {
      return wholeBlocks(key, stream, first: address(counter, false), dtype, perBlock)
    }
    let element = address(counter, isVector)
    let wide = vectorType("i64", lanes)
    let block = ir.emit("lshr \(wide) \(element), \(ir.constant(perBlock == 2 ? "1" : "2", "i64", lanes))")
    let place = ir.emit("and \(wide) \(element), \(ir.constant(String(perBlock - 1), "i64", lanes))")
    let words = philox(key, stream, block: block, lanes)
    func choose(_ index: Int, _ a: String, _ b: String) -> String {
      let isIt = ir.emit("icmp eq \(wide) \(place), \(ir.constant(String(index), "i64", lanes))")
      return ir.select(isIt, a, b, wide, lanes)
    }
    if dtype == .int64 { return choose(0, joined(words[0], words[1], lanes), joined(words[2], words[3], lanes)) }
    let word = choose(0, words[0], choose(1, words[1], choose(2, words[2], words[3])))
    return ir.emit("trunc \(wide) \(word) to \(vectorType("i32", lanes))")
  }

  /// Whether the lanes of a vector take every word of some blocks, in order.
  private func hasWholeBlocks(_ counter: Affine, _ perBlock: Int) -> Bool {
    guard let v = vectorDimension, width % perBlock == 0, counter.coefficients[v] == 1 else { return false }
    return counter.offset % perBlock == 0
      && counter.coefficients.indices.allSatisfy { $0 == v || counter.coefficients[$0] % perBlock == 0 }
  }

  /// The words of `width / perBlock` blocks side by side: every word that is computed is used.
  private func wholeBlocks(
    _ key: String, _ stream: String, first: String, _ dtype: DType, _ perBlock: Int
  ) -> String {
    let count = width / perBlock
    let start = ir.splat(ir.emit("lshr i64 \(first), \(perBlock == 2 ? 1 : 2)"), "i64", count)
    let block = ir.emit("add \(vectorType("i64", count)) \(start), \(ir.laneNumbers(count))")
    let words = philox(key, stream, block: block, count)
    let element = dtype.registerType
    let parts =
      dtype == .int64
      ? [joined(words[0], words[1], count), joined(words[2], words[3], count)]
      : words.map { ir.emit("trunc \(vectorType("i64", count)) \($0) to \(vectorType(element, count))") }
    if count == 1 {
      return parts.enumerated().reduce("poison") { vector, part in
        ir.emit("insertelement \(vectorType(element, width)) \(vector), \(element) \(part.element), i64 \(part.offset)")
      }
    }
    func shuffled(_ a: String, _ b: String, _ each: Int, _ places: [Int]) -> String {
      let type = vectorType(element, each)
      let mask = places.map { "i32 \($0)" }.joined(separator: ", ")
      return ir.emit("shufflevector \(type) \(a), \(type) \(b), <\(places.count) x i32> <\(mask)>")
    }
    // Word w of block b, at w · count + b when the parts are put one behind the other, becomes element b · perBlock + w.
    let order = (0..<width).map { $0 % perBlock * count + $0 / perBlock }
    if perBlock == 2 { return shuffled(parts[0], parts[1], count, order) }
    let pairs = [0, 2].map { shuffled(parts[$0], parts[$0 + 1], count, Array(0..<(2 * count))) }
    return shuffled(pairs[0], pairs[1], 2 * count, order)
  }

  private func joined(_ low: String, _ high: String, _ lanes: Int) -> String {
    let wide = vectorType("i64", lanes)
    return ir.emit("or \(wide) \(low), \(ir.emit("shl \(wide) \(high), \(ir.constant("32", "i64", lanes))"))")
  }

  /// The four words of each block, as 64-bit lanes with the upper half zero.
  ///
  /// The ten rounds are a loop: written out, they are what takes longest to compile in a network's first second.
  private func philox(_ key: String, _ stream: String, block: String, _ lanes: Int) -> [String] {
    let wide = vectorType("i64", lanes)
    func const(_ value: Int) -> String { ir.constant(String(value), "i64", lanes) }
    // What the wide multiplications take: they ignore the upper half, but LLVM has to see that it does not matter.
    func low(_ x: String) -> String { ir.emit("and \(wide) \(x), \(const(0xFFFF_FFFF))") }
    func high(_ x: String) -> String { ir.emit("lshr \(wide) \(x), \(const(32))") }
    func mix(_ product: String, _ word: String, _ key: String) -> String {
      ir.emit("xor \(wide) \(ir.emit("xor \(wide) \(high(product)), \(word)")), \(ir.splat(key, "i64", lanes))")
    }
    func lowScalar(_ x: String) -> String { ir.emit("and i64 \(x), \(0xFFFF_FFFF)") }
    let streams = ir.splat(stream, "i64", lanes)
    let start = [low(block), high(block), low(streams), high(streams)].map { IRBuilder.Carried(type: wide, value: $0) }
    let keys = [lowScalar(key), ir.emit("lshr i64 \(key), 32")].map { IRBuilder.Carried(type: "i64", value: $0) }
    let end = ir.loop(from: "0", to: "10", step: 1, carrying: start + keys) { _, carried in
      let product0 = ir.emit("mul \(wide) \(low(carried[0])), \(const(0xD251_1F53))")
      let product1 = ir.emit("mul \(wide) \(low(carried[2])), \(const(0xCD9E_8D57))")
      return [
        mix(product1, carried[1], carried[4]), low(product1), mix(product0, carried[3], carried[5]), low(product0),
        lowScalar(ir.emit("add i64 \(carried[4]), \(0x9E37_79B9)")),
        lowScalar(ir.emit("add i64 \(carried[5]), \(0xBB67_AE85)")),
      ]
    }
    return Array(end[..<4])
  }
}
