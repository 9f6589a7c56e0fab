/// What the elements of data must be, so that a step which is given others can say so: labels, indices.
///
/// Constants are looked at while tracing, arguments whenever a step is called. What the step computes itself is not data;
/// whoever asks says what such an element counts as.
package struct ValueRequirement: Sendable, Equatable {
  /// Who asks for it and what an element is to that: `crossEntropy: label`.
  package let subject: String
  package let range: Range<Int>
  /// What to do about another.
  package let remedy: String
  /// One value outside of the range that is meant to be there.
  package let exception: Int?

  package init(subject: String, range: Range<Int>, exception: Int? = nil, remedy: String) {
    (self.subject, self.range, self.exception, self.remedy) = (subject, range, exception, remedy)
  }

  /// The first element that is not as it must be, in row-major order.
  package func violation(in storage: Storage) -> ValueError? {
    let count = storage.shape.elementCount
    func first<Whole: FixedWidthInteger>(_ type: Whole.Type) -> Int? {
      let elements = UnsafeBufferPointer(start: storage.pointer.assumingMemoryBound(to: type), count: count)
      // One pass without a branch in it: a step's labels are read before each run.
      let (least, end) = (Whole(clamping: range.lowerBound), Whole(clamping: range.upperBound))
      var isFine = true
      for element in elements { isFine = isFine && element >= least && element < end }
      if isFine { return nil }
      return elements.firstIndex { !range.contains(Int($0)) && Int($0) != exception }
    }
    let position =
      switch storage.dtype {
      case .uint8, .bool: first(UInt8.self)
      case .int32: first(Int32.self)
      case .int64: first(Int64.self)
      case .bfloat16, .float16, .float32, .float64:
        (0..<count).first { index in
          let value = storage.double(at: index)
          return !(Double(range.lowerBound)..<Double(range.upperBound)).contains(value)
        }
      }
    return position.map { ValueError(requirement: self, value: storage.double(at: $0), position: $0) }
  }
}

/// An element of data that is outside of the range it must lie in, as a label that is none of the classes.
public struct ValueError: Error, CustomStringConvertible {
  package let requirement: ValueRequirement
  /// The element.
  public let value: Double
  /// Its index in row-major order, in the data that was given.
  public let position: Int

  /// Names the value, where it is, and what it must be.
  public var description: String {
    let range = requirement.range
    let exception = requirement.exception.map { " or \($0)" } ?? ""
    let number = Int(exactly: value).map(String.init) ?? "\(value)"
    return
      "\(requirement.subject) \(number) at position \(position) is outside \(range.lowerBound)..<\(range.upperBound)"
      + "\(exception); \(requirement.remedy)"
  }
}

extension Tensor {
  /// Says what the elements of the data behind this tensor must be. Traps outside of a trace when they are not; within one,
  /// tracing or the call of the step throws a ``ValueError``.
  ///
  /// - Returns: whether this looks at all elements: false where some are computed.
  package func mustHold(_ requirement: ValueRequirement) -> Bool {
    var looksAtAll = true
    var open = [node]
    while let node = open.popLast() {
      switch node.op {
      case .constant(let literal):
        let storage =
          switch literal {
          case .data(let storage): storage
          case .splat(let value):
            Storage(filled: value, shape: [Swift.min(node.shape.elementCount, 1)], dtype: node.dtype)
          }
        guard let violation = requirement.violation(in: storage) else { continue }
        guard let trace = Trace.current else { fatalError("\(violation)") }
        trace.note(violation)
      case .input: looksAtAll = (Trace.current?.note(requirement, of: node) ?? false) && looksAtAll
      case .reshape, .transpose, .broadcast, .reverse, .stopGradient, .barrier: open.append(node.inputs[0])
      // Any row of these may be asked for.
      case .gather(let axis) where axis == 0: open.append(node.inputs[0])
      case .concatenate: open += node.inputs
      case .cast where node.dtype.isInteger && node.inputs[0].dtype.isInteger: open.append(node.inputs[0])
      // What a slice leaves out may be anything.
      case .slice, .gather, .cast, .iota, .randomBits, .unary, .binary, .compare, .select, .bitcast, .reduce, .argmax,
        .pad, .dot, .scatterAdd, .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows,
        .foldWindows, .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call,
        .scan:
        looksAtAll = false
      }
    }
    return looksAtAll
  }
}
