// swift-tools-version: 6.1
import PackageDescription

// Imports run one way: Kernels <- Core <- NN <- Models <- ABI. Instruction sets are chosen per function inside the C
// target, so no target needs unsafe flags and other packages can depend on this one by version.
let package = Package(
  name: "swiftgan",
  products: [
    .library(name: "SwiftGAN", targets: ["SwiftGAN"]),
    .library(name: "swiftgan", type: .dynamic, targets: ["SwiftGANABI"]),
  ],
  targets: [
    .target(name: "SwiftGANKernels"),
    .target(name: "SwiftGANCore", dependencies: ["SwiftGANKernels"]),
    .target(name: "SwiftGANNN", dependencies: ["SwiftGANCore"]),
    .target(name: "CSwiftGANData", exclude: ["digits.inc"]),
    .target(name: "SwiftGANModels", dependencies: ["SwiftGANNN", "SwiftGANCore", "CSwiftGANData"]),
    .target(name: "SwiftGAN", dependencies: ["SwiftGANCore", "SwiftGANNN", "SwiftGANModels"]),
    .target(name: "CSwiftGAN"),
    .target(
      name: "SwiftGANABI",
      dependencies: ["CSwiftGAN", "SwiftGANCore", "SwiftGANKernels", "SwiftGANNN", "SwiftGANModels"]),
    .executableTarget(name: "DigitsExample", dependencies: ["SwiftGAN"], path: "examples/05_digits_in_swift"),
    .testTarget(name: "CoreTests", dependencies: ["SwiftGANCore", "SwiftGANKernels"]),
    .testTarget(name: "NNTests", dependencies: ["SwiftGANNN", "SwiftGANCore"]),
    .testTarget(name: "ModelsTests", dependencies: ["SwiftGANModels", "SwiftGANNN", "SwiftGANCore"]),
  ]
)
