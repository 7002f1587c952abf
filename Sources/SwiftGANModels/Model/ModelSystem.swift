import SwiftGANCore
import SwiftGANNN

/// What a model is built for: its options, and what is known of the data.
public struct ModelRequest {
  /// The registered name, for messages.
  public let name: String
  /// The model's checked options.
  public let options: Options
  /// The shape and range of the samples.
  public let data: DataDescription
  /// The classes or the scale of the targets; nil for models that take none.
  public let target: TargetDescription?

  /// The classes.
  /// - Throws: `TensorError` (`.state`) for a model that takes no labels.
  public var classes: ClassLabels {
    get throws {
      guard case .classes(let classes)? = target else {
        throw TensorError(.state, "\(name) has no classes: it is fitted without labels")
      }
      return classes
    }
  }

  /// A seed for one purpose, so that no two draw the same numbers.
  public func seed(for purpose: String) throws -> UInt64 { try options.seed(for: purpose) }

  /// A network of layers one after the other, whose first weights the model's seed and the purpose decide.
  public func network(_ purpose: String, _ layers: [JSON]) throws -> Network {
    try network(purpose, sequential(layers))
  }

  /// A network of a specification, whose first weights the model's seed and the purpose decide.
  public func network(_ purpose: String, _ specification: JSON) throws -> Network {
    try Network(specification, seed: seed(for: purpose))
  }
}

extension Options {
  /// A seed for one purpose, of the option `seed`.
  func seed(for purpose: String) throws -> UInt64 {
    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
    var mixed = UInt64(try int("seed")) &+ stableHash(purpose)
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// What a declaration makes of a request: the game that trains the networks, and what the trained networks can do.
public struct ModelSystem {
  /// What a declared function does. The networks have the weights to use (moving averages, where there are some), are in
  /// evaluation mode and record no gradients while it runs.
  public typealias Function = (ModelCall) throws -> Tensor
  /// Makes samples as the networks make them, `[count] + data.networkShape`.
  public typealias Sampler = (SampleRequest) throws -> Tensor
  /// What is found out of the training data when a fit is done, such as a threshold, and kept in the game's state. Networks are
  /// as in a ``Function``.
  public struct Settlement {
    /// What is done at the end of each fit; the call has the training data as its only input.
    public let afterFit: (ModelCall) throws -> Void
    /// What is done before the model is written to a file: finds what was left for later.
    public let beforeSaving: () throws -> Void

    /// A settlement.
    public init(
      afterFit: @escaping (ModelCall) throws -> Void, beforeSaving: @escaping () throws -> Void = {}
    ) {
      self.afterFit = afterFit
      self.beforeSaving = beforeSaving
    }
  }
  /// Figures of held-out rows, each a scalar mean over the batch.
  public typealias Evaluation = (_ batch: Batch, _ key: RandomKey) throws -> [(name: String, value: Tensor)]

  /// Networks, players and losses.
  public let game: Game
  /// Where the noise comes from, for models that make samples from noise.
  public let latent: Latent?
  /// What the function `sample` is made of; nil for models without.
  public let sampler: Sampler?
  /// The other declared functions by name. `to_network` and `from_network` are added where they are not among them.
  public internal(set) var functions: [String: Function]
  /// What is recorded of held-out rows as `validation_<name>` (option `validation`); nil for nothing.
  public let evaluation: Evaluation?
  /// What is found out of the training data; nil for nothing.
  public let settlement: Settlement?

  /// A system.
  public init(
    game: Game, latent: Latent? = nil, sampler: Sampler? = nil, functions: [String: Function] = [:],
    evaluation: Evaluation? = nil, settlement: Settlement? = nil
  ) {
    self.game = game
    self.latent = latent
    self.sampler = sampler
    self.functions = functions
    self.evaluation = evaluation
    self.settlement = settlement
  }
}

/// A piece of a request for samples.
public struct SampleRequest {
  /// How many to make now.
  public let count: Int
  /// The class of each, int32 `[count]`, an index into the model's classes; nil for models without labels.
  public let labels: Tensor?
  /// The random numbers of this piece.
  public let key: RandomKey
  /// The options of the function `sample`.
  public let options: Options
}
