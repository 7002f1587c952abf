import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// Semantic hashing (Salakhutdinov and Hinton 2009): a denoising autoencoder whose code is a string of bits, so that
  /// samples that are alike have codes that differ in few places, and near-duplicates are found in linear time.
  ///
  /// The code has ReLU units, and a bit is whether its unit is active. The units' inputs are batch-normalized, so that each
  /// bit is set in about half of the samples, and noise added to them in training makes the network keep them away from
  /// the threshold.
  public static let semanticHashing = ModelDeclaration(
    "semantic_hashing",
    "A denoising autoencoder with a code of bits (Salakhutdinov and Hinton 2009), which finds near-duplicates.",
    epochs: 20,
    options: TrainingOptions.descriptions(
      own: [
        OptionDescription("code", .bits, default: 128, "Bits of a code.")
      ] + OptionDescription.autoencoding(hidden: []) + Corruption.options(.gaussian, level: 0.1)
        + [
          OptionDescription("code_dropout", .number(.decay), default: 0.1, "Probability of a code unit to be dropped."),
          OptionDescription(
            "code_noise", .number(.nonNegative), default: 0.5,
            "Standard deviation of the noise on the code units' inputs in training; 0 for none."),
          .reconstructionLoss, .dropout,
        ], defaults: ["batch_size": 128]),
    networks: ["encoder", "decoder"],
    functions: [.transform, .hash, .reconstruct, .findDuplicates], interval: 0...1
  ) { request in
    let system = try AutoencoderSystem(request, activation: "relu", normsCode: true)
    let (drop, noise) = (try request.options.double("code_dropout"), try request.options.double("code_noise"))
    let game = try system.game { units, key in
      let noisy = noise > 0 ? units + Tensor.randomNormal(units.shape, key: key.folded(0), std: noise) : units
      guard drop > 0, units.error == nil else { return noisy }
      let kept = Tensor.randomUniform(units.shape, key: key.folded(1)) .>= drop
      return noisy * kept.cast(to: units.dtype) * (1 / (1 - drop))
    }
    let bits: (Tensor) -> Tensor = { system.encoder($0) .> 0 }
    var functions = system.functions.filter { ["transform", "reconstruct"].contains($0.key) }
    functions["hash"] = { call in try call.mapRows { packedBits(bits($0.samples)) } }
    functions["find_duplicates"] = { call in
      let codes = try call.mapRows { packedBits(bits($0.samples)) }
      let duplicates = try NearDuplicates(codes, radius: call.options.int("radius"))
      return try call.options.bool("groups") ? duplicates.groups() : duplicates.pairs()
    }
    return ModelSystem(game: game, functions: functions, evaluation: system.evaluation)
  }
}

extension ModelFunction {
  fileprivate static let hash = ModelFunction(
    "hash", "The code of each row as packed bits, uint8 (N, code / 8); the first bit is the highest of the first byte.",
    inputs: [.samples])
  fileprivate static let findDuplicates = ModelFunction(
    "find_duplicates",
    "Pairs of rows whose codes differ in at most so many bits, int64 (pairs, 2), the lower row first, or the number of "
      + "each row's group of duplicates, int64 (N,); in linear time.",
    inputs: [.samples],
    options: [
      OptionDescription("radius", .integer(0...8), default: 2, "Bits in which codes may differ."),
      OptionDescription(
        "groups", .boolean, default: false,
        "Whether to give each row's group in place of pairs: rows joined by pairs, numbered by their first rows."),
    ])
}

extension OptionKind {
  fileprivate static let bits = OptionKind("integer", allowed: "a multiple of 8 from 8 to 4096") { value in
    guard let count = value.intValue else { return .wrongType }
    return count % 8 == 0 && (8...4096).contains(count) ? .good(value) : .outOfRange
  }
}

/// Bits `[N, 8 k]` as bytes `[N, k]`, highest bit first, as `numpy.packbits` packs them.
func packedBits(_ bits: Tensor) -> Tensor {
  guard bits.rank == 2 else { return bits }
  let places = Tensor([128, 64, 32, 16, 8, 4, 2, 1] as [Float])
  let bytes = bits.cast(to: .float32).reshape([bits.shape[0], bits.shape[1] / 8, 8]) * places
  return bytes.sum(axes: [2]).cast(to: .uint8)
}
