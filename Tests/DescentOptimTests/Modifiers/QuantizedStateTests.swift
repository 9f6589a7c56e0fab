import DescentRuntime
import DescentGraph
import Foundation
import Testing

@testable import DescentOptim

@Suite struct QuantizedStateTests {
  /// Encodes and decodes `values`, `count` times with keys of their own; nil rounds to the nearest.
  private func roundTrips(
    _ format: StateFormat, _ values: [Float], _ shape: Shape, keys: [Int?]
  ) throws -> [[Double]] {
    let encoded = try #require(EncodedTensor(format, shape: shape, dtype: .float32))
    return try keys.map { seed in
      let parts = encoded.encoded(Tensor(values, shape: shape), noise: seed.map { RandomKey($0) })
      let storage = try encoded.decoded(parts).storage()
      return (0..<values.count).map { storage.double(at: $0) }
    }
  }

  /// Seven decades, both signs and zeros.
  private static let values: [Float] = (0..<512).map { (i: Int) -> Float in
    let decade = Double((i * 37) % 70) / 10 - 7
    let size = Float(pow(10, decade))
    return i % 32 == 5 ? 0 : i % 3 == 0 ? -size : size
  }

  /// The least magnitude of a block, its greatest one being 1.
  private static let least = 0x1.2p-15 / 1.875

  @Test(arguments: StateFormat.allCases)
  func `rounding keeps signs and zeros, and errs by a step of its scale at most`(format: StateFormat) throws {
    let values = Self.values
    for decoded in try roundTrips(format, values, [2, 256], keys: [nil, 1, 2]) {
      for (i, (value, found)) in zip(values, decoded).enumerated() {
        #expect((value == 0) == (found == 0) && (value < 0) == (found < 0), "\(i): \(value) → \(found)")
        let error = (found - Double(value)).magnitude
        switch format {
        case .bfloat16: #expect(error <= Double(value.magnitude) * 0x1p-7)
        case .blockwise8:
          // Neighbours are an eighth apart; everything small becomes the least magnitude.
          let block = values[i / 256 * 256..<i / 256 * 256 + 256]
          let least = Double(block.map(\.magnitude).max()!) * Self.least
          #expect(error <= max(Double(value.magnitude) / 8, least) * (1 + 1e-5), "\(i): \(value) → \(found)")
        }
      }
    }
  }

  @Test(arguments: StateFormat.allCases)
  func `the mean of stochastic rounding is the value, nearest rounding has no noise`(format: StateFormat) throws {
    let values = Self.values
    let draws = try roundTrips(format, values, [512], keys: (0..<400).map { $0 })
    let nearest = try roundTrips(format, values, [512], keys: [nil, nil])
    #expect(nearest[0] == nearest[1] && draws[0] != draws[1])
    let largest = Double(values.map(\.magnitude).max()!)
    var varied = 0
    for i in values.indices {
      let column = draws.map { $0[i] }
      let mean = column.reduce(0, +) / 400
      let spread = column.max()! - column.min()!
      if spread > 0 { varied += 1 }
      // The mean of 400 draws between two neighbours is off by 0.025 of their distance, 6 times that in bad luck. Below
      // the least level everything is rounded up to it.
      let value = Double(values[i].magnitude)
      let distance = value * (format == .blockwise8 ? 1 / 8.0 : 0x1p-7)
      let least = format == .blockwise8 && value < largest * Self.least ? largest * Self.least : 0
      #expect((mean - Double(values[i])).magnitude <= 0.15 * distance + least, "\(i)")
    }
    #expect(varied > 300)
  }

  @Test func `bfloat16 is the cast's format and the greatest of a block is kept`() throws {
    let values = Self.values
    let nearest = try roundTrips(.bfloat16, values, [512], keys: [nil])[0]
    let cast = try Tensor(values).cast(to: .bfloat16).storage()
    #expect(nearest == (0..<512).map { cast.double(at: $0) })
    let largest = values.indices.max { values[$0].magnitude < values[$1].magnitude }!
    let found = try roundTrips(.blockwise8, values, [512], keys: [3])[0][largest]
    #expect(relativeError([found], [Double(values[largest])], scale: 0) < 1e-6)
  }

  private func bytes(_ method: some OptimizationMethod, _ shape: Shape) throws -> Int {
    try Updater(method, parameters: [Variable(shape: shape, name: "w")]).state.reduce(0) {
      $0 + $1.variable.storage.byteCount
    }
  }

