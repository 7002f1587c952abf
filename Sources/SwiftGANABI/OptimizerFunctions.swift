import CSwiftGAN
import SwiftGANCore
import SwiftGANNN

@_cdecl("sg_optimizer_create") @implementation
public func sg_optimizer_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<CChar>?,
  _ parameters: UnsafePointer<OpaquePointer?>?, _ count: Int, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let plan = try specification(text(name, "name"), SwiftGANABI.options(options))
    let parameters = try ParameterHandle.list(parameters, count, "parameters").map(\.parameter)
    out.pointee = try OptimizerHandle(plan, of: parameters).passedToC()
  }
}

@_cdecl("sg_optimizer_add_group") @implementation
public func sg_optimizer_add_group(
  _ optimizer: OpaquePointer?, _ options: UnsafePointer<CChar>?, _ parameters: UnsafePointer<OpaquePointer?>?,
  _ count: Int, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let optimizer = try OptimizerHandle.from(optimizer, "optimizer")
    let options = try SwiftGANABI.options(options)
    try optimizer.addGroup(options, of: ParameterHandle.list(parameters, count, "parameters").map(\.parameter))
  }
}

@_cdecl("sg_optimizer_step") @implementation
public func sg_optimizer_step(
  _ optimizer: OpaquePointer?, _ gradients: UnsafePointer<OpaquePointer?>?, _ count: Int,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let optimizer = try OptimizerHandle.from(optimizer, "optimizer")
    try optimizer.step(TensorHandle.list(gradients, count, "gradients").map(\.tensor))
  }
}

@_cdecl("sg_optimizer_get_learning_rate") @implementation
public func sg_optimizer_get_learning_rate(
  _ value: UnsafeMutablePointer<Double>?, _ optimizer: OpaquePointer?, _ group: Int,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let value = try output(value, "value")
    value.pointee = try OptimizerHandle.from(optimizer, "optimizer").learningRate(
      group: group, "sg_optimizer_get_learning_rate")
  }
}

@_cdecl("sg_optimizer_set_learning_rate") @implementation
public func sg_optimizer_set_learning_rate(
  _ optimizer: OpaquePointer?, _ group: Int, _ value: Double, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    try OptimizerHandle.from(optimizer, "optimizer").setLearningRate(
      value, group: group, "sg_optimizer_set_learning_rate")
  }
}

@_cdecl("sg_optimizer_save") @implementation
public func sg_optimizer_save(
  _ optimizer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let path = try text(path, "path")
    let (state, plan) = try OptimizerHandle.from(optimizer, "optimizer").read { ($0.state, $0.plan.specification) }
    try Safetensors.write(state, metadata: ["swiftgan.optimizer": plan.text()], to: path)
  }
}

@_cdecl("sg_optimizer_load") @implementation
public func sg_optimizer_load(
  _ optimizer: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let path = try text(path, "path")
    let optimizer = try OptimizerHandle.from(optimizer, "optimizer")
    let file = try Safetensors.read(path)
    do {
      try optimizer.read { try $0.restore(file.tensors) }
    } catch let error as TensorError {
      throw error.prefixed(JSON.quoted(path))
    }
  }
}

@_cdecl("sg_optimizer_retain") @implementation
public func sg_optimizer_retain(_ optimizer: OpaquePointer?) -> OpaquePointer? { OptimizerHandle.retain(optimizer) }

@_cdecl("sg_optimizer_free") @implementation
public func sg_optimizer_free(_ optimizer: OpaquePointer?) { OptimizerHandle.release(optimizer) }
