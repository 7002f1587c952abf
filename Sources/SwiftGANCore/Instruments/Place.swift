/// Where in a computation a thread is: what debugging and profiles say of an operation beside its name.
///
/// Layers, gradients and trainers say it while an instrument is in use or a function is traced; else nothing is kept.
public enum Place {
  /// What a place is.
  public enum Kind: String, Sendable {
    /// A layer inside another, or a network.
    case layer
    /// The rule that computes the gradient of an operation.
    case gradient
    /// A compiled function.
    case function
    /// A round of a trainer.
    case step
    /// A player's update.
    case player
  }

  struct Entry {
    let name: String
    let kind: Kind
    let start: UInt64
  }

  /// Whether anybody wants to know: an instrument, or a trace, whose steps remember their layers.
  public static var isWatched: Bool { Instruments.active != 0 || Tracing.isActive }

  /// Runs `body` in a place of that name.
  @inline(__always)
  public static func within<R>(
    _ name: @autoclosure () -> String, _ kind: Kind = .layer, _ body: () throws -> R
  ) rethrows -> R {
    guard isWatched else { return try body() }
    enter(name(), kind)
    defer { exit() }
    return try body()
  }

  /// Enters a place until the matching `exit` on the same thread, for callers that cannot pass a closure.
  public static func enter(_ name: String, _ kind: Kind = .layer) {
    ThreadState.current.places.append(Entry(name: name, kind: kind, start: SteadyClock.now))
  }

  /// Leaves the innermost place.
  public static func exit() {
    guard let entry = ThreadState.current.places.popLast() else { return }
    if Instruments.active & Instruments.profiling != 0 {
      Profiler.shared.record(entry.name, from: entry.start, entry.kind, Cost())
    }
  }

  /// The places that a message names: the trainer's step and player, the layer by its dotted path, and of whose gradient
  /// this is a part.
  static var description: String {
    let places = ThreadState.current.places
    var parts: [String] = []
    let moment = places.filter { $0.kind == .step || $0.kind == .player }.map(\.name)
    if !moment.isEmpty { parts.append("in \(moment.joined(separator: ", "))") }
    let path = places.filter { $0.kind == .layer }.map(\.name)
    if !path.isEmpty { parts.append("in layer \(path.joined(separator: "."))") }
    if let gradient = places.last(where: { $0.kind == .gradient }) {
      parts.append("in the gradient of \(gradient.name)")
    }
    return parts.joined(separator: ", ")
  }
}
