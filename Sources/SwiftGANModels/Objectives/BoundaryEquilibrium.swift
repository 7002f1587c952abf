import SwiftGANCore
import SwiftGANNN

/// BEGAN (Berthelot, Schumm and Metz 2017): the discriminator is an autoencoder with reconstruction error L, and a control
/// k in [0, 1] keeps the errors of samples and of data in the proportion gamma (section 3.4):
///
/// L_D = L(x) - k_t L(G(z)), L_G = L(G(z)), k_(t+1) = k_t + lambda (gamma L(x) - L(G(z))), k_0 = 0.
///
/// The history has `balance`, which is k, and `convergence`, the measure M = L(x) + |gamma L(x) - L(G(z))|.
///
/// ```swift
/// let objective = BoundaryEquilibrium(diversity: 0.5)
/// ```
public struct BoundaryEquilibrium: Objective {
  /// The ratio of errors that is kept, gamma in the paper: lower gives cleaner and less diverse samples.
  public let diversity: Double
  /// How fast the control moves, lambda in the paper.
  public let rate: Double
  /// Whether errors are squared; the paper's are not.
  public let squared: Bool

  private static let balance = "began_balance"
  private static let realError = "began_real_error"

  /// BEGAN with the paper's settings.
  public init(diversity: Double = 0.5, rate: Double = 0.001, squared: Bool = false) {
    self.diversity = diversity
    self.rate = rate
    self.squared = squared
  }

  /// A reconstruction.
  public var output: DiscriminatorOutput { .reconstruction }

  /// The control, and the error of the data as the discriminator's last update saw it.
  public var initialState: [(name: String, value: Tensor)] {
    [(BoundaryEquilibrium.balance, Tensor(0)), (BoundaryEquilibrium.realError, Tensor(0))]
  }

  /// L(x) - k_t L(G(z)), a scalar.
  public func discriminatorLoss(_ judged: Judgements) throws -> Tensor {
    let balance = try judged.remembered(BoundaryEquilibrium.balance)
    let (real, fake) = (try error(judged.real), try error(judged.fake))
    return real - balance.cast(to: fake.dtype) * fake
  }

  /// L(G(z)), a scalar.
  public func generatorLoss(_ judged: Judgements) throws -> Tensor { try error(judged.fake) }

  private func error(_ judgement: Judgement) throws -> Tensor {
    try reconstructionError(judgement, squared: squared).mean()
  }

  /// The error of the data; it is remembered for the generator's update, which ends the round.
  public func discriminatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] {
    let real = try error(judged.real)
    judged.state[BoundaryEquilibrium.realError] = real.cast(to: .float32)
    return [("real_error", real)]
  }

  /// The convergence measure and the control, which moves here.
  public func generatorEstimates(_ judged: Judgements) throws -> [(name: String, value: Tensor)] {
    let real = try judged.remembered(BoundaryEquilibrium.realError)
    let imbalance = diversity * real - (try error(judged.fake)).cast(to: .float32)
    let moved = (try judged.remembered(BoundaryEquilibrium.balance)) + rate * imbalance
    let balance = try moved.clip(min: 0, max: 1).checked()
    judged.state[BoundaryEquilibrium.balance] = balance
    return [("convergence", real + imbalance.abs()), ("balance", balance)]
  }

  /// The error.
  public func critic(_ output: Tensor, of samples: Tensor, _ judged: Judgements) throws -> Tensor {
    try reconstructionError(of: samples, output, squared: squared)
  }

  static let registration = ObjectiveRegistration(
    "began", aliases: ["boundary_equilibrium"],
    "The errors of an autoencoder for data and samples are kept in balance (Berthelot et al. 2017).",
    options: [
      OptionDescription(
        "diversity", .number(.unit), default: 0.5, "The ratio of the errors of samples and data, gamma in the paper."),
      OptionDescription("rate", .number(.nonNegative), default: 0.001, "How fast the control moves, lambda."),
      OptionDescription("squared", .boolean, default: false, "Squared errors in place of absolute ones."),
    ]
  ) { options, _ in
    BoundaryEquilibrium(
      diversity: try options.double("diversity"), rate: try options.double("rate"),
      squared: try options.bool("squared"))
  }
}
