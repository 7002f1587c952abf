/// A profile as a file for Chrome's and Perfetto's trace viewers: an array of complete events.
///
/// Places and operations are as they were recorded. A program's steps know the layers that they were traced in, so spans
/// of layers are drawn around steps that follow one another; what comes under "gradient" is the layers' way back.
struct ChromeTrace {
  private struct Span {
    let name: String
    let kind: String
    let thread: UInt32
    let start: UInt64
    var end: UInt64
    /// How far inside: what holds others comes before them.
    let depth: Int
    let cost: Cost?
  }

  private let content: Profiler.Content
  private var spans: [Span] = []

  /// The text of the file.
  static func text(_ content: Profiler.Content) -> String {
    var trace = ChromeTrace(content: content)
    trace.collect()
    return trace.written()
  }

  private init(content: Profiler.Content) { self.content = content }

  private mutating func collect() {
    spans.reserveCapacity(content.events.count)
    /// The layers around the last step, by their places among the spans.
    var open: [Int] = []
    var last: Profiler.Event?
    for event in content.events {
      let entry = content.entries[Int(event.entry)]
      let end = event.start &+ event.duration
      guard entry.program != nil else {
        spans.append(span(entry, event, depth: 0))
        continue
      }
      if !follows(event, last) { open = [] }
      let layers = entry.layers
      let shared = zip(open, layers).prefix { spans[$0].name == $1 }.count
      open.removeLast(open.count - shared)
      for index in open { spans[index].end = end }
      for layer in layers.dropFirst(shared) {
        open.append(spans.count)
        spans.append(
          Span(
            name: layer, kind: Place.Kind.layer.rawValue, thread: event.thread, start: event.start, end: end,
            depth: open.count, cost: nil))
      }
      spans.append(span(entry, event, depth: layers.count + 1))
      last = event
    }
    // An outer event ends after the inner ones and so is recorded after them: viewers want it first.
    spans.sort { ($0.start, $1.end, $0.depth) < ($1.start, $0.end, $1.depth) }
  }

  /// Whether an event is of the same run of a program as the one before.
  private func follows(_ event: Profiler.Event, _ last: Profiler.Event?) -> Bool {
    guard let last, last.thread == event.thread, last.entry < event.entry else { return false }
    return content.entries[Int(last.entry)].program == content.entries[Int(event.entry)].program
  }

  private func span(_ entry: Profiler.Entry, _ event: Profiler.Event, depth: Int) -> Span {
    Span(
      name: entry.name, kind: entry.kind?.rawValue ?? "op", thread: event.thread, start: event.start,
      end: event.start &+ event.duration, depth: entry.kind == nil ? max(depth, 1) : depth,
      cost: entry.kind == nil ? entry.cost : nil)
  }

  private func written() -> String {
    var text = "["
    var names: [String: String] = [:]
    for (index, span) in spans.enumerated() {
      let name = names[span.name] ?? JSON.quoted(span.name)
      names[span.name] = name
      text += index == 0 ? "\n" : ",\n"
      text += "{\"name\": \(name), \"cat\": \"\(span.kind)\", \"ph\": \"X\", \"ts\": "
      text += "\(microseconds(span.start &- min(content.start, span.start))), \"dur\": "
      text += "\(microseconds(span.end &- span.start)), \"pid\": 1, \"tid\": \(span.thread)"
      if let cost = span.cost { text += ", \"args\": {\"flops\": \(cost.flops), \"bytes\": \(cost.bytes)}" }
      text += "}"
    }
    if content.dropped > 0 {
      let end = spans.last.map { $0.end &- min(content.start, $0.end) } ?? 0
      let note = JSON.quoted("\(content.dropped) later events are not here: \(Profiler.mostEvents) are kept")
      text += "\(spans.isEmpty ? "" : ",")\n{\"name\": \(note), \"cat\": \"dropped\", \"ph\": \"i\", \"s\": \"g\", "
      text += "\"ts\": \(microseconds(end)), \"pid\": 1, \"tid\": 1}"
    }
    return text + "\n]\n"
  }

  /// Nanoseconds as microseconds, exactly.
  private func microseconds(_ nanoseconds: UInt64) -> String {
    let rest = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}
