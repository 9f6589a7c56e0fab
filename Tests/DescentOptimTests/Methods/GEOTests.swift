import DescentRuntime
import DescentGraph
import DescentOptim
import Testing

@Suite struct GEOTests {
  /// A track of one tensor of two elements that both start at 1.
  private func track(_ gradients: [[Double]]) -> Track {
    Track(parameters: [.init(name: "w", shape: [2], start: [1, 1])], gradients: gradients.map { [$0] })
  }

  /// By hand, with η = 0.1, κ = 0.5, φ = 0.2, θ = 0.75, for gradients (1, 1), (1, −1), (2, −1):
  ///
  /// | step | first: δ̄·g, gain, w, δ̄ | second: δ̄·g, gain, w, δ̄ |
  /// |---|---|---|
  /// | 1 | 0, 1, 0.9, 0.25 | 0, 1, 0.9, 0.25 |
  /// | 2 | 0.25, 1.5, 0.75, 0.4375 | −0.25, 0.8, 0.98, −0.0625 |
  /// | 3 | 0.875, 2, 0.35, 0.828125 | 0.0625, 1.3, 1.11, −0.296875 |
  @Test func `three steps computed by hand`() throws {
    let track = track([[1, 1], [1, -1], [2, -1]])
    let method = GEO(learningRate: 0.1, increase: 0.5, decrease: 0.2, memory: 0.75)
    let expected: [[Double]] = [[0.9, 0.9], [0.75, 0.98], [0.35, 1.11]]
    let reference = track.reference(method)
    let compiled = try track.compiled(method).states
    for (step, values) in expected.enumerated() {
      #expect(relativeError(reference[step][0], values, scale: 1e-3) < 1e-14)
      #expect(relativeError(compiled[step][0], values, scale: 1e-3) < 1e-6)
    }
  }

  @Test func `gains stay within their bounds`() throws {
    let gradients = (0..<40).map { [1, $0.isMultiple(of: 2) ? 1.0 : -1.0] }
    let variables = track(gradients).variables(.float32)
    let method = GEO(
      learningRate: 0.01, increase: 0.3, decrease: 0.4, memory: 0, minimumGain: 0.25, maximumGain: 2)
    let updater = try Updater(method, parameters: variables)
    let step = compile { (gradients: [Tensor]) in
      updater.apply(gradients)
      return []
    }
    let gain = try #require(updater.state.first { $0.name == "w.gain" }).variable
    var seen: [[Double]] = []
    for gradient in gradients {
      _ = try step([Tensor(gradient.map(Float.init))])
      seen.append(gain.elements)
    }
    #expect(seen.allSatisfy { $0.allSatisfy { $0 >= 0.25 && $0 <= 2 } })
    // Both bounds are reached: by the steady element and by the one that turns at every step.
    #expect(seen[39] == [2, 0.25])
    #expect(seen[2][0] > 1 && seen[2][0] < 2 && seen[1][1] < 1 && seen[1][1] > 0.25)
  }

  @Test func `an element whose gradient is zero keeps its gain and its place`() throws {
    let track = track([[1, 1], [0, 1], [0, 1], [1, 1]])
    let states = track.reference(GEO(learningRate: 0.1, increase: 0.5))
    #expect(states[1][0][0] == states[0][0][0] && states[2][0][0] == states[0][0][0])
    // The gain was 1 throughout, and is 1.5 once the gradient agrees with its average again.
    #expect(relativeError([states[3][0][0]], [0.9 - 0.15], scale: 1e-3) < 1e-14)
  }

  @Test func `a fixed scalar rate is gradient descent`() throws {
    let waves = Track.waves([3, 5], steps: 10)
    let plain = try waves.compiled(SGD(learningRate: 0.1)).states
    #expect(try waves.compiled(FixedGEO(learningRate: 0.1, gains: .tensors([:]))).states == plain)
    #expect(try waves.compiled(FixedGEO(learningRate: 0.1, gains: .elements([:]))).states == plain)
    let halved = try waves.compiled(FixedGEO(learningRate: 0.2, gains: .tensors(["w": 0.5]))).states
    #expect(zip(halved, plain).allSatisfy { relativeError($0[0], $1[0], scale: 0.1) < 1e-6 })
  }

  @Test func `gains belong to the tensor of their name`() {
    let parameters = ["a", "b"].map { Track.Parameter(name: $0, shape: [2], start: [0, 0]) }
    let track = Track(parameters: parameters, gradients: [[[1, 1], [1, 1]]])
    let tensors = track.reference(FixedGEO(learningRate: 1, gains: .tensors(["b": 0.25])))[0]
    #expect(tensors == [[-1, -1], [-0.25, -0.25]])
    let gains = Tensor([0.5, 2.0])
    let elements = track.reference(FixedGEO(learningRate: 1, gains: .elements(["a": gains])))[0]
    #expect(elements == [[-0.5, -2], [-1, -1]])
  }

  @Test func `gains of another shape stop the program with both shapes`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let method = FixedGEO(gains: .elements(["layers.0.weight": .ones([3])]))
      _ = try Updater(method, parameters: [Variable(shape: [2, 3], name: "layers.0.weight")])
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    for fragment in ["GEO", "layers.0.weight", "[3]", "[2, 3]"] {
      #expect(message.contains(fragment), "\(fragment) is missing: \(message)")
    }
  }
}
