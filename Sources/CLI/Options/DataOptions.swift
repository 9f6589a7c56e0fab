import ArgumentParser
import Descent
import Foundation

/// How a CSV file is to be read.
struct CSVOptions: ParsableArguments {
  @Option(help: "What separates the fields: comma, semicolon or tab. (default: found out)")
  var delimiter: DelimiterName?

  @Flag(inversion: .prefixedNo, help: "Whether the first row has the column names. (default: found out)")
  var header: Bool?

  var readerOptions: CSVReader.Options { .init(delimiter: delimiter?.delimiter, hasHeader: header) }
}

/// A delimiter by its name or itself.
struct DelimiterName: ExpressibleByArgument {
  let delimiter: CSVReader.Delimiter

  init?(argument: String) {
    switch argument {
    case "comma", ",": delimiter = .comma
    case "semicolon", ";": delimiter = .semicolon
    case "tab", "\t", "\\t": delimiter = .tab
    default: return nil
    }
  }
}

/// Which parts the data are divided into.
struct SplitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Part of the data held out for the test.", valueName: "fraction"))
  var test = 0.2

  @Option(help: ArgumentHelp("Part of the data held out for validation.", valueName: "fraction"))
  var validation = 0.0

  func validate() throws {
    guard test > 0, test < 1 else { throw ValidationError("--test must be above 0 and below 1, not \(test).") }
    guard validation >= 0, validation < 1 else {
      throw ValidationError("--validation must be at least 0 and below 1, not \(validation).")
    }
    guard test + validation < 1 else {
      throw ValidationError("--test \(test) and --validation \(validation) leave nothing to train on.")
    }
  }
}

/// What to train on. The column to predict is left to the commands: its option's name is not the same in all.
struct DataOptions: ParsableArguments {
  @Argument(help: "'digits', or the path of a CSV file.")
  var data: String

  @OptionGroup var table: TableOptions
}

/// How a table is taken, and into which parts data are divided.
struct TableOptions: ParsableArguments {
  @Option(help: "What a table's target is: classification or regression. (default: found out from the column)")
  var task: PredictionTask?

  @Option(
    help: ArgumentHelp("Columns to take as categories even if they hold numbers.", valueName: "names"),
    transform: commaSeparated)
  var categorical: [String] = []

  @OptionGroup var split: SplitOptions
  @OptionGroup var csv: CSVOptions

  /// Options that were given and mean nothing for data that are no table.
  var optionsForTables: [String] {
    var names: [String] = []
    if task != nil { names.append("--task") }
    if !categorical.isEmpty { names.append("--categorical") }
    if csv.delimiter != nil { names.append("--delimiter") }
    if let header = csv.header { names.append(header ? "--header" : "--no-header") }
    return names
  }
}

extension PredictionTask: ExpressibleByArgument {}

/// `a,b,c` as a list; spaces around the names do not count.
@Sendable func commaSeparated(_ text: String) throws -> [String] {
  let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
    String($0).trimmingCharacters(in: .whitespaces)
  }
  guard names.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("write names with commas between: a,b,c.") }
  return names
}
