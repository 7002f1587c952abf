import SwiftGANCore
import SwiftGANNN
import Synchronization

/// Where outliers begin: at a quantile of the training data's scores, as in scikit-learn, kept in the game's state, so that files
/// have it. It is found when a fit is done or, where scores are dear, when it is first asked for.
struct OutlierThreshold {
  /// The score of each row of a call, float64 `[N]`; higher is more normal.
  typealias Scores = (ModelCall) throws -> Tensor

  /// The training rows that are to be scored, while the threshold is not found yet.
  private final class Pending: Sendable {
    let rows = Mutex<(call: ModelCall, updates: Double)?>(nil)
  }

  private static let (offset, updates) = ("outliers.offset", "outliers.updates")

  private let game: Game
  private let owner: String
  private let contamination: Double
  private let rows: Int?
  private let key: RandomKey
  private let isDear: Bool
  private let pending = Pending()

  /// The threshold of a game's model, not known yet.
  /// - Parameter isDear: whether scores take so long that rows are kept until the threshold is asked for.
  init(_ request: ModelRequest, _ game: Game, isDear: Bool = false) throws {
    self.game = game
    self.isDear = isDear
    // Files hold what is there from the beginning.
    game.state[OutlierThreshold.offset] = Tensor(Double.nan, dtype: .float64)
    game.state[OutlierThreshold.updates] = Tensor(-1.0, dtype: .float64)
    owner = request.name
    contamination = try request.options.double("contamination")
    rows = try request.options.json("threshold_rows").intValue
    key = RandomKey(seed: try request.seed(for: "threshold"))
  }

  /// The options.
  /// - Parameter rows: how many rows are scored; nil for all.
  static func options(rows: Int?) -> [OptionDescription] {
    [
      OptionDescription(
        "contamination", .number(.outlierShare), default: 0.1,
        "Share of the training data that is to be below the threshold of predict and decision_function."),
      OptionDescription(
        "threshold_rows", .optional(.integer()), default: rows.map { JSON($0) } ?? .null,
        "How many rows of the training data, drawn by the seed, are scored for the threshold; null for all."),
    ]
  }

  /// The functions.
  static let declared: [ModelFunction] = [
    ModelFunction(
      "decision_function", "The score of each row minus the threshold, float64 (N,); below 0: an outlier.",
      inputs: [.samples]),
    ModelFunction(
      "predict", "1 for each row that is taken for normal, -1 for outliers, int64 (N,).", inputs: [.samples]),
    ModelFunction("offset", "The threshold: rows whose score is below it are taken for outliers; float64."),
  ]

  /// The functions, that of the scores itself among them, and what finds the threshold.
  func completion(
    _ scores: @escaping Scores
  ) -> (functions: [String: ModelSystem.Function], settlement: ModelSystem.Settlement) {
    let functions: [String: ModelSystem.Function] = [
      "score_samples": scores,
      "decision_function": { try scores($0) - offset(scores) },
      "predict": { call in
        let isNormal = try scores(call) .>= offset(scores)
        return 2 * isNormal.cast(to: .int64) - 1
      },
      "offset": { _ in try offset(scores) },
    ]
    return (
      functions,
      ModelSystem.Settlement(
        afterFit: { call in
          if isDear { try keep(call) } else { try settle(call.picking(rows, key: key), scores) }
        }, beforeSaving: { try findWhereKept(scores) })
    )
  }

  // MARK: The threshold

  /// How many updates all players have made: by it one sees whether the threshold is that of these weights.
  private var updates: Double { get throws { Double(try game.players.reduce(0) { try $0 + $1.updates }) } }

  private func offset(_ scores: Scores) throws -> Tensor {
    try findWhereKept(scores)
    guard let offset = game.state[OutlierThreshold.offset], let known = game.state[OutlierThreshold.updates],
      try known.item() == updates
    else {
      throw TensorError(
        .state,
        "\(owner): there is no threshold for these weights: training data are scored for it when a fit is done, and the last was "
          + "not, or is still running; fit on (partial_fit in Python), or use score_samples")
    }
    return offset
  }

  private func settle(_ call: ModelCall, _ scores: Scores) throws {
    let found = try scores(call).quantile(contamination)
    game.state[OutlierThreshold.offset] = try found.cast(to: .float64).reshape([]).checked()
    game.state[OutlierThreshold.updates] = Tensor(try updates, dtype: .float64)
  }

  /// Keeps the rows to be scored, as they are now: whoever trained the model may change the data.
  private func keep(_ call: ModelCall) throws {
    let kept = (try call.picking(rows, key: key, copying: true), try updates)
    pending.rows.withLock { $0 = kept }
  }

  /// Finds the threshold of these weights if that was left for now.
  private func findWhereKept(_ scores: Scores) throws {
    guard let kept = pending.rows.withLock({ $0 }), try kept.updates == updates else { return }
    try settle(kept.call, scores)
    // Not before: a search may have been ended by Ctrl-C.
    pending.rows.withLock { $0 = nil }
  }
}

extension ModelCall {
  /// The call on so many of its rows, drawn without replacement; all of them where there are no more, or none are asked for.
  /// - Parameter copying: whether rows must not share memory with those of this call.
  func picking(_ rows: Int?, key: RandomKey, copying: Bool = false) throws -> ModelCall {
    let isWhole = rows.map { $0 >= count } ?? true
    guard !isWhole || copying else { return self }
    let order =
      isWhole
      ? Tensor.arange(0, Double(count), dtype: .int64)
      : Tensor.randomPermutation(count, key: key).sliced(axis: 0, from: 0, to: rows ?? count)
    return try ModelCall(
      function, inputs.compactMap { try $0?.gather(order, axis: 0).checked() }, options: options, data: data,
      target: target)
  }
}
