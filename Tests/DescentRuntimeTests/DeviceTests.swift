import DescentGraph
import DescentRuntime
import Testing

@Suite struct DeviceTests {
  @Test func devicesAreFoundByName() throws {
    #expect(try Device.named("cpu") == .cpu)
    #expect(try Device.named("reference") == .reference)
    #expect(Device.current == .cpu)
    #expect(Device.reference.use { Device.current } == .reference)
  }

  @Test func anUnknownNameIsAnErrorThatListsTheKnownOnes() {
    #expect(throws: DeviceError.unknown(name: "cuda", known: ["cpu", "reference"])) { try Device.named("cuda") }
  }
}
