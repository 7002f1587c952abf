import CSwiftGAN
import SwiftGANCore

@_cdecl("sg_debug_set") @implementation
public func sg_debug_set(
  _ previous: UnsafeMutablePointer<Int32>?, _ check: UnsafePointer<CChar>?, _ enabled: Int32,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let name = try text(check, "check")
    guard name == "nan" else {
      throw TensorError(.value, "sg_debug_set: there is no check named '\(name)'; there is nan")
    }
    let before = Debug.setChecksFinite(enabled != 0)
    previous?.pointee = before ? 1 : 0
  }
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
  _ json: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let json = try output(clearing: json, "json")
    json.pointee = try copied(Profile.end().json.text())
  }
}
