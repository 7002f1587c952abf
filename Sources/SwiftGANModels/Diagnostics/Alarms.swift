import SwiftGANCore
import SwiftGANNN

/// Says of a series of records what gives alarm. Each alarm wants its sign at several looks in a row, so that a bad batch
/// raises none.
///
/// - ``DiagnosticWarning/Kind/modeCollapse``: `diversity` below ``collapse``, after it was above that and twice as large, or
///   next to none whatever it was; or `coverage` below half of the best that it held, where that was at least one half. What
///   it held is the least of as many looks in a row: a batch that happens to fall well proves no mode to have been there. Or
///   either was low for ``long`` looks and ``start`` rounds, and does not rise: `diversity` below ``collapse``,
///   `coverage` below ``narrow``.
///   An untrained generator has little of both, so that neither is a sign by itself.
/// - ``DiagnosticWarning/Kind/vanishedGradient``: the generator's gradient is 0; or the discriminator is right about 99 % of
///   either side, and either `jsd_bound` is above ``won`` times log 2 (where there is none, its loss is between 0 and 2 % of
///   `undecided_loss`, or of the largest that it was), or the generator's gradient is below ``vanished`` times the largest
///   that it was. Where the discriminator's answers are no numbers, the loss by `undecided_loss` alone says it.
/// - ``DiagnosticWarning/Kind/oscillation``: `drift` and `separation` both swung to and fro at least ``swings`` times within
///   ``window`` looks: `drift` by at least one standard deviation of the data each time, `separation` from above 1 to below
///   -1 and back. Either alone is no chase: samples sway while a game settles, with the discriminator ahead of them all the
///   time. A game that has only one of the two figures must swing twice as often, which what dies down does not.
public struct Alarms: Sendable {
  /// A discriminator whose loss is between 0 and this share of an undecided one's has nothing left to learn.
  private static let settled = 0.02
  /// A diversity below this share of ``collapse`` is less than any untrained generator has.
  private static let none = 0.05
  /// For how many rounds at least samples may be alike, or cover little, while a game gets going.
  static let start = 1500
  /// By how much the mean of the later half of looks must be above that of the earlier one to be rising, as a share of the
  /// limit.
  private static let rise = 0.05

  /// At how many looks in a row a sign must show.
  public let patience: Int
  /// `diversity` below this is a collapse.
  public let collapse: Double
  /// `jsd_bound` above this share of log 2 is a discriminator that has won.
  public let won: Double
  /// A gradient of the generator below this share of the largest before has vanished.
  public let vanished: Double
  /// So many swings of both figures are an oscillation.
  public let swings: Int
  /// Among how many looks swings are counted.
  public let window: Int
  /// `coverage` below this for ``long`` looks is a collapse.
  public let narrow: Double
  /// For how many looks at least samples may be alike, or cover little, while a game gets going.
  public let long: Int

  static let descriptions: [OptionDescription] = [
    OptionDescription("patience", .integer(1...1000), default: 5, "At how many looks in a row a sign must show."),
    OptionDescription(
      "collapse", .number(.unit), default: 0.2,
      "Diversity that falls below this, or does not rise above it, gives alarm."),
    OptionDescription(
      "won", .number(.unit), default: 0.95, "A Jensen-Shannon bound above this share of log 2 gives alarm."),
    OptionDescription(
      "vanished", .number(.unit), default: 1e-3,
      "A generator's gradient below this share of the largest that it was gives alarm."),
    OptionDescription("swings", .integer(2...1000), default: 8, "So many swings of both players give alarm."),
    OptionDescription("window", .integer(3...10_000), default: 40, "Among how many looks swings are counted."),
    OptionDescription(
      "narrow", .number(.unit), default: 0.5, "Coverage below this for 'long' looks that does not rise gives alarm."),
    OptionDescription(
      "long", .integer(2...10_000), default: 60, "How many looks, and 1500 steps, a game may take to get going."),
  ]

  init(_ options: Options) throws {
    patience = try options.int("patience")
    collapse = try options.double("collapse")
    won = try options.double("won")
    vanished = try options.double("vanished")
    swings = try options.int("swings")
    window = try options.int("window")
    narrow = try options.double("narrow")
    long = try options.int("long")
  }

  /// Alarms with these thresholds, by the options' names; the defaults where they are not given.
  /// - Throws: `TensorError` for an unknown name or a value that does not do.
  public init(_ options: JSONObject = [:]) throws {
    try self.init(Options(options, for: Alarms.descriptions, owner: "alarms"))
  }

  /// What gives alarm at the last of these records and did not at the one before.
  public func warnings(_ records: [DiagnosticRecord]) -> [DiagnosticWarning] {
    (records.last?.pairSuffixes ?? [""]).flatMap { suffix in
      let own = suffix.isEmpty ? records : records.map { $0.pair(suffix) }
      let before = Set(active(own.dropLast()).map(\.kind))
      return active(own[...]).filter { !before.contains($0.kind) }.map { $0.pair(suffix) }
    }
  }

