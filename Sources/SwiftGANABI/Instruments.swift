import CSwiftGAN
import SwiftGANCore

final class ProfileHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.profile
  let profile: Profile

  init(_ profile: Profile) {
    self.profile = profile
    super.init(.profile)
  }
}

@_cdecl("sg_debug_set") @implementation
public func sg_debug_set(
  _ previous: UnsafeMutablePointer<Int32>?, _ check: UnsafePointer<CChar>?, _ enabled: Int32,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let name = try text(check, "check")
    let before: Bool
    switch name {
    case "nan": before = Debug.setChecksFinite(enabled != 0)
    case "inputs": before = Debug.setChecksInputs(enabled != 0)
    default: throw unknownCheck(name)
    }
    previous?.pointee = before ? 1 : 0
  }
}

@_cdecl("sg_debug_get") @implementation
public func sg_debug_get(
  _ enabled: UnsafeMutablePointer<Int32>?, _ check: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let enabled = try output(enabled, "enabled")
    let name = try text(check, "check")
    switch name {
    case "nan": enabled.pointee = Debug.checksFinite ? 1 : 0
    case "inputs": enabled.pointee = Debug.checksInputs ? 1 : 0
    default: throw unknownCheck(name)
    }
  }
}

private func unknownCheck(_ name: String, _ function: String = #function) -> TensorError {
  TensorError(.value, "\(cName(function)): there is no check named '\(name)'; there are nan and inputs")
}

@_cdecl("sg_scope_enter") @implementation
public func sg_scope_enter(_ name: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) { Place.enter(try text(name, "name")) }
}

@_cdecl("sg_scope_exit") @implementation
public func sg_scope_exit() { Place.exit() }

@_cdecl("sg_scope_is_watched") @implementation
public func sg_scope_is_watched() -> Int32 { Place.isWatched ? 1 : 0 }

@_cdecl("sg_profile_begin") @implementation
public func sg_profile_begin(_ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) { try Profile.begin() }
}

@_cdecl("sg_profile_end") @implementation
public func sg_profile_end(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    out.pointee = ProfileHandle(try Profile.end()).passedToC()
  }
}

@_cdecl("sg_profile_information") @implementation
public func sg_profile_information(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ profile: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    json.pointee = try copied(try ProfileHandle.from(profile, "profile").profile.json.text())
  }
}

@_cdecl("sg_profile_trace") @implementation
public func sg_profile_trace(
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ profile: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    json.pointee = try copied(try ProfileHandle.from(profile, "profile").profile.chromeTrace())
  }
}

@_cdecl("sg_profile_retain") @implementation
public func sg_profile_retain(_ profile: OpaquePointer?) -> OpaquePointer? { ProfileHandle.retain(profile) }

@_cdecl("sg_profile_free") @implementation
public func sg_profile_free(_ profile: OpaquePointer?) { ProfileHandle.release(profile) }
