import SwiftGANCore

/// The layers inside another layer, and how their further inputs and outputs are named from outside.
///
/// A further input goes to every part that names it. A name that several parts have, or that is itself a path, can also be
/// said for one part alone, after the part's name: "0.hidden". A further output keeps its name where just one part gives it,
/// else it is named by such a path. So every wrapper passes inputs on by the same rules:
///
/// ```swift
/// struct Residual: Layer {
///   let parts: LayerParts   // LayerParts([("inner", inner)])
///   var inputNames: [String] { parts.inputNames }
///   var requiredInputNames: [String] { parts.requiredInputNames }
///   var outputNames: [String] { parts.outputNames }
///   func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }
///   func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
///     parts.run("residual", self, further) { run in x + run.apply(0, to: x) }
///   }
/// }
/// ```
public struct LayerParts: Sendable {
  /// The parts in order.
  public let layers: [any Layer]
  /// All further inputs of the parts as seen from outside.
  public let inputNames: [String]
  /// Those that some part must be given.
  public let requiredInputNames: [String]
  /// All further outputs of the parts as seen from outside, in order.
  public let outputNames: [String]
  private let names: [String]
  // What each part's outputs are called from outside, in the order of its outputNames.
  private let outsideNames: [[String]]

  /// - Parameter parts: names without dots, each once, and layers.
  public init(_ parts: [(name: String, layer: any Layer)]) {
    names = parts.map(\.name)
    layers = parts.map(\.layer)
    let inputs = Naming(parts.map { ($0.name, $0.layer.inputNames) })
    let outputs = Naming(parts.map { ($0.name, $0.layer.outputNames) })
    inputNames = inputs.plain + inputs.paths.flatMap { $0 }.filter { !inputs.plain.contains($0) }
    // A name that is required of several is asked for once; a path, of the one part.
    var required: [String] = []
    for (part, layer) in parts {
      for name in layer.requiredInputNames {
        let outside = name.contains(".") ? "\(part).\(name)" : name
        if !required.contains(outside) { required.append(outside) }
      }
    }
    requiredInputNames = required
    outsideNames = outputs.paths
    outputNames = outputs.paths.flatMap { $0 }
  }

  /// One call of the layer that the parts belong to.
  public struct Run {
    fileprivate let parts: LayerParts
    fileprivate let further: [String: Tensor]
    fileprivate let collected = Collected()

    /// The first output of part `index` for input `x` and what of the further inputs is for it.
    public func apply(_ index: Int, to x: Tensor) -> Tensor {
      let layer = parts.layers[index]
      if further.isEmpty && layer.outputNames.isEmpty { return parts.within(index) { layer(x) } }
      let outputs = parts.within(index) { layer.outputs(x, parts.inputs(of: index, from: further)) }
      for (name, output) in zip(parts.outsideNames[index], outputs.dropFirst()) { collected.byName[name] = output }
      return outputs.first ?? .failed(TensorError(.state, "\(type(of: layer)) gave no output"))
    }
  }

  /// Runs `body` in the place of part `index`: what debugging and profiles call it.
  @inline(__always)
  func within<R>(_ index: Int, _ body: () -> R) -> R {
    Place.within("\(names[index]) (\(type(of: layers[index])))", .layer, body)
  }

  fileprivate final class Collected {
    var byName: [String: Tensor] = [:]
  }

  /// All outputs of `layer`, which is called `noun` in messages: the first is what `body` makes of the parts, the further
  /// ones are those of the parts that it applied. A part that was not applied leaves an error in its outputs' places.
  public func run(
    _ noun: String, _ layer: some Layer, _ further: [String: Tensor], _ body: (Run) -> Tensor
  ) -> [Tensor] {
    do throws(TensorError) { try checkNames(further, noun) } catch { return layer.failed(error) }
    let run = Run(parts: self, further: further)
    let first = body(run)
    return [first]
      + outputNames.map { name in
        run.collected.byName[name]
          ?? .failed(first.error ?? TensorError(.state, "\(noun): the part that gives '\(name)' was not applied"))
      }
  }

  // What is missing is said by the part that misses it.
  private func checkNames(_ further: [String: Tensor], _ noun: String) throws(TensorError) {
    for name in further.keys.sorted() where !inputNames.contains(name) {
      throw unknownInput(name, among: inputNames).prefixed(noun)
    }
  }

  private func inputs(of index: Int, from further: [String: Tensor]) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for name in layers[index].inputNames {
      // The path is the more particular: it wins.
      found[name] = further["\(names[index]).\(name)"] ?? (name.contains(".") ? nil : further[name])
    }
    return found
  }
}

/// The names of the parts' inputs or outputs: those that may be said plainly, and each part's own, as a path where the plain
/// name would not do.
private struct Naming {
  var plain: [String] = []
  var paths: [[String]] = []

  init(_ parts: [(part: String, names: [String])]) {
    var uses: [String: Int] = [:]
    for (_, names) in parts {
      for name in names where !name.contains(".") {
        if uses[name] == nil { plain.append(name) }
        uses[name, default: 0] += 1
      }
    }
    paths = parts.map { part, names in names.map { uses[$0] == 1 ? $0 : "\(part).\($0)" } }
  }
}

/// The error for a further input that a layer does not have.
func unknownInput(_ name: String, among known: [String]) -> TensorError {
  let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
  return TensorError(.type, "there is no further input '\(name)'; \(list)\(suggestion(for: name, among: known))")
}
