import DescentOptim
import Foundation
import Testing

extension CommandTests {
  struct Tools {
    let descent = DescentProcess()

    @Test func benchGivesAnObjectOrAnArray() throws {
      let one = try descent.run("bench mlp-small --seconds 0.2 --json").json
      #expect(one["workload"] as? String == "mlp-small")
      let median = try #require(one["msPerStep"] as? Double)
      #expect(median > 0)
      #expect(try #require(one["msMinimum"] as? Double) <= median)
      #expect(try #require(one["ms90thPercentile"] as? Double) >= median)
      #expect(try #require(one["steps"] as? Int) >= 1)
      #expect(try #require(one["kernels"] as? Int) >= 1)
      let two = try descent.run("bench mlp-small mlp-mnist --seconds 0.2 --json")
      let list = try JSONSerialization.jsonObject(with: Data(two.stdout.utf8)) as? [[String: Any]]
      #expect(list?.map { $0["workload"] as? String } == ["mlp-small", "mlp-mnist"])
      #expect(try descent.run("bench mlp-small --seconds 0").exitCode == 64)
    }

    @Test func inspectShowsWhatIsAskedFor() throws {
      let all = try descent.run("inspect digits --hidden 16")
      #expect(all.exitCode == 0)
      for heading in ["== graph", "== plan: ", "== memory", "== kernels (LLVM IR)"] {
        #expect(all.stdout.contains(heading))
      }
      #expect(all.stdout.contains("define "))
      let plan = try descent.run("inspect mlp-small --plan").stdout
      #expect(plan.contains("product →"))
      #expect(!plan.contains("== "), "one section needs no heading")
      let assembly = try descent.run("inspect digits --assembly").stdout
      #expect(assembly.contains(".text") && !assembly.contains("define "))
    }

    @Test func benchProfilesAStep() throws {
      let text = try descent.run("bench mlp-small --profile --seconds 0.2").stdout
      for part in [
        "mlp-small: ", "at best: ", "share", "of peak", "product →", "matrix products: ", "between kernels: ",
      ] {
        #expect(text.contains(part), "\(part) is missing")
      }
      let json = try descent.run("bench mlp-small --profile --seconds 0.2 --json").json
      let peaks = try #require(json["peaks"] as? [String: Double])
      #expect(peaks.values.allSatisfy { $0 > 0 } && peaks.count == 2)
      let kernels = try #require(json["kernels"] as? [[String: Any]])
      let plan = try descent.run("inspect mlp-small --plan").stdout
      #expect(kernels.allSatisfy { plan.contains($0["title"] as? String ?? "?") })
      let steps = kernels.flatMap { $0["steps"] as? [Int] ?? [] }.sorted()
      #expect(steps == Array(1...steps.count))
      let share = kernels.reduce(0) { $0 + ($1["share"] as? Double ?? .nan) }
      #expect(share > 0 && share < 1.000001)
    }

    @Test func benchTimesTheStartOfProcesses() throws {
      let text = try descent.run("bench mlp-small --start --seconds 0.1").stdout
      for part in ["cold", "warm", "trace and plan", "compile and bind", "first step", " 0 compiled"] {
        #expect(text.contains(part), "\(part) is missing")
      }
      let json = try descent.run("bench mlp-small --start --seconds 0.1 --json").json
      for key in ["coldMs", "warmMs"] {
        let parts = try #require(json[key] as? [String: Double])
        #expect(try #require(parts["minimum"]) > 0 && parts["first step"] != nil)
      }
    }

    @Test func benchTimesUpdates() throws {
      let text = try descent.run("bench --updates adamw sophia --elements 4096 --seconds 0.01").stdout
      for part in ["4,096 float32 elements", "of triad", "\nadamw ", "the triad beside", "left out, since", ": sophia"]
      {
        #expect(text.contains(part), "\(part) is missing in \(text)")
      }
      let json = try descent.run("bench --updates --elements 4096 --seconds 0.001 --json").json
      let updates = try #require(json["updates"] as? [[String: Any]])
      let names = updates.compactMap { $0["method"] as? String }
      #expect(names == MethodTable.entries.filter { $0.coupling == .elements && !$0.needsLoss }.map(\.name))
      #expect((json["leftOut"] as? [String: String])?.keys.sorted() == ["sophia"])
      for update in updates {
        for key in ["msPerStep", "msMinimum", "leastBytes", "bytes", "shareOfTriad", "shareOfAxpy"] {
          #expect(try #require(update[key] as? Double) > 0)
        }
      }
      for (arguments, message) in [
        ("--updates adanw", "there is no optimizer 'adanw'; did you mean 'adamw'?"),
        ("--updates adamw --profile", "--profile is for workloads; --updates measures methods"),
        ("--updates --width 3", "--width is for workloads"),
        ("--updates --elements 0", "--elements must be at least 1"),
        ("mlp-small --elements 5", "--elements is for --updates"),
      ] {
        let output = try descent.run("bench \(arguments)")
        #expect(output.exitCode == 64)
        #expect(output.stderr.contains(message), "\(output.stderr)")
      }
    }

