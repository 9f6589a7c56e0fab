import DescentGraph
import DescentRuntime

/// A back end under test: the conformance suites run over all of them.
package struct BackendRow: Sendable, CustomStringConvertible {
  package let device: Device
  /// How many random programs it is tried on, as a share of those for the processors.
  package let fuzzShare: Double
  package var description: String { device.name }

  /// Prepares and runs; twice, because the second run finds the memory as the first one left it.
  package func engine(_ program: Program, _ arguments: [Storage]) throws -> [Storage] {
    let step = CompiledStep(try device.backend.prepare(program, CompileOptions(), note: { _ in }), of: program)
    func fill(_ buffers: [Buffer]) { for (buffer, argument) in zip(buffers, arguments) { buffer.fill(from: argument) } }
    _ = try step.run(fill) { _ in }
    return try step.run(fill) { $0.map(\.rows) }
  }
}

/// Every back end, a row each.
package enum BackendTable {
  package static let cpu = BackendRow(device: .cpu, fuzzShare: 1)
  package static let rows = [
    cpu,
    BackendRow(device: .reference, fuzzShare: 0.05),
    BackendRow(device: Device(name: "counting", backend: CountingBackend()), fuzzShare: 0.01),
  ]
}
