import DescentGraph
import DescentRuntime
import Synchronization

/// A tensor of a model, trainable or state: the reference-typed leaf that layers hold.
///
/// It starts at zero; `Module.initialize(seed:)` draws its value. Its name is the path of properties that leads to it.
public final class Parameter: Sendable {
  /// Where the value is kept; optimizers take it.
  public let variable: Variable
  /// How its value is drawn.
  public let initializer: Initializer
  /// Whether the layer itself keeps it up to date, as batch normalization does its running mean: saved with the model,
  /// never updated by an optimizer.
  public let isState: Bool
  private let trainable: Mutex<Bool>

  /// A trainable parameter.
  ///
  /// - Parameters:
  ///   - shape: of its value.
  ///   - initializer: how that is drawn by `Module.initialize(seed:)`; until then it is zero.
  ///   - dtype: of the elements.
  public convenience init(_ shape: Shape, _ initializer: Initializer, dtype: DType = .float32) {
    self.init(shape, initializer, dtype: dtype, isState: false)
  }

  private init(_ shape: Shape, _ initializer: Initializer, dtype: DType, isState: Bool) {
    variable = Variable(parameterOf: shape, dtype: dtype)
    self.initializer = initializer
    self.isState = isState
    trainable = Mutex(!isState)
  }

  /// State of a layer, which no optimizer updates.
  public static func state(_ shape: Shape, _ initializer: Initializer, dtype: DType = .float32) -> Parameter {
    Parameter(shape, initializer, dtype: dtype, isState: true)
  }

  /// The value's extents.
  public var shape: Shape { variable.shape }

  /// The present value: in a compiled function a node of its graph, elsewhere a snapshot.
  public var value: Tensor { variable.value }

  /// Whether optimizers update it. State is never trainable.
  public var isTrainable: Bool {
    get { trainable.withLock { $0 } }
    set {
      require(!isState || !newValue, "\(variable.name)\(shape) is state of its layer; no optimizer can train it")
      require(
        newValue || !variable.isTrained,
        "\(variable.name)\(shape) is trained by an updater, which would go on; freeze before making the updater, "
          + "or use the method's frozen(_:)")
      trainable.withLock { $0 = newValue }
    }
  }
}

extension Parameter: CustomStringConvertible {
  /// The name, once a model was asked for its parameters, the dtype and the shape: `layers.0.weight f32[8, 4]`.
  public var description: String { variable.description }
}
