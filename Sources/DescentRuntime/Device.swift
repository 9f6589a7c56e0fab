import DescentGraph
import Foundation
import Synchronization

/// Where compiled functions run.
///
/// ```swift
/// let f = compile(on: .reference) { (x: Tensor) in exp(x) }   // one function
/// try Device.reference.use { try model.initialize(seed: 0) }  // whatever is compiled or evaluated in there
/// ```
public struct Device: Sendable {
  /// As options and messages call it: `cpu`.
  public let name: String
  package let backend: any Backend

  /// A device of a back end that is in no table: for tests, and for packages that bring their own.
  package init(name: String, backend: any Backend) {
    self.name = name
    self.backend = backend
  }

  /// This machine's processors.
  public static var cpu: Device { known("cpu") }

  /// The definition of every operation: plain loops in float64. For comparing with, not for speed.
  public static var reference: Device { known("reference") }

  /// The device for what is compiled without saying where: the processors, unless ``use(_:)`` says otherwise.
  public static var current: Device { chosen ?? .cpu }
  @TaskLocal private static var chosen: Device?

  /// Calls `body` with this device as the ``current`` one.
  public func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$chosen.withValue(self, operation: body)
  }

  /// The device called `name`.
  ///
  /// - Throws: ``DeviceError`` for a name that no device has.
  public static func named(_ name: String) throws(DeviceError) -> Device {
    guard let device = devices.withLock({ $0.find(name) }) else {
      throw .unknown(name: name, known: backends.map(\.name))
    }
    return device
  }

  private static func known(_ name: String) -> Device {
    guard let device = devices.withLock({ $0.find(name) }) else {
      fatalError("the device \(name) is not linked into this program; depend on the product Descent")
    }
    return device
  }

  // MARK: The table of back ends

  /// Each back end's class. They are found by name, because they stand below this module and import it.
  private static let backends = [
    (name: "cpu", type: "DescentCPU.CPUBackend"),
    (name: "reference", type: "DescentReference.ReferenceBackend"),
  ]

  private struct Opened {
    var devices: [String: Device] = [:]

    mutating func find(_ name: String) -> Device? {
      if let known = devices[name] { return known }
      guard let row = Device.backends.first(where: { $0.name == name }),
        let type = NSClassFromString(row.type) as? any LinkedBackend.Type
      else { return nil }
      let device = Device(name: name, backend: type.init())
      devices[name] = device
      return device
    }
  }
  private static let devices = Mutex(Opened())
}

extension Device: Hashable, CustomStringConvertible {
  /// Devices of one name are one device.
  public static func == (a: Device, b: Device) -> Bool { a.name == b.name }
  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  /// The name.
  public var description: String { name }
}

/// A back end of the table: a class, so that it is found by name.
package protocol LinkedBackend: Backend, AnyObject {
  init()
}

/// No such device.
public enum DeviceError: Error, Equatable, CustomStringConvertible {
  /// `known` are the names of those that this program can use.
  case unknown(name: String, known: [String])

  /// What was asked for and what there is.
  public var description: String {
    switch self {
    case .unknown(let name, let known): "there is no device '\(name)'; known are \(known.joined(separator: ", "))"
    }
  }
}
