import SwiftGANCore

/// What the discriminator was shown of one side, real or generated, and what it says of it. All of it is computed when it is
/// first asked for: a loss that asks for little costs little.
public final class Judgement {
  /// What a discriminator says of samples.
  public struct Answer {
    /// Its raw output.
    public let output: Tensor
    /// Its features, where they are wanted.
    public let features: Tensor?
    /// All of its numbers, where they say more than the output (see ``Conditioning``).
    public let numbers: Tensor?

    /// An answer.
    public init(output: Tensor, features: Tensor? = nil, numbers: Tensor? = nil) {
      self.output = output
      self.features = features
      self.numbers = numbers
    }
  }

  /// Gives the discriminator's answer for samples.
  public typealias Judge = (_ samples: Tensor) throws -> Answer

  private let show: () throws -> Tensor
  private let judge: Judge
  private var shown: Tensor?
  private var said: Answer?

  /// - Parameters:
  ///   - samples: gives what the discriminator is shown, `[N, ...]`.
  ///   - judge: the discriminator.
  public init(_ samples: @escaping () throws -> Tensor, judge: @escaping Judge) {
    show = samples
    self.judge = judge
  }

  /// A judgement that is already there.
  public convenience init(samples: Tensor? = nil, output: Tensor? = nil, features: Tensor? = nil) {
    self.init {
      guard let samples else { throw TensorError(.value, "this objective looks at samples, and none are given") }
      return samples
    } judge: { _ in
      throw Judgement.noOutput
    }
    // Without samples the outputs are there all the same, or missed; and features without outputs.
    said = output.map { Answer(output: $0, features: features) }
    givenFeatures = features
    isGiven = true
  }

  /// What the discriminator was shown, `[N, ...]`.
  public var samples: Tensor {
    get throws {
      if let shown { return shown }
      let samples = try show()
      shown = samples
      return samples
    }
  }

  private static let noOutput = TensorError(.value, "this objective looks at a side's outputs, and none are given")
  private var isGiven = false
  private var givenFeatures: Tensor?

  private var answer: Answer {
    get throws {
      if let said { return said }
      if isGiven { throw Judgement.noOutput }
      let answer = try judge(samples)
      said = answer
      return answer
    }
  }

  /// Its raw output.
  public var output: Tensor { get throws { try answer.output } }

  /// All of its numbers, where they say more than the output; nil where they do not.
  public var numbers: Tensor? { get throws { try answer.numbers } }

  /// Its features, flattened to `[N, d]`.
  /// - Throws: `TensorError` (`.state`) for an objective that does not say that it uses them.
  public var features: Tensor {
    get throws {
      guard let features = try isGiven ? givenFeatures : answer.features else {
        throw isGiven
          ? TensorError(.value, "this objective looks at a side's features, and none are given")
          : TensorError(.state, "no features were gathered: the objective has to say that it uses them")
      }
      return features.reshape([features.shape.first ?? 1, -1])
    }
  }
}

/// What the discriminator says of both sides in one update, and what the game remembers: all that an ``Objective`` sees.
public final class Judgements {
  /// Of real samples.
  public let real: Judgement
  /// Of generated ones. In the generator's update gradients flow through it to the generator.
  public let fake: Judgement
  /// What the game remembers from update to update.
  public let state: GameState

  /// Both sides.
  public init(real: Judgement, fake: Judgement, state: GameState = GameState()) {
    self.real = real
    self.fake = fake
    self.state = state
  }

  /// An entry of the state.
  /// - Throws: `TensorError` (`.state`) when the game was not made with the objective's ``Objective/initialState``.
  public func remembered(_ name: String) throws -> Tensor {
    guard let value = state[name] else {
      throw TensorError(.state, "the game's state has no '\(name)': make it with the objective's initialState")
    }
    return value
  }
}
