import Foundation
import Testing

@testable import DescentCPU

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite struct VectorMathTests {
  static let unary = VectorMath.allCases.filter { $0.arity == 1 }
  static let widths = [1, 4, 8, 16, 32, 64]

  /// Values at which some function changes its course.
  static let special: [Float] = {
    let positive: [Float] = [
      0, 1, .infinity, .nan, .leastNonzeroMagnitude, 3 * .leastNonzeroMagnitude, .leastNormalMagnitude,
      .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, 0x1p-25, 0x1p-24, 1e-10, 0.25, 0.34657, 0.34658,
      0.5, 0.625, 2 / 3, 0.75, 0.925, (1 as Float).nextDown, (1 as Float).nextUp, 4 / 3, 1.5, 2, 2.5, 3, 3.95, 4,
      9.01, 10, 16.6, 17.3, 18, 20, 31, 37.5, 86.6, 87.3, 87.34, 88.3, 88.7, 88.722_839, 88.73, 89, 100, 103.2, 103.9,
      104, 105, .pi / 2, .pi, 2 * .pi, 99_999.99, 100_000, 65_536, 8_388_607.5, 0x1p23, 8_388_609, 0x1p24, 16_777_218,
      1e10, 0x1p64, 0x1.f37c8ap+95, 1e30,
    ]
    return positive + positive.map { -$0 }
  }()

  // MARK: - Accuracy

  /// The distance of the bit patterns that are tried: every 8191st is a sample of all exponents and both signs. `make ulp`
  /// sets 1, the whole float range.
  static let step = ProcessInfo.processInfo.environment["DESCENT_ULP_STEP"].flatMap { Int($0) } ?? 8191

  @Test(arguments: unary)
  func errorIsWithinBound(function: VectorMath) throws {
    let kernel = try VectorMathKernel<Float>(function, width: 16)
    var worst = ErrorReport()
    // In pieces: all floats at once would need 16 GB.
    let piece = Self.step << 20
    for start in stride(from: 0, to: 1 << 32, by: piece) {
      let patterns = stride(from: start, to: min(start + piece, 1 << 32), by: Self.step)
      let arguments = patterns.map { Float(bitPattern: UInt32($0)) }
      for (x, result) in zip(arguments, kernel.run(arguments)) {
        worst.record(result, exact: function.exact(Double(x)), "\(function)(\(x))")
      }
    }
    #expect(worst.mistakes == [])
    #expect(worst.error <= function.maximumError, "\(worst.place)")
    // Less would mean that nothing was measured: even exact results, rounded, are off by up to half a unit.
    #expect(worst.error > 0.49)
  }

  @Test func powerErrorIsWithinBound() throws {
    var random = SplitMix64(state: 20)
    var bases: [Float] = []
    var exponents: [Float] = []
    for index in 0..<200_000 {
      let x = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
      switch index % 3 {
      case 0:
        bases.append(x)
        exponents.append(Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random)))
      case 1:
        // Results spread over all magnitudes, beyond both ends.
        bases.append(abs(x))
        exponents.append(Float(Double.random(in: -155...155, using: &random) / log2(abs(Double(x)))))
      default:
        bases.append(Float.random(in: -30...30, using: &random))
        exponents.append(Float(Int.random(in: -40...40, using: &random)))
      }
    }
    let results = try VectorMathKernel<Float>(.pow, width: 16).run(bases, exponents)
    var worst = ErrorReport()
    for index in bases.indices {
      let (x, y) = (bases[index], exponents[index])
      worst.record(results[index], exact: pow(Double(x), Double(y)), "pow(\(x), \(y))")
    }
    #expect(worst.mistakes == [])
    #expect(worst.error <= VectorMath.pow.maximumError, "\(worst.place)")
    #expect(worst.error > 0.49)
  }

  @Test(arguments: unary)
  func specialValues(function: VectorMath) throws {
    let results = try VectorMathKernel<Float>(function, width: 8).run(Self.special)
    var worst = ErrorReport()
    for (x, result) in zip(Self.special, results) {
      worst.record(result, exact: function.exact(Double(x)), "\(function)(\(x))")
    }
    #expect(worst.mistakes == [])
    #expect(worst.error <= function.maximumError, "\(worst.place)")
  }

  @Test func specialValuesOfPower() throws {
    let bases = Self.special.flatMap { x in Self.special.map { _ in x } }
    let exponents = Self.special.flatMap { _ in Self.special }
    let results = try VectorMathKernel<Float>(.pow, width: 8).run(bases, exponents)
    var worst = ErrorReport()
    for index in bases.indices {
      let (x, y) = (bases[index], exponents[index])
      worst.record(results[index], exact: pow(Double(x), Double(y)), "pow(\(x), \(y))")
    }
    #expect(worst.mistakes == [])
    #expect(worst.error <= VectorMath.pow.maximumError, "\(worst.place)")
  }

  /// Written out, so that they do not rest on another library.
  @Test func exactValues() throws {
    let cases: [(VectorMath, Float, Float)] = [
      (.exp, 0, 1), (.exp, -.infinity, 0), (.exp, .infinity, .infinity), (.exp, 89, .infinity), (.exp, -104, 0),
      (.exp, -103.5, .leastNonzeroMagnitude), (.expm1, -.infinity, -1), (.expm1, -0.0, -0.0), (.log, 1, 0),
      (.log, 0, -.infinity), (.log, -0.0, -.infinity), (.log, .infinity, .infinity), (.log1p, -1, -.infinity),
      (.log1p, -0.0, -0.0), (.sin, -0.0, -0.0), (.cos, 0, 1), (.tanh, 20, 1), (.tanh, -.infinity, -1),
      (.erf, .infinity, 1), (.erf, -5, -1), (.sigmoid, 0, 0.5), (.sigmoid, .infinity, 1), (.sigmoid, -.infinity, 0),
    ]
    for (function, x, expected) in cases {
      let result = try VectorMathKernel<Float>(function, width: 1).run([x])[0]
      #expect(result.bitPattern == expected.bitPattern, "\(function)(\(x)) = \(result), not \(expected)")
    }
    let notNumbers: [(VectorMath, Float)] = [
      (.log, -1), (.log, -.infinity), (.log1p, -1.5), (.sin, .infinity), (.cos, -.infinity),
    ]
    for (function, x) in notNumbers + VectorMath.allCases.map({ ($0, Float.nan) }) {
      let result = try VectorMathKernel<Float>(function, width: 1).run([x], [2])[0]
      #expect(result.isNaN, "\(function)(\(x)) = \(result)")
    }
  }

  // MARK: - Widths

  /// Huge and small arguments meet in one vector here, too.
  @Test(arguments: VectorMath.allCases)
  func allWidthsAgree(function: VectorMath) throws {
    var random = SplitMix64(state: 21)
    let x = Self.special + (0..<500).map { _ in Float.random(in: -20...20, using: &random) }
    let y = x.shuffled(using: &random)
    let expected = try VectorMathKernel<Float>(function, width: 1).run(x, y).map(\.canonicalBits)
    for width in Self.widths {
      let results = try VectorMathKernel<Float>(function, width: width).run(x, y).map(\.canonicalBits)
      #expect(results == expected, "\(width) lanes")
    }
  }

  // MARK: - Double

  @Test(arguments: VectorMath.allCases, [1, 8])
  func doublesAreThoseOfTheLibrary(function: VectorMath, width: Int) throws {
    var random = SplitMix64(state: 22)
    let x = Self.special.map(Double.init) + (0..<200).map { _ in Double.random(in: -40...40, using: &random) }
    let y = x.shuffled(using: &random)
    let results = try VectorMathKernel<Double>(function, width: width).run(x, y)
    // The sigmoid is a formula of three roundings around the library's exponential.
    let tolerance = function == .sigmoid ? 4 * Double.ulpOfOne : 0
    for index in x.indices {
      let exact = function == .pow ? pow(x[index], y[index]) : function.exact(x[index])
      let same = results[index] == exact || (results[index].isNaN && exact.isNaN)
      let near = abs(results[index] - exact) <= tolerance * abs(exact)
      #expect(same || near, "\(function)(\(x[index]), \(y[index])) = \(results[index]), not \(exact)")
    }
  }

  @Test func doubleSigmoidUnderflowsGradually() throws {
    let results = try VectorMathKernel<Double>(.sigmoid, width: 4).run([-720, -745, -746, 800])
    #expect(results == [exp(-720), exp(-745), 0, 1])
  }

  // MARK: - Text

  @Test func symbolsNameFunctionWidthAndType() {
    #expect(VectorMath.symbol(of: .exp, width: 16) == "@descent.exp.v16f32")
    #expect(VectorMath.symbol(of: .erf, width: 8, element: .float64) == "@descent.erf.v8f64")
  }

  @Test func mergedCodeHoldsSharedPartsOnce() {
    var code = VectorMath.definition(of: .sin, width: 8)
    code.merge(VectorMath.definition(of: .cos, width: 8))
    code.merge(VectorMath.definition(of: .sin, width: 8))
    let definitions = code.text.split(separator: "\n").filter { $0.hasPrefix("define") }
    #expect(definitions.count == 4, "sin, cos and the two helpers of both")
    let declarations = code.text.split(separator: "\n").filter { $0.hasPrefix("declare") }
    #expect(Set(declarations).count == declarations.count)
  }

  @Test func allFunctionsFitInOneModule() throws {
    var code = VectorMathCode()
    for element in VectorMath.Element.allCases {
      for function in VectorMath.allCases {
        for width in [1, 16] {
          code.merge(VectorMath.definition(of: function, width: width, element: element))
        }
      }
    }
    let identity = "define float @kernel(float %x) {\n  ret float %x\n}\n"
    _ = try KernelCompiler.shared().function(symbol: "kernel", ir: code.text + identity)
  }

  @Test func errorIsCountedInUnitsOfTheLastPlace() {
    #expect(ErrorReport.units(of: 1.5, exact: 1.5) == 0)
    #expect(ErrorReport.units(of: (1.5 as Float).nextUp, exact: 1.5) == 1)
    #expect(ErrorReport.units(of: 3 * .leastNonzeroMagnitude, exact: 0x1p-149) == 2)
    #expect(ErrorReport.units(of: .infinity, exact: 0x1.ffffffp+127) == 0.5)
    #expect(ErrorReport.units(of: .infinity, exact: 1e300) == 0)
  }
}

