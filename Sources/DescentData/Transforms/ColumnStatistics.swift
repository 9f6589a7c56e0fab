/// Mean and scale of a column of numbers, in double precision.
struct ColumnStatistics: Equatable {
  /// The arithmetic mean.
  let mean: Double
  /// The standard deviation (divided by the count, not by one less), or 1 for a constant column, so that dividing by
  /// it is always possible and a constant becomes 0.
  let scale: Double
  /// The number of values.
  let count: Int

  /// The statistics of `values` that are not NaN; mean 0 and scale 1 if there are none.
  init(_ values: [Double]) {
    var sum = 0.0
    var count = 0
    var least = Double.infinity
    var largest = -Double.infinity
    for value in values where !value.isNaN {
      sum += value
      count += 1
      least = min(least, value)
      largest = max(largest, value)
    }
    self.count = count
    // A constant is found by comparison: rounding would give it a tiny deviation, and dividing by that large values.
    guard count > 0, least < largest else {
      mean = count > 0 ? least : 0
      scale = 1
      return
    }
    let mean = sum / Double(count)
    var squares = 0.0
    for value in values where !value.isNaN { squares += (value - mean) * (value - mean) }
    let deviation = (squares / Double(count)).squareRoot()
    self.mean = mean
    scale = deviation > 0 ? deviation : 1
  }
}
