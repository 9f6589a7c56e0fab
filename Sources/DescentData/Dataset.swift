import DescentGraph

/// Examples in memory: a matrix of features and one target per example.
///
/// The features are row-major, `[count, featureCount]`, so that a batch is gathered by copying whole rows.
public struct Dataset: Sendable, Equatable {
  /// What is to be predicted, one entry per example.
  ///
  /// The array is empty in a dataset without targets, such as a table that predictions are wanted for. The names are
  /// there all the same, since the predictions have to be named.
  public enum Targets: Sendable, Equatable {
    /// Labels in `0 ..< names.count`; `names[label]` is the name of the class.
    case classes(labels: [Int32], names: [String])
    /// Real numbers, and the name of what they measure.
    case values([Float], name: String)

    /// The number of targets; 0 if there are none.
    public var count: Int {
      switch self {
      case .classes(let labels, _): labels.count
      case .values(let values, _): values.count
      }
    }
  }

  /// The layout of a row of pixels: `channels` planes of `height` rows of `width` pixels each.
  public struct ImageShape: Sendable, Equatable, Codable {
    /// Planes: 1 for grey images.
    public let channels: Int
    /// Rows of pixels.
    public let height: Int
    /// Pixels in a row.
    public let width: Int

    /// A dataset traps when the product is not its number of features.
    public init(channels: Int, height: Int, width: Int) {
      self.channels = channels
      self.height = height
      self.width = width
    }
  }

  /// What the dataset is called in reports.
  public let name: String
  /// All features, row-major, `[count, featureCount]`.
  public let features: [Float]
  /// The shape of one example, for instance `[64]`.
  public let featureShape: [Int]
  /// The layout of a row as an image, if the examples are images.
  public let imageShape: ImageShape?
  /// One name per feature, in the order of a row.
  public let featureNames: [String]
  /// The targets, one per example or none at all.
  public let targets: Targets
  /// The number of examples.
  public let count: Int

  /// The number of features of one example: the product of `featureShape`.
  public var featureCount: Int { featureNames.count }

  /// Whether the examples have targets.
  public var hasTargets: Bool { targets.count == count }

  /// - Parameters:
  ///   - name: what the dataset is called in reports
  ///   - features: row-major `[count, featureCount]`
  ///   - featureShape: shape of one example; its product, `featureCount`, is at least 1
  ///   - featureNames: `featureCount` names
  ///   - imageShape: the same row as an image; its product is `featureCount` too
  ///   - targets: one per row, or none
  public init(
    name: String, features: [Float], featureShape: [Int], featureNames: [String], imageShape: ImageShape? = nil,
    targets: Targets
  ) {
    let width = featureShape.reduce(1, *)
    require(width >= 1, "feature shape \(featureShape) has no elements")
    require(features.count % width == 0, "\(features.count) values are not rows of shape \(featureShape)")
    require(featureNames.count == width, "\(featureNames.count) feature names for shape \(featureShape)")
    let count = features.count / width
    require(targets.count == count || targets.count == 0, "\(targets.count) targets for \(count) examples")
    if let image = imageShape {
      require(image.channels * image.height * image.width == width, "\(image) is not \(width) pixels")
    }
    if case .classes(let labels, let names) = targets {
      require(
        labels.allSatisfy { $0 >= 0 && $0 < names.count }, "a label is outside 0 ..< \(names.count)")
    }
    self.name = name
    self.features = features
    self.featureShape = featureShape
    self.imageShape = imageShape
    self.featureNames = featureNames
    self.targets = targets
    self.count = count
  }

  /// The examples at `rows`, in that order; a row may occur more than once.
  public func subset(rows: [Int]) -> Dataset {
    let width = featureCount
    var picked: [Float] = []
    picked.reserveCapacity(rows.count * width)
    for row in rows {
      require(row >= 0 && row < count, "row \(row) is outside 0 ..< \(count)")
      picked.append(contentsOf: features[row * width..<(row + 1) * width])
    }
    let pickedTargets: Targets =
      switch targets {
      case .classes(let labels, let names):
        .classes(labels: labels.isEmpty ? [] : rows.map { labels[$0] }, names: names)
      case .values(let values, let name): .values(values.isEmpty ? [] : rows.map { values[$0] }, name: name)
      }
    return Dataset(
      name: name, features: picked, featureShape: featureShape, featureNames: featureNames, imageShape: imageShape,
      targets: pickedTargets)
  }
}
