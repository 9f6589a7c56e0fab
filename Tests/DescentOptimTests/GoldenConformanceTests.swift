import DescentRecorded
import DescentGraph
import DescentOptim
import Testing

/// Every method against the trajectories that other libraries gave for the same gradients.
///
/// An error is |found − golden| / max(|golden|, 0.01): relative, and absolute (times 100) for elements near zero. The
/// greatest ones are 7e-14 in float64 and 4e-5 in float32: the spikes among the gradients move parameters by hundreds, and
/// the float32 errors of the methods that do not scale gradients are what rounding at that size leaves behind.
/// `descent optimizers check Tests/Golden/trajectories.json` prints them all.
@Suite struct GoldenConformanceTests {
  @Test(arguments: GoldenRuns.covered)
  func `the engine agrees in float64 and float32`(run: RecordedFile.Run) throws {
    guard case .replayed(let float64, let float32, _) = try GoldenRuns.file.check(run).outcome else {
      Issue.record("\(run.name) was not replayed")
      return
    }
    #expect(float64 < 1e-12)
    #expect(float32 < 1e-4)
  }

  /// Runs that were recorded at the evaluation point are left to the engine.
  @Test(arguments: GoldenRuns.covered.filter { !$0.source.contains("(eval point)") })
  func `the reference interpreter agrees in float64`(run: RecordedFile.Run) throws {
    let states = GoldenRuns.track.reference(try GoldenRuns.file.method(of: run, .float64))
    let errors = run.trajectory.map { RecordedFile.error(states[$0 - 1], $1) }
    #expect(try #require(errors.max()) < 1e-12)
  }

  /// With this a run is not left out unnoticed.
  @Test func `every run but SOAP's is covered`() {
    let covered = Set(GoldenRuns.covered.map(\.name))
    #expect(GoldenRuns.file.runs.map(\.name).filter { !covered.contains($0) } == ["soap"])
    #expect(GoldenRuns.file.runs.allSatisfy { $0.trajectory.count == 8 })
  }
}
