import SwiftGANCore
import SwiftGANModels
import SwiftGANNN
import Testing

/// The worked examples of the lectures, with the figures that they print.
@Suite struct LessonTests {
  // A net of two inputs, two hidden neurons and one output, all sigmoid; rows of w1 are the hidden neurons.
  private let w1 = Tensor([-5.5921, 7.5976, -0.5787, -0.2875], shape: [2, 2])
  private let b1 = Tensor([0.5765, -0.2764])
  private let w2 = Tensor([-8.4075, 0.4838])
  private let b2 = Tensor(3.9829, dtype: .float64)

  private func output(_ weights: [Tensor], _ x: Tensor) -> Tensor {
    let hidden = (weights[0].matmul(x) + weights[1]).sigmoid()
    return ((weights[2] * hidden).sum() + weights[3]).sigmoid()
  }

  @Test(arguments: [(1.72, 1.24, 0.2831), (2.00, 1.26, 0.8638)])
  func theNetOfThreeNeurons(_ first: Double, _ second: Double, _ expected: Double) throws {
    let z = try output([w1, b1, w2, b2], Tensor([first, second])).item()
    #expect((z * 10_000).rounded() / 10_000 == expected)
  }

  @Test func theSameNetMadeOfLayers() throws {
    let network = try Network(
      [
        "name": "sequential",
        "layers": [
          ["name": "dense", "in_features": 2, "out_features": 2], "sigmoid",
          ["name": "dense", "in_features": 2, "out_features": 1], "sigmoid",
        ],
      ], dtype: .float64)
    let values = [w1.transposed(), b1, w2.reshape([2, 1]), b2.reshape([1])]
    for (parameter, value) in zip(network.parameters, values) { parameter.value = value }
    let z = try network(Tensor([1.72, 1.24, 2.00, 1.26], shape: [2, 2])).scalars(as: Double.self)
    #expect(abs(z[0] - 0.2831) < 5e-5 && abs(z[1] - 0.8638) < 5e-5)
  }

  /// dE/dw of E = (y - z)^2, derived on paper. The lecture drops the factor 2 of the square, so its slopes are half of
  /// these, which are the true ones.
  @Test(arguments: [(1.72, 1.24, 0.0), (2.00, 1.26, 1.0)])
  func backPropagationByHand(_ first: Double, _ second: Double, _ y: Double) throws {
    let x = Tensor([first, second])
    let slopes = try grad(at: [w1, b1, w2, b2]) { weights in (y - output(weights, x)).square() }
    let hidden = try (w1.matmul(x) + b1).sigmoid().scalars(as: Double.self)
    let z = try output([w1, b1, w2, b2], x).item()
    let outer = try w2.scalars(as: Double.self)
    let lecture = (z - y) * z * (1 - z)
    let delta = 2 * lecture
    let deltas: [Double] = zip(hidden, outer).map { h, w in delta * w * h * (1 - h) }
    let ofW1: [Double] = deltas.flatMap { [$0 * first, $0 * second] }
    let ofW2: [Double] = hidden.map { delta * $0 }
    let byHand = [ofW1, deltas, ofW2, [delta]]
    for (slope, expected) in zip(slopes, byHand) {
      #expect(Support.isClose(try slope.flatten().scalars(as: Double.self), expected, 1e-13))
    }
  }

  @Test func sobelOnADigit() throws {
    let pixels = Digits.images()[0..<64].map { Double($0) }
    let across: [Double] = [-1, 0, 1, -2, 0, 2, -1, 0, 1]
    let edges = Tensor(pixels, shape: [1, 8, 8, 1]).conv2d(Tensor(across, shape: [3, 3, 1, 1]))
    #expect(edges.shape == [1, 6, 6, 1])
    var expected: [Double] = []
    for row in 0..<6 {
      for column in 0..<6 {
        var sum = 0.0
        for (tap, weight) in across.enumerated() { sum += weight * pixels[(row + tap / 3) * 8 + column + tap % 3] }
        expected.append(sum)
      }
    }
    #expect(try edges.flatten().scalars(as: Double.self) == expected)
    #expect(expected.contains { abs($0) > 20 })
  }

  /// A 9x9 'X' under a 3x3 diagonal, the mean of products: the published 7x7 map.
  private var featureMap: Tensor {
    var x = [Double](repeating: -1, count: 81)
    for place in 1...7 {
      x[place * 9 + place] = 1
      x[place * 9 + 8 - place] = 1
    }
    let diagonal = Tensor([1, -1, -1, -1, 1, -1, -1, -1, 1] as [Double], shape: [3, 3, 1, 1])
    return Tensor(x, shape: [1, 9, 9, 1]).conv2d(diagonal) / 9
  }

  @Test func theFeatureMapOfAnX() throws {
    let map = featureMap
    #expect(map.shape == [1, 7, 7, 1])
    let ninths = try map.flatten().scalars(as: Double.self).map { ($0 * 9).rounded() }
    #expect(Support.isClose(try map.flatten().scalars(as: Double.self), ninths.map { $0 / 9 }, 1e-15))
    #expect(
      ninths == [
        7, -1, 1, 3, 5, -1, 3,
        -1, 9, -1, 3, -1, 1, -1,
        1, -1, 9, -3, 1, -1, 5,
        3, 3, -3, 5, -3, 3, 3,
        5, -1, 1, -3, 9, -1, 1,
        -1, 1, -1, 3, -1, 9, -1,
        3, -1, 5, 3, 1, -1, 7,
      ])
  }

  /// After ReLU and the largest of each 2x2 window; the last row and column of windows reach over the edge.
  @Test func theMapAfterReLUAndPooling() throws {
    let pooled = featureMap.relu().maxPool2d(window: [2, 2], padding: [0, 1, 0, 1])
    #expect(pooled.shape == [1, 4, 4, 1])
    let ninths = try pooled.flatten().scalars(as: Double.self).map { ($0 * 9).rounded() }
    #expect(ninths == [9, 3, 5, 3, 3, 9, 3, 5, 5, 3, 9, 1, 3, 5, 1, 7])
  }

  /// A linear recurrent net with all weights 1: inputs (1,1), (1,1), (2,2) give (4,4), (12,12), (32,32).
  @Test func theRecurrentNetOfAllOnes() throws {
    let states: JSON = [
      "name": "rnn", "input_size": 2, "hidden_size": 2, "nonlinearity": "linear", "bias": false,
      "weight_init": "ones", "recurrent_init": "ones",
    ]
    let outputs: JSON = ["name": "dense", "in_features": 2, "out_features": 2, "bias": false, "weight_init": "ones"]
    let network = try Network(["name": "sequential", "layers": [states, outputs]], dtype: .float64)
    let x = Tensor([1, 1, 1, 1, 2, 2] as [Double], shape: [1, 3, 2])
    #expect(try network(x).flatten().scalars(as: Double.self) == [4, 4, 12, 12, 32, 32])
  }
}
