// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "descent",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
  ],
  targets: [
    // Imports point down this list only; see Documentation/Tour.md.
    .target(name: "DescentGraph", dependencies: [.product(name: "RealModule", package: "swift-numerics")]),
    .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl")]),
    .target(
      name: "DescentEngine",
      dependencies: ["DescentGraph", "COneDNN", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["CPU/LLVM/fit-polynomials.py"]),
    .target(name: "DescentNN", dependencies: ["DescentGraph", "DescentEngine"]),
    .target(name: "DescentOptim", dependencies: ["DescentGraph", "DescentEngine"]),
    .target(name: "DescentData", exclude: ["Embedded/README.md", "Embedded/make-digits.py"]),
    .target(name: "DescentTrain", dependencies: ["DescentNN", "DescentOptim", "DescentData"]),
  ],
  swiftLanguageModes: [.v6]
)
