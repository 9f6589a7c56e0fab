/// What can be wrong with a file of recorded runs. A `path` is where in the JSON document: `optimizers[3].source`.
package enum RecordedError: Error, Equatable, Sendable {
  case unreadableFile(file: String, reason: String)
  case malformed(file: String, path: String, reason: String)

  // MARK: Why a run cannot be replayed

  /// No method here is the library's class or function.
  case unknownSource(source: String)
  case unknownSetting(source: String, name: String, known: [String])
  case missingSetting(source: String, name: String)
  case mistypedSetting(source: String, name: String, value: String, expected: String)
  /// The library has the option, the method here has not.
  case unsupportedSetting(source: String, name: String, value: String, supported: String)
}

extension RecordedError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadableFile(let file, let reason):
      "\(file): cannot be read (\(reason)). Check the path and that you may read the file."
    case .malformed(let file, let path, let reason):
      "\(file): \(path.isEmpty ? "the document" : path): \(reason)."
    case .unknownSource(let source):
      "no method here is '\(source)'"
    case .unknownSetting(let source, let name, let known):
      "\(source) has no hyper-parameter '\(name)'; it has \(known.joined(separator: ", "))"
    case .missingSetting(let source, let name):
      "\(source) needs the hyper-parameter '\(name)'"
    case .mistypedSetting(let source, let name, let value, let expected):
      "\(name) of \(source) is \(value), where it should be \(expected)"
    case .unsupportedSetting(let source, let name, let value, let supported):
      "\(name) = \(value) of \(source) is not supported here, only \(supported)"
    }
  }
}
