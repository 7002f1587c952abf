import CSwiftGAN
import SwiftGANCore

@_cdecl("sg_gradient_enter") @implementation
public func sg_gradient_enter(_ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) { Gradient.enter() }
}

@_cdecl("sg_gradient_exit") @implementation
public func sg_gradient_exit(_ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) {
    guard Gradient.depth > 0 else {
      throw TensorError(.state, "sg_gradient_exit: no gradient scope is open on this thread; enter one first")
    }
    Gradient.exit()
  }
}

@_cdecl("sg_gradient_pause") @implementation
public func sg_gradient_pause(_ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) { Gradient.pause() }
}

@_cdecl("sg_gradient_resume") @implementation
public func sg_gradient_resume(_ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) {
    guard Gradient.pauseDepth > 0 else {
      throw TensorError(.state, "sg_gradient_resume: recording is not paused on this thread")
    }
    Gradient.resume()
  }
}

@_cdecl("sg_gradient_track") @implementation
public func sg_gradient_track(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ tensor: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = try TensorHandle(try TensorHandle.from(tensor, "tensor").tensor.tracked()).passedToC()
  }
}

@_cdecl("sg_gradient_compute") @implementation
public func sg_gradient_compute(
  _ outs: UnsafeMutablePointer<OpaquePointer?>?, _ y: OpaquePointer?, _ by: UnsafePointer<OpaquePointer?>?,
  _ count: Int, _ cotangent: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let outs = try outputs(clearing: outs, count, "outs")
    let y = try TensorHandle.from(y, "y").tensor
    let leaves = try TensorHandle.list(by, count, "by").map(\.tensor)
    let seed = try cotangent.map { try TensorHandle.from($0, "cotangent").tensor }
    try outs.fill(gradient(of: y, withRespectTo: leaves, cotangent: seed))
  }
}

extension UnsafeMutableBufferPointer<OpaquePointer?> {
  /// Hands tensors to C, all or (when one of them carries an error) none.
  func fill(_ tensors: [Tensor]) throws(TensorError) {
    var handles: [TensorHandle] = []
    handles.reserveCapacity(tensors.count)
    for tensor in tensors { handles.append(try TensorHandle(tensor)) }
    for (index, handle) in zip(indices, handles) { self[index] = handle.passedToC() }
  }
}
