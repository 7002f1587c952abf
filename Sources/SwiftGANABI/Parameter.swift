import CSwiftGAN
import SwiftGANCore
import SwiftGANNN

final class ParameterHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.parameter
  let parameter: Parameter
  let name: CText

  init(_ parameter: Parameter) {
    self.parameter = parameter
    name = CText(parameter.name)
    super.init(.parameter)
  }
}

@_cdecl("sg_parameter_create") @implementation
public func sg_parameter_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ value: OpaquePointer?,
  _ trainable: Int32, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let name = try text(name, "name")
    let value = try TensorHandle.from(value, "value").tensor
    func make() throws -> Parameter { try Parameter(name, copying: value, isTrainable: trainable != 0) }
    // A module makes its parameters when they are first used; they live on, also when that is in a trace.
    out.pointee = ParameterHandle(try value.isTraced ? make() : Tracing.suspended(make)).passedToC()
  }
}

@_cdecl("sg_parameter_name") @implementation
public func sg_parameter_name(
  _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ parameter: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let name = try output(clearing: name, "name")
    name.pointee = try ParameterHandle.from(parameter, "parameter").name.pointer
  }
}

@_cdecl("sg_parameter_is_trainable") @implementation
public func sg_parameter_is_trainable(_ parameter: OpaquePointer?) -> Int32 {
  ParameterHandle.ifValid(parameter)?.parameter.isTrainable == true ? 1 : 0
}

@_cdecl("sg_parameter_is_same") @implementation
public func sg_parameter_is_same(_ a: OpaquePointer?, _ b: OpaquePointer?) -> Int32 {
  guard let a = ParameterHandle.ifValid(a), let b = ParameterHandle.ifValid(b) else { return 0 }
  return a.parameter.identity == b.parameter.identity ? 1 : 0
}

@_cdecl("sg_parameter_get_value") @implementation
public func sg_parameter_get_value(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ parameter: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = try TensorHandle(ParameterHandle.from(parameter, "parameter").parameter.value).passedToC()
  }
}

@_cdecl("sg_parameter_set_value") @implementation
public func sg_parameter_set_value(
  _ parameter: OpaquePointer?, _ value: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let parameter = try ParameterHandle.from(parameter, "parameter").parameter
    try parameter.assign(try TensorHandle.from(value, "value").tensor)
  }
}

@_cdecl("sg_parameters_track") @implementation
public func sg_parameters_track(
  _ leaves: UnsafeMutablePointer<OpaquePointer?>?, _ parameters: UnsafePointer<OpaquePointer?>?, _ count: Int,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let leaves = try outputs(clearing: leaves, count, "leaves")
    let parameters = try ParameterHandle.list(parameters, count, "parameters").map(\.parameter)
    Gradient.enter()
    do {
      let tracked = parameters.map { $0.value.tracked() }
      try ParameterBinding.enter(parameters, tracked)
      try leaves.fill(tracked)
      TrackedParameters.current.lists.append(parameters)
    } catch {
      Gradient.exit()
      throw error
    }
  }
}

@_cdecl("sg_parameters_restore") @implementation
public func sg_parameters_restore(
  _ parameters: UnsafePointer<OpaquePointer?>?, _ count: Int, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let parameters = try ParameterHandle.list(parameters, count, "parameters").map(\.parameter)
    let tracked = TrackedParameters.current
    guard let last = tracked.lists.last, last.map(\.identity) == parameters.map(\.identity) else {
      let reason = tracked.lists.isEmpty ? "no parameters are tracked on this thread" : "others were tracked last"
      throw TensorError(
        .state, "sg_parameters_restore: \(reason); restore what sg_parameters_track was given, in the reverse order")
    }
    tracked.lists.removeLast()
    ParameterBinding.exit(last)
    Gradient.exit()
  }
}

@_cdecl("sg_parameter_retain") @implementation
public func sg_parameter_retain(_ parameter: OpaquePointer?) -> OpaquePointer? { ParameterHandle.retain(parameter) }

@_cdecl("sg_parameter_free") @implementation
public func sg_parameter_free(_ parameter: OpaquePointer?) { ParameterHandle.release(parameter) }
