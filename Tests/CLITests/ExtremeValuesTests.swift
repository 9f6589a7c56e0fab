import Foundation
import Testing

extension CommandTests {
  /// Whatever an option is given, the command ends by itself, and says what was wrong in one sentence.
  ///
  /// The options are those that the parser knows of, so that a new one is tested without a line here.
  struct ExtremeValues {
    static let values = ["-9223372036854775808", "9223372036854775807", "1e308"]

    /// Small work for each subcommand, that an option is added to.
    static let work = [
      "train": "t.csv --target c --epochs 1 --hidden 4 --quiet", "predict": "m.safetensors t.csv",
      "find-lr": "t.csv --target c --steps 10 --hidden 4", "bench": "gpt-tiny --seconds 0.01 --quiet",
      "inspect": "t.csv --target c --hidden 4 --plan", "optimizers check": "nothing.json",
      "compare": "t.csv --column c --methods sgd --seeds 1 --epochs 1 --hidden 4 --no-report --quiet",
    ]

    /// No user's option.
    static let exceptions: Set = ["bench --launched-at"]

    private let descent = DescentProcess()

    init() throws {
      let rows = (0..<30).map { "\($0),\($0 * $0 % 7),\(["x", "y", "z"][$0 % 3])\n" }
      try descent.folder.write("a,b,c\n" + rows.joined(), to: "t.csv")
      #expect(try descent.run("train t.csv --target c --epochs 1 --hidden 4 --save m.safetensors").exitCode == 0)
    }

    @Test func everyOptionOfEveryCommand() throws {
      let dump = try descent.run("--experimental-dump-help").json
      var options: [(command: String, option: String)] = []
      Self.collect(try #require(dump["command"] as? [String: Any]), [], &options)
      #expect(options.count > 60)
      for (command, option) in options where !Self.exceptions.contains("\(command) \(option)") {
        let work = try #require(Self.work[command], "'\(command)' has options and no work here")
        let runs = try Self.values.map { ($0, try descent.start("\(command) \(work) \(option)=\($0)")) }
        for (value, run) in runs {
          let output = try run.wait(seconds: 60)
          let text = "\(command) \(option)=\(value): \(output.exitCode), \(output.stderr.prefix(300))"
          #expect(!output.wasKilled && [0, 1, 64].contains(output.exitCode), "\(text)")
          if output.exitCode != 0 {
            #expect(output.stderr.hasPrefix("error: ") || output.stderr.contains("\nerror: "), "\(text)")
          }
        }
      }
    }

    private static func collect(
      _ command: [String: Any], _ path: [String], _ options: inout [(command: String, option: String)]
    ) {
      for argument in command["arguments"] as? [[String: Any]] ?? [] where argument["kind"] as? String == "option" {
        let names = (argument["names"] as? [[String: String]] ?? []).filter { $0["kind"] == "long" }
        if let name = names.first?["name"] { options.append((path.joined(separator: " "), "--\(name)")) }
      }
      for subcommand in command["subcommands"] as? [[String: Any]] ?? [] {
        if let name = subcommand["commandName"] as? String, name != "help" {
          collect(subcommand, path + [name], &options)
        }
      }
    }

    /// Files that are read are not written over, whatever they are called.
    @Test func inputsAreNotReplaced() throws {
      let link = descent.folder.url.appendingPathComponent("link.csv").path
      #expect(symlink("t.csv", link) == 0)
      let before = try descent.folder.read("t.csv")
      for arguments in [
        "predict m.safetensors t.csv --output ./t.csv", "predict m.safetensors t.csv --output link.csv",
        "predict m.safetensors t.csv --output m.safetensors", "train t.csv --target c --save link.csv",
        "find-lr t.csv --target c --report t.csv",
        "compare t.csv --column c --methods sgd --seeds 1 --epochs 1 --report t.csv",
      ] {
        let output = try descent.run(arguments)
        #expect(output.exitCode == 1 && output.stderr.contains("that is read"), "\(arguments): \(output.stderr)")
      }
      #expect(try descent.folder.read("t.csv") == before)
    }

    /// Results that do not arrive are an error: a full disk, a stream that is closed, a pipe without a reader.
    @Test(arguments: [
      "doctor", "optimizers", "optimizers show adam", "optimizers schedules", "--help", "--version",
      "inspect t.csv --target c --plan", "predict m.safetensors t.csv", "train t.csv --target c --epochs 1 --quiet",
      "bench mlp-small --seconds 0.01 --json", "find-lr t.csv --target c --steps 10",
    ]) func lostResultsAreAnError(_ arguments: String) throws {
      #if os(Linux)
        #expect(try descent.shell("descent \(arguments) > /dev/full; exit $?") == 1)
      #endif
      #expect(try descent.shell("descent \(arguments) >&-; exit $?") == 1)
      #expect(try descent.shell("(sleep 0.05; descent \(arguments); echo $? > code) | true; exit $(cat code)") == 141)
    }

    @Test(arguments: ["0", "-1", "x", "9223372036854775808"])
    func impossibleEnvironment(_ value: String) throws {
      var descent = descent
      descent.environment = ["DESCENT_THREADS": value]
      let output = try descent.run("optimizers")
      #expect(output.exitCode == 1 && output.stderr.contains("DESCENT_THREADS"), "\(output.stderr)")
    }
  }
}
