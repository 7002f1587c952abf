import SwiftGANCore
import SwiftGANNN

/// Where outliers begin: at a quantile of the training data's scores, as in scikit-learn, found when a fit is done and kept in
/// the game's state, so that files have it.
struct OutlierThreshold {
  /// The score of each row of a call, float64 `[N]`; higher is more normal.
  typealias Scores = (ModelCall) throws -> Tensor

  private static let (offset, updates) = ("outliers.offset", "outliers.updates")

  private let game: Game
  private let owner: String
  private let contamination: Double
  private let rows: Int?
  private let key: RandomKey

  /// The threshold of a game's model, not known yet.
  init(_ request: ModelRequest, _ game: Game) throws {
    self.game = game
    // Files hold what is there from the beginning.
    game.state[OutlierThreshold.offset] = Tensor(Double.nan, dtype: .float64)
    game.state[OutlierThreshold.updates] = Tensor(-1.0, dtype: .float64)
    owner = request.name
    contamination = try request.options.double("contamination")
    rows = try request.options.json("threshold_rows").intValue
    key = RandomKey(seed: try request.seed(for: "threshold"))
  }

  /// The options.
  /// - Parameter rows: how many rows are scored at the end of a fit; nil for all.
  static func options(rows: Int?) -> [OptionDescription] {
    [
      OptionDescription(
        "contamination", .number(.outlierShare), default: 0.1,
        "Share of the training data that is to be below the threshold of predict and decision_function."),
      OptionDescription(
        "threshold_rows", .optional(.integer()), default: rows.map { JSON($0) } ?? .null,
        "How many rows of the training data, drawn by the seed, are scored for the threshold when a fit is done; null for "
          + "all."),
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
      "decision_function": { try scores($0) - offset() },
      "predict": { call in
        let isNormal = try scores(call) .>= offset()
        return 2 * isNormal.cast(to: .int64) - 1
      },
      "offset": { _ in try offset() },
    ]
    return (functions, { try settle($0, scores) })
  }

  // MARK: The threshold

  /// How many updates all players have made: by it one sees whether the threshold is that of these weights.
  private var updates: Double { get throws { Double(try game.players.reduce(0) { try $0 + $1.updates }) } }

  private func offset() throws -> Tensor {
    guard let offset = game.state[OutlierThreshold.offset], let known = game.state[OutlierThreshold.updates],
      try known.item() == updates
    else {
      throw TensorError(
        .state,
        "\(owner): there is no threshold for these weights: it is found when a fit is done, and the last was not, or is still "
          + "running; fit on (partial_fit in Python), or use score_samples")
    }
    return offset
  }

  private func settle(_ call: ModelCall, _ scores: Scores) throws {
    let found = try scores(call.picking(rows, key: key)).quantile(contamination)
    game.state[OutlierThreshold.offset] = try found.cast(to: .float64).reshape([]).checked()
    game.state[OutlierThreshold.updates] = Tensor(try updates, dtype: .float64)
  }
}

extension ModelCall {
  /// The call on so many of its rows, drawn without replacement; all of them where there are no more, or none are asked for.
  func picking(_ rows: Int?, key: RandomKey) throws -> ModelCall {
    guard let rows, rows < count else { return self }
    let order = Tensor.randomPermutation(count, key: key).sliced(axis: 0, from: 0, to: rows)
    return try ModelCall(
      function, inputs.compactMap { try $0?.gather(order, axis: 0).checked() }, options: options, data: data,
      target: target)
  }
}
