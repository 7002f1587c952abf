import SwiftGANCore
import SwiftGANNN

/// Kernel two-sample statistics as objectives: MMD^2 between data and samples, by kernels on the samples themselves (GMMN,
/// Li, Swersky and Zemel 2015; Dziugaite et al. 2015: there is no discriminator), or on what a critic f makes of them
/// (MMD-GAN, Li et al. 2017), which maximises it: L_D = -MMD^2(f(x), f(G(z))), L_G = MMD^2(f(x), f(G(z))).
///
/// With `reconstruction` above 0 the critic is an autoencoder, as in the paper: f are its features (the code), and
/// the weighted squared errors of its reconstructions of data and samples are added to its loss (equation 5).
///
/// ```swift
/// let objective = MomentMatching(.critic, kernel: KernelStatistic(.rationalQuadratic))
/// ```
public struct MomentMatching: Objective {
  /// What is compared.
  public enum Space: Sendable {
    /// The samples.
    case samples
    /// What the critic makes of them.
    case critic
  }

  /// What is compared.
  public let space: Space
  /// By which kernels.
  public let kernel: KernelStatistic
  /// The weight of the autoencoder's errors in the critic's loss; 0 for a critic that is none.
  public let reconstruction: Double

  /// The statistic on samples, or as a critic learns to see them.
  public init(_ space: Space, kernel: KernelStatistic = KernelStatistic(.gaussian), reconstruction: Double = 0) {
    self.space = space
    self.kernel = kernel
    self.reconstruction = space == .samples ? 0 : reconstruction
  }

  /// None for samples; features or a reconstruction for a critic.
  public var output: DiscriminatorOutput {
    space == .samples ? .nothing : reconstruction > 0 ? .reconstruction : .features
  }
  /// For an autoencoder: its code.
  public var usesFeatures: Bool { reconstruction > 0 }

  /// -MMD^2, and the autoencoder's errors, a scalar.
  public func discriminatorLoss(_ judged: Judgements) throws -> Tensor {
    let discrepancy = try generatorLoss(judged)
    guard reconstruction > 0 else { return -discrepancy }
    let errors = try reconstructionError(judged.real, squared: true).mean()
    return reconstruction * (errors + (try reconstructionError(judged.fake, squared: true).mean())) - discrepancy
  }

  /// MMD^2, a scalar.
  public func generatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try vectors(judged.real)
    return try kernel.unbiased(real, vectors(judged.fake))
  }

  private func vectors(_ judgement: Judgement) throws -> Tensor {
    if usesFeatures { return try judgement.features }
    let values = space == .samples ? try judgement.samples : try judgement.output
    return values.reshape([values.shape.first ?? 1, -1])
  }

  /// `mmd2`, the unbiased estimate.
  public func discriminatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] {
    [("mmd2", try generatorLoss(judged))]
  }

  /// The witness function E k(f(.), f(x)) - E k(f(.), f(G(z))), whose slope is what bounds the statistic (Binkowski et al.
  /// 2018); for an autoencoder, whose outputs are no features, its reconstruction error.
  public func critic(_ output: Tensor, of samples: Tensor, _ judged: Judgements) throws -> Tensor {
    if usesFeatures { return try reconstructionError(of: samples, output, squared: true) }
    let rows = output.reshape([output.shape.first ?? 1, -1])
    let (real, fake) = (try vectors(judged.real), try vectors(judged.fake))
    return kernel(rows, real).mean(axes: [1]) - kernel(rows, fake).mean(axes: [1])
  }

  static let registration = ObjectiveRegistration(
    "gmmn", aliases: ["mmd"], "The generator alone, against a kernel statistic of its samples (Li et al. 2015).",
    options: KernelStatistic.options, details: ObjectiveRegistration.withoutDiscriminator
  ) { options, _ in MomentMatching(.samples, kernel: try KernelStatistic(options)) }

  static let gameRegistration = ObjectiveRegistration(
    "mmd_gan", "A kernel statistic of features, which the critic makes large (Li et al. 2017).",
    options: KernelStatistic.options + [
      OptionDescription(
        "reconstruction", .number(.nonNegative), default: 0,
        "Weight of the errors of a critic that is an autoencoder, whose code is compared (8 in the paper); 0 for a "
          + "critic whose outputs are compared.")
    ]
  ) { options, _ in
    MomentMatching(
      .critic, kernel: try KernelStatistic(options), reconstruction: try options.double("reconstruction"))
  }
}

extension KernelStatistic {
  static let options = [
    OptionDescription(
      "kernel", .choice(Family.allCases.map(\.rawValue)), default: "gaussian", "The family of the kernels."),
    OptionDescription(
      "scales", .optional(.positiveNumbers), default: nil,
      "Bandwidths (gaussian) or exponents (rational_quadratic) of the kernels that are summed; null for 1, 2, 4, 8, 16, "
        + "or 0.2, 0.5, 1, 2, 5."),
  ]

  init(_ options: Options) throws {
    let scales = try options.json("scales").arrayValue?.compactMap(\.doubleValue)
    self.init(Family(rawValue: try options.string("kernel")) ?? .gaussian, scales: scales)
  }
}

extension OptionKind {
  /// A list of at least one number above 0; one number stands for a list of one.
  static let positiveNumbers = OptionKind("numbers", allowed: "a list of numbers above 0") { value in
    let list = value.doubleValue == nil ? value.arrayValue : [value]
    guard let list, list.allSatisfy({ $0.doubleValue != nil }) else { return .wrongType }
    return !list.isEmpty && list.allSatisfy { ($0.doubleValue ?? 0) > 0 } ? .good(.array(list)) : .outOfRange
  }
}
