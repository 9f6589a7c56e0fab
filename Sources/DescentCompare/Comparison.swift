import DescentTrain
import Foundation

/// What came out of training one network on one task with several optimization methods, several seeds each.
///
/// A comparison holds measurements only. `ComparisonSummary` draws the conclusions from them; `ComparisonTable`,
/// `ComparisonJSON` and `ReportHTML` show both.
public struct Comparison: Codable, Sendable, Equatable {
  /// Short name of the task, as on the command line: `digits`.
  public var task: String
  /// One or two sentences about the data and its split.
  public var taskDescription: String
  /// Layer widths or another short description of the network: `64-128-10`.
  public var network: String
  /// Name of the training loss: `cross-entropy`.
  public var loss: String
  /// The quantity the methods are ranked by, measured on held-out data.
  public var metric: Metric
  /// The metric's value that counts as "solved", in the metric's own unit; `nil` when no target was set.
  public var target: Double?
  /// Rows per step; a method that works on the full batch says so in its own `MethodResult.batch`.
  public var batch: Int
  /// Passes over the training data each run was given.
  public var epochs: Int
  /// The seeds every method was to be run with; equal seeds mean equal initial weights and equal row order.
  public var seeds: [UInt64]
  /// The exact command line that produced these results.
  public var commandLine: String
  /// When the comparison was started.
  public var date: Date
  /// Processor, cores and operating system, in words.
  public var machine: String
  /// Versions of what took part, in the order to show them.
  public var versions: [NamedValue]
  /// Results, in the order the methods were named by the user.
  public var methods: [MethodResult]
  /// Whether the comparison was stopped before every run was done.
  public var interrupted: Bool

  /// Nothing is checked: `ComparisonSummary` copes with missing seeds and runs that diverged.
  public init(
    task: String, taskDescription: String, network: String, loss: String, metric: Metric, target: Double? = nil,
    batch: Int, epochs: Int, seeds: [UInt64], commandLine: String, date: Date, machine: String,
    versions: [NamedValue] = [], methods: [MethodResult], interrupted: Bool = false
  ) {
    self.task = task
    self.taskDescription = taskDescription
    self.network = network
    self.loss = loss
    self.metric = metric
    self.target = target
    self.batch = batch
    self.epochs = epochs
    self.seeds = seeds
    self.commandLine = commandLine
    self.date = date
    self.machine = machine
    self.versions = versions
    self.methods = methods
    self.interrupted = interrupted
  }
}

extension Comparison {
  /// A name and its value as text, kept in order where a dictionary would lose it.
  public struct NamedValue: Codable, Sendable, Equatable {
    /// What reports call it: `learningRate`.
    public var name: String
    /// As reports print it: `0.001`.
    public var value: String

    /// In this order: name, value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
}