// MARK: - Support

/// A loop that applies one function to arrays, compiled.
private struct VectorMathKernel<Scalar: BinaryFloatingPoint> {
  private typealias Function =
    @convention(c) (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void

  private let width: Int
  private let function: Function

  init(_ math: VectorMath, width: Int) throws {
    let element: VectorMath.Element = Scalar.self == Float.self ? .float32 : .float64
    let builder = VectorMathBuilder(width: width)
    let (scalar, vector) = (element.lane.rawValue, builder.type(element.lane))
    let second = math.arity == 2 ? ", \(vector) %b" : ""
    let symbol = VectorMath.symbol(of: math, width: width, element: element)
    let loop = """
      define void @kernel(ptr %x, ptr %y, ptr %out, i64 %count) {
      entry:
        br label %loop
      loop:
        %i = phi i64 [ 0, %entry ], [ %next, %loop ]
        %xi = getelementptr \(scalar), ptr %x, i64 %i
        %yi = getelementptr \(scalar), ptr %y, i64 %i
        %oi = getelementptr \(scalar), ptr %out, i64 %i
        %a = load \(vector), ptr %xi, align 4
        %b = load \(vector), ptr %yi, align 4
        %r = call \(vector) \(symbol)(\(vector) %a\(second))
        store \(vector) %r, ptr %oi, align 4
        %next = add i64 %i, \(width)
        %more = icmp ult i64 %next, %count
        br i1 %more, label %loop, label %exit
      exit:
        ret void
      }
      """
    let code = VectorMath.definition(of: math, width: width, element: element)
    let address = try KernelCompiler.shared().function(symbol: "kernel", ir: code.text + loop)
    self.width = width
    function = unsafeBitCast(address, to: Function.self)
  }

  func run(_ x: [Scalar], _ y: [Scalar]? = nil) -> [Scalar] {
    let padding = [Scalar](repeating: 1, count: (width - x.count % width) % width)
    let (first, second) = (x + padding, (y ?? x) + padding)
    var results = [Scalar](repeating: 0, count: first.count)
    results.withUnsafeMutableBytes { out in
      first.withUnsafeBytes { x in
        second.withUnsafeBytes { y in
          guard let x = x.baseAddress, let y = y.baseAddress, let out = out.baseAddress else { return }
          function(x, y, out, first.count)
        }
      }
    }
    return Array(results.prefix(x.count))
  }
}

/// The largest error seen, and results that no bound excuses: of the wrong sign, or NaN where there is a number.
private struct ErrorReport {
  var error = 0.0
  var place = ""
  var mistakes: [String] = []

