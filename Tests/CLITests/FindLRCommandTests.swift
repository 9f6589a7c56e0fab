import Foundation
import Testing

extension CommandTests {
  struct FindLR {
    let descent = DescentProcess()

    @Test func suggestsRates() throws {
      let output = try descent.run("find-lr digits --optimizer adam --set beta2=0.99 --report lr.html --json")
      #expect(output.exitCode == 0, "\(output.stderr)")
      let json = try output.json
      let suggestions = try #require(json["suggestions"] as? [String: Double])
      #expect(Set(suggestions.keys) == ["valley", "steepest", "minimum"])
      #expect(suggestions.values.allSatisfy { $0 > 1e-5 && $0 < 1 }, "\(suggestions)")
      let rates = try #require(json["learningRate"] as? [Double])
      #expect(rates == rates.sorted() && rates.count == (json["loss"] as? [Any])?.count)
      #expect(try descent.folder.read("lr.html").contains("Adam on digits"))
    }

    @Test func drawsACurve() throws {
      let output = try descent.run("find-lr digits --steps 60")
      #expect(output.exitCode == 0)
      #expect(output.stdout.contains("•") && output.stdout.contains("└") && output.stdout.contains("valley"))
      #expect(!descent.folder.exists("report.html"))
    }

    @Test func wrongUse() throws {
      for (arguments, message) in [
        ("find-lr digits --from 1 --to 0.1", "--from must be below --to"),
        ("find-lr digits --steps 2", "--steps must be at least 10"),
        ("find-lr digits --optimizer adaam", "did you mean 'adam'?"),
        ("find-lr digits --set gamma=1", "adamw has no hyper-parameter 'gamma'"),
        ("find-lr digit", "did you mean 'digits'?"),
      ] {
        let output = try descent.run(arguments)
        #expect(output.exitCode == 64 && output.stdout == "", "\(arguments): \(output.stdout)")
        #expect(output.stderr.hasPrefix("error: ") && output.stderr.contains(message), "\(output.stderr)")
      }
    }
  }
}
