import DescentGraph
import DescentOptim
import DescentRuntime

extension Updater {
  /// Everything that resuming needs beside the parameters themselves.
  private var namedVariables: NamedVariables { NamedVariables([(stepCount.name, stepCount)] + state) }

  /// Writes what the method remembers and the count of steps to a safetensors file, whole or not at all.
  ///
  /// With the model's own file this is all that resuming needs: hyper-parameters and schedules stand in the program, random
  /// keys follow from the count of steps.
  ///
  /// - Throws: `SafeTensorsError` when it cannot be written.
  public func save(to path: String) throws(SafeTensorsError) {
    let metadata = ["descent": Release.version, UpdaterFileError.methodKey: methodIdentity]
    try SafeTensors(tensors: namedVariables.snapshots, metadata: metadata).write(to: path)
  }

  /// Goes on from where `save(to:)` was called: the next step is the one that followed there, bit for bit.
  ///
  /// Nothing is changed when something does not fit.
  ///
  /// - Throws: `SafeTensorsError` for a file that is none, `UpdaterFileError` for the state of another method, `TensorMismatch`
  ///   for parameters of other names or shapes.
  public func restore(from path: String) throws {
    let file = try SafeTensors.read(path)
    guard let method = file.metadata[UpdaterFileError.methodKey] else {
      throw UpdaterFileError.notAnUpdater(file: path)
    }
    guard method == methodIdentity else {
      throw UpdaterFileError.otherMethod(file: path, found: method, expected: methodIdentity)
    }
    try namedVariables.assign(file, from: path)
  }
}

/// What can be wrong with a file that an updater is restored from, beside its tensors.
public enum UpdaterFileError: Error, Equatable, CustomStringConvertible {
  /// A safetensors file of something else.
  case notAnUpdater(file: String)
  /// The state of another method, or of the same one with other modifiers around it.
  case otherMethod(file: String, found: String, expected: String)

  /// What the metadata call the method.
  static let methodKey = "method"

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notAnUpdater(let file):
      "\(file): does not say of which method it is the state. Give the file that an updater's save(to:) has written."
    case .otherMethod(let file, let found, let expected):
      "\(file): the state of \(found), which does not fit \(expected). Restore it with the method that saved it."
    }
  }
}
