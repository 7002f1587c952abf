import SwiftGANCore
import SwiftGANNN

/// What the hidden layers of a network give: the outputs of the activations between its linear maps.
struct HiddenLayers {
  /// Activations through which guided back-propagation passes positive gradients alone.
  private static let rectifiers: Set<String> = ["relu", "leaky_relu", "maxout"]
  private static let activations: Set<String> = rectifiers.union(perceptronActivations)

  let network: Network
  /// The positions of the hidden activations in the network's outermost sequence.
  private let places: [Int]
  private let names: [String]

  /// - Throws: `TensorError` (`.state`) for a network without hidden activations in a sequence.
  init(_ network: Network, owner: String) throws {
    let names = network.layerNames
    self.network = network
    self.names = names
    // One at the end is the output's; behind marked features there is the output, or a decoder.
    let end = names.firstIndex(of: "features") ?? names.count - 1
    places = names.indices.filter { $0 < end && HiddenLayers.activations.contains(names[$0]) }
    guard !places.isEmpty else {
      throw TensorError(.state, "\(owner): the network has no hidden layers in a sequence to look at")
    }
  }

  /// How many there are.
  var count: Int { places.count }

  /// The output for a batch, and what each hidden layer gives for it.
  func outputs(_ x: Tensor) throws -> (output: Tensor, hidden: [Tensor]) {
    var hidden: [Int: Tensor] = [:]
    let output = try network.output(of: x) { index, value in
      hidden[index] = value
      return value
    }.checked()
    return (
      output,
      try places.map { place in
        guard let value = try hidden[place]?.checked() else {
          throw TensorError(.state, "the network did not pass its layer \(place)")
        }
        return value
      }
    )
  }

  /// The output for a batch when hidden layer `layer` has features set to 0.
  /// - Parameter kept: 1 for each feature that stays, 0 for the others, `[features]`.
  func output(_ x: Tensor, layer: Int, keeping kept: Tensor) throws -> Tensor {
    let place = places[layer]
    return try network.output(of: x) { index, value in index == place ? value * kept : value }.checked()
  }

  /// Whether hidden layer `layer` is a rectifier.
  func isRectifier(_ layer: Int) -> Bool { HiddenLayers.rectifiers.contains(names[places[layer]]) }

  /// The position of a layer that an option gives: null for the last.
  /// - Throws: `TensorError` (`.value`) for one that is not there.
  func position(_ option: JSON, _ owner: String) throws -> Int {
    let given = option.intValue ?? count - 1
    guard places.indices.contains(given) else {
      throw TensorError(
        .value, "\(owner): there is no hidden layer \(given); there are \(count), from 0 to \(count - 1)")
    }
    return given
  }
}
