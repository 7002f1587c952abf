import SwiftGANCore
import SwiftGANNN

/// The updates of a game's players as programs: each is traced at its first batch and replayed from then on.
///
/// An update that cannot be traced (a loss that reads elements, or does something else at every step) runs op by op; the
/// results are the same.
final class TracedUpdates {
  private var functions: [String: Entry] = [:]

  private struct Entry {
    let function: CompiledFunction
    let call: Call
    /// Why the player's updates are not traced; nil while they are.
    var refusal: String?
  }

  /// The update that is under way: what a function traces when it must.
  private final class Call {
    var body: (([Tensor]) throws -> [(name: String, value: Tensor)])?
  }

  /// Why the updates of a player are not traced; nil when they are, or were not tried.
  func refusal(of player: String) -> String? { functions[player]?.refusal }

  /// The program that a player's last update replayed.
  func program(_ player: String) -> Program? { functions[player]?.function.latest }

  /// Runs `body` on the batch's tensors, as a program where that can be done.
  func run(
    _ player: String, _ batch: Batch, _ body: @escaping (Batch) throws -> [(name: String, value: Tensor)]
  ) throws -> [(name: String, value: Tensor)] {
    let entry = functions[player] ?? makeEntry(player)
    functions[player] = entry
    if entry.refusal != nil { return try body(batch) }
    let names = batch.columns.map(\.name)
    entry.call.body = { tensors in try body(Batch(zip(names, tensors).map { ($0, $1) })) }
    defer { entry.call.body = nil }
    let program: Program
    do {
      program = try entry.function.program(for: batch.columns.map(\.value), names.joined(separator: ","))
    } catch let error as TensorError where error.kind != .interrupted {
      // What is wrong with the loss itself shows again without the trace; all else just runs so.
      let result = try body(batch)
      functions[player]?.refusal = error.message
      return result
    }
    let values = try program(batch.columns.map(\.value))
    return Array(zip(program.outputNames ?? [], values))
  }

  private func makeEntry(_ player: String) -> Entry {
    let call = Call()
    let function = CompiledFunction(player) { tensors in
      guard let body = call.body else { throw TensorError(.state, "no update is under way") }
      let records = try body(tensors)
      Tracing.name(outputs: records.map(\.name))
      return records.map(\.value)
    }
    return Entry(function: function, call: call)
  }
}
