import Foundation
import Testing

extension CommandTests {
  /// Signals end a run with what it has.
  struct Interruption {
    let descent = DescentProcess()

    @Test(arguments: [SIGINT, SIGTERM]) func trainWritesItsResultsSoFar(_ signal: Int32) throws {
      let output = try interrupt("train digits --epochs 1000000 --save m.safetensors --json", by: signal)
      #expect(output.exitCode == 130)
      let json = try output.json
      #expect(json["interrupted"] as? Bool == true)
      #expect(json["testAccuracy"] is Double)
      #expect(try #require(json["epochs"] as? Int) < 1_000_000)
      #expect(descent.folder.exists("m.safetensors"))
    }

    @Test func compareWritesTheReport() throws {
      let run = try descent.start("compare digits --methods sgd,adam --seeds 100000 --epochs 2")
      try run.waitFor("seed 1  ")
      kill(run.identifier, SIGINT)
      let output = try run.wait()
      #expect(output.exitCode == 130)
      #expect(output.stdout.contains("interrupted"))
      #expect(try descent.folder.read("report.html").contains("interrupted"))
    }

    @Test func compareOnTasksKeepsWhatWasJudged() throws {
      let run = try descent.start("compare --tasks quadratic,characters --methods sgd,adam --tune 0 --seeds 5")
      try run.waitFor("quadratic: ")
      kill(run.identifier, SIGINT)
      let output = try run.wait()
      #expect(output.exitCode == 130)
      #expect(output.stdout.contains("interrupted"))
      #expect(try descent.folder.read("report.html").contains("interrupted"))
    }

    @Test func benchWritesWhatItHasMeasured() throws {
      let output = try interrupt("bench mlp-small --seconds 1000 --json", by: SIGINT)
      #expect(output.exitCode == 130)
      #expect(try output.json["msPerStep"] is Double)
    }

    /// Found on a busy machine: a signal that came before the run listened was ignored, and the run never ended.
    @Test(arguments: [0, 0.02, 0.05, 0.1, 0.2]) func anEarlySignalIsNotLost(_ delay: Double) throws {
      let run = try descent.start("train digits --epochs 1000000 --json")
      Thread.sleep(forTimeInterval: delay)
      kill(run.identifier, SIGINT)
      let output = try run.wait(seconds: 60)
      #expect(output.exitCode == (output.wasKilled ? SIGINT : 130))
    }

    /// Starts a run that shows no progress to wait for, and interrupts it: after half a second, or later on a machine
    /// so busy that the run had not come to its work by then.
    private func interrupt(_ arguments: String, by signal: Int32) throws -> DescentProcess.Output {
      for delay in [0.5, 2, 8] {
        let run = try descent.start(arguments)
        Thread.sleep(forTimeInterval: delay)
        kill(run.identifier, signal)
        let output = try run.wait()
        if !output.wasKilled, !output.stdout.isEmpty { return output }
      }
      throw NoResults(arguments: arguments)
    }

    private struct NoResults: Error {
      let arguments: String
    }
  }
}
