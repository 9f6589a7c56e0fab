import DescentGraph
import DescentNN
import DescentRuntime

extension Module {
  private var namedVariables: NamedVariables {
    NamedVariables(parameters.map { ($0.name, $0.parameter.variable) })
  }

  /// Writes the parameters, state of layers included, to a safetensors file, whole or not at all.
  ///
  /// ```swift
  /// try model.save(to: "model.safetensors")
  /// let again = Network()
  /// try again.load(from: "model.safetensors")
  /// ```
  ///
  /// - Parameters:
  ///   - path: of the file; one that is there is replaced.
  ///   - metadata: text to keep beside the tensors.
  /// - Throws: `SafeTensorsError` when it cannot be written.
  public func save(to path: String, metadata: [String: String] = [:]) throws(SafeTensorsError) {
    var metadata = metadata
    metadata["descent"] = metadata["descent"] ?? Release.version
    try SafeTensors(tensors: namedVariables.snapshots, metadata: metadata).write(to: path)
  }

  /// Gives the parameters the values of a safetensors file, which must hold exactly these: the same names, shapes and types.
  ///
  /// A model that is loaded needs no `initialize(seed:)`. Nothing is changed when something does not fit.
  ///
  /// - Returns: the text that was kept beside the tensors.
  /// - Throws: `SafeTensorsError` for a file that is none, `TensorMismatch` with everything that is missing, left over or of
  ///   another shape or type.
  @discardableResult
  public func load(from path: String) throws -> [String: String] {
    let file = try SafeTensors.read(path)
    nameVariables()
    try namedVariables.assign(file, from: path)
    return file.metadata
  }
}
