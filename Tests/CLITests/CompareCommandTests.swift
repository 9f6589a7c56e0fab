import Foundation
import Testing

extension CommandTests {
  struct Compare {
    let descent = DescentProcess()

    @Test func digitsAsJSONWithReport() throws {
      let output = try descent.run(
        "compare digits --methods sgd,adam,geo --seeds 2 --epochs 8 --target 0.9 --report r.html --json")
      #expect(output.exitCode == 0)
      let json = try output.json
      #expect(json["interrupted"] as? Bool == false)
      #expect(json["target"] as? Double == 0.9)
      #expect((json["seeds"] as? [Int]) == [0, 1])
      #expect((json["command"] as? String)?.hasPrefix("descent compare digits --methods sgd,adam,geo") == true)
      let methods = try #require(json["methods"] as? [[String: Any]])
      #expect(Set(methods.compactMap { $0["method"] as? String }) == ["sgd", "adam", "geo"])
      for method in methods {
        let accuracy = try #require(method["testAccuracy"] as? [String: Any])
        #expect(try #require(accuracy["mean"] as? Double) > 0.8)
        #expect(accuracy["std"] is Double)
        #expect(method["finalLoss"] is Double)
        for key in ["secondsToTarget", "stepsToTarget"] { #expect(method[key] != nil) }
      }
      let adam = try #require(methods.first { $0["method"] as? String == "adam" })
      #expect(try #require(adam["stepsToTarget"] as? Double) > 0)
      #expect(output.stderr.contains("report written to r.html"))
      let report = try descent.folder.read("r.html")
      #expect(report.contains("<svg") && report.contains("GEO"))
    }

    @Test func peopleGetATableAndTheReportsPlace() throws {
      let output = try descent.run(
        "compare digits --methods sgd,adamw --learning-rates sgd=0.1,adamw=2e-3 --seeds 2 --epochs 3")
      #expect(output.exitCode == 0)
      #expect(output.stdout.contains("target 97 %"))
      #expect(output.stdout.contains("report written to report.html"))
      #expect(descent.folder.exists("report.html"))
      #expect(output.stderr.split(separator: "\n").count == 4, "a line for each run: \(output.stderr)")
      let report = try descent.folder.read("report.html")
      #expect(report.contains("0.002"))
    }

    @Test func aTable() throws {
      try descent.folder.write(Tables.cars, to: "cars.csv")
      let output = try descent.run(
        "compare cars.csv --column price --methods sgd,adam --learning-rates sgd=1000 --seeds 2 --epochs 5 "
          + "--no-report --json")
      #expect(output.exitCode == 0, "a method that diverges is a result")
      let json = try output.json
      #expect(json["target"] is NSNull)
      let methods = try #require(json["methods"] as? [[String: Any]])
      #expect(methods.map { $0["method"] as? String } == ["adam", "sgd"])
      #expect((methods[0]["testRMSE"] as? [String: Any])?["mean"] is Double)
      #expect(methods[1]["divergedAtStep"] is Int)
      #expect(!descent.folder.exists("report.html"))
    }
  }
}
