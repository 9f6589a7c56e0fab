import Foundation
import Testing

@testable import DescentEngine

@Suite struct OneDNNLibraryTests {
  @Test func `a library that is not there is one clear error`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      setenv("DESCENT_ONEDNN", "/nowhere/libdnnl.so", 1)
      do throws(EngineError) {
        _ = try MatrixProduct(.init(m: 2, n: 2, k: 2))
      } catch {
        print(error)
      }
    }
    let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(text.contains("oneDNN was not found"))
    #expect(text.contains("/nowhere/libdnnl.so"))
    #expect(text.contains("apt-get install libdnnl-dev"))
  }
}
