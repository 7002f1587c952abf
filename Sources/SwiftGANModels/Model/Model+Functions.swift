import SwiftGANCore
import SwiftGANNN

extension Model {
  /// Calls a function that the model's declaration names, such as `predict`, `transform` or `sample`.
  ///
  /// The networks have the moving average of their weights where the model keeps one (option `ema`), with running
  /// statistics in place of batch statistics. Another thread may be training.
  ///
  /// ```swift
  /// let probabilities = try model.call("predict_proba", [images])
  /// let sevens = try model.call("sample", [Tensor([Int32](repeating: 7, count: 16))], ["seed": 1])
  /// ```
  ///
  /// - Parameters:
  ///   - inputs: in the order of the function's declaration; optional ones at the end may be left out.
  ///   - options: the function's further arguments.
  /// - Throws: `TensorError`: `.state` before there are networks, `.value` for an unknown function (naming the known ones) or
  ///   a wrong number of inputs, `.shape`, `.type` or `.value` for inputs or options that do not do.
  public func call(_ function: String, _ inputs: [Tensor] = [], _ options: JSONObject = [:]) throws -> Tensor {
    let declared = try declaration.function(function)
    let built = try built
    let call = try ModelCall(
      declared, inputs, options: Options(options, for: declared.options, owner: "\(name).\(function)"),
      data: built.data, target: built.target)
    if function == "sample", built.system.sampler != nil { return try sample(call) }
    guard let body = built.system.functions[function] else {
      throw TensorError(.state, "\(name) declares the function '\(function)' but does not have it")
    }
    return try built.trainer.withAllSamplingWeights { try body(call).checked() }
  }

  // MARK: Samples

  private func sample(_ call: ModelCall) throws -> Tensor {
    let labels = call.inputs.first.flatMap { $0 }
    let count = try call.options.json("n").intValue ?? labels?.count ?? 1
    let built = try built
    return try collect(
      count, labels: labels, shape: built.data.sampleShape, dtype: built.data.scaling.dtype,
      key: RandomKey(seed: UInt64(call.options.int("seed"))), options: call.options
    ) { built.data.userSamples($0) }
  }

  /// The default options of sampling.
  private var samplingOptions: Options {
    get throws {
      try Options([:], for: try declaration.function("sample").options, owner: "\(name).sample")
    }
  }

  /// New samples in the data's own shape, range and element type. Sample i depends on the key and i alone.
  /// - Parameter labels: the class of each, for models that are fitted with labels; nil to draw classes as often as they
  ///   were in the training data.
  /// - Throws: `TensorError`: `.state` before there are networks, `.value` for a count below 1 or a model that makes no
  ///   samples, `.memory` for too many.
  public func sample(_ count: Int, labels: Tensor? = nil, key: RandomKey) throws -> Tensor {
    let (built, options) = (try built, try samplingOptions)
    return try collect(
      count, labels: labels, shape: built.data.sampleShape, dtype: built.data.scaling.dtype, key: key, options: options
    ) { built.data.userSamples($0) }
  }

  /// New samples from a seed; see ``sample(_:labels:key:)``.
  public func sample(_ count: Int, labels: Tensor? = nil, seed: UInt64) throws -> Tensor {
    try sample(count, labels: labels, key: RandomKey(seed: seed))
  }

  /// New samples as pictures: uint8 `[count, H, W, C]`, of a range stretched to 0...255, with 1 or 3 channels (the first
  /// channel alone of images with another number).
  /// - Throws: as ``sample(_:labels:key:)``, and `.value` for a model of vectors.
  public func samplePixels(_ count: Int, labels: Tensor? = nil, key: RandomKey) throws -> Tensor {
    let (built, options) = (try built, try samplingOptions)
    guard built.data.isImage else {
      throw TensorError(
        .value, "samples of shape \(describe(shape: built.data.sampleShape)) are vectors, not pictures")
    }
    let shape = built.data.networkShape
    let channels = shape[2] == 3 ? 3 : 1
    return try collect(
      count, labels: labels, shape: [shape[0], shape[1], channels], dtype: .uint8, key: key, options: options
    ) { built.data.pixels($0.sliced(axis: 3, from: 0, to: channels)) }
  }

  private func collect(
    _ count: Int, labels: Tensor?, shape: [Int], dtype: DType, key: RandomKey, options: Options,
    _ finish: (Tensor) -> Tensor
  ) throws -> Tensor {
    guard count >= 1 else { throw TensorError(.value, "the number of samples must be at least 1, not \(count)") }
    let built = try built
    guard let sampler = built.system.sampler else { throw TensorError(.value, "\(name) makes no samples") }
    let classes = try classIndices(count, labels, built, key)
    let result = try ResultBuffer([count] + shape, dtype: dtype)
    try built.trainer.withAllSamplingWeights {
      for (index, start) in stride(from: 0, to: count, by: ModelCall.chunk).enumerated() {
        try Interruption.ask()
        let end = min(start + ModelCall.chunk, count)
        let request = SampleRequest(
          count: end - start, labels: classes?.sliced(axis: 0, from: start, to: end), key: key.folded(index),
          options: options)
        try result.write(finish(sampler(request)), at: start)
      }
    }
    return result.tensor
  }

  /// The class of each sample as an index; nil for models that sample without labels.
  private func classIndices(_ count: Int, _ labels: Tensor?, _ built: Built, _ key: RandomKey) throws -> Tensor? {
    guard case .classes(let classes)? = built.target, try !declaration.function("sample").inputs.isEmpty else {
      guard labels == nil else { throw TensorError(.value, "\(name) makes samples without labels and takes none") }
      return nil
    }
    guard let labels else { return try classes.draw(count, key: key.folded(-1)) }
    guard labels.shape == [count] else {
      throw TensorError(
        .shape, "\(count) samples need labels of shape (\(count),), not \(describe(shape: labels.shape))")
    }
    return try classes.indices(labels)
  }

  // MARK: Generators and discriminators

  /// What the generator makes of given noise, in the data's own shape, range and type.
  /// - Parameter noise: `[N, latent size]`.
  /// - Throws: `TensorError`: `.state` before there are networks, `.shape` for noise of another size.
  public func generate(from noise: Tensor) throws -> Tensor { try call("generate", [noise]) }

  /// The discriminator's raw outputs (logits) for data of the trained kind: float32 `[N]`, or `[N / pack]`.
  /// - Throws: `TensorError`: `.state` before there are networks, `.shape` or `.type` for data of another kind.
  public func discriminate(_ data: Tensor) throws -> Tensor { try call("discriminate", [data]) }
}
