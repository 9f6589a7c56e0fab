import Testing

extension CommandTests {
  /// Every wrong input ends with one sentence on stderr that says what and where, and nothing on stdout.
  struct BadInput {
    let descent = DescentProcess()

    private func expectError(
      _ arguments: String, code: Int32, _ texts: String..., location: SourceLocation = #_sourceLocation
    ) throws {
      let output = try descent.run(arguments)
      #expect(output.exitCode == code, sourceLocation: location)
      #expect(output.stdout == "", sourceLocation: location)
      #expect(output.stderr.hasPrefix("error: "), "\(output.stderr)", sourceLocation: location)
      let lines = output.stderr.split(separator: "\n")
      #expect(lines.count <= 2, "\(output.stderr)", sourceLocation: location)
      if lines.count == 2 { #expect(lines[1].hasPrefix("See 'descent "), sourceLocation: location) }
      for text in texts {
        #expect(output.stderr.contains(text), "'\(text)' is not in: \(output.stderr)", sourceLocation: location)
      }
    }

    @Test func missingFile() throws {
      try expectError("train nothing.csv --target a", code: 1, "nothing.csv: no such file")
      try expectError("predict nothing.safetensors x.csv", code: 1, "nothing.safetensors: no such file")
    }

    @Test func misspeltDataSet() throws {
      try expectError("train digit", code: 64, "'digit'", "did you mean 'digits'?")
      try expectError("inspect mlp-smal", code: 64, "did you mean 'mlp-small'?")
      try expectError("train nothing --target a", code: 64, "'nothing'", "CSV file")
    }

    @Test func emptyFile() throws {
      try descent.folder.write("", to: "empty.csv")
      try expectError("train empty.csv --target a", code: 1, "empty.csv: the file is empty")
      try descent.folder.write("a,b\n", to: "header.csv")
      try expectError("train header.csv --target a", code: 1, "header.csv", "no rows")
    }

    @Test func raggedRow() throws {
      try descent.folder.write("a,b\n1,2\n3,4,5\n6,7\n", to: "ragged.csv")
      try expectError("train ragged.csv --target b", code: 1, "ragged.csv:3:", "3 fields", "expected 2")
    }

    @Test func targetThatIsNoNumber() throws {
      try descent.folder.write("a,b\n1,2\n3,x\n5,6\n7,8\n9,10\n", to: "text.csv")
      try expectError("train text.csv --target b --task regression", code: 1, "text.csv:3:", "'x'", "not a number")
    }

    @Test func unknownColumn() throws {
      try descent.folder.write(Tables.cars, to: "cars.csv")
      try expectError("train cars.csv --target prize", code: 1, "no column 'prize'", "Did you mean 'price'?")
      try expectError("compare cars.csv --column prise", code: 1, "Did you mean 'price'?")
      try expectError("train cars.csv", code: 64, "--target", "age, distance, make, price")
      try expectError("compare cars.csv", code: 64, "--column")
      try expectError("train digits --target price", code: 64, "--target is for CSV files")
      try expectError("train cars.csv --target price --categorical mak", code: 1, "Did you mean 'make'?")
    }

    @Test func notANumberInTheData() throws {
      try descent.folder.write("a,b\n1,2\n3,4\nnan,6\n7,8\n9,10\n", to: "nan.csv")
      try expectError("train nan.csv --target b", code: 1, "nan.csv:4:", "'nan'", "'a'", "not a finite")
    }

    @Test func misspeltNames() throws {
      try expectError("train digits --optimizer adamm", code: 64, "'adamm'", "did you mean 'adam'?")
      try expectError("compare digits --methods sgd,momentun", code: 64, "did you mean 'momentum'?")
      try expectError("compare digits --methods sgd --learning-rates adam=1", code: 64, "not among the methods")
      try expectError("bench mlp-mnis", code: 64, "did you mean 'mlp-mnist'?")
      try expectError("compare digits --methods lbfgs", code: 64, "only 'descent train'")
      try expectError("find-lr digits --optimizer lbfgs", code: 64, "only 'descent train'")
      try expectError("optimizers show nestorov", code: 64, "did you mean 'nesterov'?")
      try expectError("optimizers check /nowhere/runs.json", code: 1, "/nowhere/runs.json", "cannot be read")
      try expectError("optimizers check runs.json --tolerance64 0", code: 64, "--tolerance64")
      try expectError("trian digits", code: 64, "did you mean 'train'?")
      try expectError("train digits --epohcs 3", code: 64, "'--epohcs'", "'--epochs'")
      try expectError("train digits --set beta3=0.9", code: 64, "no hyper-parameter 'beta3'", "beta2")
      try expectError("train digits --optimizer adam --momentum 0.9", code: 64, "no hyper-parameter 'momentum'")
      try expectError("train digits --schedule cosin", code: 64, "did you mean 'cosine'?")
      try expectError("train digits --objective hubber", code: 64, "did you mean 'huber'?")
      try expectError("train digits --activation rellu", code: 64, "'rellu'", "relu, gelu")
    }

    @Test func modifiersThatDoNotFit() throws {
      try expectError("train digits --with emma=0.9", code: 64, "no modifier 'emma'", "did you mean 'ema'?")
      try expectError("train digits --with ema=2", code: 64, "'ema=2'", "DECAY", "above 0 and below 1")
      try expectError("train digits --with swa=1,2,3", code: 64, "swa[=START[,STEPS]]")
      try expectError("train digits --with frozen", code: 64, "frozen@PATTERN")
      try expectError("train digits --with clip-norm@x", code: 64, "clip-norm[=LIMIT]")
      try expectError("train digits --with state-format=7bit", code: 64, "'7bit'", "8bit, bf16")
      try expectError("train digits --with group=lr@x", code: 64, "lr:0.1")
      try expectError("train digits --with group=beta3:1@*", code: 64, "no hyper-parameter 'beta3'", "beta2")
      try expectError("train digits --with frozen@laiers.*", code: 1, "'laiers.*'", "nearest is 'layers.")
      try expectError(
        "train digits --with ema --with layerwise", code: 64, "--with layerwise", "before other modifiers")
      try expectError("train digits --with sam --with accumulate", code: 64, "--with accumulate", "loss of one batch")
      try expectError("compare digits --with emma", code: 64, "did you mean 'ema'?")
    }

    @Test(arguments: [
      ("--batch 8", "--batch"), ("--learning-rate 0.1", "--learning-rate"), ("--schedule cosine", "--schedule"),
      ("--warm-up 1", "--warm-up"), ("--weight-decay 0.1", "--weight-decay"), ("--momentum 0.9", "--momentum"),
      ("--with ema", "--with"), ("--dropout 0.1", "--dropout"), ("--set histry=3", "did you mean 'history'?"),
      ("--set history=0", "whole number"),
    ]) func optionsWithoutMeaningForFullBatches(_ options: String, _ text: String) throws {
      try expectError("train digits --optimizer lbfgs \(options)", code: 64, "lbfgs", text)
    }

    @Test(arguments: [
      "--epochs 0", "--epochs x", "--batch 0", "--learning-rate 0", "--learning-rate=-1", "--learning-rate nan",
      "--learning-rate inf", "--test 0", "--test 1", "--test nan", "--validation=-0.1", "--validation 0.9",
      "--dropout 1", "--hidden 0", "--hidden 12,x", "--hidden 1000000,1000000", "--label-smoothing 1", "--seed=-1",
      "--warm-up 31", "--warm-up=-1", "--set beta1=1", "--set beta1", "--schedule step:2", "--schedule cosine:1:2",
      "--objective huber:0", "--weight-decay=-1", "--momentum 1 --optimizer sgd",
    ]) func badNumbers(_ options: String) throws {
      try expectError("train digits \(options)", code: 64)
    }

    @Test(arguments: [
      "--seeds 0", "--target 0", "--target 97", "--target nan", "--methods adam,adam", "--methods ,",
      "--learning-rates sgd", "--learning-rates sgd=0", "--learning-rates sgd=1,sgd=2",
    ]) func badComparisons(_ options: String) throws {
      try expectError("compare digits \(options)", code: 64)
    }

    @Test func objectiveOfTheOtherKind() throws {
      try descent.folder.write(Tables.cars, to: "cars.csv")
      try expectError("train digits --objective mean-squared-error", code: 1, "are classes")
      try expectError("train cars.csv --target price --objective cross-entropy", code: 1, "are numbers")
      try expectError("train cars.csv --target price --label-smoothing 0.1", code: 64, "--label-smoothing")
    }

    @Test func placesThatCannotBeWritten() throws {
      try expectError("train digits --save nowhere/m.safetensors", code: 1, "no folder 'nowhere'")
      try expectError("compare digits --report nowhere/report.html", code: 1, "no folder 'nowhere'")
    }
  }
}
