import SwiftGANNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What sg_parameters_track put in place on one thread and sg_parameters_restore has still to undo, innermost last.
final class TrackedParameters {
  var lists: [[Parameter]] = []

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { object in
      #if canImport(Darwin)
        Unmanaged<TrackedParameters>.fromOpaque(object).release()
      #else
        if let object { Unmanaged<TrackedParameters>.fromOpaque(object).release() }
      #endif
    }
    return key
  }()

  static var current: TrackedParameters {
    if let object = pthread_getspecific(key) {
      return Unmanaged<TrackedParameters>.fromOpaque(object).takeUnretainedValue()
    }
    let tracked = TrackedParameters()
    pthread_setspecific(key, Unmanaged.passRetained(tracked).toOpaque())
    return tracked
  }
}
