import CSwiftGAN
import SwiftGANCore
import SwiftGANNN
import Synchronization

final class FunctionHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.function
  let compiled: CompiledFunction
  private let body: FunctionBody
  private let warning: Mutex<WarningCallback?>

  init(_ name: String, mostTraces: Int, _ body: FunctionBody) {
    self.body = body
    compiled = CompiledFunction(name, mostTraces: mostTraces) { inputs in
      let outputs = try body(inputs)
      Tracing.mark(form: outputs.form)
      return outputs.tensors
    }
    warning = Mutex(nil)
    super.init(.function)
    compiled.onThrash = { [weak self] message in self?.warn(message) }
  }

  /// What a call gives.
  struct Result {
    let tensors: [Tensor]
    let form: Int
  }

  /// The outputs for these inputs; `capacity` is how many the caller has room for, which it learns from `count`.
  func callAsFunction(_ inputs: [Tensor], key: String, capacity: Int, count: inout Int) throws -> Result {
    func fits(_ found: Int) throws {
      count = found
      guard found <= capacity else {
        throw TensorError(
          .value, "sg_function_call: '\(compiled.name)' gives \(found) outputs, but there is room for \(capacity)")
      }
    }
    if !CompiledFunction.runsBodies {
      let program = try compiled.program(for: inputs, key)
      if !program.hidesGradient(inputs) {
        try fits(program.outputCount)
        return Result(tensors: try program(inputs), form: program.form)
      }
    }
    let outputs = try body(inputs)
    try fits(outputs.tensors.count)
    return Result(tensors: outputs.tensors, form: outputs.form)
  }

  func set(_ callback: WarningCallback?) {
    // What was there before is let go of only after the lock: its deleter may call the library.
    let previous = warning.withLock { held in
      defer { held = callback }
      return held
    }
    _ = previous
  }

  private func warn(_ message: String) {
    guard let callback = warning.withLock({ $0 }) else {
      warnOnStandardError(message)
      return
    }
    message.withCString { callback.function(callback.owner.context, $0) }
  }
}

/// Whom C tells of warnings.
struct WarningCallback {
  let function: sg_warning_function
  let owner: CallbackOwner
}

/// What C computes.
struct FunctionBody: Sendable {
  let name: String
  let function: sg_function_body
  let owner: CallbackOwner

  func callAsFunction(_ inputs: [Tensor]) throws -> OutputsHandle {
    var given: [OpaquePointer?] = []
    defer { for pointer in given { TensorHandle.release(pointer) } }
    for input in inputs { given.append(try TensorHandle(input).passedToC()) }
    let outputs = OutputsHandle()
    let pointer = outputs.passedToC()
    defer {
      outputs.close()
      OutputsHandle.release(pointer)
    }
    let handles = given
    try callBack("the function '\(name)'") { error in
      handles.withUnsafeBufferPointer { function(owner.context, pointer, $0.baseAddress, $0.count, error) }
    }
    return outputs
  }
}

/// Collects what a body computes. Used by the one thread that the body runs on.
final class OutputsHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.outputs
  private(set) var tensors: [Tensor] = []
  private(set) var form = 0
  private var isOpen = true

  init() { super.init(.outputs) }

  func close() { isOpen = false }

  private func requireOpen(_ function: String) throws(TensorError) {
    guard isOpen else {
      throw TensorError(.state, "\(cName(function)): the function that these outputs belong to has returned")
    }
  }

  func add(_ tensor: Tensor, _ function: String = #function) throws(TensorError) {
    try requireOpen(function)
    tensors.append(tensor)
  }

  func set(form: Int, _ function: String = #function) throws(TensorError) {
    try requireOpen(function)
    self.form = form
  }
}

@_cdecl("sg_outputs_add") @implementation
public func sg_outputs_add(
  _ outputs: OpaquePointer?, _ tensor: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let outputs = try OutputsHandle.from(outputs, "outputs")
    try outputs.add(try TensorHandle.from(tensor, "tensor").tensor, #function)
  }
}