  mutating func record(_ result: Float, exact: Double, _ call: @autoclosure () -> String) {
    if result.isNaN || exact.isNaN {
      if result.isNaN != exact.isNaN { mistakes.append("\(call()) = \(result), not \(exact)") }
      return
    }
    if result.sign != exact.sign || (exact.isInfinite && result.isFinite) {
      mistakes.append("\(call()) = \(result), not \(exact)")
      return
    }
    let units = Self.units(of: result, exact: exact)
    if units > error {
      error = units
      place = "\(call()) = \(result), not \(exact)"
    }
  }

  /// Infinity counts as 2^128, the number after the largest finite one.
  static func units(of result: Float, exact: Double) -> Double {
    let limit = 0x1p128
    let value = min(max(Double(result), -limit), limit)
    let reference = min(max(exact, -limit), limit)
    let exponent = reference == 0 ? -126 : min(max(Int(reference.exponent), -126), 127)
    return abs(value - reference) * Double(sign: .plus, exponent: 23 - exponent, significand: 1)
  }
}

extension VectorMath {
  /// The function in Double, by the platform's library.
  fileprivate func exact(_ x: Double) -> Double {
    switch self {
    #if canImport(Darwin)
      case .exp: Darwin.exp(x)
      case .expm1: Darwin.expm1(x)
      case .log: Darwin.log(x)
      case .log1p: Darwin.log1p(x)
      case .sin: Darwin.sin(x)
      case .cos: Darwin.cos(x)
      case .tanh: Darwin.tanh(x)
      case .erf: Darwin.erf(x)
      case .sigmoid: x < 0 ? Darwin.exp(x) / (1 + Darwin.exp(x)) : 1 / (1 + Darwin.exp(-x))
    #else
      case .exp: Glibc.exp(x)
      case .expm1: Glibc.expm1(x)
      case .log: Glibc.log(x)
      case .log1p: Glibc.log1p(x)
      case .sin: Glibc.sin(x)
      case .cos: Glibc.cos(x)
      case .tanh: Glibc.tanh(x)
      case .erf: Glibc.erf(x)
      case .sigmoid: x < 0 ? Glibc.exp(x) / (1 + Glibc.exp(x)) : 1 / (1 + Glibc.exp(-x))
    #endif
    case .pow: preconditionFailure("pow has two arguments")
    }
  }
}

extension Float {
  /// The bits, the same for all NaNs.
  fileprivate var canonicalBits: UInt32 { isNaN ? Float.nan.bitPattern : bitPattern }
}

/// The generator of Steele, Lea and Flood (2014): the same samples in every run.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
