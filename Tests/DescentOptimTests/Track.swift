import DescentRuntime
import DescentReference
import DescentGraph
import DescentOptim
import Foundation

/// Parameters and the gradients they are given, step by step: a problem that tests an update rule and nothing else.
struct Track: Sendable {
  struct Parameter: Sendable {
    var name: String
    var shape: Shape
    /// Row-major.
    var start: [Double]
  }
  var parameters: [Parameter]
  /// `gradients[step][parameter]`, row-major.
  var gradients: [[[Double]]]

  /// One tensor whose gradients differ in size, phase and sign from element to element and from step to step.
  static func waves(_ shape: Shape, steps: Int) -> Track {
    let count = shape.elementCount
    let start = (0..<count).map { sin(Double($0) * 0.7) }
    let gradients = (0..<steps).map { step in
      (0..<count).map { i in
        let phase = 0.4 + 1.3 * Double(i) + 0.9 * Double(step) * (1 + 0.37 * Double(i))
        return sin(phase) * (0.2 + 0.1 * Double(i % 5))
      }
    }
    return Track(parameters: [Parameter(name: "w", shape: shape, start: start)], gradients: gradients.map { [$0] })
  }

  /// A linear function of the parameters: its gradients are those given wherever it is evaluated.
  ///
  /// - Parameter curvature: adds so much times half the square of each parameter.
  static func loss(of variables: [Variable], gradients: [Tensor], curvature: Double = 0) -> Tensor {
    let terms = zip(variables, gradients).map { variable, gradient in
      let w = variable.value
      return curvature == 0 ? (w * gradient).sum() : (w * gradient + 0.5 * curvature * w * w).sum()
    }
    return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
  }

  /// The variables at their start.
  func variables(_ dtype: DType) -> [Variable] {
    parameters.map { parameter in
      let storage = Storage(shape: parameter.shape, dtype: dtype)
      for (i, x) in parameter.start.enumerated() { storage.set(x, at: i) }
      return Variable(storage, name: parameter.name)
    }
  }

  /// Computes in `Double`, and rounds what is float32: scalars that some libraries keep so, random numbers.
  static let interpreter = Interpreter<Double>(afterEachNode: { node, value in
    guard node.dtype == .float32 else { return value }
    return .init(floats: value.floats.map { Double(Float($0)) }, shape: node.shape, dtype: .float32)
  })

  /// The parameters after each step, `[step][parameter][element]`, by the reference interpreter in float64.
  func reference<Method: OptimizationMethod>(_ method: Method) -> [[[Double]]] {
    let variables = variables(.float64)
    let updater = try! Updater(method, parameters: variables)
    let program = Trace.record(arguments: parameters.map { ("gradient", $0.shape, .float64) }) {
      updater.minimize(Self.loss(of: variables, gradients: $0))
      return []
    }
    let step = ReferenceStep<Double>(program, interpreter: Self.interpreter)
    return gradients.map { given in
      step.step(zip(given, parameters).map { .init(floats: $0, shape: $1.shape, dtype: .float64) })
      return variables.map { step.value(of: $0).floats }
    }
  }

  /// The same by the compiled engine.
  func compiled<Method: OptimizationMethod>(
    _ method: Method, _ dtype: DType = .float32, curvature: Double = 0
  ) throws -> CompiledRun {
    try compiled(method, dtype, curvature: curvature) { _, _ in }
  }

  /// The same; `beforeStep` is told the updater and the number of the step (from 0) that follows.
  func compiled<Method: OptimizationMethod>(
    _ method: Method, _ dtype: DType = .float32, curvature: Double = 0, beforeStep: (Updater<Method>, Int) -> Void
  ) throws -> CompiledRun {
    let variables = variables(dtype)
    let updater = try Updater(method, parameters: variables)
    let step = compile { (gradients: [Tensor]) in
      updater.minimize(Self.loss(of: variables, gradients: gradients, curvature: curvature))
      return []
    }
    let states = try gradients.enumerated().map { number, given in
      beforeStep(updater, number)
      _ = try step(zip(given, parameters).map { Tensor($0, shape: $1.shape).cast(to: dtype) })
      return variables.map(\.elements)
    }
    let executable = try step.executable(shapes: parameters.map(\.shape), dtypes: parameters.map { _ in dtype })
    return CompiledRun(states: states, traceCount: step.traceCount, kernelCount: executable.plan.kernelCount)
  }
}

/// What the engine made of a track.
struct CompiledRun: Equatable {
  /// `[step][parameter][element]`.
  let states: [[[Double]]]
  /// How often the step was traced.
  let traceCount: Int
  /// Kernels of one step.
  let kernelCount: Int
}

extension Variable {
  /// The elements in row-major order.
  var elements: [Double] { (0..<shape.elementCount).map { storage.double(at: $0) } }
}

/// The greatest of |found − expected| / max(|expected|, scale); NaN counts as infinitely wrong.
func relativeError(_ found: [Double], _ expected: [Double], scale: Double) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { a, b in
    let error = (a - b).magnitude / max(b.magnitude, scale)
    return error.isNaN ? .infinity : error
  }.max() ?? 0
}
