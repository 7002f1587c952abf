import SwiftGANCore
import Synchronization

/// Changes parameters along their gradients, and remembers what its rule needs.
///
/// ```swift
/// let optimizer = try Optimizer(["name": "adam", "learning_rate": 2e-4, "beta1": 0.5], of: network.trainableParameters)
/// let (loss, gradients) = try valueAndGrad(of: optimizer.parameters) { (network(x) - y).square().mean() }
/// try optimizer.step(gradients)
/// ```
public final class Optimizer: Sendable {
  /// The pure functions behind it.
  public let plan: OptimizerPlan
  /// What it changes, in the order in which gradients are given.
  public let parameters: [Parameter]
  private let groupOf: [Int?]
  /// One cell for the step, and one for each slot of each parameter: what a traced step reads and changes.
  private let step: TensorCell
  private let memory: [[TensorCell]]
  /// Held while all of them are read or changed together.
  private let lock = Mutex(())

  /// An optimiser of these parameters.
  /// - Throws: `.value` when there are none, one is a buffer or listed twice, or a group names none of them.
  public init(_ plan: OptimizerPlan, of parameters: [Parameter]) throws {
    guard !parameters.isEmpty else { throw TensorError(.value, "an optimizer needs at least one parameter") }
    var names: Set<String> = []
    var identities: Set<ObjectIdentifier> = []
    for parameter in parameters {
      guard parameter.isTrainable else {
        throw TensorError(.value, "'\(parameter.name)' is a buffer, which its layer changes; leave it out")
      }
      guard identities.insert(parameter.identity).inserted else {
        throw TensorError(.value, "parameter '\(parameter.name)' is listed twice; list each parameter once")
      }
      guard names.insert(parameter.name).inserted else {
        throw TensorError(
          .value,
          "two parameters are named '\(parameter.name)'; put networks that share an optimizer into scopes of one store")
      }
    }
    let groupOf = parameters.map { parameter in plan.groups.firstIndex { $0.contains(parameter.name) } }
    for (index, group) in plan.groups.enumerated() where !groupOf.contains(index) {
      throw TensorError(
        .value,
        "group \(index) (\(group.patterns.joined(separator: ", "))) holds no parameter; there are "
          + names.sorted().joined(separator: ", "))
    }
    self.plan = plan
    self.parameters = parameters
    self.groupOf = groupOf
    let state = plan.initialState(for: parameters.map(\.value))
    step = TensorCell(state.step, name: "the optimizer's step")
    memory = zip(parameters, state.memory).map { parameter, slots in
      zip(plan.rule.slots, slots).map { TensorCell($1, name: "\(parameter.name).\($0)") }
    }
  }

  /// An optimiser by name and options, such as `["name": "adam", "learning_rate": 2e-4, "beta1": 0.5]`.
  /// - Throws: `.value` or `.type`, naming what is wrong; and as ``init(_:of:)-(OptimizerPlan,_)``.
  public convenience init(_ specification: JSON, of parameters: [Parameter]) throws {
    try self.init(OptimizerPlan(specification), of: parameters)
  }

  /// One update: all parameters change, or on an error none does.
  /// - Parameter gradients: one for each parameter, in order and of its shape.
  /// - Throws: `.value` for a wrong number, `.shape` for a wrong shape, or the error that a gradient carries.
  public func step(_ gradients: [Tensor]) throws {
    try withoutGradient {
      guard gradients.count == parameters.count else {
        throw TensorError(.value, "\(gradients.count) gradients were given for \(parameters.count) parameters")
      }
      for (gradient, parameter) in zip(gradients, parameters) {
        guard try gradient.checked().shape == parameter.shape else {
          throw TensorError(
            .shape,
            "the gradient of '\(parameter.name)' has shape \(describe(shape: gradient.shape)), but the parameter "
              + describe(shape: parameter.shape))
        }
      }
      let (values, next) = plan.update(
        parameters.map { $0.value.detached() }, gradients: gradients.map { $0.detached() }, state: snapshot,
        groupOf: groupOf)
      for value in values + [next.step] + next.memory.flatMap({ $0 }) { try value.checked() }
      for (parameter, value) in zip(parameters, values) { parameter.value = value }
      store(next)
    }
  }

  /// The state as a value: start a pure update (an unrolled step) from here.
  public var snapshot: OptimizerState {
    lock.withLock { _ in OptimizerState(step: step.value, memory: memory.map { $0.map(\.value) }) }
  }

  private func store(_ state: OptimizerState) {
    lock.withLock { _ in
      step.value = state.step
      for (cells, tensors) in zip(memory, state.memory) {
        for (cell, tensor) in zip(cells, tensors) { cell.value = tensor }
      }
    }
  }

  /// As ``OptimizerPlan/update(_:gradients:state:groupOf:)`` for this optimiser's parameters and groups: a pure function
  /// that changes neither parameters nor the optimiser.
  public func update(
    _ values: [Tensor], gradients: [Tensor], state: OptimizerState
  ) -> (parameters: [Tensor], state: OptimizerState) {
    plan.update(values, gradients: gradients, state: state, groupOf: groupOf)
  }

  /// Number of updates done.
  public var stepCount: Int {
    get throws { Int(try snapshot.step.item()) }
  }

  /// The learning rate of the next update, of parameters that are in no group.
  public var learningRate: Double {
    get throws { try plan.settings.learningRate(snapshot.step).item() }
  }

  // MARK: Checkpoints

  /// The state by name: `step`, and `parameter.slot` such as `fc1.weight.first_moment`. Restoring it resumes with the same
  /// bits.
  public var state: NamedTensors {
    let state = snapshot
    var named = NamedTensors()
    named["step"] = state.step
    for (parameter, memory) in zip(parameters, state.memory) {
      for (slot, tensor) in zip(plan.rule.slots, memory) { named["\(parameter.name).\(slot)"] = tensor }
    }
    return named
  }

  /// Sets the state from what ``state`` gave; on an error it stays as it was.
  /// - Throws: `.value` listing all names that are missing, unexpected, or of another shape.
  public func restore(_ named: NamedTensors) throws {
    let expected = state
    try named.check(fits: expected, of: "optimizer")
    let copies = try expected.map { try (named[$0.name] ?? $0.tensor).copied(as: $0.tensor.dtype) }
    let step = try copies[0].item()
    guard step >= 0, step == step.rounded() else {
      throw TensorError(.value, "optimizer: the step count must be a whole number of at least 0, not \(step)")
    }
    let slots = plan.rule.slots.count
    let memory = parameters.indices.map { index in Array(copies[(1 + index * slots)..<(1 + (index + 1) * slots)]) }
    store(OptimizerState(step: copies[0], memory: memory))
  }
}
