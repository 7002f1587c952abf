import SwiftGANCore
import SwiftGANNN

/// How a callback is made by name, for a model (nil for a game made by hand).
public typealias CallbackRegistration = Registration<Model?, any Callback>

/// The callbacks that can be made by name, so that a program can take them from its configuration: in Swift, and as the
/// option `callbacks` of a fit in C. C and Python also listen to training's events through one function of their own
/// (``EventCallback``).
///
/// ```swift
/// let stop = try CallbackRegistry.shared.make(["name": "early_stop", "metric": "wasserstein"], in: model)
/// ```
public enum CallbackRegistry {
  /// All callbacks. A new one adds its line here; users add theirs with `register`.
  public static let shared = Registry<Model?, any Callback>(
    "callback",
    [
      EarlyStop.registration, CheckpointCallback.registration, SampleGrid.registration, Diagnostics.registration,
    ])
}

extension OptionKind {
  /// Callbacks, each by name or with its options.
  public static let callbacks = OptionKind(
    "callbacks", allowed: #"a list of names of callbacks or of objects such as {"name": "diagnostics"}"#
  ) { value in
    guard let given = value.arrayValue else { return .wrongType }
    return .good(.array(try given.map { try CallbackRegistry.shared.resolve($0) }))
  }
}

extension OptionDescription {
  fileprivate static let everySteps = OptionDescription(
    "every_steps", .optional(.integer()), default: nil, "Act after every so many steps.")
  fileprivate static let everyEpochs = OptionDescription(
    "every_epochs", .optional(.integer()), default: nil, "Act after every so many epochs.")
  fileprivate static let path = OptionDescription(
    "path", OptionKind("string", allowed: "a string") { $0.stringValue == nil ? .wrongType : .good($0) },
    "The file; {step} and {epoch} in it are replaced by their numbers.")
}

extension Options {
  /// The period that `every_steps` or `every_epochs` gives.
  fileprivate func period() throws -> Every {
    switch (try json("every_steps").intValue, try json("every_epochs").intValue) {
    case (let steps?, nil): return .steps(steps)
    case (nil, let epochs?): return .epochs(epochs)
    case (nil, nil): return .epochs(1)
    case (.some, .some): throw TensorError(.value, "\(owner): give every_steps or every_epochs, not both")
    }
  }
}

extension EarlyStop {
  fileprivate static let registration = CallbackRegistration(
    "early_stop", "Stops when a metric has not improved for a while.",
    options: [
      OptionDescription(
        "metric", OptionKind("string", allowed: "a string") { $0.stringValue == nil ? .wrongType : .good($0) },
        "The metric, such as wasserstein."),
      OptionDescription("patience", .integer(), default: 10, "Windows without improvement that are allowed."),
      OptionDescription("window", .integer(), default: 100, "Steps whose mean counts."),
      OptionDescription("min_change", .number(.nonNegative), default: 0, "The least change that is improvement."),
      OptionDescription(
        "direction", .choice(Direction.allCases.map(\.rawValue)), default: "decreasing", "Which way is better."),
    ]
  ) { options, _ in
    try EarlyStop(
      options.string("metric"), patience: options.int("patience"), window: options.int("window"),
      minimumChange: options.double("min_change"),
      direction: Direction(rawValue: options.string("direction")) ?? .decreasing)
  }
}

extension CheckpointCallback {
  fileprivate static let registration = CallbackRegistration(
    "checkpoint", "Saves everything that training needs to go on.", options: [.path, .everySteps, .everyEpochs]
  ) { options, model in
    let (path, period) = (try options.string("path"), try options.period())
    guard let model else { return try CheckpointCallback(path, every: period) }
    // The model owns no callback, so holding it makes no cycle.
    return try CheckpointCallback(every: period) { report in
      try model.save(to: expand(path, step: report.step, epoch: report.epoch))
    }
  }
}

extension SampleGrid {
  fileprivate static let registration = CallbackRegistration(
    "sample_grid", "Writes a contact sheet of samples as a PGM or PPM file.",
    options: [
      .path, .everySteps, .everyEpochs,
      OptionDescription("count", .integer(1...65_536), default: 64, "How many samples."),
      OptionDescription("columns", .integer(1...65_536), default: 8, "Pictures per row."),
      OptionDescription(
        "seed", .integer(0...Int(JSON.maximumExactInteger)), default: 0, "Seed of the noise, always the same."),
    ]
  ) { options, model in
    guard let model else {
      throw TensorError(.value, "sample_grid: only a model of the zoo can be sampled by name; use SampleGrid itself")
    }
    let (count, seed) = (try options.int("count"), UInt64(try options.int("seed")))
    return try SampleGrid(options.string("path"), every: options.period(), columns: options.int("columns")) {
      try model.samplePixels(count, key: RandomKey(seed: seed))
    }
  }
}
