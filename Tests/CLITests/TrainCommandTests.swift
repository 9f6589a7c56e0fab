import Foundation
import Testing

extension CommandTests {
  struct Train {
    let descent = DescentProcess()

    @Test func digitsAsJSON() throws {
      let output = try descent.run(
        "train digits --optimizer adamw --learning-rate 1e-3 --batch 32 --epochs 12 --seed 0 --json")
      #expect(output.exitCode == 0)
      #expect(output.stderr == "", "programs that read the JSON are not shown progress")
      let json = try output.json
      #expect(try #require(json["testAccuracy"] as? Double) > 0.93)
      #expect(try #require(json["testLoss"] as? Double) < 0.3)
      #expect(try #require(json["trainLoss"] as? Double) < 0.3)
      #expect(try #require(json["seconds"] as? Double) > 0)
      #expect(json["steps"] as? Int == 12 * 45)
      #expect(try #require(json["peakMemoryBytes"] as? Int) > 1_000_000)
      #expect(json["interrupted"] as? Bool == false)
      #expect(json["divergedAtStep"] is NSNull)
      #expect(json["optimizer"] as? String == "adamw")
      #expect(json["learningRate"] as? Double == 1e-3)
      #expect(json["network"] as? String == "64-128-10")
      #expect(json["seed"] as? Int == 0)
      #expect(json["validation"] is NSNull)
      #expect(json["testRMSE"] == nil)
    }

    @Test func regressionAsJSON() throws {
      try descent.folder.write(Tables.cars, to: "cars.csv")
      let output = try descent.run(
        "train cars.csv --target price --optimizer momentum --epochs 40 --batch 16 --validation 0.2 --json")
      #expect(output.exitCode == 0)
      let json = try output.json
      // Prices spread over thousands; an error in standardized units would be below 1.
      let error = try #require(json["testRMSE"] as? Double)
      #expect(error > 5 && error < 3000)
      #expect(try #require(json["testR2"] as? Double) > 0.8)
      #expect(json["testLoss"] is Double)
      #expect(json["testAccuracy"] == nil)
      #expect((json["examples"] as? [String: Int]) == ["train": 72, "validation": 24, "test": 24])
      let validation = try #require(json["validation"] as? [String: Double])
      #expect(Set(validation.keys) == ["rmse", "r2", "loss"])
    }

    @Test func sameSeedSameMetrics() throws {
      func metrics(_ seed: Int) throws -> [Double?] {
        let json = try descent.run("train digits --epochs 3 --dropout 0.2 --seed \(seed) --json").json
        return ["testAccuracy", "testLoss", "trainLoss"].map { json[$0] as? Double }
      }
      let first = try metrics(4)
      #expect(first.allSatisfy { $0 != nil })
      #expect(try metrics(4) == first)
      #expect(try metrics(5) != first)
    }

    @Test func peopleGetProgressAndASummary() throws {
      let output = try descent.run("train digits --epochs 20 --validation 0.1")
      #expect(output.exitCode == 0)
      let lines = output.stderr.split(separator: "\n")
      #expect(lines.count == 10, "about ten lines, however many epochs")
      #expect(lines.last?.hasPrefix("epoch 20/20  train loss ") == true)
      #expect(!output.stderr.contains("\u{1B}"), "no bar where nobody watches")
      for text in ["test accuracy", "validation accuracy", "train loss", "AdamW", "seed 0"] {
        #expect(output.stdout.contains(text))
      }
      #expect(try descent.run("train digits --epochs 2 --quiet").stderr == "")
    }

    @Test func optionsReachTheRun() throws {
      let json = try descent.run(
        """
        train digits --epochs 2 --hidden 32,16 --activation tanh --optimizer adam --set beta2=0.99 --weight-decay 0.001 \
        --schedule cosine:0.1 --warm-up 1 --label-smoothing 0.1 --batch 64 \
        --json
        """
      ).json
      #expect(json["network"] as? String == "64-32-16-10")
      #expect(json["activation"] as? String == "tanh")
      #expect(json["objective"] as? String == "cross-entropy:0.1")
      #expect(json["batch"] as? Int == 64)
      #expect(json["steps"] as? Int == 2 * 23)
      let settings = try #require(json["hyperparameters"] as? [String: Any])
      #expect(settings["beta2"] as? Double == 0.99)
      #expect(settings["weightDecay"] as? Double == 0.001)
      #expect((settings["learningRate"] as? String)?.contains("cosine(from: 0.001, to: 0.0001") == true)
    }