    @Test func benchTakesSizesOfTransformers() throws {
      let small = try descent.run(
        "bench gpt-tiny --width 16 --depth 1 --heads 2 --context 8 --batch 2 --seconds 0.1 --json")
      let summary = try #require(try small.json["summary"] as? String)
      #expect(summary.contains("1 layers, 2 heads, width 16, context 8, batch 2"))
      for (arguments, message) in [
        ("mlp-small --width 16", "--width is for the transformers; 'mlp-small' has a size of its own"),
        ("--depth 3", "--depth needs the name of a transformer workload"),
        ("gpt-tiny --width 30", "the width 30 cannot be divided into 4 heads"),
        ("gpt-tiny --batch 0", "--batch must be at least 1, not 0"),
        ("gpt-tinny", "did you mean 'gpt-tiny'?"),
      ] {
        let output = try descent.run("bench \(arguments)")
        #expect(output.exitCode == 64)
        #expect(output.stderr.contains(message), "\(output.stderr)")
      }
    }

    @Test func inspectTakesSizesOfTransformers() throws {
      let plan = try descent.run("inspect gpt-tiny --width 16 --depth 1 --heads 2 --context 8 --batch 2 --plan").stdout
      #expect(plan.contains("[2 × 2 heads, 8 × 8]"))
      for (arguments, message) in [
        ("mlp-small --depth 3", "--depth is for the transformers"),
        ("mlp-small --batch 3", "--batch is for the transformers"),
        ("digits --context 8", "--context is for the workloads that are transformers"),
      ] {
        let output = try descent.run("inspect \(arguments)")
        #expect(output.exitCode == 64)
        #expect(output.stderr.contains(message), "\(output.stderr)")
      }
    }

    /// 64-128-10: 9,610 parameters of four bytes, AdamW's two moments, and its count of steps.
    @Test func inspectSumsUpTheMemory() throws {
      let lines = try descent.run("inspect mlp-small --memory").stdout.split(separator: "\n").map {
        $0.split(separator: " ").joined(separator: " ")
      }
      #expect(lines[0] == "parameters 0.038 MB")
      #expect(lines[1] == "optimizer state 0.077 MB")
      #expect(lines[2].hasPrefix("intermediate results (arena) "))
      #expect(lines[5].hasPrefix("planned peak "))
      #expect(lines.contains { $0.hasPrefix("arena ") }, "the map follows")
      let digits = try descent.run("inspect digits --memory").stdout
      #expect(digits.contains("constants") && digits.contains("planned peak"))
    }

    @Test func doctorFindsEverything() throws {
      let output = try descent.run("doctor --json")
      #expect(output.exitCode == 0)
      let json = try output.json
      #expect(json["healthy"] as? Bool == true)
      for key in [
        "descent", "llvm", "oneDNN", "lapack", "machine", "threads", "cache", "kernelTest", "matrixProductTest",
      ] {
        #expect((json[key] as? [String: Any])?["state"] is String, "\(key) is missing")
      }
      #expect(((json["kernelTest"] as? [String: Any])?["greatestError"] as? Double).map { $0 < 1e-4 } == true)
    }

    @Test func doctorSaysWhatIsMissing() throws {
      var descent = descent
      descent.environment = ["DESCENT_LLVM": "/nowhere/libLLVM.so", "DESCENT_CACHE": "off"]
      let output = try descent.run("doctor")
      #expect(output.exitCode == 1)
      #expect(output.stdout.contains("missing  LLVM"))
      #expect(output.stdout.contains("/nowhere/libLLVM.so"))
      #expect(output.stdout.contains("DESCENT_LLVM"))
      #expect(output.stdout.contains("off: kernels are compiled anew"))
      let train = try descent.run("train digits")
      #expect(train.exitCode == 1)
      #expect(train.stderr.hasPrefix("error: libLLVM at '/nowhere/libLLVM.so' cannot be used"))
    }

