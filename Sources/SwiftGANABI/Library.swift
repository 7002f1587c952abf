import CSwiftGAN
import SwiftGANCore
import SwiftGANKernels

private let versionText = CText(SG_VERSION)

@_cdecl("sg_version") @implementation
public func sg_version() -> UnsafePointer<CChar>? { versionText.pointer }

@_cdecl("sg_abi_version") @implementation
public func sg_abi_version() -> Int32 { SG_ABI_VERSION }

private let statusNames = [
  "SG_OK", "SG_ERROR_VALUE", "SG_ERROR_SHAPE", "SG_ERROR_TYPE", "SG_ERROR_INDEX", "SG_ERROR_MEMORY", "SG_ERROR_STATE",
  "SG_ERROR_IO", "SG_ERROR_INTERRUPTED",
].map { CText($0) }
private let unknownStatus = CText("unknown")

@_cdecl("sg_status_name") @implementation
public func sg_status_name(_ status: sg_status) -> UnsafePointer<CChar>? {
  let index = Int(status)
  return (statusNames.indices.contains(index) ? statusNames[index] : unknownStatus).pointer
}

@_cdecl("sg_isa_name") @implementation
public func sg_isa_name() -> UnsafePointer<CChar>? { sgk_isa_name(sgk_isa_current()) }

@_cdecl("sg_threads_get") @implementation
public func sg_threads_get() -> Int32 { sgk_num_threads() }

@_cdecl("sg_threads_set") @implementation
public func sg_threads_set(_ count: Int32, _ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) {
    guard (1...256).contains(count) else {
      throw TensorError(.value, "sg_threads_set: the number of threads must be 1 to 256, not \(count)")
    }
    sgk_set_num_threads(count)
  }
}

@_cdecl("sg_config") @implementation
public func sg_config(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    let memory = Allocator.shared.statistics
    var config: JSONObject = ["version": .string(SG_VERSION), "abi": .number(Double(SG_ABI_VERSION))]
    for (key, value) in processorConfiguration() { config[key] = value }
    config["memory"] = [
      "in_use": .number(Double(memory.live)), "cached": .number(Double(memory.cached)),
      "peak": .number(Double(memory.peak)),
    ]
    json.pointee = try copied(JSON.object(config).text())
  }
}

/// A function of the host and what it is called with, which it keeps alive.
private struct HostInterrupt: @unchecked Sendable {
  let function: sg_interrupt_function
  let context: UnsafeMutableRawPointer?

  func ask() throws(TensorError) {
    try callBack("the interrupt function") { error in function(context, error) }
  }
}

@_cdecl("sg_interrupt_set") @implementation
public func sg_interrupt_set(
  _ function: sg_interrupt_function?, _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  let host = function.map { HostInterrupt(function: $0, context: context) }
  Interruption.set(host?.ask)
  return sg_status(SG_OK)
}

@_cdecl("sg_memory_trim") @implementation
public func sg_memory_trim() { Allocator.shared.trim() }

@_cdecl("sg_string_free") @implementation
public func sg_string_free(_ text: UnsafeMutablePointer<CChar>?) { freeText(text) }
