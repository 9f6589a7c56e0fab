import DescentGraph
import Synchronization

/// A trainable tensor of a model: the reference-typed leaf that layers hold.
///
/// It starts at zero; `Module.initialize(seed:)` draws its value. Its name is the path of properties that leads to it.
public final class Parameter: Sendable {
  public let variable: Variable
  public let initializer: Initializer
  private let trainable = Mutex(true)

  public init(_ shape: Shape, _ initializer: Initializer, dtype: DType = .float32) {
    variable = Variable(shape: shape, dtype: dtype)
    self.initializer = initializer
  }

  public var shape: Shape { variable.shape }

  /// The present value: in a compiled function a node of its graph, elsewhere a snapshot.
  public var value: Tensor { variable.value }

  /// Whether optimizers update it.
  public var isTrainable: Bool {
    get { trainable.withLock { $0 } }
    set { trainable.withLock { $0 = newValue } }
  }
}