    @Test func fullBatchMethodsTakeAllExamples() throws {
      let json = try descent.run("train digits --optimizer gd --epochs 3 --json").json
      #expect(json["steps"] as? Int == 3)
      #expect(json["batch"] as? Int == 1438)
      let refused = try descent.run("train digits --optimizer gd --batch 8")
      #expect(refused.exitCode == 64)
      #expect(refused.stderr.contains("--batch"))
    }

    @Test func fullBatchMinimization() throws {
      let output = try descent.run(
        "train digits --optimizer lbfgs --epochs 40 --set history=5 --save m.safetensors --json")
      #expect(output.exitCode == 0)
      let json = try output.json
      #expect(try #require(json["testAccuracy"] as? Double) > 0.93)
      #expect(json["learningRate"] is NSNull && json["optimizer"] as? String == "lbfgs")
      #expect((json["hyperparameters"] as? [String: Any])?["history"] as? Int == 5)
      #expect(try #require(json["epochs"] as? Int) <= 40 && json["ending"] is String)
      #expect(try descent.run("predict m.safetensors digits").exitCode == 0)

      try descent.folder.write(Tables.cars, to: "cars.csv")
      let people = try descent.run("train cars.csv --target price --optimizer lbfgs --epochs 60")
      #expect(people.exitCode == 0 && people.stderr.contains("epoch "))
      #expect(people.stdout.contains(" · L-BFGS · batch 96") && people.stdout.contains("\nended "))
    }

    /// The modifiers around the method: what they do shows in the run, and what they are in its description.
    @Test func modifiers() throws {
      let json = try descent.run(
        "train digits --epochs 2 --with clip-norm=0.5 --with group=lr:0.002@*.bias --with ema=0.9 --with skip-non-finite "
          + "--schedule cosine --json"
      ).json
      let settings = try #require(json["hyperparameters"] as? [String: Any])
      #expect(settings["clipped.limit"] as? Double == 0.5 && settings["averaged.decay"] as? Double == 0.9)
      #expect((settings["grouped.learningRate"] as? String)?.contains("cosine(from: 0.002") == true)
      #expect(json["skippedSteps"] as? Int == 0)
      func accuracy(_ options: String) throws -> Double {
        try #require(descent.run("train digits --epochs 2 --json \(options)").json["testAccuracy"] as? Double)
      }
      // Nothing can be learned where nothing may move.
      #expect(try accuracy("--with frozen@*") < 0.25)
      #expect(try accuracy("--with ema=0.9") != accuracy(""))
      let people = try descent.run("train digits --epochs 1 --with ema --with cautious")
      #expect(people.stdout.contains("AdamW + ema + cautious, learning rate"))
    }

    @Test func divergenceStopsTheRunAndNamesTheStep() throws {
      let arguments = "train digits --optimizer sgd --learning-rate 1e30 --epochs 3 --save m.safetensors"
      let output = try descent.run("\(arguments) --json")
      #expect(output.exitCode == 1)
      let json = try output.json
      let step = try #require(json["divergedAtStep"] as? Int)
      #expect(step >= 1 && step <= 45)
      #expect(json["testAccuracy"] is NSNull)
      #expect(output.stderr.hasPrefix("error: the loss became "))
      #expect(output.stderr.contains("at step \(step):"))
      #expect(output.stderr.contains("try 1e+29"))
      #expect(!descent.folder.exists("m.safetensors"), "a model that is not finite is not saved")
      let forPeople = try descent.run("\(arguments) --quiet")
      #expect(forPeople.exitCode == 1)
      #expect(forPeople.stderr == output.stderr)
      #expect(forPeople.stdout == "")
    }

    /// The last step's own loss is finite; only the parameters that it leaves are not.
    @Test func divergenceInTheVeryLastStepIsNoticed() throws {
      let output = try descent.run("train digits --optimizer gd --learning-rate 1e39 --epochs 1 --json")
      #expect(output.exitCode == 1)
      #expect(try output.json["divergedAtStep"] as? Int == 1)
    }
  }
}
