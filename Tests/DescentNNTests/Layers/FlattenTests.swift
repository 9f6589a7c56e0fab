import DescentGraph
import DescentNN
import Testing

@Suite struct FlattenTests {
  @Test func `axes from the first one on are joined, in row-major order`() throws {
    let x = wave([2, 3, 4, 5], 0)
    #expect(Flatten()(x).shape == [2, 60])
    #expect(Flatten(from: 0)(x).shape == [120])
    #expect(Flatten(from: 2)(x).shape == [2, 3, 20])
    #expect(Flatten()(wave([2], 0)).shape == [2, 1])
    #expect(try Flatten()(x).values() == x.values())
    #expect(Sequential(Flatten(), Linear(60, 2))(x).shape == [2, 2])
  }
}
