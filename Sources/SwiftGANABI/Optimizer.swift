import CSwiftGAN
import SwiftGANCore
import SwiftGANNN
import Synchronization

/// An optimizer whose groups and rates may change: the core's own is fixed once made, so a changed one takes over the
/// state of the one before.
final class OptimizerHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.optimizer

  private struct Setup {
    var optimizer: Optimizer
    /// Groups added after the first, by the number of their parameters: they are the plan's first groups.
    var addedGroups = 0
  }

  private let setup: Mutex<Setup>

  init(_ specification: JSON, of parameters: [Parameter]) throws {
    setup = Mutex(Setup(optimizer: try Optimizer(specification, of: try OptimizerHandle.distinct(parameters))))
    super.init(.optimizer)
  }

  func step(_ gradients: [Tensor]) throws {
    try setup.withLock { setup in
      let used = setup.optimizer
      // A changed rate or group is another optimizer, which a trace made before does not know.
      Tracing.require { [weak self] in self?.read { $0 === used } ?? true }
      try used.step(gradients)
    }
  }

  func read<R>(_ body: (Optimizer) throws -> R) rethrows -> R { try setup.withLock { try body($0.optimizer) } }

  func addGroup(_ given: JSON, of parameters: [Parameter]) throws {
    let options = try Options(given.objectValue ?? [:], for: OptimizerHandle.groupOptions, owner: "parameter group")
    try setup.withLock { setup in
      let old = setup.optimizer
      let all = try OptimizerHandle.distinct(old.parameters + parameters)
      let names = all.dropFirst(old.parameters.count).map(\.name)
      guard !names.isEmpty else { throw TensorError(.value, "sg_optimizer_add_group: the group has no parameters") }
      var groups = old.plan.groups
      groups.insert(try OptimizerHandle.group(names, options, default: old.plan.settings), at: setup.addedGroups)
      let plan = try old.plan.with(settings: old.plan.settings, groups: groups)
      setup.optimizer = try Optimizer(plan, of: all).continuing(old)
      setup.addedGroups += 1
    }
  }

  func learningRate(group: Int, _ function: String = #function) throws -> Double {
    try setup.withLock { setup in
      let schedule = try OptimizerHandle.settings(of: setup, group, function).learningRate
      return try schedule(setup.optimizer.snapshot.step).item()
    }
  }

  func setLearningRate(_ value: Double, group: Int, _ function: String = #function) throws {
    guard value.isFinite, value >= 0 else {
      throw TensorError(.value, "\(cName(function)): a learning rate must be a number of at least 0, not \(value)")
    }
    try setup.withLock { setup in
      let old = setup.optimizer
      var changed = try OptimizerHandle.settings(of: setup, group, function)
      changed.learningRate = try Schedule(.number(value))
      var groups = old.plan.groups
      if group > 0 { groups[group - 1] = ParameterGroup(groups[group - 1].patterns, changed) }
      let plan = try old.plan.with(settings: group == 0 ? changed : old.plan.settings, groups: groups)
      setup.optimizer = try Optimizer(plan, of: old.parameters).continuing(old)
    }
  }

  private static func settings(of setup: Setup, _ group: Int, _ function: String) throws(TensorError)
    -> OptimizerSettings
  {
    if group == 0 { return setup.optimizer.plan.settings }
    guard group > 0, group <= setup.addedGroups else {
      throw TensorError(
        .index,
        "\(cName(function)): there is no group \(UInt(bitPattern: group)); the groups are 0 to \(setup.addedGroups)")
    }
    return setup.optimizer.plan.groups[group - 1].settings
  }

  private static let groupOptions = [
    OptionDescription("learning_rate", .optional(.schedule), default: nil, "Their learning rate."),
    OptionDescription("weight_decay", .optional(.number(.nonNegative)), default: nil, "Their decay."),
  ]

  private static func group(_ names: [String], _ options: Options, default settings: OptimizerSettings) throws
    -> ParameterGroup
  {
    let rate = try options.json("learning_rate")
    return ParameterGroup(
      names,
      OptimizerSettings(
        learningRate: rate.isNull ? settings.learningRate : try Schedule(rate),
        weightDecay: try options.optionalDouble("weight_decay") ?? settings.weightDecay))
  }

  /// The same parameters under names that differ: those of separately made layers are often alike, and an optimizer
  /// keeps its state by name.
  private static func distinct(_ parameters: [Parameter]) throws -> [Parameter] {
    let store = ParameterStore()
    for parameter in parameters {
      let before = store.parameters.count
      var (name, number) = (parameter.name, 2)
      while store[name] != nil {
        name = "\(parameter.name)#\(number)"
        number += 1
      }
      try store.adopt(parameter, as: name)
      guard store.parameters.count > before else {
        throw TensorError(.value, "parameter '\(parameter.name)' is listed twice; list each parameter once")
      }
    }
    return store.parameters
  }
}

extension OptimizerPlan {
  /// The plan with other settings.
  fileprivate func with(settings: OptimizerSettings, groups: [ParameterGroup]) throws -> OptimizerPlan {
    try OptimizerPlan(rule, settings, groups: groups, clipNorm: clipNorm, clipValue: clipValue)
  }
}

extension Optimizer {
  /// This optimizer with the step count and moments of one that it takes over from.
  fileprivate func continuing(_ old: Optimizer) throws -> Optimizer {
    var state = self.state
    state.merge(old.state)
    try restore(state)
    return self
  }
}
