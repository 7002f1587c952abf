import SwiftGANCore

/// The perceptrons of the conditional GAN's paper (Mirza and Osindero 2014, section 4.1): the two parts of the input, samples
/// or noise and the class behind them, have a hidden layer each, and further hidden layers join the two.
struct JoinedPerceptron {
  /// Numbers of the first part.
  let inputs: Int
  /// Numbers of the second part: the class's indicator.
  let classes: Int
  /// Units of the first part's own layer, and of the second's.
  let own: (input: Int, label: Int)
  /// The layers that both parts share.
  let joint: [Int]
  /// The activation, `"maxout"` for maxout layers (pieces: 5 in the parts' own layers, 4 in the joint ones).
  let activation: JSON
  let initializer: JSON
  let dropout: Double

  /// From `[N, inputs + classes]` to `[N, outputs]`.
  func layers(outputs: Int) -> [JSON] {
    func part(_ start: Int, _ count: Int, _ units: Int) -> JSON {
      sequential(
        [["name": "slice", "start": JSON(start), "end": JSON(start + count)]] + hidden(count, units, pieces: 5))
    }
    let sizes = [own.input + own.label] + joint
    return [
      ["name": "parallel", "branches": [part(0, inputs, own.input), part(inputs, classes, own.label)]]
    ] + zip(sizes, joint).flatMap { hidden($0, $1, pieces: 4) }
      + [dense(sizes[sizes.count - 1], outputs, initializer: initializer)]
  }

  private func hidden(_ inputs: Int, _ outputs: Int, pieces: Int) -> [JSON] {
    let dropped = dropout > 0 ? [SwiftGANModels.dropout(dropout)] : []
    guard activation == "maxout" else {
      return [dense(inputs, outputs, initializer: initializer), activation] + dropped
    }
    let layer: JSON = [
      "name": "maxout", "in_features": JSON(inputs), "out_features": JSON(outputs), "pieces": JSON(pieces),
      "weight_init": initializer,
    ]
    return [layer] + dropped
  }
}