  @Test func `AdamW's state shrinks to a quarter and to a half`() throws {
    let full = try bytes(AdamW(), [512, 300])
    let eight = try bytes(AdamW().quantizedState(), [512, 300])
    let sixteen = try bytes(AdamW().quantizedState(.bfloat16), [512, 300])
    #expect(Double(full) / Double(eight) >= 3.9 && full == 2 * sixteen)
    // Small tensors, and those that make no blocks, stay as they are.
    #expect(try bytes(AdamW().quantizedState(), [63, 65]) == bytes(AdamW(), [63, 65]))
    #expect(try bytes(AdamW().quantizedState(), [5003]) == bytes(AdamW(), [5003]))
    #expect(try bytes(AdamW().quantizedState(.bfloat16), [5003]) * 2 == bytes(AdamW(), [5003]))
  }

  /// Deviation of the path from that of full precision, relative to how far that went.
  private func deviation(_ method: some OptimizationMethod, from plain: some OptimizationMethod) throws -> Double {
    let track = Track.waves([32, 160], steps: 60)
    let start = track.parameters[0].start
    let expected = try track.compiled(plain).states[59][0]
    let found = try track.compiled(method).states[59][0]
    let error = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let way = zip(expected, start).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (error / way).squareRoot()
  }

  @Test func `the path stays near that of full precision, and needs the same key to be the same`() throws {
    let adam = AdamW(learningRate: 0.01)
    let half = try deviation(adam.quantizedState(.bfloat16), from: adam)
    let eight = try deviation(adam.quantizedState(.blockwise8), from: adam)
    #expect(half < 0.01 && eight < 0.1 && eight > 0, "\(half), \(eight)")
    let track = Track.waves([32, 160], steps: 6)
    func states(_ seed: Int) throws -> [[[Double]]] {
      try track.compiled(adam.quantizedState(key: RandomKey(seed))).states
    }
    let first = try states(1)
    #expect(try states(1) == first)
    #expect(try states(2) != first)
  }

  @Test func `an update with 8-bit state is one pass over memory`() throws {
    let track = Track.waves([64, 160], steps: 3)
    let run = try track.compiled(AdamW().quantizedState())
    let plain = try track.compiled(AdamW())
    // One kernel more for each state's words of a row, one for their words of a column.
    #expect(run.kernelCount <= plain.kernelCount + 4, "\(run.kernelCount) kernels, \(plain.kernelCount) without")
    #expect(run.traceCount == 1)
  }

  /// A step that is taken back leaves the codes as they were, bit for bit.
  @Test func `steps that do not count leave encoded state alone`() throws {
    let variable = Variable(shape: [4096], name: "w")
    let updater = try Updater(AdamW().quantizedState().skippingNonFinite(), parameters: [variable])
    let step = compile { (gradients: [Tensor]) in
      updater.apply(gradients)
      return []
    }
    let gradient = (0..<4096).map { Float(($0 * 31) % 97) / 97 - 0.5 }
    for _ in 0..<3 { _ = try step([Tensor(gradient)]) }
    func codes() -> [[UInt64]] {
      updater.state.filter { $0.name.hasPrefix("w.") }.map { $0.variable.elements.map(\.bitPattern) }
    }
    let before = codes()
    #expect(updater.state.map(\.name).contains("w.meanSquare.scale") && before.count == 4)
    var bad = gradient
    bad[7] = .nan
    _ = try step([Tensor(bad)])
    #expect(codes() == before && updater.skippedSteps == 1)
    _ = try step([Tensor(gradient)])
    #expect(codes() != before)
  }

  /// GEO's gains start at 1, Adagrad's accumulators where they are told.
  @Test func `a state that starts with other values than zero keeps them`() throws {
    let updater = try Updater(
      GEO().quantizedState(minimumCount: 1), parameters: [Variable(shape: [4, 64], name: "w")])
    let gain = updater.state.filter { $0.name.hasPrefix("w.gain") }.map(\.variable)
    let format = try #require(EncodedTensor(.blockwise8, shape: [4, 64], dtype: .float32))
    let decoded = try format.decoded(gain.map { Tensor(storage: $0.storage.copy()) }).storage()
    #expect((0..<256).allSatisfy { (decoded.double(at: $0) - 1).magnitude < 1e-6 })
  }
}