  /// What gives alarm at the last of these records, of one pair of players.
  private func active(_ records: ArraySlice<DiagnosticRecord>) -> [DiagnosticWarning] {
    guard let last = records.last else { return [] }
    return [collapsed(records, last), vanished(records, last), oscillating(records, last)].compactMap { $0 }
  }

  private func collapsed(
    _ records: ArraySlice<DiagnosticRecord>, _ last: DiagnosticRecord
  ) -> DiagnosticWarning? {
    let advice = "Try packing, a penalty on the discriminator's slope, minibatch statistics, or another objective."
    // Twice as large: what sways about the limit has not fallen.
    let widest = records.dropLast(patience).compactMap { $0["diversity"] }.max() ?? 0
    let fallen = widest >= collapse ? min(collapse, widest / 2) : 0
    if holds(records, { ($0["diversity"] ?? 1) < max(fallen, Alarms.none * collapse) }) {
      return warning(
        .modeCollapse, last, "diversity",
        "samples are all alike: they lie \(short(last["diversity"])) times as far from each other as the data. \(advice)"
      )
    }
    let best = Alarms.held(records.dropLast(patience).compactMap { $0["coverage"] }, at: patience)
    if best >= 0.5, holds(records, { ($0["coverage"] ?? 1) < best / 2 }) {
      return warning(
        .modeCollapse, last, "coverage",
        "samples have left part of the data: they cover \(short(last["coverage"])) of them, after \(short(best)). \(advice)"
      )
    }
    let isGoing = rises("coverage", began(records), of: narrow)
    if stays(records, "diversity", below: collapse), !isGoing, !rises("diversity", began(records), of: collapse) {
      return warning(
        .modeCollapse, last, "diversity",
        "samples are all alike, and have been for \(began(records).count) looks: they lie \(short(last["diversity"])) times "
          + "as far from each other as the data. The generator may learn too slowly, or nothing. \(advice)")
    }
    if stays(records, "coverage", below: narrow), !isGoing {
      return warning(
        .modeCollapse, last, "coverage",
        "samples leave out part of the data: for \(began(records).count) looks they have covered less than "
          + "\(short(narrow)) of them, now \(short(last["coverage"])). \(advice)")
    }
    return nil
  }

  /// The last ``long`` looks, or as many more as ``start`` rounds had; none where there were not as many of either.
  private func began(_ records: ArraySlice<DiagnosticRecord>) -> ArraySlice<DiagnosticRecord> {
    guard let last = records.last?.step, records.count >= long,
      let first = records.lastIndex(where: { last - $0.step >= Alarms.start })
    else { return [] }
    return records[min(first, records.endIndex - long)...]
  }

  /// Whether a figure was below a limit at each look of the time in which a game should have got going.
  private func stays(_ records: ArraySlice<DiagnosticRecord>, _ figure: String, below limit: Double) -> Bool {
    let looks = began(records)
    return !looks.isEmpty && looks.allSatisfy { ($0[figure] ?? .infinity) < limit }
  }

  /// Whether a figure is larger in the later half of the looks, by a share of its limit.
  private func rises(_ figure: String, _ looks: ArraySlice<DiagnosticRecord>, of limit: Double) -> Bool {
    func mean(_ looks: ArraySlice<DiagnosticRecord>) -> Double {
      let values = looks.compactMap { $0[figure] }
      return values.reduce(0, +) / Double(max(values.count, 1))
    }
    return mean(looks.suffix(looks.count / 2)) >= mean(looks.prefix(looks.count / 2)) + Alarms.rise * limit
  }

