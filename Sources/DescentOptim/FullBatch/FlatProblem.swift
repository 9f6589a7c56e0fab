import DescentRuntime
import DescentGraph

/// A loss as a function along a line through its parameters, which are one vector of `n` elements, and the compiled
/// two-loop recursion that chooses the lines.
struct FlatProblem {
  /// What an evaluation finds.
  struct Evaluation {
    var loss: Double
    /// Of the loss along the line.
    var slope: Double
    /// The largest magnitude in the gradient.
    var greatest: Double
  }

  private let memory: Memory
  private let evaluation: CompiledFunction
  private let direction: CompiledFunction

  /// What the two programs share.
  private struct Memory: Sendable {
    let parameters: [Variable]
    /// `[n]`: where the line starts and where it goes; the gradient at the start and at the last evaluation.
    let start, direction, gradientAtStart, gradient: Variable
    /// `[history, n]`: steps and changes of the gradient, oldest first.
    let steps, changes: Variable
    /// `[history]`: 1 / (step · change); 0 where there is none yet.
    let inverses: Variable
    /// The Hessian's inverse to start from: step · change / change · change of the newest pair; 0 where there is none yet.
    let scale: Variable

    init(_ parameters: [Variable], history: Int) {
      // All of them in one vector: in the widest of their types, which holds the elements of each.
      let dtypes = Set(parameters.map(\.dtype))
      let dtype: DType = dtypes.count == 1 ? dtypes.first! : dtypes.contains(.float64) ? .float64 : .float32
      let n = parameters.reduce(0) { $0 + $1.shape.elementCount }
      func vector(_ name: String, _ shape: Shape) -> Variable {
        Variable(shape: shape, dtype: dtype, name: "lbfgs.\(name)")
      }
      self.parameters = parameters
      (start, direction) = (vector("start", [n]), vector("direction", [n]))
      (gradientAtStart, gradient) = (vector("gradientAtStart", [n]), vector("gradient", [n]))
      (steps, changes) = (vector("steps", [history, n]), vector("changes", [history, n]))
      (inverses, scale) = (vector("inverses", [history]), vector("scale", []))
    }

    func flat(_ tensors: [Tensor]) -> Tensor {
      concatenate(tensors.map { $0.reshaped([$0.shape.elementCount]).cast(to: start.dtype) })
    }

    /// Moves the parameters to start + t · direction; results: the loss, its slope along the line, the greatest gradient.
    func evaluate(at t: Tensor, _ loss: () throws -> Tensor) rethrows -> [Tensor] {
      let point = start.value + t * direction.value
      var offset = 0
      for parameter in parameters {
        let count = parameter.shape.elementCount
        let part = point.sliced(axis: 0, offset..<offset + count).reshaped(parameter.shape)
        parameter.value = part.cast(to: parameter.dtype)
        offset += count
      }
      let value = try loss()
      gradient.value = flat(gradients(of: value, withRespectTo: parameters.map(\.value)))
      return [value, (gradient.value * direction.value).sum(), abs(gradient.value).max()]
    }

    /// Takes the step to the last evaluation into the history, and starts a new line there. Result: the slope along it.
    func advance(history: Int) -> [Tensor] {
      let g = gradient.value
      let point = flat(parameters.map(\.value))
      let (step, change) = (point - start.value, g - gradientAtStart.value)
      let product = (step * change).sum()
      let square = (change * change).sum()
      // Pairs without curvature would spoil the model of the Hessian: what the slope has changed by is compared with the slope.
      let counts = product .> 2.2e-16 * abs((step * gradientAtStart.value).sum())
      func pushed(_ old: Variable, _ new: Tensor) -> Tensor {
        let rest = history > 1 ? [old.value.sliced(axis: 0, 1..<history)] : []
        return select(counts, concatenate(rest + [new.expanded(axis: 0)]), old.value)
      }
      let s = pushed(steps, step)
      let y = pushed(changes, change)
      let rho = pushed(inverses, 1 / product)
      let gamma = select(counts, product / square, scale.value)
      // Without a pair the first step is of length 1, whatever the loss is measured in.
      let length = g.norm()
      let start = select(gamma .> 0, gamma, 1 / select(length .> 0, length, Tensor.ones(like: length)))

      func row(_ matrix: Tensor, _ i: Int) -> Tensor { matrix.sliced(axis: 0, i..<i + 1).reshaped([matrix.shape[1]]) }
      func inverse(_ i: Int) -> Tensor { rho.sliced(axis: 0, i..<i + 1).reshaped([]) }
      var q = g
      var shares: [Tensor] = []
      for i in (0..<history).reversed() {
        let share = inverse(i) * (row(s, i) * q).sum()
        q = q - share * row(y, i)
        shares.append(share)
      }
      q = start * q
      for i in 0..<history {
        q = q + (shares[history - 1 - i] - inverse(i) * (row(y, i) * q).sum()) * row(s, i)
      }
      (steps.value, changes.value, inverses.value, scale.value) = (s, y, rho, gamma)
      (self.start.value, gradientAtStart.value, direction.value) = (point, g, -q)
      return [-(q * g).sum()]
    }
  }

  init(
    _ parameters: [Variable], history: Int, memoryLimit: Int?, _ loss: @escaping @Sendable () throws -> Tensor
  ) {
    let memory = Memory(parameters, history: history)
    let start = Storage(shape: memory.start.shape, dtype: memory.start.dtype)
    var offset = 0
    for parameter in parameters {
      let value = parameter.snapshot()
      for i in 0..<parameter.shape.elementCount { start.set(value.double(at: i), at: offset + i) }
      offset += parameter.shape.elementCount
    }
    memory.start.assign(start)
    self.memory = memory
    evaluation = compile(memoryLimit: memoryLimit) { try memory.evaluate(at: $0[0], loss) }
    direction = compile { _ in memory.advance(history: history) }
  }

  /// Leaves the parameters at the start of the line plus `t` times its direction.
  func evaluate(at t: Double) throws -> Evaluation {
    let results = try evaluation([Tensor(storage: Storage([t], shape: []))])
    return Evaluation(
      loss: try results[0].scalar(), slope: try results[1].scalar(), greatest: try results[2].scalar())
  }

  /// A new line from where the parameters are; gives its slope there.
  func advance() throws -> Double { try direction([])[0].scalar() }

  /// Starts again with steepest descent.
  func forgetHistory() {
    for variable in [memory.inverses, memory.steps, memory.changes] {
      variable.assign(Storage(shape: variable.shape, dtype: variable.dtype))
    }
    memory.scale.assign(Storage(shape: [], dtype: memory.scale.dtype))
  }
}
