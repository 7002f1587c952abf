import SwiftGANCore
import SwiftGANNN

extension Model {
  /// How many samples are made at a time: large enough to keep the processor busy, small enough for the memory.
  private static let chunk = 256

  /// New samples in the data's own shape, range and element type.
  ///
  /// They come from the moving average of the weights where the model keeps one (option `ema`), with running statistics in
  /// place of batch statistics. Sample i depends on the key and i alone. Another thread may be training.
  /// - Throws: `TensorError`: `.state` before there are networks, `.value` for a count below 1, `.memory` for too many.
  public func sample(_ count: Int, key: RandomKey) throws -> Tensor {
    let built = try built
    return try collect(count, shape: built.data.sampleShape, dtype: built.data.scaling.dtype, key: key) {
      built.data.userSamples($0)
    }
  }

  /// New samples from a seed; see ``sample(_:key:)``.
  public func sample(_ count: Int, seed: UInt64) throws -> Tensor { try sample(count, key: RandomKey(seed: seed)) }

  /// New samples as pictures: uint8 `[count, H, W, C]`, of a range stretched to 0...255, with 1 or 3 channels (the first
  /// channel alone of images with another number).
  /// - Throws: as ``sample(_:key:)``, and `.value` for a model of vectors.
  public func samplePixels(_ count: Int, key: RandomKey) throws -> Tensor {
    let built = try built
    guard built.data.isImage else {
      throw TensorError(
        .value, "samples of shape \(describe(shape: built.data.sampleShape)) are vectors, not pictures")
    }
    let shape = built.data.networkShape
    let channels = shape[2] == 3 ? 3 : 1
    return try collect(count, shape: [shape[0], shape[1], channels], dtype: .uint8, key: key) {
      built.data.pixels($0.sliced(axis: 3, from: 0, to: channels))
    }
  }

  /// What the generator makes of given noise, in the data's own shape, range and type.
  /// - Parameter noise: `[N, latent size]`.
  /// - Throws: `TensorError`: `.state` before there are networks, `.shape` for noise of another size.
  public func generate(from noise: Tensor) throws -> Tensor {
    let built = try built
    guard try noise.checked().rank == 2, noise.shape[1] == built.latent.size else {
      throw TensorError(
        .shape, "noise has shape (N, \(built.latent.size)) here, not \(describe(shape: noise.shape))")
    }
    return try generating(built) { generator in
      try built.data.userSamples(generator(noise.cast(to: .float32))).checked()
    }
  }

  /// The discriminator's raw outputs (logits) for data of the trained kind: float32 `[N]`, or `[N / pack]`.
  /// - Throws: `TensorError`: `.state` before there are networks, `.shape` or `.type` for data of another kind.
  public func discriminate(_ data: Tensor) throws -> Tensor {
    let built = try built
    try built.data.check(data)
    let pack = try options.int("pack")
    let count = data.shape.first ?? 0
    guard count > 0, count % pack == 0 else {
      throw TensorError(.value, "the discriminator judges \(pack) samples at once; \(count) are no multiple of that")
    }
    let network = built.discriminator
    let values = built.trainer.betweenRounds { network.parameters.map(\.value) }
    return try withParameters(network.parameters, setTo: values) {
      try network.evaluating {
        try withoutGradient {
          let size = Model.chunk * pack
          let parts = try stride(from: 0, to: count, by: size).map { start in
            let rows = data.sliced(axis: 0, from: start, to: min(start + size, count))
            return try network(Packing.pack(built.data.internalSamples(rows), pack)).reshape([-1]).checked()
          }
          return try Tensor.concatenate(parts, axis: 0).checked()
        }
      }
    }
  }

  /// Calls `body` with a generator that has its sampling weights and is in evaluation mode, on this thread alone.
  private func generating<Result>(_ built: Built, _ body: (Network) throws -> Result) throws -> Result {
    try built.trainer.withSamplingWeights(of: "generator") { try body(built.generator) }
  }

  private func collect(
    _ count: Int, shape: [Int], dtype: DType, key: RandomKey, _ finish: (Tensor) -> Tensor
  ) throws -> Tensor {
    guard count >= 1 else { throw TensorError(.value, "the number of samples must be at least 1, not \(count)") }
    let built = try built
    // Asked for first, so that a number of samples too large is told before any is made; no one else has seen it yet.
    let output = try Tensor.zeros([count] + shape, dtype: dtype).checked()
    guard let address = output.address else { return output }
    let rowBytes = output.count / count * dtype.byteSize
    try generating(built) { generator in
      for (index, start) in stride(from: 0, to: count, by: Model.chunk).enumerated() {
        let noise = built.latent.sample(min(Model.chunk, count - start), key: key.folded(index))
        try finish(generator(noise)).copyBytes(to: address + start * rowBytes)
      }
    }
    return output
  }
}
