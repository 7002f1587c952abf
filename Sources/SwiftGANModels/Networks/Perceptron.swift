import SwiftGANCore

/// A multilayer perceptron as a list of layers: dense layers with an activation after each but the last.
///
/// - Parameters:
///   - sizes: inputs, hidden layers, outputs; at least two.
///   - isNormed: whether batch norm stands between a dense layer and its activation.
///   - dropout: the probability of a hidden unit to be dropped.
func perceptron(
  _ sizes: [Int], activation: JSON, initializer: JSON, isNormed: Bool = false, dropout probability: Double = 0
) -> [JSON] {
  zip(sizes, sizes.dropFirst()).enumerated().flatMap { index, pair -> [JSON] in
    guard index < sizes.count - 2 else { return [dense(pair.0, pair.1, initializer: initializer)] }
    // The norm has a bias of its own.
    return [dense(pair.0, pair.1, bias: !isNormed, initializer: initializer)]
      + (isNormed ? [["name": "batch_norm", "features": JSON(pair.1)]] : []) + [activation]
      + (probability > 0 ? [dropout(probability)] : [])
  }
}

/// A perceptron that makes samples of a shape from noise.
/// - Parameter output: the activation at the end; nil for none.
func perceptronGenerator(
  latent: Int, hidden: [Int], shape: [Int], activation: JSON, output: JSON?, initializer: JSON
) throws -> [JSON] {
  perceptron([latent] + hidden + [try elementCount(of: shape)], activation: activation, initializer: initializer)
    + (output.map { [$0] } ?? []) + (shape.count > 1 ? [reshape(to: shape)] : [])
}

/// A perceptron that gives samples of a shape one logit.
/// - Parameters:
///   - activation: `"maxout"` makes the hidden layers maxout layers of 5 pieces (Goodfellow et al. 2013 and 2014).
///   - dropout: the probability of a hidden unit to be dropped.
func perceptronDiscriminator(
  hidden: [Int], shape: [Int], activation: JSON, initializer: JSON, dropout probability: Double = 0
) throws -> [JSON] {
  let sizes = [try elementCount(of: shape)] + hidden + [1]
  let first: [JSON] = shape.count > 1 ? ["flatten"] : []
  guard activation == "maxout" else {
    return first + perceptron(sizes, activation: activation, initializer: initializer, dropout: probability)
  }
  let maxout = zip(sizes, sizes.dropFirst()).dropLast().flatMap { inputs, outputs -> [JSON] in
    [
      [
        "name": "maxout", "in_features": JSON(inputs), "out_features": JSON(outputs), "pieces": 5,
        "weight_init": initializer,
      ]
    ] + (probability > 0 ? [dropout(probability)] : [])
  }
  return first + maxout + [dense(sizes[sizes.count - 2], 1, initializer: initializer)]
}

/// The number of elements of a shape.
/// - Throws: `TensorError` (`.value`) when it is too large to be a layer's size.
func elementCount(of shape: [Int]) throws -> Int {
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    guard !overflow, product <= Int(Int32.max) else {
      throw TensorError(.value, "samples of shape \(describe(shape: shape)) are too large for a network")
    }
    count = product
  }
  return count
}
