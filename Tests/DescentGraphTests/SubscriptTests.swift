import DescentGraph
import DescentRuntime
import Testing

/// `x[0, 1..<3]` and `stack` against the elements that they name.
@Suite struct SubscriptTests {
  static let x = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])

  struct Part: Sendable, CustomStringConvertible {
    let description: String
    let take: @Sendable (Tensor) -> Tensor
    let shape: Shape
    let elements: [Int]
    init(_ description: String, _ shape: Shape, _ elements: [Int], _ take: @escaping @Sendable (Tensor) -> Tensor) {
      (self.description, self.shape, self.elements, self.take) = (description, shape, elements, take)
    }
  }
  static let parts = [
    Part("[1]", [3, 4], Array(12..<24)) { $0[1] },
    Part("[-2]", [3, 4], Array(0..<12)) { $0[-2] },
    Part("[0, 1, 2]", [], [6]) { $0[0, 1, 2] },
    Part("[..., 1..<3]", [2, 3, 2], [1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22]) { $0[..., 1..<3] },
    Part("[1..., 2]", [1, 4], [20, 21, 22, 23]) { $0[1..., 2] },
    Part("[0, ..., -1]", [3], [3, 7, 11]) { $0[0, ..., -1] },
    Part("[...0, ..<1, 2...3]", [1, 1, 2], [2, 3]) { $0[...0, ..<1, 2...3] },
    Part("[0, 0, (-2)...]", [2], [2, 3]) { $0[0, 0, (-2)...] },
    Part("[0, 0, ...(-1)]", [4], [0, 1, 2, 3]) { $0[0, 0, ...(-1)] },
    Part("[..., 1..<1]", [2, 3, 0], []) { $0[..., 1..<1] },
  ]

  @Test(arguments: parts) func partsHoldTheElementsThatTheyName(part: Part) throws {
    let result = part.take(Self.x)
    #expect(result.shape == part.shape)
    let elements = try Device.reference.use { try result.scalars(as: Float.self) }
    #expect(elements == part.elements.map(Float.init))
  }

  @Test(arguments: parts) func gradientsReachThoseElementsOnly(part: Part) throws {
    let weights = Tensor((0..<part.elements.count).map { Float($0 + 1) }, shape: part.shape)
    let f = compile(on: .reference) { (x: Tensor) in
      gradients(of: (part.take(x) * weights).sum(), withRespectTo: [x])[0]
    }
    var expected = [Float](repeating: 0, count: 24)
    for (i, element) in part.elements.enumerated() { expected[element] = Float(i + 1) }
    #expect(try f(Self.x).scalars(as: Float.self) == expected)
  }

  @Test(arguments: [0, 1, -1]) func stackedTensorsAreTheSlicesOfTheNewAxis(axis: Int) throws {
    let slices = [Tensor([1, 2] as [Float]), Tensor([3, 4] as [Float])]
    let result = stack(slices, axis: axis)
    let elements = try Device.reference.use { try result.scalars(as: Float.self) }
    #expect(result.shape == [2, 2])
    #expect(elements == (axis == 0 ? [1, 2, 3, 4] : [1, 3, 2, 4]))
  }

  @Test func anIndexOutOfRangeSaysWhichAxisAndShape() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3])[0, 3]
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("subscript: 3 is out of range on axis 1 of f32[2, 3]"))
  }
}
