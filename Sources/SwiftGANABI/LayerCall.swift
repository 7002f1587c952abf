import CSwiftGAN
import SwiftGANCore
import SwiftGANNN

@_cdecl("sg_layer_call") @implementation
public func sg_layer_call(
  _ outs: UnsafeMutablePointer<OpaquePointer?>?, _ outCount: Int, _ layer: OpaquePointer?, _ input: OpaquePointer?,
  _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ further: UnsafePointer<OpaquePointer?>?, _ furtherCount: Int,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let outs = try outputs(clearing: outs, outCount, "outs")
    let network = try LayerHandle.from(layer, "layer").network
    let x = try TensorHandle.from(input, "input").tensor
    let names = try array(names, furtherCount, "names")
    let tensors = try TensorHandle.list(further, furtherCount, "further").map(\.tensor)
    var given: [String: Tensor] = [:]
    for (index, tensor) in tensors.enumerated() {
      let name = try text(names[index], "names[\(index)]")
      guard given.updateValue(tensor, forKey: name) == nil else {
        throw TensorError(.type, "sg_layer_call: the further input '\(name)' is given twice")
      }
    }
    let available = 1 + network.layer.outputNames.count
    guard (1...available).contains(outs.count) else {
      throw TensorError(
        .value, "sg_layer_call: out_count is \(outs.count), but the layer has \(available) outputs, the first included")
    }
    let results = network.outputs(x, given)
    guard results.count == available else {
      throw TensorError(.state, "sg_layer_call: the layer gave \(results.count) outputs in place of \(available)")
    }
    try outs.fill(Array(results.prefix(outs.count)))
  }
}

@_cdecl("sg_layer_signature") @implementation
public func sg_layer_signature(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ layer: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let layer = try LayerHandle.from(layer, "layer").network.layer
    let required = Set(layer.requiredInputNames)
    let signature: JSON = [
      "inputs": .array(
        layer.inputNames.map { ["name": JSON($0), "required": JSON(required.contains($0))] }),
      "outputs": .array(layer.outputNames.map { JSON($0) }),
    ]
    json.pointee = try copied(signature.text())
  }
}
