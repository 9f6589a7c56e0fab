/// A value in the graph. Building one runs nothing: an operation adds a node, reading evaluates it.
public struct Tensor: Sendable {
  package let node: Node
  package init(_ node: Node) { self.node = node }

  /// The extents, outermost first; `[]` for a scalar.
  public var shape: Shape { node.shape }
  /// The type of the elements.
  public var dtype: DType { node.dtype }
  /// The number of axes; 0 for a scalar.
  public var rank: Int { node.shape.rank }

  /// A tensor of `scalars`, row-major. Without a shape it has one axis.
  public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: Shape? = nil) {
    self.init(storage: Storage(scalars, shape: shape ?? [scalars.count]))
  }
  /// A constant with the elements of `storage`, which is not copied: nothing may write to it any more.
  public init(storage: Storage) {
    self.init(.constant(.data(storage)), [], shape: storage.shape, dtype: storage.dtype)
  }
  /// A scalar constant. A float64 scalar takes the dtype of the tensor it meets, as a Swift literal does. Traps for what
  /// integers and `bool` cannot hold.
  public init(_ value: Double, dtype: DType = .float64) { self.init(filled: value, shape: [], dtype: dtype) }

  /// `value` in every element, rounded to the nearest one of a float dtype. Traps for what integers and `bool` cannot hold.
  public init(filled value: Double, shape: Shape, dtype: DType = .float32) {
    require(
      dtype.isFloat || dtype.rounding(value) == value,
      "\(value) in a tensor \(dtype)\(shape): it is no \(dtype); use a float type")
    self.init(.constant(.splat(dtype.rounding(value))), [], shape: shape, dtype: dtype)
  }
  /// 0 in every element, `false` for `bool`.
  public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    Tensor(filled: 0, shape: shape, dtype: dtype)
  }
  /// 1 in every element, `true` for `bool`.
  public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    Tensor(filled: 1, shape: shape, dtype: dtype)
  }
  /// Zeros of the shape and dtype of `other`.
  public static func zeros(like other: Tensor) -> Tensor { zeros(other.shape, dtype: other.dtype) }
  /// Ones of the shape and dtype of `other`.
  public static func ones(like other: Tensor) -> Tensor { ones(other.shape, dtype: other.dtype) }

  /// 0, 1, 2 … along `axis`.
  public static func iota(_ shape: Shape, axis: Int = 0, dtype: DType = .int32) -> Tensor {
    Tensor(.iota(axis: shape.normalized(axis: axis, for: "iota")), [], shape: shape, dtype: dtype)
  }

  /// Adds a node whose shape and dtype the op's rule infers; traps when the inputs do not fit the op.
  init(_ op: Op, _ inputs: [Tensor]) { self.init(Node(op, inputs.map(\.node))) }
  init(_ op: Op, _ inputs: [Tensor], shape: Shape, dtype: DType) {
    self.init(Node(op, inputs.map(\.node), shape: shape, dtype: dtype))
  }

  /// The elements, where they are in memory: of a tensor of data, or one that was evaluated.
  package var data: Storage? { if case .constant(.data(let storage)) = node.op { storage } else { nil } }
  package var isData: Bool { data != nil }

  /// The value every element has, when it is known while tracing.
  var splat: Double? {
    if case .constant(.splat(let value)) = node.op { value } else { nil }
  }
}

/// An immutable step of a computation. Nodes are shared and compared by identity.
///
/// `@usableFromInline`, so that sets and dictionaries of nodes in other modules are compiled for them: planning looks nodes up
/// so often that it takes 5 % longer without.
@usableFromInline package final class Node: Sendable {
  package let op: Op
  /// Never changes while the node lives; see `deinit`.
  package private(set) nonisolated(unsafe) var inputs: [Node]
  package let shape: Shape
  package let dtype: DType

  /// For ops whose result follows from their inputs.
  init(_ op: Op, _ inputs: [Node]) {
    let type = op.inferred(from: inputs)
    shape = type.shape
    dtype = type.dtype
    self.op = op
    self.inputs = inputs
    NodeRecorder.current?.nodes.insert(self)
  }
  /// For ops that carry part of their result's type: leaves, reshape, broadcast, cast, randomBits.
  package init(_ op: Op, _ inputs: [Node], shape: Shape, dtype: DType) {
    op.check(inputs, shape: shape, dtype: dtype)
    self.op = op
    self.inputs = inputs
    self.shape = shape
    self.dtype = dtype
    NodeRecorder.current?.nodes.insert(self)
  }

  /// Releases what only this node holds in a loop. Swift would release it node within node, and a sum of twenty thousand
  /// losses has no room for that on the stack.
  deinit {
    guard inputs.contains(where: { !$0.inputs.isEmpty }) else { return }
    var released = inputs
    inputs = []
    while var node = released.popLast() {
      // Nobody else has it, so nobody sees its inputs go.
      guard isKnownUniquelyReferenced(&node) else { continue }
      released += node.inputs
      node.inputs = []
    }
  }
}

extension Node: Hashable {
  @inlinable package static func == (a: Node, b: Node) -> Bool { a === b }
  @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  /// What sets and dictionaries ask for. Planning looks nodes up so often that the hasher for keys from outside would take
  /// a fifth of its time; an address multiplied (Fibonacci hashing) spreads well enough.
  @inlinable package func _rawHashValue(seed: Int) -> Int {
    let address = UInt(bitPattern: ObjectIdentifier(self))
    return Int(bitPattern: ((address ^ UInt(bitPattern: seed)) &* 0x9E37_79B9_7F4A_7C15) >> 20)
  }
}

extension Node {
  /// Every node that `roots` depend on, inputs before the nodes that use them. Iterative: graphs can be deep.
  package static func topologicalOrder(of roots: [Node]) -> [Node] {
    var order: [Node] = []
    // Most graphs have some hundred nodes or thousands.
    var done = Set<Node>(minimumCapacity: 1024)
    var stack: [(node: Node, next: Int)] = []
    for root in roots where !done.contains(root) {
      stack.append((root, 0))
      done.insert(root)
      while let (node, next) = stack.last {
        if next < node.inputs.count {
          stack[stack.count - 1].next += 1
          let input = node.inputs[next]
          if done.insert(input).inserted { stack.append((input, 0)) }
        } else {
          order.append(node)
          stack.removeLast()
        }
      }
    }
    return order
  }
}
