/// Where the time went between ``begin()`` and ``end()``.
///
/// ```swift
/// try Profile.begin()
/// try trainer.fit(steps: 100)
/// let profile = try Profile.end()
/// for op in profile.ops.prefix(10) { print(op.name, op.calls, op.seconds, op.flops / op.seconds) }
/// ```
public struct Profile: Sendable {
  /// All calls of one operation, or of one step of programs (which may be several operations done together).
  public struct Op: Sendable {
    /// The operation, or those of the step.
    public let name: String
    /// How often it ran.
    public let calls: Int
    /// Time of all calls.
    public let seconds: Double
    /// Floating-point operations of all calls: two for each product in matrix products and convolutions, one for each
    /// element computed elementwise or read by a reduction; 0 for what only moves elements.
    public let flops: Double
    /// Bytes of inputs and outputs of all calls.
    public let bytes: Double
  }

  /// What the machine can do: the best that a large matrix product and a large copy reach here, with all threads.
  public struct Peak: Sendable {
    /// Floating-point operations in a second, float32.
    public let flops: Double
    /// Bytes read and written in a second.
    public let bytes: Double
  }

  /// From begin to end.
  public let seconds: Double
  /// What the machine can do, measured at the end.
  public let peak: Peak
  /// Operations, the longest first.
  public let ops: [Op]
  /// All that was timed in the form of Chrome's traces, for chrome://tracing and Perfetto: times in microseconds from the
  /// begin; a trainer's steps hold players' updates, which hold layers and operations.
  public let events: JSON
  /// Events beyond the 1,000,000 that are kept; ``ops`` counts them.
  public let droppedEvents: Int

  /// Starts to time every step of programs and every operation that runs by itself, on all threads.
  /// - Throws: `TensorError` (`.state`) when a profile is under way.
  public static func begin() throws { try Profiler.shared.begin() }

  /// Ends what ``begin()`` began.
  /// - Throws: `TensorError` (`.state`) when no profile is under way.
  public static func end() throws -> Profile {
    let (content, end) = try Profiler.shared.end()
    let ops = content.totals.map { number, total in
      Op(
        name: content.names[number], calls: total.calls, seconds: Double(total.nanoseconds) / 1e9,
        flops: total.cost.flops, bytes: total.cost.bytes)
    }
    return Profile(
      seconds: Double(end &- content.start) / 1e9, peak: try measuredPeak(),
      ops: ops.sorted { ($0.seconds, $1.name) > ($1.seconds, $0.name) }, events: chromeEvents(content),
      droppedEvents: content.dropped)
  }

  /// The profile as one JSON object: `seconds`, `peak`, `ops`, `events`, `dropped`.
  public var json: JSON {
    [
      "seconds": .number(seconds), "peak": ["flops": .number(peak.flops), "bytes": .number(peak.bytes)],
      "ops": .array(
        ops.map { op in
          [
            "name": .string(op.name), "calls": .number(Double(op.calls)), "seconds": .number(op.seconds),
            "flops": .number(op.flops), "bytes": .number(op.bytes),
          ]
        }),
      "events": events, "dropped": .number(Double(droppedEvents)),
    ]
  }

  private static func chromeEvents(_ content: Profiler.Content) -> JSON {
    // An outer event ends after the inner ones and so is recorded after them: viewers want it first.
    let ordered = content.events.sorted { ($0.start, $1.duration) < ($1.start, $0.duration) }
    return .array(
      ordered.map { event in
        var arguments: JSONObject = [:]
        if event.kind == Profiler.op {
          arguments["flops"] = .number(event.cost.flops)
          arguments["bytes"] = .number(event.cost.bytes)
        }
        return [
          "name": .string(content.names[event.name]), "cat": .string(event.kind), "ph": "X",
          "ts": .number(Double(event.start &- min(content.start, event.start)) / 1000),
          "dur": .number(Double(event.duration) / 1000), "pid": 1, "tid": .number(Double(event.thread)),
          "args": .object(arguments),
        ]
      })
  }

  private static func measuredPeak() throws -> Peak {
    func best(_ repetitions: Int, _ body: () throws -> Void) rethrows -> Double {
      var least = UInt64.max
      for _ in 0..<repetitions {
        let start = Profiler.now
        try body()
        least = min(least, Profiler.now &- start)
      }
      return Double(max(least, 1)) / 1e9
    }
    return try Tracing.suspended {
      try withoutGradient {
        let side = 768
        let matrix = Tensor.ones([side, side])
        let product = try best(5) { try apply(.batchMatmul, [matrix, matrix]).checked() }
        let long = Tensor.ones([1 << 23])
        let copy = try best(5) { try apply(.copy, [long]).checked() }
        return Peak(flops: 2 * Double(side * side * side) / product, bytes: 2 * Double(long.count * 4) / copy)
      }
    }
  }
}
