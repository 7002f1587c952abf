import Synchronization

/// Collects what is timed while a profile is under way; safe to use from several threads.
///
/// An event is four numbers: what an event is called, where it is and what it costs stands once for all events alike, in an
/// ``Entry``. A replay's events are taken in all at once at its end.
final class Profiler: Sendable {
  static let shared = Profiler()

  /// More events than this are only counted: 24 MB, and a trace of them is already hard to look at.
  static let mostEvents = 1_000_000
  /// Ops on ever new shapes share entries beyond this: their costs then only count in the table.
  static let mostEntries = 200_000

  /// What all events of one kind have in common, and their sums.
  struct Entry {
    let name: String
    /// nil for an operation, which counts in the table.
    let kind: Place.Kind?
    /// The cost of each event; nil where they differ.
    let cost: Cost?
    /// The layers that a step of a program was traced in, outermost first.
    var layers: [String] = []
    /// The program that it is a step of, by its first entry.
    var program: Int?

    var calls = 0
    var nanoseconds: UInt64 = 0
    var total = Cost()

    mutating func count(_ duration: UInt64, _ cost: Cost) {
      calls += 1
      nanoseconds &+= duration
      total.flops += cost.flops
      total.bytes += cost.bytes
    }
  }

  struct Event {
    let entry: UInt32
    let thread: UInt32
    let start: UInt64
    let duration: UInt64
  }

  struct Content {
    var isRunning = false
    /// Which profile of the process it is.
    var number = 0
    var start: UInt64 = 0
    var entries: [Entry] = []
    var events: [Event] = []
    var dropped = 0
    fileprivate var known: [Key: Int] = [:]

    fileprivate mutating func add(_ entry: Int, _ start: UInt64, _ end: UInt64, _ thread: UInt32, _ cost: Cost) {
      let duration = end &- start
      entries[entry].count(duration, cost)
      guard events.count < Profiler.mostEvents else {
        dropped += 1
        return
      }
      events.append(Event(entry: UInt32(truncatingIfNeeded: entry), thread: thread, start: start, duration: duration))
    }

    fileprivate mutating func entry(_ name: String, _ kind: Place.Kind?, _ cost: Cost) -> Int {
      let key = Key(name: name, kind: kind, cost: entries.count < Profiler.mostEntries ? cost : nil)
      if let known = known[key] { return known }
      entries.append(Entry(name: name, kind: kind, cost: key.cost))
      known[key] = entries.count - 1
      return entries.count - 1
    }
  }

  fileprivate struct Key: Hashable {
    let name: String
    let kind: Place.Kind?
    let cost: Cost?
  }

  private let content = Mutex(Content())

  func begin() throws(TensorError) {
    let isNew = content.withLock { content in
      if content.isRunning { return false }
      let number = content.number
      content = Content()
      content.isRunning = true
      content.number = number + 1
      content.start = SteadyClock.now
      return true
    }
    guard isNew else { throw TensorError(.state, "a profile is already under way; end it first") }
    _ = Instruments.set(Instruments.profiling, true)
  }

  /// Ends the profile: what was recorded, and when it ended.
  func end() throws(TensorError) -> (content: Content, end: UInt64) {
    _ = Instruments.set(Instruments.profiling, false)
    let found = content.withLock { content in
      let found = content
      content = Content()
      content.number = found.number
      return found
    }
    guard found.isRunning else { throw TensorError(.state, "no profile is under way; begin one first") }
    return (found, SteadyClock.now)
  }

  /// Takes in an event that began at `start` and ends now: an operation, or a place.
  func record(_ name: String, from start: UInt64, _ kind: Place.Kind?, _ cost: Cost) {
    let end = SteadyClock.now
    let thread = UInt32(truncatingIfNeeded: ThreadState.current.number)
    content.withLock { content in
      guard content.isRunning else { return }
      content.add(content.entry(name, kind, cost), start, end, thread, cost)
    }
  }

  /// Takes in a program's run: step i went from stamp i to stamp i + 1.
  func record(_ steps: [StepTimes.Step], _ stamps: [UInt64], _ registered: inout StepTimes.Registration?) {
    let thread = UInt32(truncatingIfNeeded: ThreadState.current.number)
    content.withLock { content in
      guard content.isRunning, stamps.count == steps.count + 1 else { return }
      if registered?.profile != content.number, content.entries.count + steps.count <= Profiler.mostEntries {
        let first = content.entries.count
        for step in steps {
          content.entries.append(
            Entry(name: step.name, kind: nil, cost: step.cost, layers: step.layers, program: first))
        }
        registered = StepTimes.Registration(profile: content.number, first: first)
      }
      for (index, step) in steps.enumerated() {
        let first = registered.flatMap { $0.profile == content.number ? $0.first : nil }
        let entry = first.map { $0 + index } ?? content.entry(step.name, nil, step.cost)
        content.add(entry, stamps[index], stamps[index + 1], thread, step.cost)
      }
    }
  }
}
