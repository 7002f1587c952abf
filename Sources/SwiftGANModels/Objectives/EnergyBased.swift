import SwiftGANCore
import SwiftGANNN

/// EBGAN (Zhao, Mathieu and LeCun 2017): the discriminator is an autoencoder, and its reconstruction error D an energy that
/// it makes low for data and at least the margin m for samples: L_D = E[D(x)] + E[max(0, m - D(G(z)))] and
/// L_G = E[D(G(z))] (equations 1 and 2).
///
/// The pulling-away term (equation 4) keeps the samples' codes S (the autoencoder's features) apart: its weight times
/// 1/(N (N - 1)) sum over i, j != i of (S_i . S_j / (|S_i| |S_j|))^2, added to the generator's loss.
///
/// ```swift
/// let objective = EnergyBased(margin: 0.5, pullingAway: 0.1)
/// ```
public struct EnergyBased: Objective {
  /// The energy above which a generated sample is left alone, m in the paper. Energies are means of squared errors.
  public let margin: Double
  /// The weight of the pulling-away term; 0.1 in the paper's EBGAN-PT.
  public let pullingAway: Double

  /// EBGAN with this margin.
  public init(margin: Double = 1, pullingAway: Double = 0) {
    self.margin = margin
    self.pullingAway = pullingAway
  }

  /// A reconstruction.
  public var output: DiscriminatorOutput { .reconstruction }
  /// For the pulling-away term.
  public var usesFeatures: Bool { pullingAway > 0 }

  /// E[D(x)] + E[max(0, m - D(G(z)))], a scalar.
  public func discriminatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try reconstructionError(judged.real, squared: true).mean()
    return real + (margin - (try reconstructionError(judged.fake, squared: true))).relu().mean()
  }

  /// E[D(G(z))] and the pulling-away term, a scalar.
  public func generatorLoss(_ judged: Judgements) throws -> Tensor {
    let energy = try reconstructionError(judged.fake, squared: true).mean()
    guard pullingAway > 0 else { return energy }
    return energy + pullingAway * (try EnergyBased.pullingAwayTerm(judged.fake.features))
  }

  /// The mean squared cosine between the codes `[N, d]` of different samples, a scalar from 0 to 1.
  /// - Throws: `TensorError` (`.shape`) for fewer than two.
  static func pullingAwayTerm(_ codes: Tensor) throws -> Tensor {
    let count = try codes.checked().shape[0]
    guard count > 1 else {
      throw TensorError(.shape, "the pulling-away term compares samples of a batch, and there is only \(count)")
    }
    // A code of zeros points nowhere: it is as far from all others as can be.
    let units = codes / Tensor.maximum(safeNorms(codes), 1e-12).expandDims(at: 1)
    let cosines = units.matmul(units.transposed())
    let others = 1 - Tensor.eye(count, dtype: codes.dtype)
    return (cosines * others).square().sum() / Double(count * (count - 1))
  }

  /// The energies of data and of samples.
  public func discriminatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] {
    [
      ("real_energy", try reconstructionError(judged.real, squared: true).mean()),
      ("fake_energy", try reconstructionError(judged.fake, squared: true).mean()),
    ]
  }

  /// The energy.
  public func critic(_ output: Tensor, of samples: Tensor, _ judged: Judgements) throws -> Tensor {
    try reconstructionError(of: samples, output, squared: true)
  }

  static let registration = ObjectiveRegistration(
    "ebgan", aliases: ["energy_based"],
    "The discriminator is an autoencoder whose error is low for data and a margin for samples (Zhao et al. 2017).",
    options: [
      OptionDescription(
        "margin", .number(.positive), default: 1, "Energy (mean squared error) above which a sample is left alone."),
      OptionDescription(
        "pulling_away", .number(.nonNegative), default: 0, "Weight of the pulling-away term; 0.1 in the paper."),
    ]
  ) { options, _ in
    EnergyBased(margin: try options.double("margin"), pullingAway: try options.double("pulling_away"))
  }
}
