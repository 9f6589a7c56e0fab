import Foundation
import Testing

extension CommandTests {
  struct Predict {
    let descent = DescentProcess()

    @Test func aSavedClassifierIsAsGoodAsTheTrainedOne() throws {
      try descent.folder.write(Tables.kinds, to: "kinds.csv")
      let trained = try descent.run("train kinds.csv --target kind --epochs 10 --save m.safetensors --json").json
      #expect(trained["model"] as? String == "m.safetensors")
      let accuracy = try #require(trained["testAccuracy"] as? Double)
      #expect(accuracy > 0.5)
      let predicted = try descent.run("predict m.safetensors kinds.csv --part test --json").json
      #expect(predicted["accuracy"] as? Double == accuracy)
      #expect(predicted["rows"] as? Int == 18)
      let predictions = try #require(predicted["predictions"] as? [[String: Any]])
      #expect(predictions.count == 18)
      #expect(predictions.allSatisfy { ($0["line"] as? Int).map { (2...91).contains($0) } == true })
    }

    @Test func theDigitsAgain() throws {
      let trained = try descent.run("train digits --dropout 0.1 --epochs 3 --save m.safetensors --json").json
      let predicted = try descent.run("predict m.safetensors digits --part test --json").json
      #expect(predicted["accuracy"] as? Double == trained["testAccuracy"] as? Double)
      let refused = try descent.run("predict m.safetensors some.csv")
      #expect(refused.exitCode == 64)
      #expect(refused.stderr.contains("digits"))
    }

    @Test func aRegressionInItsOwnUnit() throws {
      try descent.folder.write(Tables.cars, to: "cars.csv")
      let trained = try descent.run("train cars.csv --target price --epochs 20 --save m.safetensors --json").json
      let predicted = try descent.run("predict m.safetensors cars.csv --part test --json").json
      let expected = try #require(trained["testRMSE"] as? Double)
      #expect(abs(try #require(predicted["rmse"] as? Double) - expected) < 1e-3 * expected)
    }

    @Test func predictionsAreWrittenAsCSV() throws {
      try descent.folder.write(Tables.kinds, to: "kinds.csv")
      _ = try descent.run("train kinds.csv --target kind --epochs 10 --save m.safetensors --quiet")
      // Columns in another order, one more, and no target.
      let rows = Tables.kinds.split(separator: "\n").dropFirst().prefix(5).map { $0.split(separator: ",") }
      let moved = "y,note,x\n" + rows.map { "\($0[1]),n,\($0[0])" }.joined(separator: "\n")
      try descent.folder.write(moved, to: "new.csv")
      let output = try descent.run("predict m.safetensors new.csv")
      #expect(output.exitCode == 0)
      let lines = output.stdout.split(separator: "\n")
      #expect(lines.first == "line,prediction,probability")
      #expect(lines.count == 6)
      #expect(lines.dropFirst().enumerated().allSatisfy { $1.hasPrefix("\($0 + 2),") })
      #expect(lines.contains { $0.contains("\"one, two\"") }, "a name with a comma stands in quotes")
      #expect(output.stderr.contains("no target column"))
      let same = try descent.run("predict m.safetensors kinds.csv --output p.csv")
      #expect(same.stdout.contains("accuracy") && same.stdout.contains("p.csv"))
      let written = try descent.folder.read("p.csv").split(separator: "\n")
      #expect(written.prefix(6).map(String.init) == lines.prefix(6).map(String.init), "the order of columns is nothing")
      #expect(written.count == 91)
    }

    @Test func wrongModelsAndTablesAreExplained() throws {
      try descent.folder.write(Tables.kinds, to: "kinds.csv")
      try descent.folder.write("x,kind\n1,other\n", to: "less.csv")
      _ = try descent.run("train kinds.csv --target kind --epochs 1 --save m.safetensors --quiet")
      let missing = try descent.run("predict m.safetensors less.csv")
      #expect(missing.exitCode == 1)
      #expect(missing.stderr.contains("the column 'y'"))
      let swapped = try descent.run("predict kinds.csv m.safetensors")
      #expect(swapped.exitCode == 1)
      #expect(swapped.stderr.contains("not a safetensors file"))
      let digits = try descent.run("predict m.safetensors digits")
      #expect(digits.exitCode == 64)
    }
  }
}
