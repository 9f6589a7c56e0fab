import DescentGraph
import Foundation

/// Recorded training runs: the same gradients given to many optimizers, and the parameters that each arrived at.
///
/// The format is that of `Tests/Golden/trajectories.json`, as its README describes it: `shapes`, `init`, `gradients` and
/// `optimizers`, each with `name`, `source`, `hyperparameters` and `trajectory` (parameters by step, counted from 1). The
/// parameters are taken in alphabetical order. Other keys are left alone.
package struct RecordedFile: Sendable {
  package struct Parameter: Sendable {
    package let name: String
    package let shape: Shape
    /// Row-major.
    package let start: [Double]
  }
  package struct Run: Sendable {
    package let name: String
    /// The library's class or function, and its version.
    package let source: String
    let settings: [String: RecordedValue]
    /// After each kept step, counted from 1: the parameters in order.
    package let trajectory: [Int: [[Double]]]
  }

  package let parameters: [Parameter]
  /// `gradients[step][parameter]`, row-major.
  package let gradients: [[[Double]]]
  package let runs: [Run]

  /// - Throws: `RecordedError` that names the file and the place in it.
  package init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      let reason = FileManager.default.fileExists(atPath: path) ? "not a readable file" : "no such file"
      throw RecordedError.unreadableFile(file: path, reason: reason)
    }
    try self.init(data, file: path)
  }

  /// - Parameter file: how errors call the document.
  package init(_ data: Data, file: String) throws {
    let document: Document
    do {
      document = try JSONDecoder().decode(Document.self, from: data)
    } catch let error as DecodingError {
      throw error.recorded(file: file)
    }
    let reader = Reader(file: file, document: document)
    parameters = try reader.parameters()
    gradients = try reader.gradients()
    runs = try document.optimizers.indices.map(reader.run)
  }

  /// The document as it is written.
  private struct Document: Decodable {
    struct Optimizer: Decodable {
      let name: String
      let source: String
      let hyperparameters: [String: RecordedValue]
      let trajectory: [String: [String: [Double]]]
    }
    let shapes: [String: [Int]]
    let start: [String: [Double]]
    let gradients: [[String: [Double]]]
    let optimizers: [Optimizer]

    private enum CodingKeys: String, CodingKey {
      case start = "init"
      case shapes, gradients, optimizers
    }
  }

  /// Checks that the parts of a document fit each other.
  private struct Reader {
    let file: String
    let document: Document
    var names: [String] { document.shapes.keys.sorted() }

    func malformed(_ path: String, _ reason: String) -> RecordedError {
      .malformed(file: file, path: path, reason: reason)
    }

    func parameters() throws -> [Parameter] {
      if names.isEmpty { throw malformed("shapes", "no parameters") }
      let starts = try values(document.start, "init")
      return try zip(names, starts).map { name, start in
        Parameter(name: name, shape: try shape(of: name), start: start)
      }
    }

    func gradients() throws -> [[[Double]]] {
      if document.gradients.isEmpty { throw malformed("gradients", "no steps") }
      return try document.gradients.enumerated().map { try values($1, "gradients[\($0)]") }
    }

    func run(_ index: Int) throws -> Run {
      let run = document.optimizers[index]
      let path = "optimizers[\(index)].trajectory"
      if run.trajectory.isEmpty { throw malformed(path, "no steps were kept") }
      var trajectory: [Int: [[Double]]] = [:]
      for (key, given) in run.trajectory {
        guard let step = Int(key), step >= 1, step <= document.gradients.count else {
          throw malformed(path, "'\(key)' is no step from 1 to \(document.gradients.count)")
        }
        trajectory[step] = try values(given, "\(path).\(key)")
      }
      return Run(name: run.name, source: run.source, settings: run.hyperparameters, trajectory: trajectory)
    }

    private func shape(of name: String) throws -> Shape {
      let extents = document.shapes[name] ?? []
      if let bad = extents.first(where: { $0 < 1 }) { throw malformed("shapes.\(name)", "\(bad) is no extent") }
      return Shape(extents)
    }

    /// One list of numbers for each parameter, in order and of its length.
    private func values(_ given: [String: [Double]], _ path: String) throws -> [[Double]] {
      if let name = given.keys.filter({ document.shapes[$0] == nil }).min() {
        throw malformed("\(path).\(name)", "shapes has no such parameter")
      }
      return try names.map { name in
        let shape = try shape(of: name)
        guard let list = given[name] else { throw malformed(path, "'\(name)' is missing") }
        guard list.count == shape.elementCount else {
          throw malformed("\(path).\(name)", "\(list.count) numbers, where shape \(shape) has \(shape.elementCount)")
        }
        return list
      }
    }
  }
}

extension DecodingError {
  /// The same error with the place as a path in the document.
  fileprivate func recorded(file: String) -> RecordedError {
    func path(_ keys: [any CodingKey]) -> String {
      keys.reduce("") { text, key in
        if let index = key.intValue { return text + "[\(index)]" }
        return text.isEmpty ? key.stringValue : text + "." + key.stringValue
      }
    }
    switch self {
    case .typeMismatch(let type, let context):
      return .malformed(file: file, path: path(context.codingPath), reason: "not of the type \(type)")
    case .valueNotFound(let type, let context):
      return .malformed(file: file, path: path(context.codingPath), reason: "null, where a \(type) belongs")
    case .keyNotFound(let key, let context):
      return .malformed(file: file, path: path(context.codingPath), reason: "'\(key.stringValue)' is missing")
    case .dataCorrupted(let context):
      return .malformed(file: file, path: path(context.codingPath), reason: "not JSON: \(context.debugDescription)")
    @unknown default:
      return .malformed(file: file, path: "", reason: "\(self)")
    }
  }
}
