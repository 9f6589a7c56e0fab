import DescentGraph
import Foundation
import Testing

@testable import DescentCPU

@Suite struct LAPACKLibraryTests {
  @Test func `the library says what it is`() throws {
    #expect(try LAPACKLibrary.shared().version.isEmpty == false)
  }

  @Test func `a library that is not there is one clear error, and only for those who need it`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      setenv("DESCENT_LAPACK", "/nowhere/liblapack.so", 1)
      do {
        let x = Tensor([Float(4)], shape: [1, 1])
        print("square: \(try (x * x).scalars(as: Float.self))")
        _ = try x.cholesky().scalars(as: Float.self)
      } catch {
        print(error)
      }
    }
    let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    for part in [
      "square: [16.0]", "no LAPACK was found", "/nowhere/liblapack.so", "apt-get install libopenblas0-serial",
    ] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test func `a library without LAPACK is not taken`() {
    #expect(throws: EngineError.lapackUnusable(tried: ["libc.so.6 (it has no LAPACK)", "/nowhere"])) {
      try LAPACKLibrary(names: ["libc.so.6", "/nowhere"])
    }
  }
}
