import SwiftGANCore

/// How an optimiser is made by name: the options of its rule, and those that all optimisers have.
public typealias OptimizerRegistration = Registration<Void, OptimizerPlan>

/// The optimisers by name.
///
/// ```swift
/// let plan = try OptimizerRegistry.shared.make(["name": "adam", "learning_rate": 2e-4, "beta1": 0.5])
/// ```
public enum OptimizerRegistry {
  /// All optimisers. A new one adds its line here; users add theirs with `register`.
  public static let shared: Registry<Void, OptimizerPlan> = Registry(
    "optimizer", [SGD.registration, RMSProp.registration, Adam.registration, Adam.decoupledRegistration])
}

extension Registration where Context == Void, Product == OptimizerPlan {
  /// A rule with its own options; `learning_rate`, `weight_decay`, `clip_norm`, `clip_value` and `groups` are added.
  /// - Parameters:
  ///   - learningRate: the default rate, in common use for the rule.
  ///   - rule: makes the rule from its options.
  public init(
    _ name: String, _ summary: String, learningRate: Double, weightDecay: Double = 0, options: [OptionDescription],
    rule: @escaping @Sendable (Options) throws -> any OptimizerRule
  ) {
    let shared = [
      OptionDescription("weight_decay", .number(.nonNegative), default: JSON(weightDecay), "Decay of the weights."),
      OptionDescription(
        "clip_norm", .optional(.number(.positive)), default: nil,
        "Length (L2) to which all gradients together are scaled down when they are longer."),
      OptionDescription(
        "clip_value", .optional(.number(.positive)), default: nil,
        "Magnitude to which each element of a gradient is limited."),
      OptionDescription(
        "groups", .parameterGroups, default: [],
        "Groups of parameters with a learning_rate or weight_decay of their own, chosen by name."),
    ]
    let rate = OptionDescription(
      "learning_rate", .schedule, default: JSON(learningRate), "The learning rate, or its schedule.")
    self.init(name, summary, options: [rate] + options + shared) { options, _ in
      let settings = OptimizerSettings(
        learningRate: try Schedule(options.json("learning_rate")), weightDecay: try options.double("weight_decay"))
      return try OptimizerPlan(
        rule(options), settings,
        groups: options.array("groups").map { try ParameterGroup($0, default: settings) },
        clipNorm: options.optionalDouble("clip_norm"), clipValue: options.optionalDouble("clip_value"))
    }
  }
}

private let groupOptions = [
  OptionDescription("parameters", .patterns, "Names of parameters; * stands for any characters, as in \"*.bias\"."),
  OptionDescription("learning_rate", .optional(.schedule), default: nil, "Their learning rate; null: as the others."),
  OptionDescription(
    "weight_decay", .optional(.number(.nonNegative)), default: nil, "Their decay; null: as the others."),
]

extension OptionKind {
  fileprivate static let patterns = OptionKind("strings", allowed: "a list of at least one name") { value in
    guard let list = value.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else { return .wrongType }
    return list.isEmpty ? .outOfRange : .good(value)
  }

  fileprivate static let parameterGroups = OptionKind(
    "groups", allowed: #"a list of groups such as {"parameters": ["*.bias"], "weight_decay": 0}"#
  ) { value in
    guard let list = value.arrayValue, list.allSatisfy({ $0.objectValue != nil }) else { return .wrongType }
    return .good(
      .array(
        try list.enumerated().map { index, group in
          .object(try Options(group.objectValue ?? [:], for: groupOptions, owner: "group \(index)").values)
        }))
  }
}

extension ParameterGroup {
  fileprivate init(_ json: JSON, default settings: OptimizerSettings) throws {
    let options = try Options(json.objectValue ?? [:], for: groupOptions, owner: "group")
    let rate = try options.json("learning_rate")
    self.init(
      try options.array("parameters").compactMap { $0.stringValue },
      OptimizerSettings(
        learningRate: rate.isNull ? settings.learningRate : try Schedule(rate),
        weightDecay: try options.optionalDouble("weight_decay") ?? settings.weightDecay))
  }
}

extension OptimizerPlan {
  /// JSON that makes the same plan again.
  public var specification: JSON {
    var members = rule.specification.objectValue ?? [:]
    members["learning_rate"] = settings.learningRate.specification
    members["weight_decay"] = JSON(settings.weightDecay)
    members["clip_norm"] = clipNorm.map { JSON($0) } ?? .null
    members["clip_value"] = clipValue.map { JSON($0) } ?? .null
    members["groups"] = .array(
      groups.map { group in
        [
          "parameters": JSON(group.patterns), "learning_rate": group.settings.learningRate.specification,
          "weight_decay": JSON(group.settings.weightDecay),
        ]
      })
    return .object(members)
  }
}
