extension LoopKernel {
  /// The same kernel with that dimension last along which most addresses are neighbours; it will run in vectors.
  func withBestVectorDimension() -> LoopKernel {
    guard domain.count > 1 else { return self }
    // Stores at scattered places cost more than loads from them.
    var accesses = stores.map { ($0.address, 3) }
    for value in values {
      switch value {
      case .load(_, let address), .gather(_, let address, _, _, _): accesses.append((address, 2))
      case .constant, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax: break
      }
    }
    func score(_ d: Int) -> Int {
      accesses.reduce(0) { sum, access in
        switch access.0.coefficients[d] {
        case 0: sum
        case 1: sum + access.1
        default: sum - access.1
        }
      }
    }
    let scores = domain.indices.map(score)
    let last = domain.count - 1
    // A pooling window is better written out than summed up across a vector's few lanes.
    func isShort(_ d: Int) -> Bool { isReduced[d] && domain[d] < 8 }
    guard
      let best = scores.indices.filter({ !isShort($0) }).max(by: { (scores[$0], $0) < (scores[$1], $1) }),
      scores[best] > (isShort(last) ? 0 : scores[last]), domain[best] >= min(domain[last], 8)
    else { return self }
    let order = domain.indices.filter { $0 != best } + [best]
    var result = self
    result.domain = order.map { domain[$0] }
    result.isReduced = order.map { isReduced[$0] }
    result.mapAddresses { address in
      Affine(offset: address.offset, coefficients: order.map { address.coefficients[$0] })
    }
    return result
  }
}
