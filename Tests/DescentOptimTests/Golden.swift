import DescentGraph
import Foundation

/// The trajectories and schedules of other libraries in `Tests/Golden`; see the README there.
struct Golden: Decodable, Sendable {
  struct Optimizer: Decodable, Sendable {
    let name: String
    /// Parameters by name, after each kept step (counted from 1).
    let trajectory: [Int: [String: [Double]]]
  }
  struct Schedule: Decodable, Sendable {
    let name: String
    /// The learning rate of each step, counted from 0.
    let values: [Double]
  }

  let shapes: [String: [Int]]
  /// The parameters before the first step.
  let start: [String: [Double]]
  let gradients: [[String: [Double]]]
  let optimizers: [Optimizer]
  let schedules: [Schedule]

  private enum CodingKeys: String, CodingKey {
    case start = "init"
    case shapes, gradients, optimizers, schedules
  }

  static let shared = Result { () throws -> Golden in
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/trajectories.json")
    return try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: file))
  }

  /// The recorded problem: `weight` [6, 4] and `bias` [4].
  var track: Track {
    let names = ["weight", "bias"]
    return Track(
      parameters: names.map { Track.Parameter(name: $0, shape: Shape(shapes[$0]!), start: start[$0]!) },
      gradients: gradients.map { step in names.map { step[$0]! } })
  }

  func optimizer(_ name: String) -> Optimizer? { optimizers.first { $0.name == name } }
  func schedule(_ name: String) -> Schedule? { schedules.first { $0.name == name } }
}
