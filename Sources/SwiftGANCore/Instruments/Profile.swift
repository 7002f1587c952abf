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
    /// Floating-point operations in a second, float32, at the ``MatmulPrecision`` in force where the profile ends.
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
  private let content: Profiler.Content
  /// How many events were timed and kept; at most 1,000,000, the first ones.
  public var eventCount: Int { content.events.count }
  /// Events beyond those that are kept; ``ops`` counts them.
  public var droppedEvents: Int { content.dropped }

  /// Starts to time every step of programs and every operation that runs by itself, on all threads.
  /// - Throws: `TensorError` (`.state`) when a profile is under way.
  public static func begin() throws { try Profiler.shared.begin() }

  /// Ends what ``begin()`` began.
  /// - Throws: `TensorError` (`.state`) when no profile is under way.
  public static func end() throws -> Profile {
    let (content, end) = try Profiler.shared.end()
    var totals: [String: Profiler.Entry] = [:]
    for entry in content.entries where entry.kind == nil && entry.calls > 0 {
      guard var total = totals[entry.name] else {
        totals[entry.name] = entry
        continue
      }
      total.calls += entry.calls
      total.nanoseconds &+= entry.nanoseconds
      total.total.flops += entry.total.flops
      total.total.bytes += entry.total.bytes
      totals[entry.name] = total
    }
    let ops = totals.values.map { total in
      Op(
        name: total.name, calls: total.calls, seconds: Double(total.nanoseconds) / 1e9, flops: total.total.flops,
        bytes: total.total.bytes)
    }
    return Profile(
      seconds: Double(end &- content.start) / 1e9, peak: try measuredPeak(),
      ops: ops.sorted { ($0.seconds, $1.name) > ($1.seconds, $0.name) }, content: content)
  }

  private init(seconds: Double, peak: Peak, ops: [Op], content: Profiler.Content) {
    self.seconds = seconds
    self.peak = peak
    self.ops = ops
    self.content = content
  }

  /// All that was timed as text in the form of Chrome's traces, to be saved for chrome://tracing and Perfetto: times in
  /// microseconds from the begin; a trainer's steps hold players' updates, which hold layers and operations. The steps of
  /// what was traced are in spans of the layers in which they were traced, and those of gradients in the same under
  /// "gradient". Where events were dropped a last one says so.
  public func chromeTrace() -> String { ChromeTrace.text(content) }

  /// The profile as one JSON object: `seconds`, `peak`, `ops`, and how many `events` are in the trace and were `dropped`.
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
      "events": .number(Double(eventCount)), "dropped": .number(Double(droppedEvents)),
    ]
  }

  private static func measuredPeak() throws -> Peak {
    func best(_ repetitions: Int, _ body: () throws -> Void) rethrows -> Double {
      var least = UInt64.max
      for _ in 0..<repetitions {
        let start = SteadyClock.now
        try body()
        least = min(least, SteadyClock.now &- start)
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
