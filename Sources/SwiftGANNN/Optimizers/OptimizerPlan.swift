import SwiftGANCore

/// Rate and decay of a group of parameters.
public struct OptimizerSettings: Sendable {
  /// The learning rate and its schedule.
  public var learningRate: Schedule
  /// Weight decay: times the parameter it is added to the gradient (an L2 penalty), or for AdamW to the direction.
  public var weightDecay: Double

  /// A rate (a number is a constant schedule) and a decay.
  public init(learningRate: Schedule, weightDecay: Double = 0) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }
}

/// A group of parameters that has settings of its own, chosen by name.
public struct ParameterGroup: Sendable {
  /// Names of parameters; `*` stands for any characters, as in `*.bias`.
  public let patterns: [String]
  /// What holds for them.
  public let settings: OptimizerSettings

  /// A group of the parameters whose name fits one of the patterns.
  public init(_ patterns: [String], _ settings: OptimizerSettings) {
    self.patterns = patterns
    self.settings = settings
  }

  func contains(_ name: String) -> Bool { patterns.contains { matches(Array(name.utf8)[...], Array($0.utf8)[...]) } }

  // Greedy with one point of return, so linear in practice and never exponential.
  private func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (n, p) = (name.startIndex, pattern.startIndex)
    var retry: (n: Int, p: Int)?
    while n < name.endIndex {
      if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
        p += 1
        retry = (n, p)
      } else if p < pattern.endIndex, pattern[p] == name[n] {
        n += 1
        p += 1
      } else if let last = retry {
        n = last.n + 1
        p = last.p
        retry = (n, p)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

/// Everything that an optimiser remembers between updates.
public struct OptimizerState: Sendable {
  /// Updates done so far: a float64 scalar (exact to 2^53), a tensor so that a recorded step counts on when replayed.
  public var step: Tensor
  /// For each parameter one tensor per slot of the rule.
  public var memory: [[Tensor]]

  /// A state put together from its parts.
  public init(step: Tensor, memory: [[Tensor]]) {
    self.step = step
    self.memory = memory
  }
}

/// An optimiser as a pair of pure functions (first state, update), as in optax: no parameter is touched, so updates can
/// be differentiated through (unrolled GANs) or recorded.
///
/// ```swift
/// let plan = try OptimizerPlan(["name": "adam", "learning_rate": 2e-4, "beta1": 0.5])
/// var state = plan.initialState(for: values)
/// (values, state) = plan.update(values, gradients: gradients, state: state)
/// ```
public struct OptimizerPlan: Sendable {
  /// How gradients become directions.
  public let rule: any OptimizerRule
  /// What holds for parameters that are in no group.
  public let settings: OptimizerSettings
  /// Groups with settings of their own; a parameter belongs to the first that names it.
  public let groups: [ParameterGroup]
  /// All gradients together are scaled down to this length (L2) when they are longer; nil: never.
  public let clipNorm: Double?
  /// Each element of a gradient is limited to this magnitude; nil: never. Comes before `clipNorm`.
  public let clipValue: Double?

  /// - Throws: `.value` for a negative learning rate or weight decay, or a limit that is not above 0.
  public init(
    _ rule: any OptimizerRule, _ settings: OptimizerSettings, groups: [ParameterGroup] = [], clipNorm: Double? = nil,
    clipValue: Double? = nil
  ) throws {
    for one in [settings] + groups.map(\.settings) where !(one.weightDecay >= 0) {
      throw TensorError(.value, "weight_decay must be a number of at least 0, not \(one.weightDecay)")
    }
    for one in [settings] + groups.map(\.settings) {
      // A literal reaches a schedule unchecked.
      if let rate = one.learningRate.specification.doubleValue, !(rate >= 0) {
        throw TensorError(.value, "learning_rate must be a number of at least 0, not \(rate)")
      }
    }
    for (name, limit) in [("clip_norm", clipNorm), ("clip_value", clipValue)] {
      if let limit, !(limit > 0) { throw TensorError(.value, "\(name) must be a number above 0, not \(limit)") }
    }
    self.rule = rule
    self.settings = settings
    self.groups = groups
    self.clipNorm = clipNorm
    self.clipValue = clipValue
  }

  /// The plan of that name and options, such as `["name": "adam", "learning_rate": 2e-4, "beta1": 0.5]`.
  /// - Throws: `.value` or `.type`, naming what is wrong.
  public init(_ specification: JSON) throws { self = try OptimizerRegistry.shared.make(specification) }

  /// The state before the first update.
  public func initialState(for parameters: [Tensor]) -> OptimizerState {
    OptimizerState(
      step: Tensor(0, dtype: .float64), memory: parameters.map { value in rule.slots.map { _ in value.zerosLike } })
  }

  /// One update of all parameters together.
  /// - Parameters:
  ///   - gradients: one for each parameter, of its shape.
  ///   - groupOf: for each parameter the number of its group, nil for those in none; nil when there are no groups.
  /// - Returns: new values and new state. What does not fit gives tensors that carry an error.
  public func update(
    _ parameters: [Tensor], gradients: [Tensor], state: OptimizerState, groupOf: [Int?]? = nil
  ) -> (parameters: [Tensor], state: OptimizerState) {
    guard gradients.count == parameters.count, state.memory.count == parameters.count else {
      let error = TensorError(
        .value,
        "an update of \(parameters.count) parameters needs as many gradients and states, not \(gradients.count) and "
          + "\(state.memory.count)")
      return (parameters.map { _ in .failed(error) }, state)
    }
    let step = state.step + 1
    let scalars = StepScalars(rule: rule, step: step)
    var next = OptimizerState(step: step, memory: [])
    var values: [Tensor] = []
    for (index, gradient) in clipped(gradients).enumerated() {
      let parameter = parameters[index]
      let group = groupOf?[index]
      let settings = group.map { groups[$0].settings } ?? settings
      let decay = settings.weightDecay
      let (direction, memory) = rule.direction(
        gradient: decay > 0 && !rule.decouplesWeightDecay ? gradient + parameter * decay : gradient,
        memory: state.memory[index], coefficients: scalars.coefficients(parameter.dtype))
      let full = decay > 0 && rule.decouplesWeightDecay ? direction + parameter * decay : direction
      let rate = scalars.rate(settings.learningRate, group: group ?? -1, parameter.dtype)
      values.append(parameter - full * rate)
      next.memory.append(memory)
    }
    return (values, next)
  }

  /// Gradients after clipping by value and by global norm (Pascanu et al. 2013).
  func clipped(_ gradients: [Tensor]) -> [Tensor] {
    var gradients = gradients
    if let clipValue { gradients = gradients.map { $0.clip(min: -clipValue, max: clipValue) } }
    guard let clipNorm, !gradients.isEmpty else { return gradients }
    let squares = gradients.map { $0.square().sum().cast(to: .float64) }
    let norm = squares.dropFirst().reduce(squares[0], +).sqrt()
    // Exactly 1 for gradients within the limit, so that they keep their bits.
    let scale = clipNorm / Tensor.maximum(norm, clipNorm)
    return gradients.map { $0 * scale.cast(to: $0.dtype) }
  }
}

/// The scalars of one update, made once for each group and type.
private final class StepScalars {
  private let step: Tensor
  private let shared: [Tensor]
  private var converted: [DType: [Tensor]] = [:]
  private var rates: [Int: [DType: Tensor]] = [:]

  init(rule: any OptimizerRule, step: Tensor) {
    self.step = step
    shared = rule.coefficients(step: step)
  }

  func coefficients(_ dtype: DType) -> [Tensor] {
    if let known = converted[dtype] { return known }
    let made = shared.map { $0.cast(to: dtype) }
    converted[dtype] = made
    return made
  }

  func rate(_ schedule: Schedule, group: Int, _ dtype: DType) -> Tensor {
    if let known = rates[group]?[dtype] { return known }
    let made = schedule(step - 1).cast(to: dtype)
    rates[group, default: [:]][dtype] = made
    return made
  }
}
