/// What can be wrong with a saved model, besides what `SafeTensorsError` says of its file.
public enum SavedModelError: Error, Equatable, Sendable {
  /// The file is a safetensors file, but not of a model that Descent saved: `missing` are the metadata it lacks.
  case notASavedModel(file: String, missing: [String])
  /// One of the metadata cannot be used.
  case badMetadata(file: String, key: String, reason: String)
  /// The tensors are not those of the network that the metadata describe: everything that is missing, left over, of
  /// the wrong shape or type, or not finite.
  case wrongParameters(file: String, problems: [String])
  /// The outputs for an example, counted from 1, are too large for float32, or no numbers.
  case predictionNotFinite(data: String, example: Int)
}

extension SavedModelError: CustomStringConvertible {
  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notASavedModel(let file, let missing):
      "\(file): not a model saved by Descent: the metadata lack \(missing.joined(separator: ", ")). "
        + "Save one with 'descent train … --save'."
    case .badMetadata(let file, let key, let reason):
      "\(file): the metadata '\(key)' cannot be used: \(reason). Save the model again."
    case .wrongParameters(let file, let problems):
      "\(file): the tensors are not those of the network described: \(problems.joined(separator: "; ")). "
        + "Save the model again."
    case .predictionNotFinite(let data, let example):
      "\(data): the model's output for example \(example) is not a finite number. Check the model and that example's values."
    }
  }
}
