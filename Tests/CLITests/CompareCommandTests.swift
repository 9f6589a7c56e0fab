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

    @Test func tasksAsJSONWithReport() throws {
      let output = try descent.run(
        "compare --tasks quadratic,logistic --methods adam,sgd --tune 2 --seeds 2 --report tasks.html --json")
      #expect(output.exitCode == 0)
      let json = try output.json
      let ranking = try #require(json["ranking"] as? [[String: Any]])
      #expect(ranking.count == 2 && ranking.allSatisfy { $0["withItself"] is Double })
      let tasks = try #require(json["tasks"] as? [[String: Any]])
      #expect(tasks.map { $0["name"] as? String } == ["quadratic", "logistic"])
      for task in tasks {
        let methods = try #require(task["methods"] as? [[String: Any]])
        for method in methods {
          let draws = try #require(method["draws"] as? [[String: Any]])
          #expect(draws.count == 2)
          for draw in draws {
            #expect((draw["trials"] as? [Any])?.count == 2 && (draw["seeds"] as? [Any])?.count == 1)
            #expect(draw["hyperparameters"] is [String: Double])
          }
        }
      }
      let plan = try #require(json["protocol"] as? [String: Any])
      #expect(plan["trials"] as? Int == 2 && (plan["spaces"] as? [String: String])?.count == 2)
      #expect((plan["withheld"] as? String)?.contains("a claim takes 8 (--tune 8)") == true)
      #expect((json["headline"] as? String)?.contains("No lead is claimed") == true)
      let report = try descent.folder.read("tasks.html")
      #expect(report.contains("Performance profile") && report.contains("--tasks quadratic,logistic"))
    }

    @Test func ownDataAreATask() throws {
      try descent.folder.write(Tables.cars, to: "cars.csv")
      let output = try descent.run(
        "compare cars.csv --column price --methods adam --tune 1 --seeds 2 --epochs 3 --search rate --no-report")
      #expect(output.exitCode == 0, "\(output.stderr)")
      #expect(output.stdout.contains("cars.csv") && output.stdout.contains("2 draws of 1 trial of tuning"))
      #expect(output.stdout.contains("test RMSE"))
    }

    /// A report costs whoever has one under that name theirs.
    @Test(arguments: [
      "compare digits --methods sgd --seeds 1 --epochs 1", "compare --tasks quadratic --methods sgd --tune 0 --seeds 1",
      "find-lr digits --steps 10",
    ])
    func noReportUnaskedWithJSON(command: String) throws {
      try descent.folder.write("mine", to: "report.html")
      let output = try descent.run(command + " --json")
      #expect(output.exitCode == 0, "\(output.stderr)")
      #expect(try output.json.isEmpty == false)
      #expect(try descent.folder.read("report.html") == "mine" && !output.stderr.contains("report"))
      let asked = try descent.run(command + " --json --report report.html")
      #expect(asked.stderr.contains("report written to report.html, in place of the one that was there"))
      #expect(try descent.folder.read("report.html").contains("<!doctype html>"))
    }

    @Test func aMethodIsComparedWithItself() throws {
      let output = try descent.run(
        "compare --tasks quadratic --methods sgd,sgd --tune 1 --seeds 2 --repetition 3 --json")
      let ranking = try #require(try output.json["ranking"] as? [[String: Any]])
      #expect(Set(ranking.compactMap { $0["method"] as? String }) == ["sgd", "sgd-2"])
      let quick = try descent.run("compare digits --methods sgd,sgd")
      #expect(quick.exitCode == 64 && quick.stderr.contains("--methods has 'sgd' twice"))
    }

    @Test func tasksAreListed() throws {
      let text = try descent.run("compare --list-tasks").stdout
      for name in ["quadratic:", "digits-cnn:", "characters:"] { #expect(text.contains(name)) }
      let list = try JSONSerialization.jsonObject(with: Data(descent.run("compare --list-tasks --json").stdout.utf8))
      let tasks = try #require(list as? [[String: Any]])
      #expect(tasks.count == 8 && tasks.allSatisfy { $0["target"] is Double && $0["targetOrigin"] is String })
    }

    @Test func wrongUseOfTasks() throws {
      for (arguments, message) in [
        ("compare --tasks digits-cn", "did you mean 'digits-cnn'?"),
        ("compare --tasks quadratic,quadratic", "--tasks has 'quadratic' twice"),
        ("compare", "name the data ('digits' or a CSV file), or give --tasks"),
        ("compare digits --by time", "--by goes with --tasks or --tune"),
        ("compare digits --draws 3", "--draws goes with --tasks or --tune"),
        ("compare --tasks all --draws 0", "--draws must be at least 1"),
        ("compare --tasks all --repetition=-1", "--repetition must be at least 0"),
        ("compare --tasks all --tune=-1", "--tune must be at least 0"),
        ("compare --tasks all --learning-rates sgd=1", "--learning-rates is for fixed rates"),
        ("compare --tasks all --column price", "--column is for data of your own"),
        ("compare --tasks all --decades 0", "--decades must be above 0"),
      ] {
        let output = try descent.run(arguments)
        #expect(output.exitCode == 64 && output.stdout == "", "\(arguments): \(output.stdout)")
        #expect(output.stderr.hasPrefix("error: ") && output.stderr.contains(message), "\(output.stderr)")
      }
    }
  }
}