@_cdecl("sg_outputs_set_form") @implementation
public func sg_outputs_set_form(
  _ outputs: OpaquePointer?, _ form: Int64, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try OutputsHandle.from(outputs, "outputs").set(form: Int(form), #function) }
}

private let functionOptions = [
  OptionDescription(
    "max_traces", .integer(1...1_000_000), default: 16, "Traces that are kept; the one used longest ago gives way.")
]

@_cdecl("sg_function_create") @implementation
public func sg_function_create(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: UnsafePointer<CChar>?, _ body: sg_function_body?,
  _ context: UnsafeMutableRawPointer?, _ deleter: sg_deleter?, _ options: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let name = try text(name, "name")
    guard let body else { throw TensorError(.value, "sg_function_create: the body is NULL") }
    let given = try SwiftGANABI.options(options).objectValue ?? [:]
    let checked = try Options(given, for: functionOptions, owner: "function '\(name)'")
    let owner = CallbackOwner(deleter: deleter, context: context)
    let handle = FunctionHandle(
      name, mostTraces: try checked.int("max_traces"), FunctionBody(name: name, function: body, owner: owner))
    owner.arm()
    out.pointee = handle.passedToC()
  }
}

@_cdecl("sg_function_call") @implementation
public func sg_function_call(
  _ outs: UnsafeMutablePointer<OpaquePointer?>?, _ capacity: Int, _ count: UnsafeMutablePointer<Int>?,
  _ form: UnsafeMutablePointer<Int64>?, _ function: OpaquePointer?, _ inputs: UnsafePointer<OpaquePointer?>?,
  _ inputCount: Int, _ staticKey: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let outs = try outputs(clearing: outs, capacity, "outs")
    let count = try output(count, "count")
    let function = try FunctionHandle.from(function, "function")
    let inputs = try TensorHandle.list(inputs, inputCount, "inputs").map(\.tensor)
    let key = try staticKey.map { try text($0, "static_key") } ?? ""
    let result = try Place.within(function.compiled.name, .function) {
      try function(inputs, key: key, capacity: outs.count, count: &count.pointee)
    }
    try outs.fill(result.tensors)
    form?.pointee = Int64(result.form)
  }
}

@_cdecl("sg_function_information") @implementation
public func sg_function_information(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ function: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let compiled = try FunctionHandle.from(function, "function").compiled
    let latest = compiled.latest
    let information: JSON = [
      "traces": JSON(compiled.traceCount), "kept": JSON(compiled.keptTraces), "steps": JSON(latest?.stepCount ?? 0),
      "ops": JSON(latest?.opCount ?? 0), "workspace": JSON(latest?.workspaceBytes ?? 0),
      "step_names": .array((latest?.stepNames ?? []).map { .string($0) }),
    ]
    json.pointee = try copied(information.text())
  }
}

@_cdecl("sg_function_clear") @implementation
public func sg_function_clear(_ function: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) { try FunctionHandle.from(function, "function").compiled.clear() }
}

@_cdecl("sg_function_set_warning") @implementation
public func sg_function_set_warning(
  _ function: OpaquePointer?, _ warning: sg_warning_function?, _ context: UnsafeMutableRawPointer?,
  _ deleter: sg_deleter?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let function = try FunctionHandle.from(function, "function")
    let owner = CallbackOwner(deleter: deleter, context: context)
    function.set(warning.map { WarningCallback(function: $0, owner: owner) })
    owner.arm()
  }
}

@_cdecl("sg_function_runs_body") @implementation
public func sg_function_runs_body() -> Int32 { CompiledFunction.runsBodies ? 1 : 0 }

@_cdecl("sg_function_retain") @implementation
public func sg_function_retain(_ function: OpaquePointer?) -> OpaquePointer? { FunctionHandle.retain(function) }

@_cdecl("sg_function_free") @implementation
public func sg_function_free(_ function: OpaquePointer?) { FunctionHandle.release(function) }
