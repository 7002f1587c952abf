import SwiftGANCore
import Testing

@testable import SwiftGANNN

@Suite("Initialisers") struct InitializerTests {
  private func values(_ specification: JSON, _ shape: [Int], fan: Fan? = nil) throws -> [Double] {
    try Initializer(specification)(shape, fan: fan ?? Fan(shape: shape), key: RandomKey(seed: 3), dtype: .float64)
      .doubles()
  }

  struct Moments: Sendable {
    let specification: JSON
    let variance: Double
    let isUniform: Bool

    init(_ specification: JSON, variance: Double, isUniform: Bool = false) {
      self.specification = specification
      self.variance = variance
      self.isUniform = isUniform
    }
  }

  /// Of a weight with 300 inputs and 200 outputs.
  static let moments: [Moments] = [
    Moments("glorot_uniform", variance: 2 / 500, isUniform: true),
    Moments("glorot_normal", variance: 2 / 500),
    Moments(["name": "glorot_uniform", "gain": 3], variance: 9 * 2 / 500, isUniform: true),
    Moments("he_uniform", variance: 2 / 300, isUniform: true),
    Moments("he_normal", variance: 2 / 300),
    Moments(["name": "he_normal", "slope": 0.5], variance: 2 / (1.25 * 300)),
    Moments("normal", variance: 0.0004),
    Moments(["name": "normal", "std": 2], variance: 4),
    Moments("uniform", variance: 0.01 / 12, isUniform: true),
    Moments(["name": "uniform", "low": -3, "high": 3], variance: 3, isUniform: true),
  ]

  @Test("mean and variance are those of the paper", arguments: moments)
  func followsMoments(_ sample: Moments) throws {
    let (variance, isUniform) = (sample.variance, sample.isUniform)
    let values = try values(sample.specification, [300, 200])
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let fourth = values.reduce(0.0) { sum, x in
      let square = (x - mean) * (x - mean)
      return sum + square * square
    }
    let kurtosis = fourth / (n * spread * spread)
    // Five standard errors each; the excess kurtosis tells the two distributions apart.
    #expect(abs(mean) < 5 * (variance / n).squareRoot())
    #expect(abs(spread / variance - 1) < 5 * ((isUniform ? 0.8 : 2) / n).squareRoot())
    #expect(abs(kurtosis - (isUniform ? 1.8 : 3)) < 0.1)
    if isUniform {
      let limit = (3 * variance).squareRoot()
      #expect(values.allSatisfy { abs($0) <= limit * (1 + 1e-12) })
      #expect((values.max() ?? 0) > 0.999 * limit)
    }
  }

  @Test("plain values") func plain() throws {
    #expect(try values("zeros", [2, 2]) == [0, 0, 0, 0])
    #expect(try values("ones", [3]) == [1, 1, 1])
    #expect(try values(["name": "constant", "value": -2.5], [2]) == [-2.5, -2.5])
    let shifted = try values(["name": "normal", "mean": 5, "std": 0], [4])
    #expect(shifted == [5, 5, 5, 5])
  }

  @Test("fans of dense, convolution and transposed convolution") func fans() throws {
    #expect(Fan(shape: [3, 5]) == Fan(input: 3, output: 5))
    #expect(Fan(shape: [4, 2, 3, 5]) == Fan(input: 24, output: 40))
    #expect(Fan(shape: [7]) == Fan(input: 7, output: 7))
    // He's variance is 2 / fan_in: 4 * 4 * 16 for a convolution of 16 channels as for a transposed one.
    for name in ["conv2d", "conv_transpose2d"] {
      let network = try Network(
        [
          "name": JSON(name), "in_channels": 16, "out_channels": 128, "kernel_size": 4, "weight_init": "he_normal",
        ], seed: 1, dtype: .float64)
      let weight = try network.parameters[0].value.doubles()
      let spread = weight.reduce(0) { $0 + $1 * $1 } / Double(weight.count)
      #expect(abs(spread / (2.0 / 256) - 1) < 5 * (2 / Double(weight.count)).squareRoot(), "\(name)")
    }
  }

  @Test(
    "orthogonal: columns, or rows, are orthonormal",
    arguments: [[5, 5], [7, 3], [3, 7], [2, 3, 4, 5], [1, 6], [100, 80]])
  func orthogonal(_ shape: [Int]) throws {
    let q = try values(["name": "orthogonal", "gain": 2], shape)
    let columns = shape[shape.count - 1]
    let rows = q.count / columns
    let isTall = rows >= columns
    let count = isTall ? columns : rows
    for a in 0..<count {
      for b in 0..<count {
        let product = (0..<(isTall ? rows : columns)).reduce(0) { sum, k in
          sum + (isTall ? q[k * columns + a] * q[k * columns + b] : q[a * columns + k] * q[b * columns + k])
        }
        #expect(abs(product - (a == b ? 4 : 0)) < 1e-12)
      }
    }
  }

  @Test("rows that are nearly dependent stay orthonormal where one pass would lose them", arguments: [3, 70])
  func nearlyDependent(_ rows: Int) throws {
    // Rows that agree to 8 digits; 70 of them take three blocks.
    let columns = rows + 1
    var values = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      values[row * columns] = 1
      values[row * columns + row + 1] = 1e-8
    }
    let q = try orthonormalRows(values, rows: rows, columns: columns).doubles()
    for a in 0..<rows {
      for b in 0...a {
        let product = (0..<columns).reduce(0) { $0 + q[a * columns + $1] * q[b * columns + $1] }
        #expect(abs(product - (a == b ? 1 : 0)) < 1e-13, "rows \(a) and \(b)")
      }
    }
  }

  @Test("the specification makes the same initialiser again", arguments: InitializerRegistry.shared.names)
  func roundTrip(_ name: String) throws {
    let specification: JSON = name == "constant" ? ["name": "constant", "value": 3] : JSON(name)
    let first = try Initializer(specification)
    let again = try Initializer(JSON.parse(first.specification.text()))
    let key = RandomKey(seed: 5)
    let fan = Fan(shape: [4, 3])
    #expect(try first([4, 3], fan: fan, key: key).doubles() == again([4, 3], fan: fan, key: key).doubles())
  }

  @Test("the same seed gives the same bits, another seed others") func seeds() throws {
    let specification: JSON = ["name": "dense", "in_features": 8, "out_features": 8]
    let bits = try [1, 1, 2].map { try Network(specification, seed: $0).parameters[0].value.doubles() }
    #expect(bits[0] == bits[1])
    #expect(bits[0] != bits[2])
  }
}
