import SwiftGANCore

/// Layers one after the other with virtual batch norm in place of batch norm, and the fixed batch that it normalises by.
/// - Parameters:
///   - shape: of one example that goes in.
///   - count: examples in the fixed batch.
///   - player, owner: whose layers they are, for messages.
/// - Throws: `TensorError` (`.value`) when there is no batch norm among them.
func virtuallyNormed(_ layers: [JSON], shape: [Int], count: Int, _ player: String, owner: String) throws -> JSON {
  guard layers.contains(where: { $0["name"] == "batch_norm" }) else {
    throw TensorError(
      .value, "\(owner): virtual_batch_norm stands in the place of batch norm, and the \(player) has none")
  }
  let changed = layers.map { layer -> JSON in
    guard layer["name"] == "batch_norm", let features = layer["features"] else { return layer }
    var members: JSONObject = ["name": "virtual_batch_norm", "features": features, "reference": JSON(count)]
    members["weight_init"] = layer["weight_init"]
    return .object(members)
  }
  return ["name": "reference_batch", "size": JSON(count), "shape": JSON(shape), "layer": sequential(changed)]
}
