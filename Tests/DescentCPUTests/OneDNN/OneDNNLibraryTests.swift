import DescentGraph
import Foundation
import TestSupport
import Testing

@testable import DescentCPU

@Suite struct OneDNNLibraryTests {
  @Test func `the library says what it is`() throws {
    try OneDNNLibrary.load()
    #expect(OneDNNLibrary.version?.split(separator: ".").count == 3)
    #expect(OneDNNLibrary.instructionSet?.isEmpty == false)
  }

  @Test func `a library that is not there is one clear error`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      setenv("DESCENT_ONEDNN", "/nowhere/libdnnl.so", 1)
      do throws(EngineError) {
        try OneDNNLibrary.load()
      } catch {
        print(error)
      }
    }
    let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(text.contains("oneDNN was not found"))
    #expect(text.contains("/nowhere/libdnnl.so"))
    #expect(text.contains("apt-get install libdnnl-dev"))
  }

  /// A network's output and gradients agree with the reference.
  static func agrees(_ network: ConvolutionTests.Network) -> Bool {
    let arguments = network.shapes.enumerated().map { number, shape in
      var random = SplitMix(UInt64(number))
      return random.storage(shape, .float32)
    }
    let program = Trace.record(arguments: network.shapes.map { ("x", $0, .float32) }) {
      let y = network.body($0)
      return [y] + gradients(of: (y * y).mean(), withRespectTo: $0)
    }
    let result = Agreement.check(program, arguments, engine: BackendTable.cpu.engine)
    return result.disagreement == nil && !result.isUnstable
  }

  @Test func `convolutions run without the library`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      setenv("DESCENT_ONEDNN", "off", 1)
      print("agrees: \(ConvolutionTests.networks.allSatisfy(Self.agrees))")
      print(OneDNNLibrary.version ?? "no oneDNN")
    }
    let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(text.contains("agrees: true"))
    #expect(text.contains("no oneDNN"))
  }

  #if os(Linux)
    @Test func `only convolutions open the library`() async {
      let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        setenv("DESCENT_THREADS", "2", 1)
        // Line by line: under the thread sanitizer the list is too long for what Foundation reads of such a file at once.
        func isOpen() throws -> Bool {
          let file = try #require(fopen("/proc/self/maps", "r"))
          defer { fclose(file) }
          var line = [CChar](repeating: 0, count: 4096)
          while fgets(&line, Int32(line.count), file) != nil {
            if strstr(line, "libdnnl") != nil { return true }
          }
          return false
        }
        let ones = Tensor([Float](repeating: 1, count: 512 * 300), shape: [512, 300])
        let product = try matmul(ones, ones.transposed).scalars(as: Float.self)
        print("product: \(product.allSatisfy { $0 == 300 }), \(try isOpen())")
        print("convolutional: \(Self.agrees(ConvolutionTests.networks[0])), \(try isOpen())")
      }
      let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
      #expect(text.contains("product: true, false"))
      #expect(text.contains("convolutional: true, true"))
    }
  #endif
}
