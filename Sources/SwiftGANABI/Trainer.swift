import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN

final class TrainerHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.trainer
  let trainer: Trainer
  private let latent: Latent
  private let description: DataDescription?

  /// How many samples are made at a time.
  private static let chunk = 256

  init(_ parts: GameParts, _ data: TrainerData) throws {
    trainer = Trainer(try parts.game(), data: data.source, seed: data.seed)
    trainer.isEager = data.isEager
    trainer.precision = data.precision
    latent = parts.latent
    description = data.description
    super.init(.trainer)
  }

  func sample(_ count: Int64, seed: UInt64) throws -> Tensor {
    guard count >= 1, count <= Int64(Int32.max) else {
      throw TensorError(.value, "sg_trainer_sample: the number of samples must be 1 to \(Int32.max), not \(count)")
    }
    let key = RandomKey(seed: seed)
    let generator = try trainer.game.network("generator")
    return try trainer.withSamplingWeights(of: "generator") {
      let parts = try stride(from: 0, to: Int(count), by: TrainerHandle.chunk).enumerated().map { index, start in
        let noise = latent.sample(min(TrainerHandle.chunk, Int(count) - start), key: key.folded(index))
        let samples = try generator(noise).checked()
        return try (description?.userSamples(samples) ?? samples).checked()
      }
      return try Tensor.concatenate(parts, axis: 0).checked()
    }
  }
}

/// The data of a trainer, found good.
struct TrainerData {
  let source: Dataset
  /// How samples are brought to what the networks see, and back; nil: as they are.
  let description: DataDescription?
  let seed: UInt64
  let isEager: Bool
  let precision: MatmulPrecision?

  private static let descriptions = [
    OptionDescription("batch_size", .integer(), default: 64, "Rows of a batch."),
    OptionDescription(
      "seed", .integer(0...Int(JSON.maximumExactInteger)), default: 0, "Seed of the noise and of the order of rows."),
    OptionDescription("shuffle", .boolean, default: true, "Whether each epoch has an order of its own."),
    OptionDescription(
      "last_batch", .choice(Dataset.LastBatch.allCases.map(\.rawValue)), default: "drop",
      "Rows that do not fill a batch: dropped from the epoch, or filled up from the next."),
    OptionDescription(
      "range", .optional(.dataRange), default: nil,
      "From what range samples are brought to [-1, 1]; null: uint8 from 0 to 255, others as they are."),
    OptionDescription("eager", .boolean, default: false, "Whether updates run op by op in place of being traced."),
    .precision("Of the updates' float32 products; null: what is in force where the trainer is called."),
  ]

  init(_ tensors: [Tensor], _ given: JSON) throws {
    let options = try Options(given.objectValue ?? [:], for: TrainerData.descriptions, owner: "trainer")
    guard let samples = tensors.first else {
      throw TensorError(.value, "sg_trainer_create: there are no data; give at least the tensor of samples")
    }
    let range = try options.json("range")
    if range.isNull && samples.dtype != .uint8 {
      try samples.requireFiniteRows()
      description = nil
    } else {
      description = try DataDescription(of: samples, range: range.isNull ? .auto : DataRange(json: range))
    }
    seed = UInt64(try options.int("seed"))
    isEager = try options.bool("eager")
    precision = try options.precision()
    let extras = tensors.dropFirst().enumerated().map { ("y\($0.offset + 1)", $0.element) }
    let description = self.description
    source = try Dataset(
      samples, extras: extras, batchSize: options.int("batch_size"), seed: seed, shuffle: options.bool("shuffle"),
      lastBatch: Dataset.LastBatch(rawValue: options.string("last_batch")) ?? .drop,
      transform: { description?.internalSamples($0) ?? $0.cast(to: .float32) })
  }
}

extension Tensor {
  /// Throws when a value is NaN or infinite.
  fileprivate func requireFiniteRows() throws {
    guard dtype.isFloat, count > 0, try isFinite().all().item() == 0 else { return }
    throw TensorError(.value, "the data hold NaN or infinity; remove or replace the rows that do")
  }
}

@_cdecl("sg_trainer_create") @implementation
public func sg_trainer_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ game: OpaquePointer?, _ data: UnsafePointer<OpaquePointer?>?,
  _ count: Int, _ options: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let parts = try GameHandle.from(game, "game").snapshot
    let tensors = try TensorHandle.list(data, count, "data").map(\.tensor)
    out.pointee = try TrainerHandle(parts, TrainerData(tensors, SwiftGANABI.options(options))).passedToC()
  }
}

@_cdecl("sg_trainer_step") @implementation
public func sg_trainer_step(_ trainer: OpaquePointer?, _ count: Int64, _ error: UnsafeMutablePointer<sg_error>?)
  -> sg_status
{
  attempt(error) {
    let trainer = try TrainerHandle.from(trainer, "trainer").trainer
    guard count >= 0 else {
      throw TensorError(.value, "sg_trainer_step: the number of steps must be at least 0, not \(count)")
    }
    for _ in 0..<count { _ = try trainer.step() }
  }
}

@_cdecl("sg_trainer_fit") @implementation
public func sg_trainer_fit(
  _ trainer: OpaquePointer?, _ options: UnsafePointer<CChar>?, _ function: sg_event_function?,
  _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let trainer = try TrainerHandle.from(trainer, "trainer").trainer
    let limits = try FitLimits(SwiftGANABI.options(options))
    try trainer.fit(
      steps: limits.steps, epochs: limits.epochs, callbacks: limits.listeners(nil, function, context),
      eager: limits.eager, precision: limits.precision)
  }
}

@_cdecl("sg_trainer_information") @implementation
public func sg_trainer_information(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ trainer: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    json.pointee = try copied(TrainerHandle.from(trainer, "trainer").trainer.information.text())
  }
}

@_cdecl("sg_trainer_metrics") @implementation
public func sg_trainer_metrics(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ trainer: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let trainer = try TrainerHandle.from(trainer, "trainer").trainer
    json.pointee = try copied(trainer.betweenRounds { trainer.history }.lastRow.text())
  }
}

@_cdecl("sg_trainer_history") @implementation
public func sg_trainer_history(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ trainer: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let trainer = try TrainerHandle.from(trainer, "trainer").trainer
    json.pointee = try copied(trainer.betweenRounds { trainer.history }.columns.text())
  }
}

@_cdecl("sg_trainer_sample") @implementation
public func sg_trainer_sample(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ trainer: OpaquePointer?, _ count: Int64, _ seed: UInt64,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = try TensorHandle(TrainerHandle.from(trainer, "trainer").sample(count, seed: seed)).passedToC()
  }
}

@_cdecl("sg_trainer_save") @implementation
public func sg_trainer_save(
  _ trainer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try TrainerHandle.from(trainer, "trainer").trainer.save(to: text(path, "path")) }
}

@_cdecl("sg_trainer_load") @implementation
public func sg_trainer_load(
  _ trainer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try TrainerHandle.from(trainer, "trainer").trainer.load(from: text(path, "path")) }
}

@_cdecl("sg_trainer_retain") @implementation
public func sg_trainer_retain(_ trainer: OpaquePointer?) -> OpaquePointer? { TrainerHandle.retain(trainer) }

@_cdecl("sg_trainer_free") @implementation
public func sg_trainer_free(_ trainer: OpaquePointer?) { TrainerHandle.release(trainer) }
