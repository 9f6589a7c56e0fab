/// The elementary functions of loop kernels, as LLVM IR text.
///
/// Each function takes and returns one vector `<W x float>` or `<W x double>` (W = 1 is the plain scalar type), is
/// `internal alwaysinline`, and so disappears into the kernel that calls it. Special values follow IEEE 754 and C's
/// Annex F: signed zeros, infinities and NaNs come out as `libm` gives them, and results below the normal range
/// underflow gradually. No floating-point exception flag and no `errno` is promised.
///
/// - Float functions are polynomials after a range reduction, made of arithmetic, `llvm.fma` and bit operations, so a
///   result does not depend on the width, on the lane or on the machine. They are straight-line code but for ``sin``
///   and ``cos``, which branch to a slow exact reduction when some lane is huge. The denormal mode must be IEEE's.
/// - Double functions call the platform's `libm` once per lane: slow, and as exact as that library is.
///
/// ``VectorMath/definition(of:width:element:)`` gives the IR and ``VectorMath/symbol(of:width:element:)`` the name to
/// call.
enum VectorMath: String, CaseIterable, Sendable {
  case exp, expm1, log, log1p, sin, cos, tanh, erf, sigmoid
  /// `x` to the power `y`; the one function of two arguments.
  case pow

  /// The type of a lane.
  enum Element: String, CaseIterable, Sendable {
    case float32 = "f32"
    case float64 = "f64"

    var lane: VectorMathBuilder.Lane { self == .float32 ? .f32 : .f64 }
  }

  /// The number of operands.
  var arity: Int { self == .pow ? 2 : 1 }

  /// The name to call, for example `@descent.exp.v16f32`.
  static func symbol(of function: VectorMath, width: Int, element: Element = .float32) -> String {
    "@descent.\(function.rawValue).v\(width)\(element.rawValue)"
  }

  /// The IR of one function, with all that it calls.
  ///
  /// - Parameters:
  ///   - width: lanes of the vector, at least 1; powers of two make the best code.
  ///   - element: the type of a lane, also that of the result.
  static func definition(of function: VectorMath, width: Int, element: Element = .float32) -> VectorMathCode {
    precondition(width >= 1, "a vector has at least one lane, not \(width)")
    var builder = VectorMathBuilder(width: width)
    let x = VectorMathBuilder.Value(name: "%x", lane: element.lane)
    let y = VectorMathBuilder.Value(name: "%y", lane: element.lane)
    let result =
      switch element {
      case .float64: builder.libraryCall(function, arguments: function.arity == 2 ? [x, y] : [x])
      case .float32: builder.float32(function, x, y)
      }
    return builder.finish(
      symbol: symbol(of: function, width: width, element: element),
      parameters: function.arity == 2 ? [x, y] : [x], result: result)
  }

  /// The bound on the error of a Float function, in units in the last place of the exact result (Goldberg, "What Every
  /// Computer Scientist Should Know About Floating-Point Arithmetic", 1991; below the normal range the unit is the
  /// smallest denormal). It is the largest error over all 2^32 arguments, rounded up, against a Double `libm`; for
  /// ``pow`` the largest of 6 · 10^7 samples. Half a unit would be correct rounding.
  var maximumError: Double {
    switch self {
    case .exp: 1.02
    case .expm1: 1.47
    case .log: 0.94
    case .log1p: 1.17
    case .sin: 1.5
    case .cos: 1.5
    case .tanh: 1.2
    case .erf: 0.9
    case .sigmoid: 0.97
    case .pow: 0.51
    }
  }
}

/// IR of functions for one module: pieces of several functions merge, and what they share appears once.
struct VectorMathCode: Sendable, Equatable {
  /// Text of each function, by its symbol (`@descent.exp.v16f32`).
  var definitions: [String: String] = [:]
  /// `declare` lines of the intrinsics and library functions that the definitions call.
  var declarations: Set<String> = []

  /// Adds the definitions and declarations of `other` that are not here yet.
  mutating func merge(_ other: VectorMathCode) {
    definitions.merge(other.definitions) { mine, _ in mine }
    declarations.formUnion(other.declarations)
  }

  /// Everything in one text, in an order that depends on nothing but the contents.
  var text: String {
    let functions = definitions.sorted { $0.key < $1.key }.map(\.value)
    return (declarations.sorted() + functions).joined(separator: "\n") + "\n"
  }
}

extension VectorMathBuilder {
  /// The Float function `function` of `x` (and of `y`, for ``VectorMath/pow``).
  fileprivate mutating func float32(_ function: VectorMath, _ x: Value, _ y: Value) -> Value {
    switch function {
    case .exp: exponential(x)
    case .expm1: exponentialMinusOne(x)
    case .log: logarithm(x)
    case .log1p: logarithmOfOnePlus(x)
    case .sin: sine(x)
    case .cos: cosine(x)
    case .tanh: hyperbolicTangent(x)
    case .erf: errorFunction(x)
    case .sigmoid: sigmoid(x)
    case .pow: power(x, y)
    }
  }
}
