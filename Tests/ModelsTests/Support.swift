import SwiftGANCore
import SwiftGANModels
import SwiftGANNN
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What several tests need.
enum Support {
  /// The message of the error that `body` throws; empty, and a failed expectation, when it throws none.
  static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
    } catch let error as TensorError {
      return error.message
    } catch {
      return "\(error)"
    }
    Issue.record("no error was thrown")
    return ""
  }

  /// All bytes of a tensor.
  static func bytes(_ tensor: Tensor) throws -> [UInt8] { try tensor.withUnsafeBytes { Array($0) } }

  /// The bytes of all weights and buffers of a model, and of its sampling weights through samples.
  static func bits(of model: Model) throws -> [UInt8] {
    let built = try model.built
    var result: [UInt8] = []
    for parameter in built.trainer.game.networks.flatMap({ $0.network.parameters }) {
      result += try bytes(parameter.value)
    }
    return result + (try bytes(model.sample(16, seed: 3)))
  }

  /// The slope of `f` at `x` along each coordinate, by central differences.
  static func numericGradient(_ x: [Double], step: Double = 1e-5, _ f: ([Double]) throws -> Double) rethrows -> [Double]
  {
    try x.indices.map { index in
      var (low, high) = (x, x)
      low[index] -= step
      high[index] += step
      return (try f(high) - f(low)) / (2 * step)
    }
  }

  /// Numbers that look random and are always the same.
  static func numbers(_ count: Int, seed: UInt64, scale: Double = 1) throws -> [Double] {
    try Tensor.randomNormal([count], key: RandomKey(seed: seed), std: scale, dtype: .float64).scalars(as: Double.self)
  }

  static func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(a), abs(b))
  }

  static func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-9) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, tolerance) }
  }

  /// A path in the directory for temporary files that no other test uses.
  static func temporaryPath(_ name: String) -> String {
    "\(temporaryFolder)/swiftgan-test-\(UInt64.random(in: 0...UInt64.max))-\(name)"
  }

  /// A small model that trains fast, on points.
  static func smallModel(_ options: JSONObject = [:]) throws -> Model {
    var all: JSONObject = ["hidden": [16, 16], "latent": 4, "batch_size": 32, "critic_steps": 1]
    for (key, value) in options { all[key] = value }
    return try Model.make("gan", all)
  }

  static let points = GaussianMixture2D.ring8.sample(300, key: RandomKey(seed: 11))
}

extension Model.Built {
  /// The networks of a GAN; a test that asks another model for them is wrong.
  // swift-format-ignore: NeverUseForceTry
  var generator: Network { try! network("generator") }
  // swift-format-ignore: NeverUseForceTry
  var discriminator: Network { try! network("discriminator") }
}

/// Where temporary files go.
var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir }
