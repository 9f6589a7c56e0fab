import DescentRecorded
import DescentGraph
import DescentOptim
import Foundation
import Testing

/// The schedules of other libraries in `Tests/Golden`; see the README there.
struct Golden: Decodable, Sendable {
  struct Schedule: Decodable, Sendable {
    let name: String
    /// The learning rate of each step, counted from 0.
    let values: [Double]
  }
  let schedules: [Schedule]

  static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/trajectories.json").path()

  static let shared = Result { () throws -> Golden in
    try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: URL(filePath: path)))
  }

  func schedule(_ name: String) -> Schedule? { schedules.first { $0.name == name } }
}

/// The optimizers of other libraries in the same file.
enum GoldenRuns {
  static let file = try! RecordedFile(path: Golden.path)

  /// The runs that a method here can replay, without SOAP's: its first gradient, of 6 × 4, leaves two eigenvalues of zero,
  /// of which every LAPACK finds other vectors, and SOAP goes on with them. A definition on a square matrix holds it.
  static let covered = file.runs.filter { $0.name != "soap" && (try? file.method(of: $0, .float32)) != nil }

  /// The recorded problem: `bias` [4] and `weight` [6, 4].
  static let track = Track(
    parameters: file.parameters.map { Track.Parameter(name: $0.name, shape: $0.shape, start: $0.start) },
    gradients: file.gradients)
}

extension RecordedFile.Run: CustomTestStringConvertible {
  public var testDescription: String { name }
}