  private func vanished(
    _ records: ArraySlice<DiagnosticRecord>, _ last: DiagnosticRecord
  ) -> DiagnosticWarning? {
    if holds(records, { $0["generator_gradient"] == 0 }) {
      return warning(
        .vanishedGradient, last, "generator_gradient",
        "the generator's gradient is 0: nothing of it learns. Its units or the discriminator's may be dead or saturated "
          + "(lower the learning rates, use leaky activations), or its samples do not lead back to its weights.")
    }
    let advice =
      "Train the discriminator less or slower, add a penalty on its slope or noise, or use another objective."
    // Where d is no log-odds: a discriminator that has nothing left to learn.
    func hasNothingLeft(_ record: DiagnosticRecord, of yardstick: Double?) -> Bool {
      guard record["jsd_bound"] == nil, let yardstick, let loss = record["discriminator_loss"] else { return false }
      return loss >= 0 && loss <= Alarms.settled * yardstick
    }
    func wonByLoss() -> DiagnosticWarning {
      warning(
        .vanishedGradient, last, "discriminator_loss",
        "the discriminator has won: its loss has fallen to \(short(last["discriminator_loss"])), next to nothing. "
          + advice)
    }
    let isNumber = last["real_accuracy"] != nil
    if !isNumber, holds(records, { hasNothingLeft($0, of: $0["undecided_loss"]) }) { return wonByLoss() }
    guard holds(records, { ($0["real_accuracy"] ?? 0) >= 0.99 && ($0["fake_accuracy"] ?? 0) >= 0.99 }) else {
      return nil
    }
    let limit = won * 0.693_147_180_559_945_3
    if holds(records, { ($0["jsd_bound"] ?? 0) >= limit }) {
      return warning(
        .vanishedGradient, last, "jsd_bound",
        "the discriminator has won: it proves a Jensen-Shannon divergence of \(short(last["jsd_bound"])) of at most 0.693, "
          + "and tells the generator next to nothing. \(advice)")
    }
    let worst = records.compactMap { $0["discriminator_loss"] }.max() ?? 0
    if holds(records, { hasNothingLeft($0, of: max(worst, $0["undecided_loss"] ?? 0)) }) { return wonByLoss() }
    let largest = records.compactMap { $0["generator_gradient"] }.max() ?? 0
    if holds(records, { ($0["generator_gradient"] ?? .infinity) < vanished * largest }) {
      return warning(
        .vanishedGradient, last, "generator_gradient",
        "the generator's gradient has vanished: its norm is \(short(last["generator_gradient"])), after "
          + "\(short(largest)). \(advice)")
    }
    return nil
  }

  private func oscillating(
    _ records: ArraySlice<DiagnosticRecord>, _ last: DiagnosticRecord
  ) -> DiagnosticWarning? {
    let recent = records.suffix(window)
    let (drift, separation) = (recent.compactMap { $0["drift"] }, recent.compactMap { $0["separation"] })
    let counts = [
      ("drift", drift.isEmpty ? nil : Alarms.swings(drift, by: 1)),
      ("separation", separation.isEmpty ? nil : Alarms.crossings(separation, beyond: 1)),
    ].compactMap { entry in entry.1.map { (figure: entry.0, count: $0) } }
    guard let slowest = counts.min(by: { $0.count < $1.count }) else { return nil }
    guard slowest.count >= (counts.count == 2 ? swings : 2 * swings) else { return nil }
    let words = counts.map { "\($0.figure) swung to and fro \($0.count) times" }.joined(separator: " and ")
    return warning(
      .oscillation, last, slowest.figure,
      "the players chase each other: \(words) in \(recent.count) looks. Lower the learning rates or the momentum, add a "
        + "penalty on the discriminator's slope, or average the generator's weights.")
  }

  /// Whether a sign shows at the last ``patience`` looks.
  private func holds(_ records: ArraySlice<DiagnosticRecord>, _ sign: (DiagnosticRecord) -> Bool) -> Bool {
    records.count >= patience && records.suffix(patience).allSatisfy(sign)
  }

  private func warning(
    _ kind: DiagnosticWarning.Kind, _ record: DiagnosticRecord, _ figure: String, _ what: String
  ) -> DiagnosticWarning {
    DiagnosticWarning(
      kind: kind, step: record.step, figure: figure, value: record[figure] ?? .nan,
      message: "step \(record.step): \(what)")
  }

  /// The best that a series held for `count` values in a row; 0 for a shorter one.
  static func held(_ values: [Double], at count: Int) -> Double {
    guard values.count >= count else { return 0 }
    return (0...(values.count - count)).lazy.map { values[$0..<($0 + count)].min() ?? 0 }.max() ?? 0
  }

  /// How often a series turns round after moving at least `amplitude` one way, its first move counted: a monotone series
  /// swings once at most.
  static func swings(_ values: [Double], by amplitude: Double) -> Int {
    guard let first = values.first else { return 0 }
    var (low, high, count, direction) = (first, first, 0, 0)
    for value in values {
      if direction <= 0, value - low >= amplitude {
        (count, direction, high) = (count + 1, 1, value)
      } else if direction >= 0, high - value >= amplitude {
        (count, direction, low) = (count + 1, -1, value)
      }
      if direction >= 0 { high = max(high, value) }
      if direction <= 0 { low = min(low, value) }
    }
    return count
  }

  /// How often a series goes from above `level` to below -`level`, or the other way.
  static func crossings(_ values: [Double], beyond level: Double) -> Int {
    var (count, side) = (0, 0)
    for value in values where abs(value) > level {
      let now = value > 0 ? 1 : -1
      if side != 0, now != side { count += 1 }
      side = now
    }
    return count
  }
}

/// A number in four digits, for messages.
private func short(_ value: Double?) -> String {
  guard let value, value.isFinite, value != 0 else { return value == 0 ? "0" : "none" }
  var scale = 1.0
  while abs(value) * scale < 1000, scale < 1e12 { scale *= 10 }
  return JSON((value * scale).rounded() / scale).text()
}
