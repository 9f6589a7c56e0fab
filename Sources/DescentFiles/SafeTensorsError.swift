/// What can be wrong with a safetensors file.
public enum SafeTensorsError: Error, Equatable, Sendable {
  case missingFile(file: String)
  case unreadableFile(file: String, reason: String)
  /// The file does not start as a safetensors file does.
  case notSafeTensors(file: String, reason: String)
  /// The file ends before what it promises: `expected` bytes at least, `found` are there.
  case truncated(file: String, expected: Int, found: Int)
  /// The header is not the JSON that the format asks for.
  case badHeader(file: String, reason: String)
  /// A tensor's elements are of a type that Descent does not have.
  case unsupportedType(file: String, tensor: String, type: String)
  /// A tensor's bytes lie outside the file, overlap another's, leave a gap, or are not as many as its shape needs.
  case badOffsets(file: String, tensor: String, reason: String)
  case cannotWrite(file: String, reason: String)
  /// Two tensors that are to be written have one name.
  case repeatedName(file: String, tensor: String)
}

extension SafeTensorsError: CustomStringConvertible {
  /// Where the error is, what is wrong and what to do.
  public var description: String {
    switch self {
    case .missingFile(let file):
      "\(file): no such file. Check the path; a relative one starts at the current folder."
    case .unreadableFile(let file, let reason):
      "\(file): cannot be read (\(reason)). Check that it is a file and that you may read it."
    case .notSafeTensors(let file, let reason):
      "\(file): not a safetensors file: \(reason). Check that it is the right file."
    case .truncated(let file, let expected, let found):
      "\(file): the file ends after \(found) of at least \(expected) bytes. Copy it again from where it came."
    case .badHeader(let file, let reason):
      "\(file): the header is damaged: \(reason). Copy the file again from where it came."
    case .unsupportedType(let file, let tensor, let type):
      "\(file): the tensor '\(tensor)' has elements of type \(type), which Descent does not read. Convert it to F32."
    case .badOffsets(let file, let tensor, let reason):
      "\(file): the tensor '\(tensor)' \(reason). Copy the file again from where it came."
    case .repeatedName(let file, let tensor):
      "\(file): two tensors are called '\(tensor)'; give each model's tensors a prefix of their own."
    case .cannotWrite(let file, let reason):
      "\(file): cannot be written (\(reason)). Check that its folder exists and that you may write there."
    }
  }
}
