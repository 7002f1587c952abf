import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Collects what is timed while a profile is under way; safe to use from several threads.
final class Profiler: Sendable {
  static let shared = Profiler()

  /// More events than this are only counted: a trace of them would be too large to be looked at.
  static let mostEvents = 1_000_000

  struct Event {
    let name: Int
    let kind: String
    let thread: Int
    let start: UInt64
    let duration: UInt64
    let cost: Cost
  }

  struct Total {
    var calls = 0
    var nanoseconds: UInt64 = 0
    var cost = Cost()
  }

  struct Content {
    var isRunning = false
    var start: UInt64 = 0
    var names: [String] = []
    var numbers: [String: Int] = [:]
    var events: [Event] = []
    var dropped = 0
    var totals: [Int: Total] = [:]
  }

  /// What an operation's events are called, those that count in the table.
  static let op = "op"

  private let content = Mutex(Content())

  /// A clock that never goes back, in nanoseconds.
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  func begin() throws(TensorError) {
    let isNew = content.withLock { content in
      if content.isRunning { return false }
      content = Content()
      content.isRunning = true
      content.start = Profiler.now
      return true
    }
    guard isNew else { throw TensorError(.state, "a profile is already under way; end it first") }
    _ = Instruments.set(Instruments.profiling, true)
  }

  /// Ends the profile: what was recorded, and when it ended.
  func end() throws(TensorError) -> (content: Content, end: UInt64) {
    _ = Instruments.set(Instruments.profiling, false)
    let found = content.withLock { content in
      defer { content = Content() }
      return content
    }
    guard found.isRunning else { throw TensorError(.state, "no profile is under way; begin one first") }
    return (found, Profiler.now)
  }

  func record(_ name: String, from start: UInt64, _ kind: String, _ cost: Cost) {
    let duration = Profiler.now &- start
    let thread = ThreadState.current.number
    content.withLock { content in
      guard content.isRunning else { return }
      let number = content.numbers[name] ?? content.names.count
      if number == content.names.count {
        content.names.append(name)
        content.numbers[name] = number
      }
      if kind == Profiler.op {
        var total = content.totals[number] ?? Total()
        total.calls += 1
        total.nanoseconds += duration
        total.cost.flops += cost.flops
        total.cost.bytes += cost.bytes
        content.totals[number] = total
      }
      guard content.events.count < Profiler.mostEvents else {
        content.dropped += 1
        return
      }
      content.events.append(
        Event(name: number, kind: kind, thread: thread, start: start, duration: duration, cost: cost))
    }
  }
}
