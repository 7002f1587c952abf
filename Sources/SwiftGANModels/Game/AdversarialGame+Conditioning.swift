import SwiftGANCore
import SwiftGANNN

// What a ``Conditioning`` does in the game: where conditions come from, and what they add to the losses.
extension AdversarialGame {
  func noise(_ context: RoundContext, _ purpose: String = "noise") -> Tensor {
    latent.sample(context.batch.count, key: context.key(purpose))
  }

  /// The conditions of the samples that are generated from the noise of a purpose.
  func condition(_ context: RoundContext, _ purpose: String = "noise") throws -> Tensor {
    guard let conditioning else { return none }
    switch conditioning.origin {
    case .given: return try context.shared("condition\(suffix)") { try source.condition(context.batch) }
    case .drawn: return conditioning.draw(context.batch.count, key: context.key(purpose).folded(1))
    case .nothing: return none
    }
  }

  /// The conditions of real samples.
  func realCondition(_ context: RoundContext) throws -> Tensor {
    conditioning?.origin == .given ? try condition(context) : none
  }

  // MARK: Views

  /// The key of a view of samples. Where the condition is seen as well there is one for all sides, as they share the condition.
  func viewKey(_ context: RoundContext, _ purpose: String) -> RandomKey {
    context.key(conditioning?.showsImages == true ? "view" : purpose)
  }

  /// A condition as the discriminator sees it beside viewed samples.
  func viewed(_ condition: Tensor, _ context: RoundContext) throws -> Tensor {
    guard let conditioning, conditioning.showsImages else { return condition }
    return try context.shared("condition view\(suffix)") { try view(condition, viewKey(context, "")) }
  }

  /// The condition of samples that have none.
  private var none: Tensor { Tensor.zeros([0]) }

  /// The samples that the generator makes of noise `[N, latent size]`.
  /// - Parameter condition: of each sample; only looked at where there is a ``conditioning``.
  /// - Throws: `TensorError` (`.state`) where the condition is missing.
  public func samples(of noise: Tensor, _ condition: Tensor? = nil) throws -> Tensor {
    guard let conditioning else { return generator(noise) }
    let condition = try given(condition)
    return conditioning.samples(generator(conditioning.told(noise, condition)), condition)
  }

  /// The discriminator's logit of each sample, `[N]`.
  /// - Parameter condition: of each sample; only looked at where there is a ``conditioning``.
  /// - Throws: `TensorError` (`.state`) without a discriminator, and where the condition is missing.
  public func logits(of samples: Tensor, _ condition: Tensor? = nil) throws -> Tensor {
    guard let discriminator else { throw TensorError(.state, "the game has no discriminator") }
    guard let conditioning else { return discriminator(samples).reshape([-1]) }
    let condition = try given(condition)
    return conditioning.logit(discriminator(conditioning.shown(samples, condition)), condition)
  }

  /// A condition of a call: needed where it comes with the data.
  private func given(_ condition: Tensor?) throws -> Tensor {
    guard condition != nil || conditioning?.origin != .given else {
      throw TensorError(.state, "what the samples are conditioned on is missing")
    }
    return condition ?? none
  }

  /// Conditions of samples that are generated outside of training: those of the call, or drawn beside the noise.
  func conditions(_ given: Tensor?, _ count: Int, key: RandomKey) -> Tensor? {
    conditioning?.origin == .drawn ? conditioning?.draw(count, key: key.folded(1)) : given
  }

  // MARK: Losses

  /// What is added to a loss for what the discriminator tells of a side's samples, with its name in the history.
  func toldLoss(
    _ side: JudgedSide, _ judgement: Judgement, _ condition: @autoclosure () throws -> Tensor
  ) throws -> (name: String, value: Tensor)? {
    guard let conditioning, let name = conditioning.lossName(side), let numbers = try judgement.numbers else {
      return nil
    }
    return (name, conditioning.loss(numbers, try condition()))
  }

  /// What is added to the discriminator's loss for both sides.
  func toldLosses(
    _ judged: Judgements, fake condition: Tensor, _ context: RoundContext
  ) throws -> [(name: String, value: Tensor)] {
    try [toldLoss(.real, judged.real, realCondition(context)), toldLoss(.fake, judged.fake, condition)].compactMap {
      $0
    }
  }

  /// Figures of the generator's samples beside the objective's.
  func toldFigures(_ judged: Judgements, _ condition: Tensor) throws -> [(name: String, value: Tensor)] {
    guard let conditioning, let numbers = try judged.fake.numbers else { return [] }
    return conditioning.figures(numbers, condition)
  }

  /// What the conditioning adds to the discriminator's loss for further samples in the batch.
  func furtherLosses(_ context: RoundContext) throws -> [Tensor] {
    guard let conditioning, let discriminator else { return [] }
    return try conditioning.terms(discriminator, player: context.player.name).map { try $0.value(context) }
  }
}
