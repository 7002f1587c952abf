import SwiftGANCore
import SwiftGANNN

/// Looks at a game every so many rounds and says whether it is converging: see ``GameMeasure`` for what is measured and
/// ``Alarms`` for what gives alarm. Training goes on with the same bits as without it.
///
/// ```swift
/// let diagnostics = try Diagnostics(every: 100)
/// try model.fit(images, epochs: 20, callbacks: [diagnostics])
/// print(diagnostics.records.last?["jsd_bound"] ?? .nan, diagnostics.warnings.map(\.message))
/// ```
///
/// NaN and infinities in losses and weights are the business of ``NaNGuard``, which every `fit` runs before its callbacks.
public final class Diagnostics: Callback {
  /// How many rounds lie between two looks.
  public let interval: Int
  /// What is measured.
  public let measure: GameMeasure
  /// What gives alarm.
  public let alarms: Alarms
  /// What was found so far, of all fits.
  public private(set) var records: [DiagnosticRecord] = []
  /// What gave alarm so far.
  public var warnings: [DiagnosticWarning] { records.flatMap(\.warnings) }

  private let heldOut: [Tensor]
  private let path: String?
  private let isHeard: Bool
  private var batches: (search: Batch, judge: Batch)?
  /// Whom the last records are of, and where they begin: alarms do not look back at another game.
  private weak var watched: Trainer?
  private var first = 0

  /// - Parameters:
  ///   - interval: rounds between two looks.
  ///   - heldOut: rows that no round trains on, as the trainer's data were given (samples, and labels where there are some):
  ///     at least two batches. Without them two batches of the data themselves are looked at, the same at every look.
  ///   - path: a file that all records are written to after each look, one JSON object in each line.
  ///   - isHeard: whether warnings are also written to the standard error stream.
  /// - Throws: `TensorError` (`.value`) when the interval is not positive.
  public init(
    every interval: Int = 100, heldOut: [Tensor] = [], measure: GameMeasure = GameMeasure(), alarms: Alarms? = nil,
    path: String? = nil, isHeard: Bool = false
  ) throws {
    guard interval >= 1 else {
      throw TensorError(.value, "diagnostics: the interval must be at least 1, not \(interval)")
    }
    self.interval = interval
    self.measure = measure
    self.alarms = try alarms ?? Alarms()
    self.heldOut = heldOut
    self.path = path
    self.isHeard = isHeard
  }

  /// Draws the batches anew: another fit may be on other data. Where it is of another game, or of one that was set back,
  /// alarms begin anew.
  public func trainingBegan(_ trainer: Trainer) throws {
    batches = nil
    if watched !== trainer || trainer.stepCount < records.last?.step ?? 0 { first = records.count }
    watched = trainer
  }

  /// Looks at the game when it is due.
  /// - Throws: what a loss throws; `.io` when the file cannot be written.
  public func stepEnded(_ trainer: Trainer, _ report: RoundReport) throws -> Flow {
    guard report.step % interval == 0 else { return .proceed }
    let batches = try self.batches ?? trainer.batchesAside(heldOut, seed: measure.seed)
    self.batches = batches
    let record = try trainer.diagnose(batches, measure, alarms, after: Array(records[first...]))
    records.append(record)
    if isHeard { for warning in record.warnings { warnOnStandardError(warning.message) } }
    if let path {
      try AtomicFile.write(path, text: records.map { $0.json.text() + "\n" }.joined())
    }
    return .proceed
  }

  static let registration = CallbackRegistration(
    "diagnostics", "Measures how the game stands and warns of collapse, a vanished gradient and oscillation.",
    options: [
      OptionDescription("every_steps", .integer(1...1_000_000_000), default: 100, "Rounds between two looks."),
      OptionDescription(
        "path",
        .optional(OptionKind("string", allowed: "a string") { $0.stringValue == nil ? .wrongType : .good($0) }),
        default: nil, "A file for all records, one JSON object in each line; null for none."),
    ] + optionDescriptions
  ) { options, _ in
    try Diagnostics(
      every: options.int("every_steps"), measure: GameMeasure(options), alarms: Alarms(options),
      path: options.json("path").stringValue, isHeard: true)
  }

  /// The options of what is measured and what gives alarm.
  public static let optionDescriptions: [OptionDescription] =
    [
      OptionDescription(
        "gap_steps", .integer(0...10_000), default: 5,
        "Steps of each player's best response in the duality gap; 0 leaves it out."),
      OptionDescription(
        "seed", .integer(0...Int(JSON.maximumExactInteger)), default: 0,
        "Seed of the noise, and of the rows that are looked at."),
    ] + Alarms.descriptions
}

extension GameMeasure {
  /// A measure with options of ``Diagnostics/optionDescriptions``.
  public init(_ options: Options) throws {
    self.init(gapSteps: try options.int("gap_steps"), seed: UInt64(try options.int("seed")))
  }
}

extension Trainer {
  /// Two batches to look at: of held-out rows, or without any of the data, always the same ones. The position in the data
  /// stays as it is.
  /// - Throws: `TensorError`: `.state` without data; as ``Dataset/with(_:)``; `.value` for fewer held-out rows than two
  ///   batches.
  func batchesAside(_ heldOut: [Tensor], seed: UInt64) throws -> (search: Batch, judge: Batch) {
    try betweenRounds {
      guard let data else {
        throw TensorError(.state, "there are no data to look at: give the trainer some with use(_:)")
      }
      guard heldOut.isEmpty else {
        let rows = heldOut[0].shape.first ?? 0
        guard rows >= 2 * data.batchSize else {
          throw TensorError(
            .value,
            "there are \(rows) held-out rows, but two batches of \(data.batchSize) are looked at: "
              + "hold out at least \(2 * data.batchSize)")
        }
        let held = try data.heldOut(heldOut)
        return (try held.next(), try held.next())
      }
      let place = data.state
      defer { try? data.restore(place) }
      try data.restore(data.beginning(seed: seed))
      return (try data.next(), try data.next())
    }
  }

  /// Looks at the game and says what gives alarm after earlier records.
  func diagnose(
    _ batches: (search: Batch, judge: Batch), _ measure: GameMeasure, _ alarms: Alarms,
    after records: [DiagnosticRecord]
  ) throws -> DiagnosticRecord {
    let figures = try measure.figures(of: self, search: batches.search, judge: batches.judge)
    var record = DiagnosticRecord(step: stepCount, figures: figures)
    record.warnings = alarms.warnings(records + [record])
    return record
  }

  /// One look at the game as it stands, for callers that keep the records themselves.
  ///
  /// - Parameters:
  ///   - heldOut: as for ``Diagnostics/init(every:heldOut:measure:alarms:path:isHeard:)``.
  ///   - options: `gap_steps`, `seed` and the thresholds of ``Alarms``, and `records`, what earlier looks gave (the last 100
  ///     or so will do): alarms look back at them.
  /// - Throws: `TensorError` for options or rows that do not do, before there are data, and what a loss throws.
  public func diagnose(heldOut: [Tensor] = [], _ options: JSONObject = [:]) throws -> DiagnosticRecord {
    var given = options
    let earlier = given["records"] ?? .array([])
    given["records"] = nil
    guard let earlier = earlier.arrayValue else {
      throw TensorError(.type, "diagnose: 'records' must be a list of records, not \(earlier.kind)")
    }
    let checked = try Options(given, for: Diagnostics.optionDescriptions, owner: "diagnose")
    let measure = try GameMeasure(checked)
    return try diagnose(
      batchesAside(heldOut, seed: measure.seed), measure, Alarms(checked),
      after: earlier.map(DiagnosticRecord.init(json:)))
  }
}
