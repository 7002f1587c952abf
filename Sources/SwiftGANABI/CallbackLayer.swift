import CSwiftGAN
import SwiftGANCore
import SwiftGANNN

/// A layer of one input and output that C or Python computes.
struct CallbackLayer: Layer {
  let function: sg_layer_function
  let owner: CallbackOwner

  func callAsFunction(_ x: Tensor) -> Tensor {
    do {
      return try withHandle(for: x) { input throws(TensorError) in
        try returnedTensor("the layer's callback") { out, error in function(owner.context, out, input, error) }
      }
    } catch {
      return .failed(error)
    }
  }
}

/// A layer with further inputs and outputs that C computes.
struct CallbackPortsLayer: Layer {
  let function: sg_layer_call_function
  let owner: CallbackOwner
  let inputNames: [String]
  let requiredInputNames: [String]
  let outputNames: [String]

  func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    do throws(TensorError) {
      try checkInputs(further)
      return try withHandle(for: x) { input throws(TensorError) in try call(input, further) }
    } catch {
      return failed(error)
    }
  }

  private func call(_ input: OpaquePointer, _ further: [String: Tensor]) throws(TensorError) -> [Tensor] {
    var given: [OpaquePointer?] = []
    defer { for pointer in given { TensorHandle.release(pointer) } }
    for name in inputNames {
      guard let tensor = further[name] else {
        given.append(nil)
        continue
      }
      given.append(try TensorHandle(tensor).passedToC())
    }
    var outs = [OpaquePointer?](repeating: nil, count: 1 + outputNames.count)
    defer { for pointer in outs { TensorHandle.release(pointer) } }
    let (inputs, count) = (given, outs.count)
    try callBack("the layer's callback") { error in
      outs.withUnsafeMutableBufferPointer { outs in
        inputs.withUnsafeBufferPointer { inputs in
          function(owner.context, outs.baseAddress, count, input, inputs.baseAddress, inputs.count, error)
        }
      }
    }
    var tensors: [Tensor] = []
    for (name, pointer) in zip(["the first"] + outputNames, outs) {
      guard pointer != nil else {
        throw TensorError(.state, "the layer's callback returned SG_OK, but left out its output '\(name)'")
      }
      tensors.append(try TensorHandle.from(pointer, "outs", "the layer's callback").tensor)
    }
    return tensors
  }
}

/// Calls `body` with a handle that C may use during the call (and retain).
func withHandle<R>(for tensor: Tensor, _ body: (OpaquePointer) throws(TensorError) -> R) throws(TensorError) -> R {
  let pointer = try TensorHandle(tensor).passedToC()
  defer { TensorHandle.release(pointer) }
  return try body(pointer)
}

/// The tensor that a callback puts into `out`; its handle is ours and is given up here.
func returnedTensor(
  _ what: String, _ call: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<sg_error>) -> sg_status
) throws(TensorError) -> Tensor {
  var out: OpaquePointer?
  defer { TensorHandle.release(out) }
  try callBack(what) { call(&out, $0) }
  guard out != nil else { throw TensorError(.state, "\(what) returned SG_OK but no tensor") }
  return try TensorHandle.from(out, "out", what).tensor
}

/// Keeps a callback's context until nothing needs it, then runs its deleter.
final class CallbackOwner: @unchecked Sendable {
  // The context belongs to the caller, who knows from which threads it may be used.
  let context: UnsafeMutableRawPointer?
  private let memory: MemoryOwner

  init(deleter: sg_deleter?, context: UnsafeMutableRawPointer?) {
    self.context = context
    memory = MemoryOwner(deleter: deleter, context: context)
  }

  /// From here on the deleter will run; before, the context is the caller's.
  func arm() { memory.arm() }

  deinit { memory.release() }
}

@_cdecl("sg_layer_from_callback") @implementation
public func sg_layer_from_callback(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ callback: UnsafePointer<sg_layer_callback>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let given = try structure(callback, "callback")
    try check(version: given.version, of: "the sg_layer_callback")
    let owner = CallbackOwner(deleter: given.deleter, context: given.context)
    let layer = try layer(of: given, owner)
    let names = try array(given.child_names, given.child_count, "child_names")
    let children = try LayerHandle.list(given.children, given.child_count, "children")
    var parts: [(name: String, network: Network)] = []
    for (index, child) in children.enumerated() {
      parts.append((try text(names[index], "child_names[\(index)]"), child.network))
    }
    let own = try ParameterHandle.list(given.parameters, given.parameter_count, "parameters")
    let store = try store(of: parts)
    for handle in own { try store.adopt(handle.parameter, as: handle.parameter.name) }
    let handle = LayerHandle(Network(layer, store: store))
    owner.arm()
    out.pointee = handle.passedToC()
  }
}

/// The layer of whichever of the two functions is given.
private func layer(of given: sg_layer_callback, _ owner: CallbackOwner) throws(TensorError) -> any Layer {
  let here = "sg_layer_from_callback"
  let inputs = try names(given.input_names, given.input_count, "input_names")
  let outputs = try names(given.output_names, given.output_count, "output_names")
  if let call = given.call {
    guard given.function == nil else {
      throw TensorError(.value, "\(here): give 'function' or 'call', not both")
    }
    guard inputs.indices.contains(given.required_input_count - 1) || given.required_input_count == 0 else {
      throw TensorError(
        .value,
        "\(here): required_input_count is \(UInt(bitPattern: given.required_input_count)), but there are "
          + "\(inputs.count) input names")
    }
    return CallbackPortsLayer(
      function: call, owner: owner, inputNames: inputs,
      requiredInputNames: Array(inputs.prefix(given.required_input_count)), outputNames: outputs)
  }
  guard let function = given.function else {
    throw TensorError(.value, "\(here): the function is NULL")
  }
  guard inputs.isEmpty, outputs.isEmpty else {
    throw TensorError(
      .value, "\(here): 'function' has no further inputs and outputs; a layer that has them is given as 'call'")
  }
  return CallbackLayer(function: function, owner: owner)
}

/// Names of inputs or outputs.
private func names(
  _ pointer: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ argument: StaticString
) throws(TensorError) -> [String] {
  let function = "sg_layer_from_callback"
  let given = try array(pointer, count, argument, function)
  var names: [String] = []
  for index in given.indices {
    let name = try text(given[index], "\(argument)[\(index)]", function)
    guard !name.isEmpty, !name.contains("."), !names.contains(name) else {
      throw TensorError(
        .value,
        "\(function): '\(name)' cannot be \(argument)[\(index)]: a name is not empty, has no dot and comes once")
    }
    names.append(name)
  }
  return names
}
