import SwiftGANCore
import SwiftGANNN

/// How far samples are from what a GAN makes in their place: in their own numbers, and in what its discriminator sees in them.
struct Mismatch {
  /// What becomes of the differences of a row.
  enum Norm {
    /// The sum of their magnitudes (Schlegl et al. 2017, equations 1 and 4).
    case sumOfMagnitudes
    /// The mean of their squares (Schlegl et al. 2019, equations 3 and 4).
    case meanOfSquares
  }

  let discriminator: Network
  let norm: Norm

  /// The discriminator's features of samples, `[N, d]`: what its last layer is given.
  func features(_ samples: Tensor) throws -> Tensor {
    let features = try discriminator.outputWithFeatures(samples).features
    return features.reshape([features.shape.first ?? 0, -1])
  }

  /// A number for each row, `[N]`.
  func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    guard a.error == nil, let count = a.shape.first else { return a }
    let difference = (a - b).reshape([count, -1])
    switch norm {
    case .sumOfMagnitudes: return difference.abs().sum(axes: [1])
    case .meanOfSquares: return difference.square().mean(axes: [1])
    }
  }
}

extension ModelRequest {
  /// The mismatch that anomalies are told by.
  /// - Throws: `TensorError` (`.value`) for options with which a row's features are not its own, or there are none.
  func mismatch(_ parts: AdversarialGame, _ norm: Mismatch.Norm) throws -> Mismatch {
    guard let discriminator = parts.discriminator else {
      throw TensorError(
        .value,
        "\(name): scores need the features of a discriminator, which the objective "
          + "\(try options.json("objective").text()) has none of; choose another")
    }
    for (option, none) in [("pack", 1), ("minibatch_discrimination", 0)] where try options.int(option) != none {
      throw TensorError(
        .value,
        "\(name): with \(option) \(try options.int(option)) what the discriminator sees in a row depends on other rows, and "
          + "scores are of single rows; leave it out")
    }
    return Mismatch(discriminator: discriminator, norm: norm)
  }
}
