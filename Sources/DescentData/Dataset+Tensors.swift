import DescentGraph

extension Dataset {
  /// The features as a tensor `[count, featureShape…]`.
  public var featureTensor: Tensor { Tensor(features, shape: Shape([count] + featureShape)) }

  /// The targets as a tensor `[count]`: i32 labels or f32 values.
  public var targetTensor: Tensor {
    switch targets {
    case .classes(let labels, _): Tensor(labels)
    case .values(let values, _): Tensor(values)
    }
  }

  /// How many outputs a network for these targets has.
  public var outputCount: Int {
    switch targets {
    case .classes(_, let names): names.count
    case .values: 1
    }
  }

  /// The examples of one epoch in batches, as tensors, in an order that depends on `seed` and `epoch` only. The last
  /// batch may be smaller.
  ///
  /// `Trainer` does the same without copying; this is for loops of one's own.
  public func batches(of size: Int, seed: UInt64, epoch: Int) -> [(features: Tensor, targets: Tensor)] {
    let order = BatchOrder(count: count, batchSize: size, seed: seed)
    var rows: [Int32] = []
    order.fill(&rows, epoch: epoch)
    return (0..<order.batchCount).map { batch in
      let part = subset(rows: rows[order.range(ofBatch: batch)].map(Int.init))
      return (part.featureTensor, part.targetTensor)
    }
  }
}