    @Test func doctorNotesThatConvolutionsAreSlow() throws {
      var descent = descent
      descent.environment = ["DESCENT_ONEDNN": "off"]
      let output = try descent.run("doctor")
      #expect(output.exitCode == 0)
      #expect(output.stdout.contains(#/note +oneDNN +off: convolutions run as matrix products/#))
    }

    @Test func namedOneDNNThatIsNotThere() throws {
      var descent = descent
      descent.environment = ["DESCENT_ONEDNN": "/nowhere/libdnnl.so"]
      let output = try descent.run("doctor")
      #expect(output.exitCode == 1)
      #expect(output.stdout.contains(#/missing +oneDNN +not usable/#))
      let train = try descent.run("train digits")
      #expect(train.exitCode == 1)
      #expect(train.stderr.hasPrefix("error: oneDNN was not found"))
      #expect(train.stderr.contains("/nowhere/libdnnl.so"))
    }

    @Test func memoryLimit() throws {
      let arguments = "inspect digits --hidden 256,256,256 --activation gelu --batch 512 --memory"
      func arena(_ text: String) throws -> Int {
        let number = try #require(text.firstMatch(of: #/arena (\d+) kB/#))
        return try #require(Int(number.1))
      }
      let free = try arena(descent.run(arguments).stdout)
      let limited = try arena(descent.run("\(arguments) --memory-limit \(free * 7 / 10)kB").stdout)
      #expect(limited <= free * 7 / 10)
      let impossible = try descent.run("train digits --epochs 1 --memory-limit 1kB")
      #expect(impossible.exitCode == 1 && impossible.stderr.hasPrefix("error: "))
      #expect(impossible.stderr.contains("memory limit of 1000 bytes"))
      #expect(try descent.run("train digits --memory-limit lots").exitCode == 64)
    }

