import CSwiftGAN
import SwiftGANCore
import SwiftGANNN

/// A layer that C or Python computes.
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
    guard let function = given.function else {
      throw TensorError(.value, "sg_layer_from_callback: the function is NULL")
    }
    let names = try array(given.child_names, given.child_count, "child_names")
    let children = try LayerHandle.list(given.children, given.child_count, "children")
    var parts: [(name: String, network: Network)] = []
    for (index, child) in children.enumerated() {
      parts.append((try text(names[index], "child_names[\(index)]"), child.network))
    }
    let own = try ParameterHandle.list(given.parameters, given.parameter_count, "parameters")
    let store = try store(of: parts)
    for handle in own { try store.adopt(handle.parameter, as: handle.parameter.name) }
    let owner = CallbackOwner(deleter: given.deleter, context: given.context)
    let handle = LayerHandle(Network(CallbackLayer(function: function, owner: owner), store: store))
    owner.arm()
    out.pointee = handle.passedToC()
  }
}
