import DescentRuntime
import DescentData
import DescentGraph

/// A dataset as a problem holds it: in parts that are drawn anew for every seed.
///
/// The validation part is the same for all seeds and in no other part of any of them: what hyper-parameters are chosen by
/// is never trained on or judged by.
struct ProblemData: Sendable {
  /// Examples `[count, …]` and their targets.
  struct Examples: Sendable {
    let features, targets: Variable
    let count: Int

    init(like data: Dataset, shape: [Int]) {
      count = data.count
      features = Variable(shape: Shape([count] + shape), name: "features")
      targets = Variable(shape: [count], dtype: data.targetTensor.dtype, name: "targets")
    }

    func assign(_ data: Dataset) throws {
      features.assign(Storage(data.features, shape: features.shape))
      try targets.assign(data.targetTensor)
    }
  }

  let train, validation, test: Examples
  private let rest: Dataset

  static let validationShare = 0.2
  static let testShare = 0.25

  /// - Parameter shape: that of one example; nil is the dataset's.
  init(_ data: Dataset, shape: [Int]? = nil) throws {
    let shape = shape ?? data.featureShape
    let fixed = try data.split(validation: 0, test: Self.validationShare, seed: 0x5eed)
    rest = fixed.train
    let sample = try rest.split(validation: 0, test: Self.testShare, seed: 0)
    train = Examples(like: sample.train, shape: shape)
    test = Examples(like: sample.test, shape: shape)
    validation = Examples(like: fixed.test, shape: shape)
    try validation.assign(fixed.test)
  }

  func load(seed: UInt64) throws {
    let parts = try rest.split(validation: 0, test: Self.testShare, seed: seed)
    try train.assign(parts.train)
    try test.assign(parts.test)
  }

  subscript(_ part: Problem.Part) -> Examples {
    switch part {
    case .validation: validation
    case .test: test
    }
  }
}
