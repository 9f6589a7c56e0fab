import DescentGraph
import DescentRuntime

/// Variables under the names that a file keeps them by.
package struct NamedVariables {
  package let entries: [(name: String, variable: Variable)]

  package init(_ entries: [(name: String, variable: Variable)]) { self.entries = entries }

  /// All values as they are between two steps.
  package var snapshots: [(name: String, storage: Storage)] {
    Turn.joining(entries.map(\.variable.turn)).take { entries.map { ($0.name, $0.variable.snapshot()) } }
  }

  /// Gives all variables the file's values, or none: everything is checked first.
  ///
  /// - Throws: every way in which the file's tensors differ from the variables, in one error.
  package func assign(_ file: SafeTensors, from path: String) throws(TensorMismatch) {
    let problems = problems(file)
    guard problems.isEmpty else { throw TensorMismatch(file: path, problems: problems) }
    Turn.joining(entries.map(\.variable.turn)).take {
      for (name, variable) in entries { variable.assign(file[name]!) }
    }
  }

  /// What is missing, of another shape or type, or left over, in this order of the names.
  package func problems(_ file: SafeTensors) -> [String] {
    let tensors = Dictionary(file.tensors.map { ($0.name, $0.storage) }) { first, _ in first }
    var problems: [String] = []
    for (name, variable) in entries {
      guard let storage = tensors[name] else {
        problems.append("'\(name)' is missing")
        continue
      }
      if storage.shape != variable.shape {
        problems.append("'\(name)' has the shape \(storage.shape) instead of \(variable.shape)")
      } else if storage.dtype != variable.dtype {
        problems.append("'\(name)' has elements of type \(storage.dtype) instead of \(variable.dtype)")
      }
    }
    let known = Set(entries.map(\.name))
    for (name, _) in file.tensors where !known.contains(name) { problems.append("'\(name)' is not part of it") }
    return problems
  }
}

/// A file whose tensors are not those that were to be loaded.
public struct TensorMismatch: Error, Equatable, CustomStringConvertible {
  /// The file's path.
  public let file: String
  /// One for each tensor that is missing, left over, or of another shape or type.
  public let problems: [String]

  /// All of it, and what to do.
  public var description: String {
    "\(file): the tensors are not those of what is loaded: \(problems.joined(separator: "; ")). "
      + "Load it into what it was saved from: the same layers, the same method."
  }
}
