import SwiftGANCore

/// How badly an autoencoder reconstructs each sample, `[N]`: the mean over a sample's elements of |x - output|, or of its
/// square. It does not grow with the size of the samples, so that margins mean the same for all.
func reconstructionError(_ judgement: Judgement, squared: Bool) throws -> Tensor {
  let (samples, output) = (try judgement.samples, try judgement.output)
  return try reconstructionError(of: samples, output, squared: squared)
}

/// As above, for samples and what the autoencoder makes of them.
/// - Throws: `TensorError` (`.shape`) when the output is no reconstruction.
func reconstructionError(of samples: Tensor, _ output: Tensor, squared: Bool) throws -> Tensor {
  guard try output.checked().shape == (try samples.checked().shape) else {
    throw TensorError(
      .shape,
      "this objective needs a discriminator that reconstructs what it is shown (an autoencoder): for samples of shape "
        + "\(describe(shape: samples.shape)) it gives \(describe(shape: output.shape))")
  }
  let difference = (samples - output).reshape([samples.shape.first ?? 1, -1])
  return (squared ? difference.square() : difference.abs()).mean(axes: [1])
}