    @Test func optimizersAreListed() throws {
      let table = try descent.run("optimizers").stdout
      for name in ["sgd", "adamw", "geo", "normalized-row"] { #expect(table.contains("\n\(name) ")) }
      let list = try JSONSerialization.jsonObject(with: Data(descent.run("optimizers --json").stdout.utf8))
      let entries = try #require(list as? [[String: Any]])
      #expect(entries.contains { $0["name"] as? String == "adamw" && $0["learningRate"] is Double })
      let shown = try descent.run("optimizers show adamw").stdout
      #expect(shown.contains("weightDecay") && shown.contains("0.01"))
      for text in ["θ ← θ − η·λθ − η·m̂/(√v̂ + ε)", "arXiv 1711.05101", "2 numbers per parameter", "decay decoupled"] {
        #expect(shown.contains(text), "\(text)")
      }
      #expect(try descent.run("optimizers show adamw --json").json["hyperparameters"] is [String: String])
      let fullBatch = try descent.run("optimizers show lbfgs").stdout
      for text in ["Liu & Nocedal 1989", "24 numbers per parameter", "history            10"] {
        #expect(fullBatch.contains(text), "\(text)")
      }
      let modifiers = try descent.run("optimizers modifiers").stdout
      for entry in ModifierTable.entries { #expect(modifiers.contains("\(entry.grammar)  ")) }
    }

    /// Gradient descent with rate 0.5 from 1 with the gradients 0.5 and 1, and two runs that cannot be replayed.
    @Test func optimizersAreCheckedAgainstRecordedRuns() throws {
      func runs(end: Double) -> String {
        """
        {"shapes": {"w": [1]}, "init": {"w": [1]}, "gradients": [{"w": [0.5]}, {"w": [1]}], "optimizers": [
          {"name": "plain", "source": "torch.optim.SGD 2.0", "hyperparameters": {"lr": 0.5},
           "trajectory": {"2": {"w": [\(end)]}}},
          {"name": "typo", "source": "torch.optim.SGD 2.0", "hyperparameters": {"rate": 0.5},
           "trajectory": {"2": {"w": [0.25]}}},
          {"name": "strange", "source": "torch.optim.Strange 2.0", "hyperparameters": {},
           "trajectory": {"2": {"w": [0.25]}}}]}
        """
      }
      try descent.folder.write(runs(end: 0.25), to: "good.json")
      let good = try descent.run("optimizers check good.json")
      #expect(good.exitCode == 0 && good.stdout.contains("\n\n1 of 3 runs replayed, all within"))
      #expect(good.stdout.contains("typo     not covered: torch.optim.SGD has no hyper-parameter 'rate'; it has"))
      #expect(good.stdout.contains("strange  not covered: no method here is 'torch.optim.Strange'"))

      try descent.folder.write(runs(end: 0.2501), to: "bad.json")
      let bad = try descent.run("optimizers check bad.json")
      #expect(bad.exitCode == 1 && bad.stdout.contains("above tolerance") && bad.stdout.contains("float32: plain"))
      let json = try descent.run("optimizers check bad.json --tolerance64 1e-3 --tolerance32 1e-3 --json")
      #expect(try json.exitCode == 0 && json.json["passed"] as? Bool == true)
      #expect(try (json.json["runs"] as? [[String: Any]])?.count == 3)
    }

    /// The first gradient of 4 × 2 leaves two of four left eigenvectors open; that of 2 × 2 leaves none.
    @Test func runsThatTheirGradientsDoNotDetermine() throws {
      func runs(_ shape: [Int], _ first: [Double], _ steps: [Int] = [3]) -> String {
        let count = shape[0] * shape[1]
        let zeros = [Double](repeating: 0, count: count)
        let gradients = [first, first.reversed(), first.map { $0 * $0 }]
        let trajectory = steps.map { "\"\($0)\": {\"w\": \($0 == 1 ? zeros : zeros.map { _ in 7 })}" }
        return """
          {"shapes": {"w": \(shape)}, "init": {"w": \(zeros)}, "gradients": [\
          \(gradients.map { "{\"w\": \($0)}" }.joined(separator: ", "))], "optimizers": [
            {"name": "rotated", "source": "pytorch_optimizer.SOAP 3.0", "hyperparameters": {"lr": 0.1},
             "trajectory": {\(trajectory.joined(separator: ", "))}}]}
          """
      }
      let tall = [0.5, -0.25, 1, 0.75, -0.5, 0.125, 0.25, 2]
      try descent.folder.write(runs([4, 2], tall), to: "open.json")
      let open = try descent.run("optimizers check open.json")
      #expect(
        open.exitCode == 0 && open.stdout.contains("not determined: the first gradient of w has slices along axis 0"))
      #expect(open.stdout.contains("eigenvalue 0.0 2 times") && open.stdout.contains("1 not determined"))
      let json = try descent.run("optimizers check open.json --json").json
      #expect(((json["runs"] as? [[String: Any]])?.first?["notDetermined"] as? String)?.contains("axis 0") == true)

      // Of full rank, and of rank 2 with three rows, whose one zero is single: wrong numbers are wrong.
      for (shape, first) in [([2, 2], [0.5, -0.25, 1, 0.75]), ([3, 2], Array(tall.prefix(6)))] {
        try descent.folder.write(runs(shape, first), to: "wrong.json")
        let wrong = try descent.run("optimizers check wrong.json")
        #expect(wrong.exitCode == 1 && wrong.stdout.contains("above tolerance"), "\(wrong.stdout)")
      }
      // Equal eigenvalues that are not zero leave as much open.
      try descent.folder.write(runs([2, 2], [1, 0, 0, 1]), to: "equal.json")
      #expect(try descent.run("optimizers check equal.json").stdout.contains("eigenvalue 1.0 2 times"))
      // The first step moves nothing whatever the bases.
      try descent.folder.write(runs([4, 2], tall, [1]), to: "first.json")
      #expect(try descent.run("optimizers check first.json").stdout.contains("all within"))
    }

    @Test func helpTeaches() throws {
      let root = try descent.run("--help")
      #expect(root.exitCode == 0)
      for name in ["train", "predict", "compare", "find-lr", "bench", "inspect", "doctor", "optimizers"] {
        #expect(root.stdout.contains("\n  \(name) "))
        let help = try descent.run("\(name) --help")
        #expect(help.exitCode == 0)
        #expect(help.stdout.contains("EXAMPLES:\n  descent \(name)"))
      }
      let version = try descent.run("--version")
      #expect(version.stdout.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil)
    }
  }
}
