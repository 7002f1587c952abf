import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN

/// What C says of one side, as objectives see it.
private func judgement(_ pointer: UnsafePointer<sg_judgement>?, of side: String) throws -> Judgement {
  guard let given = pointer?.pointee else { return Judgement() }
  func tensor(_ pointer: OpaquePointer?, _ name: StaticString) throws -> Tensor? {
    guard let tensor = try pointer.map({ try TensorHandle.from($0, name).tensor }) else { return nil }
    guard tensor.count > 0 else {
      throw TensorError(
        .value,
        "the \(name) of the \(side) side have shape \(describe(shape: tensor.shape)): a loss is a mean, and there is "
          + "nothing to take it of")
    }
    return tensor
  }
  return Judgement(
    samples: try tensor(given.samples, "samples"), output: try tensor(given.output, "output"),
    features: try tensor(given.features, "features"))
}

@_cdecl("sg_objective_loss") @implementation
public func sg_objective_loss(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ player: UnsafePointer<CChar>?, _ real: UnsafePointer<sg_judgement>?, _ fake: UnsafePointer<sg_judgement>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let objective = try ObjectiveRegistry.shared.make(
      specification(text(name, "name"), SwiftGANABI.options(options)))
    let judged = Judgements(
      real: try judgement(real, of: "real"), fake: try judgement(fake, of: "fake"),
      state: GameState(objective.initialState))
    let loss: Tensor
    switch try text(player, "player") {
    case "discriminator" where objective.output == .nothing:
      throw TensorError(
        .value, "the objective '\(try text(name, "name"))' has no discriminator, so there is no loss of one")
    case "discriminator": loss = try objective.discriminatorLoss(judged)
    case "generator": loss = try objective.generatorLoss(judged)
    case let other:
      throw TensorError(
        .value, "sg_objective_loss: the player must be 'discriminator' or 'generator', not '\(other)'")
    }
    out.pointee = try TensorHandle(loss).passedToC()
  }
}

@_cdecl("sg_penalty_value") @implementation
public func sg_penalty_value(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ critic: OpaquePointer?, _ real: OpaquePointer?, _ fake: OpaquePointer?, _ key: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let penalty = try PenaltyRegistry.shared.make(specification(text(name, "name"), SwiftGANABI.options(options)))
    let critic = try LayerHandle.from(critic, "critic").network
    let (real, fake) = (try TensorHandle.from(real, "real").tensor, try TensorHandle.from(fake, "fake").tensor)
    let key = RandomKey(try TensorHandle.from(key, "key").tensor)
    let value = try penalty(critic: { critic($0) }, real: real, fake: fake, key: key)
    out.pointee = try TensorHandle(value).passedToC()
  }
}

/// An objective that C or Python computes.
private struct CallbackObjective: Objective {
  let name: String
  let function: sg_objective_function
  let seesReal: Bool
  let owner: CallbackOwner

  func discriminatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = try judged.real.output
    return try call("discriminator", real, judged.fake.output)
  }

  func generatorLoss(_ judged: Judgements) throws -> Tensor {
    let real = seesReal ? try judged.real.output : nil
    return try call("generator", real, judged.fake.output)
  }

  private func call(_ player: String, _ real: Tensor?, _ fake: Tensor) throws -> Tensor {
    let word = CText(player)
    let handles = (real: try real.map { try TensorHandle($0) }, fake: try TensorHandle(fake))
    return try withExtendedLifetime((handles, word)) {
      try returnedTensor("the objective '\(name)'") { out, error in
        function(owner.context, out, word.pointer, handles.real?.borrowedByC(), handles.fake.borrowedByC(), error)
      }
    }
  }
}

/// A penalty that C or Python computes.
private struct CallbackPenalty: Penalty {
  /// What it looks at is its owner's business.
  let isOnSingleSamples = false
  let name: String
  let weight: Double
  let function: sg_penalty_function
  let owner: CallbackOwner

  func callAsFunction(
    critic: (Tensor) throws -> Tensor, real: Tensor, fake: Tensor, key: RandomKey
  ) throws -> Tensor {
    try withoutActuallyEscaping(critic) { critic in
      // The layer is C's during the call alone, and so is the critic.
      let layer = BorrowedCritic(critic)
      defer { layer.end() }
      let network = Network(layer, store: ParameterStore(seed: 0))
      let handles = (
        critic: LayerHandle(network), real: try TensorHandle(real), fake: try TensorHandle(fake),
        key: try TensorHandle(key.tensor)
      )
      let value = try withExtendedLifetime(handles) {
        try returnedTensor("the penalty '\(name)'") { out, error in
          function(
            owner.context, out, handles.critic.borrowedByC(), handles.real.borrowedByC(), handles.fake.borrowedByC(),
            handles.key.borrowedByC(), error)
        }
      }
      return weight == 1 ? value : weight * value
    }
  }
}

/// The critic of a penalty that is under way, as a layer; afterwards it says that it is gone.
private final class BorrowedCritic: Layer, @unchecked Sendable {
  // It is called on the thread of the penalty that it was lent to.
  private var critic: ((Tensor) throws -> Tensor)?

  init(_ critic: @escaping (Tensor) throws -> Tensor) { self.critic = critic }

  func end() { critic = nil }

  func callAsFunction(_ x: Tensor) -> Tensor {
    guard let critic else {
      return .failed(TensorError(.state, "the critic is the penalty's while it is computed; it cannot be kept"))
    }
    do {
      return try critic(x)
    } catch let error as TensorError {
      return .failed(error)
    } catch {
      return .failed(TensorError(.state, "\(error)"))
    }
  }
}

@_cdecl("sg_objective_register") @implementation
public func sg_objective_register(
  _ name: UnsafePointer<CChar>?, _ summary: UnsafePointer<CChar>?, _ function: sg_objective_function?,
  _ seesReal: Int32, _ context: UnsafeMutableRawPointer?, _ deleter: sg_deleter?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let (name, summary) = (try text(name, "name"), try text(summary, "summary"))
    guard let function else { throw TensorError(.value, "sg_objective_register: the function is NULL") }
    guard !name.isEmpty else { throw TensorError(.value, "sg_objective_register: an objective needs a name") }
    let owner = CallbackOwner(deleter: deleter, context: context)
    let objective = CallbackObjective(name: name, function: function, seesReal: seesReal != 0, owner: owner)
    try ObjectiveRegistry.shared.replace(ObjectiveRegistration(name, summary) { _, _ in objective })
    owner.arm()
  }
}

@_cdecl("sg_penalty_register") @implementation
public func sg_penalty_register(
  _ name: UnsafePointer<CChar>?, _ summary: UnsafePointer<CChar>?, _ function: sg_penalty_function?,
  _ context: UnsafeMutableRawPointer?, _ deleter: sg_deleter?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let (name, summary) = (try text(name, "name"), try text(summary, "summary"))
    guard let function else { throw TensorError(.value, "sg_penalty_register: the function is NULL") }
    guard !name.isEmpty else { throw TensorError(.value, "sg_penalty_register: a penalty needs a name") }
    let owner = CallbackOwner(deleter: deleter, context: context)
    let weight = OptionDescription("weight", .number(.nonNegative), default: 1, "The factor in front.")
    try PenaltyRegistry.shared.replace(
      PenaltyRegistration(name, summary, options: [weight]) { options, _ in
        CallbackPenalty(name: name, weight: try options.double("weight"), function: function, owner: owner)
      })
    owner.arm()
  }
}
