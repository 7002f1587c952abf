import SwiftGANCore
import Synchronization

extension Network {
  /// Runs `body` while networks called on this thread are replayed as programs: for use (sampling, prediction), where one
  /// network sees many batches of few shapes. Layers are then called once for each kind of batch. A network that cannot
  /// be traced runs layer by layer.
  public static func replaying<Result>(_ body: () throws -> Result) rethrows -> Result {
    let bindings = ThreadBindings.current
    bindings.replayDepth += 1
    defer { bindings.replayDepth -= 1 }
    return try body()
  }
}

/// A network's forward pass as a compiled function.
final class NetworkReplay: Sendable {
  private struct Forms {
    var functions: [String: CompiledFunction] = [:]
    var isRefused = false
    var replays = 0
  }
  private let forms = Mutex(Forms())

  /// How many calls were replayed, and from how many traces.
  var counts: (replays: Int, traces: Int) {
    forms.withLock { forms in (forms.replays, forms.functions.values.reduce(0) { $0 + $1.traceCount }) }
  }

  /// Whether networks called on this thread are to be replayed.
  static var isWanted: Bool {
    guard let bindings = ThreadBindings.existing, bindings.replayDepth > 0 else { return false }
    return !Tracing.isActive && !Debug.isOn
  }

  /// The outputs of `layer`, replayed; nil when it cannot be traced.
  func outputs(_ layer: any Layer, _ x: Tensor, _ further: [String: Tensor]) -> [Tensor]? {
    let names = further.keys.sorted()
    let key = names.joined(separator: ",")
    let function: CompiledFunction? = forms.withLock { forms in
      if forms.isRefused { return nil }
      if let known = forms.functions[key] { return known }
      let made = CompiledFunction("network") { tensors in
        layer.outputs(tensors[0], Dictionary(uniqueKeysWithValues: zip(names, tensors.dropFirst())))
      }
      forms.functions[key] = made
      return made
    }
    guard let function else { return nil }
    do {
      let outputs = try function([x] + names.compactMap { further[$0] })
      forms.withLock { $0.replays += 1 }
      return outputs
    } catch {
      // Either it cannot be traced, or the layers say themselves what is wrong when they are called.
      if function.traceCount == 0, x.error == nil { forms.withLock { $0.isRefused = true } }
      return nil
    }
  }
}
