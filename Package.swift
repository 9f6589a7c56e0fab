// swift-tools-version: 6.2
import PackageDescription

let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

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
    // Imports point up this list only, and Documentation/Tour.md says what each target is; a test holds the code to both.
    .target(name: "DescentText"),
    .target(name: "DescentGraph", dependencies: [realModule]),
    .target(name: "DescentRuntime", dependencies: ["DescentGraph"]),
    .target(name: "DescentReference", dependencies: ["DescentGraph", "DescentRuntime", realModule]),
    .target(name: "COneDNN"),
    .target(
      name: "DescentCPU", dependencies: ["DescentGraph", "DescentRuntime", "COneDNN", realModule],
      exclude: ["LLVM/fit-polynomials.py"]),
    .target(name: "DescentNN", dependencies: ["DescentGraph", "DescentRuntime"]),
    .target(name: "DescentOptim", dependencies: ["DescentGraph", "DescentRuntime"]),
    .target(
      name: "DescentData", dependencies: ["DescentGraph"], exclude: ["Embedded/README.md", "Embedded/make-digits.py"]),
    .target(
      name: "DescentFiles",
      dependencies: ["DescentText", "DescentGraph", "DescentRuntime", "DescentNN", "DescentOptim"]),
    .target(
      name: "DescentTrain",
      dependencies: ["DescentGraph", "DescentRuntime", "DescentNN", "DescentOptim", "DescentData", "DescentFiles"]),
    .target(
      name: "DescentCompare",
      dependencies: [
        "DescentText", "DescentGraph", "DescentRuntime", "DescentCPU", "DescentNN", "DescentOptim", "DescentData",
        "DescentTrain",
      ]),
    .target(
      name: "DescentBench",
      dependencies: ["DescentGraph", "DescentRuntime", "DescentCPU", "DescentNN", "DescentOptim"]),
    .target(name: "DescentRecorded", dependencies: ["DescentGraph", "DescentRuntime", "DescentOptim"]),
    // What users import: it hands on the others, and links the back ends.
    .target(
      name: "Descent",
      dependencies: [
        "DescentGraph", "DescentRuntime", "DescentReference", "DescentCPU", "DescentNN", "DescentOptim", "DescentData",
        "DescentFiles", "DescentTrain", "DescentCompare",
      ]),
    .executableTarget(
      name: "CLI",
      dependencies: [
        "Descent", "DescentText", "DescentBench", "DescentRecorded",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .executableTarget(name: "DigitsTraining", dependencies: ["Descent"], path: "Examples/DigitsTraining"),
    .executableTarget(name: "OwnOptimizer", dependencies: ["Descent"], path: "Examples/OwnOptimizer"),

    // Random graphs with shrinking, the tables of ops and back ends, tolerances: what several test targets share.
    .target(
      name: "TestSupport", dependencies: ["DescentGraph", "DescentRuntime", "DescentReference", "DescentCPU"],
      path: "Tests/TestSupport"),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(name: "Conformance", dependencies: ["TestSupport"], path: "Tests/Conformance"),
    .testTarget(name: "DescentGraphTests", dependencies: ["TestSupport", realModule]),
    .testTarget(name: "DescentRuntimeTests", dependencies: ["Descent", "TestSupport"]),
    .testTarget(name: "DescentReferenceTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "DescentCPUTests",
      dependencies: ["DescentCPU", "DescentNN", "DescentOptim", "TestSupport", "CAllocationCounter"]),
    .testTarget(name: "DescentDataTests", dependencies: ["DescentData"]),
    .testTarget(name: "DescentNNTests", dependencies: ["DescentNN", "TestSupport"]),
    .testTarget(name: "DescentOptimTests", dependencies: ["DescentOptim", "DescentNN", "DescentRecorded", "Descent"]),
    .testTarget(name: "DescentFilesTests", dependencies: ["Descent", "TestSupport"]),
    .testTarget(name: "DescentTrainTests", dependencies: ["Descent", "TestSupport"]),
    .testTarget(name: "DescentCompareTests", dependencies: ["Descent", "DescentText"]),
    .testTarget(name: "DescentBenchTests", dependencies: ["Descent", "DescentBench", "DescentRecorded"]),
    .testTarget(name: "DescentRecordedTests", dependencies: ["Descent", "DescentRecorded"]),
    .testTarget(name: "CLITests", dependencies: ["CLI"]),
    .testTarget(name: "HouseTests", dependencies: ["Descent", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// Warnings stop our own builds; whoever depends on this package is spared.
if Context.environment["CI"] != nil {
  for target in package.targets where target.type != .plugin {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
