import DescentGraph
import DescentOptim
import Testing

@Suite struct GroupedTests {
  static let names = ["encoder.weight", "encoder.bias", "head.weight", "head.bias"]

  /// Four tensors with gradients of their own.
  static let track: Track = {
    let parts = names.indices.map { i in
      var part = Track.waves([3, 2], steps: 6)
      part.gradients = part.gradients.map { [$0[0].map { $0 * Double(i + 1) }] }
      return part
    }
    return Track(
      parameters: zip(names, parts).map { .init(name: $0, shape: [3, 2], start: $1.parameters[0].start) },
      gradients: (0..<6).map { step in parts.map { $0.gradients[step][0] } })
  }()

  /// The parameters of some names only.
  static func only(_ isWanted: (String) -> Bool) -> Track {
    let kept = names.indices.filter { isWanted(names[$0]) }
    var track = track
    track.parameters = kept.map { Self.track.parameters[$0] }
    track.gradients = Self.track.gradients.map { step in kept.map { step[$0] } }
    return track
  }

  /// The outcome is that of each method on its own parameters, norms and shared state included. (Polyak's step is made of
  /// the whole loss.)
  @Test(arguments: MethodTable.entries.filter { $0.name != "polyak" })
  func `a parameter group changes only its group`(entry: MethodEntry) throws {
    func check<Method: OptimizationMethod>(_ method: Method) throws {
      let isHead = { (name: String) in name.hasPrefix("head.") }
      let plain = try Self.only { !isHead($0) }.compiled(method).states
      let sgd = try Self.only(isHead).compiled(SGD(learningRate: 0.3)).states
      let expected = zip(plain, sgd).map { $0 + $1 }
      #expect(try Self.track.compiled(method.group("head.*", SGD(learningRate: 0.3))).states == expected)
      #expect(
        try Self.track.compiled(SGD(learningRate: 0.3).group("encoder.*", method)).states == expected)

      let faster = try Self.only(isHead).compiled(changed(method)).states
      let own = try Self.track.compiled(method.group("head.*") { $0 = changed($0) }).states
      #expect(own == zip(plain, faster).map { $0 + $1 })
    }
    func changed<Method: OptimizationMethod>(_ method: Method) -> Method {
      var method = method
      method.learningRate = 0.07
      return method
    }
    try check(entry.make(0.02))
  }

  @Test(arguments: MethodTable.entries.filter { $0.name != "polyak" })
  func `frozen parameters stay, have no state and are not traced again`(entry: MethodEntry) throws {
    func check<Method: OptimizationMethod>(_ method: Method) throws {
      let variables = Self.track.variables(.float32)
      let updater = try Updater(method.frozen("encoder.*"), parameters: variables)
      #expect(updater.state.allSatisfy { !$0.name.hasPrefix("encoder.") })
      let run = try Self.track.compiled(method.frozen("encoder.*"))
      let rest = try Self.only { $0.hasPrefix("head.") }.compiled(method).states
      let start = Self.track.variables(.float32)[..<2].map(\.elements)
      #expect(run.states == rest.map { start + $0 } && run.traceCount == 1)
    }
    try check(entry.make(0.02))
  }

  @Test func `the outermost group that matches has the parameter`() throws {
    let method = SGD(learningRate: 1).group("*.weight", SGD(learningRate: 2)).group("head.*", SGD(learningRate: 4))
    let zeros = [Double](repeating: 0, count: 6)
    var track = Self.track
    track.parameters = Self.names.map { .init(name: $0, shape: [6], start: zeros) }
    track.gradients = [Self.names.map { _ in [Double](repeating: 1, count: 6) }]
    #expect(track.reference(method)[0].map { $0[0] } == [-2, -1, -4, -4])
  }

  /// Norms: from outside over everything, from inside over what is left.
  @Test func `where a modifier stands decides what it sees`() throws {
    let track = Track(
      parameters: ["a", "b"].map { .init(name: $0, shape: [1], start: [0]) }, gradients: [[[3], [4]]])
    let sgd = SGD(learningRate: 1)
    let outside = track.reference(sgd.frozen("b").clipped(globalNorm: 1))[0].flatMap { $0 }
    let inside = track.reference(sgd.clipped(globalNorm: 1).frozen("b"))[0].flatMap { $0 }
    #expect(relativeError(outside, [-0.6, 0], scale: 1) < 1e-15 && relativeError(inside, [-1, 0], scale: 1) < 1e-15)
  }

  @Test func `hyper-parameters of a group are inputs of the step`() throws {
    let method = SGD(learningRate: 1).group("head.*", SGD(learningRate: 1))
    let run = try Self.track.compiled(method) { updater, step in
      if step == 3 { updater.method.group.learningRate = 0.5 }
    }
    let slower = try Self.only { $0.hasPrefix("head.") }.compiled(
      SGD(learningRate: Schedule("halves") { $0 < 3 ? 1 : 0.5 }))
    #expect(run.states.map { Array($0[2...]) } == slower.states && run.traceCount == 1)
  }

  @Test func `shared state of both methods has names of its own`() throws {
    let method = AdamW().skippingNonFinite().group("head.*", AdamW().skippingNonFinite())
    let updater = try Updater(method, parameters: Self.track.variables(.float32))
    let names = updater.state.map(\.name)
    #expect(Set(names).count == names.count && names.contains("optimizer.group.taken"))
  }
}
