import DescentText
import ArgumentParser
import Descent
import Foundation

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Apply a saved model to a table.",
    discussion: """
      EXAMPLES:
        descent predict iris.safetensors new-flowers.csv
        descent predict cars.safetensors cars.csv --output predictions.csv
        descent predict cars.safetensors cars.csv --part test --json
        descent predict digits.safetensors digits --part test --json

      The columns are prepared as they were in training; they may stand in another order, and the target may be \
      missing. Where it is there, the predictions are judged by it. Each prediction comes with the line of its row.
      """)

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case all, train, validation, test
  }

  @Argument(help: "A model that 'descent train … --save' wrote.")
  var model: String

  @Argument(help: "A CSV file with the columns that the model was trained with; 'digits' for a model of the digits.")
  var data: String

  @Option(
    help: """
      Which rows: all of them, or a part of the split that the model was trained with, drawn again from the same file.
      """)
  var part = Part.all

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the predictions to a CSV file.", valueName: "file"))
  var output: String?

  @OptionGroup var csv: CSVOptions

  @Flag(help: "Write the predictions as JSON.")
  var json = false

  func run() throws {
    if let output { try AtomicFile.check(output, reading: [model, data]) }
    let saved = try SavedModel.load(model)
    let rows = try PredictionRows(saved, modelFile: model, data: data, part: part, options: csv.readerOptions)
    let predictions = try saved.predictions(for: rows.dataset)
    let quality = saved.quality(of: predictions, for: rows.dataset)
    let table = PredictionTable(saved: saved, lines: rows.lines, predictions: predictions)
    if let output { try AtomicFile.write(Array(table.csv.utf8), to: output) }
    if json {
      var members: [(String, OrderedJSON)] = [("rows", .integer(predictions.count))]
      if saved.description.classNames != nil {
        members.append(("accuracy", .optional(quality?.accuracy)))
      } else {
        members.append(("rmse", .optional(quality?.rootMeanSquaredError)))
      }
      members += [("model", .string(model)), ("data", .string(data)), ("part", .string(part.rawValue))]
      members.append(output.map { ("output", .string($0)) } ?? ("predictions", table.json))
      print(OrderedJSON.object(members).text())
      return
    }
    let summary = summary(quality, count: predictions.count)
    if let output {
      print("\(summary)\npredictions written to \(output)")
    } else {
      print(table.csv, terminator: "")
      // Beside the table and not in it, so that the table can be piped on.
      StandardError.write("\(summary)\n")
    }
  }

  private func summary(_ quality: PredictionQuality?, count: Int) -> String {
    let rows = "\(NumberText.count(Double(count))) row\(count == 1 ? "" : "s")"
    if let accuracy = quality?.accuracy {
      return "accuracy \(Metric.testAccuracy.text(accuracy)) of \(rows)"
    }
    if let error = quality?.rootMeanSquaredError { return "RMSE \(NumberText.significant(error)) on \(rows)" }
    return "\(rows) predicted; there is no target column to judge them by"
  }
}

/// The examples to predict, and where they come from.
private struct PredictionRows {
  let dataset: Dataset
  /// Lines of the file, or for the digits their numbers, from 1.
  let lines: [Int]

  init(
    _ saved: SavedModel, modelFile: String, data: String, part: PredictCommand.Part, options: CSVReader.Options
  ) throws {
    let description = saved.description
    let all: Dataset
    let allLines: [Int]
    if let preprocessing = description.preprocessing {
      guard data != "digits" else {
        throw UsageError("\(modelFile) was trained on the table \(description.task), not on the digits.")
      }
      try DataSource.checkExistence(of: data)
      let table = try Table(try CSVReader.read(path: data, options: options))
      all = try preprocessing.apply(to: table)
      allLines = (0..<table.rowCount).map { table.document.line(ofRow: $0) }
    } else {
      guard data == "digits" else {
        throw UsageError("\(modelFile) was trained on the \(description.task) and predicts nothing else.")
      }
      all = Digits.load()
      guard all.featureCount == description.widths[0] else {
        throw UsageError("\(modelFile) takes \(description.widths[0]) features, the digits have \(all.featureCount).")
      }
      allLines = Array(1...all.count)
    }
    let rows = try Self.rows(of: part, all, saved, modelFile)
    dataset = rows.map { all.subset(rows: $0) } ?? all
    lines = rows.map { $0.map { allLines[$0] } } ?? allLines
  }

  /// The rows of a part; nil for all of them.
  private static func rows(
    of part: PredictCommand.Part, _ all: Dataset, _ saved: SavedModel, _ modelFile: String
  ) throws -> [Int]? {
    guard part != .all else { return nil }
    guard let split = saved.description.split else {
      throw UsageError("\(modelFile) does not say how its data were split, so there is no --part \(part.rawValue).")
    }
    var labels: [Int32]?
    if case .classes(let found, _) = all.targets { labels = found }
    guard all.hasTargets else {
      throw UsageError("--part \(part.rawValue) needs the target column, by which the rows were split.")
    }
    let rows = try SplitRows.draw(
      name: all.name, count: all.count, validation: split.validation, test: split.test,
      seed: UInt64(bitPattern: Int64(split.seed)), labels: labels)
    switch part {
    case .all: return nil
    case .train: return rows.train
    case .validation:
      guard !rows.validation.isEmpty else { throw UsageError("\(modelFile) was trained without a validation part.") }
      return rows.validation
    case .test: return rows.test
    }
  }
}

/// Predictions with the lines they belong to, as text.
private struct PredictionTable {
  let saved: SavedModel
  let lines: [Int]
  let predictions: [Prediction]

  var csv: String {
    var text = saved.description.classNames == nil ? "line,prediction\n" : "line,prediction,probability\n"
    for (line, prediction) in zip(lines, predictions) {
      switch prediction {
      case .label(let name, _, let probability):
        text += "\(line),\(Self.field(name)),\(NumberText.significant(probability))\n"
      case .value(let value): text += "\(line),\(Float(value))\n"
      }
    }
    return text
  }

  var json: OrderedJSON {
    .array(
      zip(lines, predictions).map { line, prediction in
        switch prediction {
        case .label(let name, _, let probability):
          .object([
            ("line", .integer(line)), ("prediction", .string(name)), ("probability", .number(probability)),
          ])
        case .value(let value): .object([("line", .integer(line)), ("prediction", .number(value))])
        }
      })
  }

  /// A field of a CSV file, in quotes where it needs them (RFC 4180).
  private static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
