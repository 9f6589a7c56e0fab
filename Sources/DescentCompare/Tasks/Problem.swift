import DescentRuntime
import DescentGraph

/// Something to minimize, in memory: parameters, a loss to differentiate, and how good the result is.
///
/// A problem is made once and loaded again for every run, so that a step is traced and compiled once and not for every
/// seed: what changes with the seed (data, starting values) is the content of variables.
public struct Problem: Sendable {
  /// Data that quality is measured on.
  public enum Part: String, Sendable, CaseIterable {
    /// For choosing hyper-parameters.
    case validation
    /// For judging.
    case test
  }

  /// What a method updates.
  public let parameters: [Variable]
  /// What a step changes besides: running statistics of layers.
  public let state: [Variable]
  /// How many examples batches are drawn from; 0 for a function that takes none.
  public let examples: Int
  /// Examples that the loss of one step is a mean over.
  public let batch: Int
  /// Draws data and starting values.
  let load: @Sendable (_ seed: UInt64) throws -> Void
  /// Traced: the loss (a scalar) of the examples in `rows`, `[batch]` i32; nil where there are none.
  let loss: @Sendable (_ rows: Tensor?) -> Tensor
  /// Traced: the task's metric, a scalar.
  let metric: @Sendable (_ part: Part) -> Tensor

  /// - Parameters:
  ///   - parameters: what a method updates.
  ///   - state: what a step changes besides, such as running statistics.
  ///   - examples: how many there are to draw batches from; 0 for a function that takes none.
  ///   - batch: examples of a step.
  ///   - load: called before each run: writes the data and starting values of a seed to the variables.
  ///   - loss: traced: a scalar, over the examples in `rows`, `[batch]` i32; nil means all of them, or that there are
  ///     none.
  ///   - metric: traced: the task's metric on a part of the data, a scalar.
  public init(
    parameters: [Variable], state: [Variable] = [], examples: Int = 0, batch: Int = 1,
    load: @escaping @Sendable (_ seed: UInt64) throws -> Void,
    loss: @escaping @Sendable (_ rows: Tensor?) -> Tensor, metric: @escaping @Sendable (_ part: Part) -> Tensor
  ) {
    (self.parameters, self.state, self.examples, self.batch) = (parameters, state, examples, batch)
    (self.load, self.loss, self.metric) = (load, loss, metric)
  }

  /// Draws the data and the starting values that belong to `seed`.
  public func draw(seed: UInt64) throws { try load(seed) }
}
