// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "descent",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Descent", targets: ["Descent"]),
    .executable(name: "descent", targets: ["CLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
  ],
  targets: [
    // Imports point down this list only; see Documentation/Tour.md.
    .target(name: "DescentGraph", dependencies: [.product(name: "RealModule", package: "swift-numerics")]),
    .target(name: "COneDNN"),
    .target(
      name: "DescentEngine",
      dependencies: ["DescentGraph", "COneDNN", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["CPU/LLVM/fit-polynomials.py"]),
    .target(name: "DescentNN", dependencies: ["DescentGraph", "DescentEngine"]),
    .target(name: "DescentOptim", dependencies: ["DescentGraph", "DescentEngine"]),
    .target(name: "DescentData", exclude: ["Embedded/README.md", "Embedded/make-digits.py"]),
    .target(name: "DescentTrain", dependencies: ["DescentNN", "DescentOptim", "DescentData"]),
    .target(name: "Descent", dependencies: ["DescentTrain"]),
    .executableTarget(
      name: "CLI",
      dependencies: ["Descent", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .executableTarget(name: "DigitsTraining", dependencies: ["Descent"], path: "Examples/DigitsTraining"),
    .executableTarget(name: "OwnOptimizer", dependencies: ["Descent"], path: "Examples/OwnOptimizer"),

    // Random graphs with shrinking, the table of ops, tolerances: what several test targets share.
    .target(name: "TestSupport", dependencies: ["DescentGraph", "DescentEngine"], path: "Tests/TestSupport"),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(name: "Conformance", dependencies: ["TestSupport"], path: "Tests/Conformance"),
    .testTarget(
      name: "DescentGraphTests",
      dependencies: ["DescentGraph", "DescentEngine", .product(name: "RealModule", package: "swift-numerics")]),
    .testTarget(
      name: "DescentEngineTests",
      dependencies: ["DescentEngine", "DescentNN", "DescentOptim", "TestSupport", "CAllocationCounter"]),
    .testTarget(name: "DescentDataTests", dependencies: ["DescentData"]),
    .testTarget(name: "DescentNNTests", dependencies: ["DescentNN"]),
    .testTarget(name: "DescentOptimTests", dependencies: ["DescentOptim", "DescentNN", "DescentTrain"]),
    .testTarget(name: "DescentTrainTests", dependencies: ["DescentTrain"]),
    .testTarget(name: "CLITests", dependencies: ["CLI"]),
  ],
  swiftLanguageModes: [.v6]
)

// Warnings stop our own builds; whoever depends on this package is spared.
if Context.environment["CI"] != nil {
  for target in package.targets where target.type != .plugin {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
