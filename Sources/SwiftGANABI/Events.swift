import CSwiftGAN
import SwiftGANCore
import SwiftGANModels
import SwiftGANNN

/// How long a fit is to take, and how it is to run.
struct FitLimits {
  let steps: Int?
  let epochs: Int?
  let eager: Bool?
  let precision: MatmulPrecision?
  private let callbacks: [JSON]

  private static let descriptions = [
    OptionDescription("steps", .optional(.integer(0...Int(JSON.maximumExactInteger))), default: nil, "Rounds to play."),
    OptionDescription(
      "epochs", .optional(.integer(0...Int(JSON.maximumExactInteger))), default: nil, "Passes over the data."),
    OptionDescription(
      "eager", .optional(.boolean), default: nil, "Whether updates run op by op; null: as the trainer is set."),
    .precision("Of the updates' float32 products; null: as the trainer is set."),
    OptionDescription("callbacks", .callbacks, default: [], "Callbacks of the registry, by name or with options."),
  ]

  init(_ options: JSON) throws {
    let checked = try Options(options.objectValue ?? [:], for: FitLimits.descriptions, owner: "fit")
    steps = try checked.json("steps").intValue
    epochs = try checked.json("epochs").intValue
    eager = try checked.json("eager").boolValue
    precision = try checked.precision()
    callbacks = try checked.array("callbacks")
  }

  /// The callbacks of the options, made for a model (nil for a game made by hand), and then the one that reports to C.
  func listeners(
    _ model: Model?, _ function: sg_event_function?, _ context: UnsafeMutableRawPointer?
  ) throws -> [any Callback] {
    try callbacks.map { try CallbackRegistry.shared.make($0, in: model) } + SwiftGANABI.listeners(function, context)
  }
}

/// The callbacks of a fit that reports to C; none when C does not listen.
func listeners(_ function: sg_event_function?, _ context: UnsafeMutableRawPointer?) -> [any Callback] {
  guard let function else { return [] }
  return [EventCallback { event in try report(event, to: function, context) }]
}

/// Tells C of an event. True asks to stop.
private func report(_ event: TrainingEvent, to function: sg_event_function, _ context: UnsafeMutableRawPointer?) throws
  -> Bool
{
  let names = event.metrics.map { CText($0.name) }
  let values = event.metrics.map(\.value)
  return try withExtendedLifetime(names) {
    let pointers: [UnsafePointer<CChar>?] = names.map(\.pointer)
    return try pointers.withUnsafeBufferPointer { pointers in
      try values.withUnsafeBufferPointer { values in
        var record = sg_event(
          version: 1, kind: sg_event_kind(event.kind.rawValue), step: Int64(event.step), epoch: Int64(event.epoch),
          metric_count: names.count, metric_names: names.isEmpty ? nil : pointers.baseAddress,
          metric_values: names.isEmpty ? nil : values.baseAddress)
        var error = sg_error()
        let answer = function(context, &record, &error)
        if answer == SG_EVENT_STOP { return true }
        guard answer == sg_status(SG_OK) else { throw callbackError("the event callback", answer, &error) }
        return false
      }
    }
  }
}

extension Trainer {
  /// How updates run, as a JSON object.
  var information: JSON {
    var untraced: JSONObject = [:]
    for player in game.players { untraced[player.name] = reasonForEager(player.name).map { .string($0) } }
    let how = betweenRounds { (eager: isEager, precision: self.precision) }
    let name = how.precision.map { JSON($0.rawValue) } ?? JSON.null
    return [
      "networks": JSON(game.networks.map(\.name)), "eager": .bool(how.eager), "precision": name,
      "untraced": .object(untraced), "waiting": JSON(game.waiting.map(\.name)),
      "not_finite": notFinite?.json ?? .null,
    ]
  }
}

extension History {
  /// The last row, as a JSON object.
  var lastRow: JSON {
    var row: JSONObject = ["step": .number(Double(steps.last ?? 0))]
    for name in names { row[name] = .number(last(name) ?? .nan) }
    return .object(row)
  }

  /// All rows, as a JSON object of columns.
  var columns: JSON {
    var table: JSONObject = ["step": .array(steps.map { .number(Double($0)) })]
    for name in names { table[name] = .array((self[name] ?? []).map { .number($0) }) }
    return .object(table)
  }
}
